import Glibc
import ScalarIR
import Testing

/// A math function with a reference in double precision and where `f64` samples are drawn.
struct MathFunction: Sendable, CustomTestStringConvertible {
  let name: String
  let build: @Sendable (inout ScalarExprBuilder, ScalarExpr.Value) -> ScalarExpr.Value
  let reference: @Sendable (Double) -> Double
  let domain: ClosedRange<Double>
  /// The largest error over every `f32` input, in units in the last place, rounded up.
  var singleBound = 1.0
  /// The same for samples of `f64`, with the error of the reference.
  var doubleBound = 2.0

  var testDescription: String { name }

  func expression(_ dtype: DType) -> ScalarExpr {
    ScalarExpr([dtype]) { builder, inputs in [build(&builder, inputs[0])] }
  }

  static let all: [MathFunction] = [
    MathFunction(
      name: "exp", build: { $0.exp($1) }, reference: { Glibc.exp($0) }, domain: -746...710),
    MathFunction(
      name: "log", build: { $0.log($1) }, reference: { Glibc.log($0) }, domain: 0...4),
    MathFunction(
      name: "tanh", build: { $0.tanh($1) }, reference: { Glibc.tanh($0) }, domain: -20...20),
    MathFunction(
      name: "logistic", build: { $0.logistic($1) },
      reference: { $0 < 0 ? Glibc.exp($0) / (1 + Glibc.exp($0)) : 1 / (1 + Glibc.exp(-$0)) },
      domain: -746...40),
    MathFunction(
      name: "exp2", build: { $0.exp2($1) }, reference: { Glibc.exp2($0) }, domain: -1076...1025),
    MathFunction(
      name: "expm1", build: { $0.expm1($1) }, reference: { Glibc.expm1($0) }, domain: -40...710),
    MathFunction(
      name: "log2", build: { $0.log2($1) }, reference: { Glibc.log2($0) }, domain: 0...4),
    MathFunction(
      name: "log1p", build: { $0.log1p($1) }, reference: { Glibc.log1p($0) }, domain: -1...4),
    MathFunction(
      name: "rsqrt", build: { $0.rsqrt($1) }, reference: { 1 / $0.squareRoot() }, domain: 0...4),
    MathFunction(
      name: "erf", build: { $0.erf($1) }, reference: { Glibc.erf($0) }, domain: -6...6),
    MathFunction(
      name: "sin", build: { $0.sin($1) }, reference: { Glibc.sin($0) }, domain: -100...100),
    MathFunction(
      name: "cos", build: { $0.cos($1) }, reference: { Glibc.cos($0) }, domain: -100...100),
    MathFunction(
      name: "cbrt", build: { $0.cbrt($1) }, reference: { Glibc.cbrt($0) }, domain: -10...10,
      doubleBound: 4),
    MathFunction(
      name: "tan", build: { $0.tan($1) }, reference: { Glibc.tan($0) }, domain: -100...100),
    MathFunction(
      name: "asin", build: { $0.asin($1) }, reference: { Glibc.asin($0) }, domain: -1...1),
    MathFunction(
      name: "acos", build: { $0.acos($1) }, reference: { Glibc.acos($0) }, domain: -1...1),
    MathFunction(
      name: "atan", build: { $0.atan($1) }, reference: { Glibc.atan($0) }, domain: -4...4),
    MathFunction(
      name: "sinh", build: { $0.sinh($1) }, reference: { Glibc.sinh($0) }, domain: -711...711,
      doubleBound: 3),
    MathFunction(
      name: "cosh", build: { $0.cosh($1) }, reference: { Glibc.cosh($0) }, domain: -711...711,
      doubleBound: 3),
    MathFunction(
      name: "asinh", build: { $0.asinh($1) }, reference: { Glibc.asinh($0) }, domain: -4...4,
      doubleBound: 3),
    MathFunction(
      name: "acosh", build: { $0.acosh($1) }, reference: { Glibc.acosh($0) }, domain: 1...10,
      doubleBound: 3.5),
    MathFunction(
      name: "atanh", build: { $0.atanh($1) }, reference: { Glibc.atanh($0) }, domain: -1...1,
      doubleBound: 3),
    MathFunction(
      name: "erfc", build: { $0.erfc($1) }, reference: { Glibc.erfc($0) }, domain: -6...27,
      doubleBound: 6),
    // At negative numbers the error near zeros of the function is relative to the terms that cancel.
    MathFunction(
      name: "lgamma",
      build: { builder, x in
        let magnitude = builder.abs(x)
        return builder.lgamma(magnitude)
      },
      reference: { Glibc.lgamma(abs($0)) }, domain: 0...20, doubleBound: 5),
  ]

  /// Functions that the C library lacks.
  static let unreferenced: [MathFunction] = [
    MathFunction(
      name: "digamma", build: { $0.digamma($1) }, reference: { _ in .nan }, domain: 0...20),
    MathFunction(
      name: "erf-inv", build: { $0.erfInv($1) }, reference: { _ in .nan }, domain: -1...1),
  ]

  static func named(_ name: String) -> MathFunction? {
    (all + unreferenced).first { $0.name == name }
  }
}

/// How many of `F`'s units in the last place of `exact` lie between it and `value`; infinite where
/// one is NaN or an infinity and the other is not, or where the sign of a zero differs.
private func error<F: BinaryFloatingPoint>(_ value: F, _ exact: Double) -> Double {
  if exact.isNaN || value.isNaN { return exact.isNaN && value.isNaN ? 0 : .infinity }
  let nearest = F(exact)
  if nearest.isInfinite || value.isInfinite {
    return value == nearest || value.nextDown == nearest || value.nextUp == nearest ? 0 : .infinity
  }
  if exact == 0 { return value == 0 && value.sign == exact.sign ? 0 : .infinity }
  return Swift.abs(Double(value) - exact) / Double(nearest.magnitude.ulp)
}

/// Random words (SplitMix64).
private struct Words {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

@Suite struct MathFunctionTests {
  @Test(arguments: MathFunction.all)
  func singlesAreWithinOneUnit(_ function: MathFunction) {
    let expression = function.expression(.f32)
    var registers = [UInt64](repeating: 0, count: expression.nodes.count)
    var worst = (error: 0.0, x: Float(0))
    for pattern in stride(from: UInt64(0), to: 1 << 32, by: 65_537) {
      let x = Float(bitPattern: UInt32(pattern))
      expression.evaluate([pattern], &registers)
      let y = Float(bitPattern: UInt32(registers[expression.results[0].index]))
      let found = error(y, function.reference(Double(x)))
      if found > worst.error { worst = (found, x) }
    }
    #expect(worst.error <= function.singleBound, "at \(worst.x)")
  }

  @Test(arguments: MathFunction.all)
  func doublesAreWithinTwoUnits(_ function: MathFunction) {
    let expression = function.expression(.f64)
    var registers = [UInt64](repeating: 0, count: expression.nodes.count)
    var words = Words(state: 1)
    var worst = (error: 0.0, x: 0.0)
    for sample in 0..<40_000 {
      let domain = function.domain
      let x: Double =
        switch sample % 3 {
        case 0: Double(bitPattern: words.next())
        case 1: domain.lowerBound + (domain.upperBound - domain.lowerBound) * words.unit()
        default: Glibc.exp2(72 * words.unit() - 60) * (words.next() & 1 == 0 ? 1 : -1)
        }
      expression.evaluate([x.bitPattern], &registers)
      let y = Double(bitPattern: registers[expression.results[0].index])
      let found = error(y, function.reference(x))
      if found > worst.error { worst = (found, x) }
    }
    #expect(worst.error <= function.doubleBound, "at \(worst.x)")
  }
}
