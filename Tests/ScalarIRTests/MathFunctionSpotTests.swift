import ScalarIR
import Testing

/// An argument and the exact result, rounded to the nearest value of the format.
private struct Spot<F: BinaryFloatingPoint & Sendable>: Sendable {
  let function: String
  let x: F
  let y: F

  init(_ function: String, _ x: F, _ y: F) {
    self.function = function
    self.x = x
    self.y = y
  }
}

// Computed with 60 digits.
private let spotsFloat: [Spot<Float>] = [
  Spot("exp", 0x1p0, 0x1.5bf0a8p1),
  Spot("exp", -0x1p0, 0x1.78b564p-2),
  Spot("exp", 0x1.99999ap-4, 0x1.1aec7cp0),
  Spot("exp", 0x1.5p2, 0x1.7d21eep7),
  Spot("exp", -0x1.4cp4, 0x1.0ba06cp-30),
  Spot("exp", 0x1.42p6, 0x1.197dfcp116),
  Spot("exp", -0x1.55p6, 0x1.01d32cp-123),
  Spot("log", 0x1.99999ap-4, -0x1.26bb1cp1),
  Spot("log", 0x1.8p-1, -0x1.269622p-2),
  Spot("log", 0x1.4p0, 0x1.c8ff7cp-3),
  Spot("log", 0x1p1, 0x1.62e43p-1),
  Spot("log", 0x1.4p3, 0x1.26bb1cp1),
  Spot("log", 0x1.4484cp-100, -0x1.144f6ap6),
  Spot("log", 0x1.2eec2ep101, 0x1.18b464p6),
  Spot("tanh", 0x1.4f8b58p-17, 0x1.4f8b58p-17),
  Spot("tanh", 0x1p-3, 0x1.fd5992p-4),
  Spot("tanh", 0x1.333334p-2, 0x1.2a4ddcp-2),
  Spot("tanh", 0x1.19999ap-1, 0x1.00443p-1),
  Spot("tanh", -0x1p0, -0x1.85efacp-1),
  Spot("tanh", 0x1.4p1, 0x1.f92582p-1),
  Spot("tanh", -0x1.ep2, -0x1.ffffecp-1),
  Spot("logistic", 0x1.4f8b58p-17, 0x1.000054p-1),
  Spot("logistic", 0x1.333334p-2, 0x1.261d54p-1),
  Spot("logistic", -0x1p0, 0x1.136562p-2),
  Spot("logistic", 0x1.4p1, 0x1.d9291ep-1),
  Spot("logistic", -0x1.ep2, 0x1.21d0b2p-11),
  Spot("logistic", 0x1.8p3, 0x1.ffff32p-1),
  Spot("logistic", -0x1.42p6, 0x1.d1a206p-117),
  Spot("exp2", 0x1.99999ap-4, 0x1.125fbep0),
  Spot("exp2", -0x1.8p-1, 0x1.306fep-1),
  Spot("exp2", 0x1.5p3, 0x1.6a09e6p10),
  Spot("exp2", -0x1.91p6, 0x1.ae89fap-101),
  Spot("expm1", 0x1.0c6f7ap-20, 0x1.0c6f82p-20),
  Spot("expm1", 0x1.99999ap-4, 0x1.aec7b4p-4),
  Spot("expm1", -0x1.333334p-2, -0x1.0966f4p-2),
  Spot("expm1", 0x1.99999ap-2, 0x1.f7a0e6p-2),
  Spot("expm1", 0x1p0, 0x1.b7e152p0),
  Spot("expm1", -0x1.4p2, -0x1.fc8cd8p-1),
  Spot("expm1", 0x1.48p4, 0x1.7d6c5p29),
  Spot("log2", 0x1.99999ap-4, -0x1.a934fp1),
  Spot("log2", 0x1.666666p-1, -0x1.077624p-1),
  Spot("log2", 0x1.99999ap-1, -0x1.49a784p-2),
  Spot("log2", 0x1.19999ap0, 0x1.199b76p-3),
  Spot("log2", 0x1.5af1d8p66, 0x1.09c116p6),
  Spot("log1p", 0x1.0c6f7ap-20, 0x1.0c6f72p-20),
  Spot("log1p", -0x1.333334p-2, -0x1.6d3c34p-2),
  Spot("log1p", 0x1.ccccccp-2, 0x1.7c7b28p-2),
  Spot("log1p", -0x1.ccccccp-1, -0x1.26bb1ap1),
  Spot("log1p", 0x1.2a05f2p33, 0x1.7069e2p4),
  Spot("rsqrt", 0x1.8p1, 0x1.279a74p-1),
  Spot("rsqrt", 0x1.99999ap-4, 0x1.94c584p1),
  Spot("rsqrt", 0x1.4484cp-100, 0x1.c6bf52p49),
  Spot("rsqrt", 0x1.93e594p99, 0x1.203afap-50),
  Spot("erf", 0x1.0c6f7ap-20, 0x1.2ee5ap-20),
  Spot("erf", 0x1.333334p-2, 0x1.50838ap-2),
  Spot("erf", 0x1.bd70a4p-1, 0x1.9018e2p-1),
  Spot("erf", -0x1.ccccccp-1, -0x1.98045ap-1),
  Spot("erf", 0x1.8p0, 0x1.eea556p-1),
  Spot("erf", 0x1.8p1, 0x1.fffd1ap-1),
  Spot("sin", 0x1.0c6f7ap-20, 0x1.0c6f7ap-20),
  Spot("sin", 0x1p-1, 0x1.eaee88p-2),
  Spot("sin", 0x1p1, 0x1.d18f6ep-1),
  Spot("sin", -0x1.92p1, -0x1.fb543ep-11),
  Spot("sin", 0x1.92p6, -0x1.fb3f84p-6),
  Spot("sin", 0x1.e848p19, -0x1.6664b2p-2),
  Spot("sin", 0x1.0f0cfp73, -0x1.77d988p-1),
  Spot("cos", 0x1.0c6f7ap-20, 0x1p0),
  Spot("cos", 0x1p-1, 0x1.c1528p-1),
  Spot("cos", 0x1.91eb86p0, 0x1.a17a2p-11),
  Spot("cos", -0x1.8p1, -0x1.fae04cp-1),
  Spot("cos", 0x1.92p6, 0x1.ffc12ap-1),
  Spot("cos", 0x1.e848p19, 0x1.df9dfap-1),
  Spot("cos", 0x1.0f0cfp73, 0x1.5badeep-1),
]

// Computed with 60 digits.
private let spotsDouble: [Spot<Double>] = [
  Spot("exp", 0x1p0, 0x1.5bf0a8b145769p1),
  Spot("exp", -0x1p0, 0x1.78b56362cef38p-2),
  Spot("exp", 0x1.999999999999ap-4, 0x1.1aec7b35a00d4p0),
  Spot("exp", 0x1.5p2, 0x1.7d21edf07d24fp7),
  Spot("exp", -0x1.4cp4, 0x1.0ba06b3d9c887p-30),
  Spot("exp", 0x1.42p6, 0x1.197dfc6928977p116),
  Spot("exp", -0x1.55p6, 0x1.01d32c5356beep-123),
  Spot("log", 0x1.999999999999ap-4, -0x1.26bb1bbb55515p1),
  Spot("log", 0x1.8p-1, -0x1.269621134db92p-2),
  Spot("log", 0x1.4p0, 0x1.c8ff7c79a9a22p-3),
  Spot("log", 0x1p1, 0x1.62e42fefa39efp-1),
  Spot("log", 0x1.4p3, 0x1.26bb1bbb55516p1),
  Spot("log", 0x1.4484bfeebc2ap-100, -0x1.144f69ff9ffc4p6),
  Spot("log", 0x1.2eec2eb3869afp101, 0x1.18b4649e4b3dp6),
  Spot("tanh", 0x1.4f8b588e368f1p-17, 0x1.4f8b588e06854p-17),
  Spot("tanh", 0x1p-3, 0x1.fd5992bc4b835p-4),
  Spot("tanh", 0x1.3333333333333p-2, 0x1.2a4dda7d914fap-2),
  Spot("tanh", 0x1.199999999999ap-1, 0x1.00442f6419203p-1),
  Spot("tanh", -0x1p0, -0x1.85efab514f394p-1),
  Spot("tanh", 0x1.4p1, 0x1.f9258260a71c2p-1),
  Spot("tanh", -0x1.ep2, -0x1.ffffeb78a3c73p-1),
  Spot("logistic", 0x1.4f8b588e368f1p-17, 0x1.000053e2d6239p-1),
  Spot("logistic", 0x1.3333333333333p-2, 0x1.261d545e46a8bp-1),
  Spot("logistic", -0x1p0, 0x1.136561454ba86p-2),
  Spot("logistic", 0x1.4p1, 0x1.d9291ddb596f7p-1),
  Spot("logistic", -0x1.ep2, 0x1.21d0b15711bf3p-11),
  Spot("logistic", 0x1.8p3, 0x1.ffff31d5f129ep-1),
  Spot("logistic", -0x1.42p6, 0x1.d1a2062dc07e6p-117),
  Spot("exp2", 0x1.999999999999ap-4, 0x1.125fbee250664p0),
  Spot("exp2", -0x1.8p-1, 0x1.306fe0a31b715p-1),
  Spot("exp2", 0x1.5p3, 0x1.6a09e667f3bcdp10),
  Spot("exp2", -0x1.91p6, 0x1.ae89f995ad3adp-101),
  Spot("expm1", 0x1.0c6f7a0b5ed8dp-20, 0x1.0c6f82d72bca9p-20),
  Spot("expm1", 0x1.999999999999ap-4, 0x1.aec7b35a00d3ap-4),
  Spot("expm1", -0x1.3333333333333p-2, -0x1.0966f2c7907f6p-2),
  Spot("expm1", 0x1.999999999999ap-2, 0x1.f7a0e4beeff8p-2),
  Spot("expm1", 0x1p0, 0x1.b7e151628aed3p0),
  Spot("expm1", -0x1.4p2, -0x1.fc8cd803fe559p-1),
  Spot("expm1", 0x1.48p4, 0x1.7d6c4f03cdd5cp29),
  Spot("log2", 0x1.999999999999ap-4, -0x1.a934f0979a371p1),
  Spot("log2", 0x1.6666666666666p-1, -0x1.0776228967d13p-1),
  Spot("log2", 0x1.999999999999ap-1, -0x1.49a784bcd1b8ap-2),
  Spot("log2", 0x1.199999999999ap0, 0x1.199b728cb9d0cp-3),
  Spot("log2", 0x1.5af1d78b58c4p66, 0x1.09c1165ec0627p6),
  Spot("log1p", 0x1.0c6f7a0b5ed8dp-20, 0x1.0c6f713f927aap-20),
  Spot("log1p", -0x1.3333333333333p-2, -0x1.6d3c324e13f4ep-2),
  Spot("log1p", 0x1.ccccccccccccdp-2, 0x1.7c7b282d0d46cp-2),
  Spot("log1p", -0x1.ccccccccccccdp-1, -0x1.26bb1bbb55516p1),
  Spot("log1p", 0x1.2a05f2p33, 0x1.7069e2aa3184ep4),
  Spot("rsqrt", 0x1.8p1, 0x1.279a74590331cp-1),
  Spot("rsqrt", 0x1.999999999999ap-4, 0x1.94c583ada5b52p1),
  Spot("rsqrt", 0x1.4484bfeebc2ap-100, 0x1.c6bf52634p49),
  Spot("rsqrt", 0x1.93e5939a08ceap99, 0x1.203af9ee75616p-50),
  Spot("erf", 0x1.0c6f7a0b5ed8dp-20, 0x1.2ee5a03c76587p-20),
  Spot("erf", 0x1.3333333333333p-2, 0x1.50838881dea0fp-2),
  Spot("erf", 0x1.bd70a3d70a3d7p-1, 0x1.9018e22858aecp-1),
  Spot("erf", -0x1.ccccccccccccdp-1, -0x1.98045a6c8a2e6p-1),
  Spot("erf", 0x1.8p0, 0x1.eea5557137aep-1),
  Spot("erf", 0x1.8p1, 0x1.fffd1ac4135f9p-1),
  Spot("sin", 0x1.0c6f7a0b5ed8dp-20, 0x1.0c6f7a0b5ea7ap-20),
  Spot("sin", 0x1p-1, 0x1.eaee8744b05fp-2),
  Spot("sin", 0x1p1, 0x1.d18f6ead1b446p-1),
  Spot("sin", -0x1.92p1, -0x1.fb543efcc9d39p-11),
  Spot("sin", 0x1.92p6, -0x1.fb3f833470ff1p-6),
  Spot("sin", 0x1.e848p19, -0x1.6664b2568d867p-2),
  Spot("sin", 0x1.0f0cf064dd592p73, -0x1.b453ab76bf397p-1),
  Spot("cos", 0x1.0c6f7a0b5ed8dp-20, 0x1.fffffffffee68p-1),
  Spot("cos", 0x1p-1, 0x1.c1528065b7d5p-1),
  Spot("cos", 0x1.91eb851eb851fp0, 0x1.a181296fadbfbp-11),
  Spot("cos", -0x1.8p1, -0x1.fae04be85e5d2p-1),
  Spot("cos", 0x1.92p6, 0x1.ffc12adaecec2p-1),
  Spot("cos", 0x1.e848p19, 0x1.df9df9906d32cp-1),
  Spot("cos", 0x1.0f0cf064dd592p73, 0x1.0be2cef01c8f4p-1),
  Spot("digamma", 0x1.47ae147ae147bp-7, -0x1.923e58c1e9645p6),
  Spot("digamma", 0x1.3333333333333p-2, -0x1.c052b6b5e6118p1),
  Spot("digamma", -0x1p-2, 0x1.750282bca7d92p1),
  Spot("digamma", 0x1.e08fda8292c45p-1, -0x1.5db46846f6f2bp-1),
  Spot("digamma", 0x1.3b741b896b11p0, -0x1.fdced0e173469p-3),
  Spot("digamma", 0x1.7a34f74d2cfe4p0, 0x1.ef7cda4f7f73ep-7),
  Spot("digamma", 0x1.01c9f9107e062p1, 0x1.ba1efcc85d3b4p-2),
  Spot("digamma", 0x1.807c915f26824p1, 0x1.d93bd3b0c34fp-1),
  Spot("digamma", 0x1.827ff28f106dap2, 0x1.b692a5076bcddp0),
  Spot("digamma", 0x1.c95fbbd06af3p2, 0x1.e5205db8308fcp0),
  Spot("digamma", -0x1.5p3, 0x1.32f97ff2abfep1),
  Spot("digamma", 0x1.2a05f2p33, 0x1.7069e2aa27361p4),
  Spot("erf-inv", 0x1.0624dd2f1a9fcp-10, 0x1.d0a36543e1fd3p-11),
  Spot("erf-inv", -0x1p-2, -0x1.cd70681d5ff7p-3),
  Spot("erf-inv", 0x1.fd5be99d3a424p-1, 0x1.fa4f19ffa76f2p0),
  Spot("erf-inv", 0x1.fffffe9a46c15p-1, 0x1.f054ade9c7d5p1),
  Spot("erf-inv", -0x1.ffffffffffe62p-1, -0x1.555a4acc3515ap2),
  Spot("erf-inv", 0x1.fffffffffffffp-1, 0x1.7744f8f74e94ap2),
]

/// An argument and a result that must hold exactly, in every floating type.
private struct Edge: Sendable {
  let function: String
  let x: Double
  let y: Double

  init(_ function: String, _ x: Double, _ y: Double) {
    self.function = function
    self.x = x
    self.y = y
  }
}

private let edgeCases: [Edge] = [
  Edge("exp", 0, 1), Edge("exp", -0.0, 1), Edge("exp", .infinity, .infinity),
  Edge("exp", -.infinity, 0), Edge("exp", .nan, .nan), Edge("exp", 1e5, .infinity),
  Edge("exp", -1e5, 0),
  Edge("log", 1, 0), Edge("log", 0, -.infinity), Edge("log", -0.0, -.infinity),
  Edge("log", -1, .nan), Edge("log", -.infinity, .nan), Edge("log", .infinity, .infinity),
  Edge("log", .nan, .nan),
  Edge("tanh", 0, 0), Edge("tanh", -0.0, -0.0), Edge("tanh", .infinity, 1),
  Edge("tanh", -.infinity, -1), Edge("tanh", .nan, .nan), Edge("tanh", 1e4, 1),
  Edge("logistic", 0, 0.5), Edge("logistic", -0.0, 0.5), Edge("logistic", .infinity, 1),
  Edge("logistic", -.infinity, 0), Edge("logistic", .nan, .nan), Edge("logistic", 1e4, 1),
  Edge("exp2", 0, 1), Edge("exp2", -0.0, 1), Edge("exp2", 3, 8), Edge("exp2", -3, 0.125),
  Edge("exp2", .infinity, .infinity), Edge("exp2", -.infinity, 0), Edge("exp2", .nan, .nan),
  Edge("expm1", 0, 0), Edge("expm1", -0.0, -0.0), Edge("expm1", .infinity, .infinity),
  Edge("expm1", -.infinity, -1), Edge("expm1", .nan, .nan), Edge("expm1", 1e5, .infinity),
  Edge("log2", 1, 0), Edge("log2", 8, 3), Edge("log2", 0.25, -2), Edge("log2", 0, -.infinity),
  Edge("log2", -1, .nan), Edge("log2", .infinity, .infinity), Edge("log2", .nan, .nan),
  Edge("log1p", 0, 0), Edge("log1p", -0.0, -0.0), Edge("log1p", -1, -.infinity),
  Edge("log1p", -2, .nan), Edge("log1p", .infinity, .infinity), Edge("log1p", .nan, .nan),
  Edge("rsqrt", 4, 0.5), Edge("rsqrt", 0, .infinity), Edge("rsqrt", -0.0, -.infinity),
  Edge("rsqrt", .infinity, 0), Edge("rsqrt", -1, .nan), Edge("rsqrt", .nan, .nan),
  Edge("erf", 0, 0), Edge("erf", -0.0, -0.0), Edge("erf", .infinity, 1),
  Edge("sin", 0, 0), Edge("sin", -0.0, -0.0), Edge("sin", .infinity, .nan),
  Edge("sin", -.infinity, .nan), Edge("sin", .nan, .nan), Edge("cos", 0, 1),
  Edge("cos", -0.0, 1), Edge("cos", .infinity, .nan), Edge("cos", -.infinity, .nan),
  Edge("cos", .nan, .nan),
  Edge("erf", -.infinity, -1), Edge("erf", .nan, .nan), Edge("erf", 1e4, 1),
]

@Suite struct MathFunctionSpotTests {
  @Test func singlesAtSpots() throws {
    for spot in spotsFloat {
      let function = try #require(MathFunction.named(spot.function))
      let result = function.expression(.f32).evaluate([ScalarValue(spot.x)])[0]
      let found = Float(result.double)
      #expect(
        found == spot.y || found.nextUp == spot.y || found.nextDown == spot.y,
        "\(spot.function) of \(spot.x): \(found)")
    }
  }

  @Test func doublesAtSpots() throws {
    for spot in spotsDouble {
      let function = try #require(MathFunction.named(spot.function))
      let found = function.expression(.f64).evaluate([ScalarValue(spot.x)])[0].double
      #expect(
        found == spot.y || found.nextUp == spot.y || found.nextDown == spot.y,
        "\(spot.function) of \(spot.x): \(found)")
    }
  }

  @Test(arguments: [DType.f64, .f32, .f16, .bf16])
  func edges(_ dtype: DType) throws {
    for edge in edgeCases {
      let function = try #require(MathFunction.named(edge.function))
      let x = ScalarValue(dtype, rounding: edge.x)
      let found = function.expression(dtype).evaluate([x])[0]
      #expect(
        found.isIdentical(to: ScalarValue(dtype, rounding: edge.y)),
        "\(edge.function) of \(edge.x): \(found.double)")
    }
  }
}
