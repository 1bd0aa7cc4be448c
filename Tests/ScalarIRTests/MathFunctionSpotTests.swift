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

// Computed with 50 digits.
private let spotsFloat: [Spot<Float>] = [
  Spot("exp", 0x1p0, 0x1.5bf0a8p1),
  Spot("exp", -0x1p0, 0x1.78b564p-2),
  Spot("exp", 0x1.99999ap-4, 0x1.1aec7cp0),
  Spot("exp", 0x1.5p2, 0x1.7d21eep7),
  Spot("exp", -0x1.4cp4, 0x1.0ba06cp-30),
  Spot("exp", 0x1.42p6, 0x1.197dfcp116),
  Spot("log", 0x1.99999ap-4, -0x1.26bb1cp1),
  Spot("log", 0x1.8p-1, -0x1.269622p-2),
  Spot("log", 0x1.4p0, 0x1.c8ff7cp-3),
  Spot("log", 0x1p1, 0x1.62e43p-1),
  Spot("log", 0x1.4p3, 0x1.26bb1cp1),
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
]

// Computed with 50 digits.
private let spotsDouble: [Spot<Double>] = [
  Spot("exp", 0x1p0, 0x1.5bf0a8b145769p1),
  Spot("exp", -0x1p0, 0x1.78b56362cef38p-2),
  Spot("exp", 0x1.999999999999ap-4, 0x1.1aec7b35a00d4p0),
  Spot("exp", 0x1.5p2, 0x1.7d21edf07d24fp7),
  Spot("exp", -0x1.4cp4, 0x1.0ba06b3d9c887p-30),
  Spot("exp", 0x1.42p6, 0x1.197dfc6928977p116),
  Spot("log", 0x1.999999999999ap-4, -0x1.26bb1bbb55515p1),
  Spot("log", 0x1.8p-1, -0x1.269621134db92p-2),
  Spot("log", 0x1.4p0, 0x1.c8ff7c79a9a22p-3),
  Spot("log", 0x1p1, 0x1.62e42fefa39efp-1),
  Spot("log", 0x1.4p3, 0x1.26bb1bbb55516p1),
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
