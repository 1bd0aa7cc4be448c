import Glibc
import ScalarIR
import Testing

/// Functions of two numbers against the C library's on random pairs.
@Suite struct MathFunctionPairTests {
  private typealias Building =
    (inout ScalarExprBuilder, ScalarExpr.Value, ScalarExpr.Value) -> ScalarExpr.Value

  private func expression(_ dtype: DType, _ build: Building) -> ScalarExpr {
    ScalarExpr([dtype, dtype]) { builder, inputs in [build(&builder, inputs[0], inputs[1])] }
  }

  /// In turn any bits, moderate numbers, and whole ones.
  private func sample(_ number: Int, _ random: inout SystemRandomNumberGenerator) -> Double {
    switch number % 3 {
    case 0: Double(bitPattern: random.next())
    case 1: Double.random(in: -8...8, using: &random)
    default: Double(Int.random(in: -20...20, using: &random))
    }
  }

  /// Whether the two are the same, or neighbours where `bound` is not 0.
  private func isNear(_ a: Double, _ b: Double, _ bound: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == b { return a.sign == b.sign }
    return abs(a - b) <= bound * Swift.max(a.magnitude.ulp, b.magnitude.ulp)
  }

  @Test(arguments: [DType.f64, .f32])
  func pairs(_ dtype: DType) {
    let functions: [(String, ScalarExpr, (Double, Double) -> Double, Double)] = [
      ("rem", expression(dtype) { $0.floatingRemainder($1, $2) }, { Glibc.fmod($0, $1) }, 0),
      ("pow", expression(dtype) { $0.pow($1, $2) }, { Glibc.pow($0, $1) }, 2),
      ("atan2", expression(dtype) { $0.atan2($1, $2) }, { Glibc.atan2($0, $1) }, 2),
    ]
    var random = SystemRandomNumberGenerator()
    for (name, expression, reference, bound) in functions {
      for number in 0..<20_000 {
        let x = ScalarValue(dtype, rounding: sample(number, &random))
        let y = ScalarValue(dtype, rounding: sample(number / 3, &random))
        let found = expression.evaluate([x, y])[0].double
        let exact = ScalarValue(dtype, rounding: reference(x.double, y.double)).double
        let unit = dtype == .f32 ? bound * 0x1p29 : bound
        #expect(isNear(found, exact, unit), "\(name) of \(x.double), \(y.double): \(found)")
      }
    }
  }

  @Test(arguments: [DType.i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8])
  func integerPowers(_ dtype: DType) {
    let power = expression(dtype) { $0.integerPow($1, $2) }
    for base in -5...5 {
      var expected = ScalarValue(dtype, wrapping: 1)
      for exponent in 0...70 where exponent < 1 << (dtype.bitWidth - 1) {
        let found = power.evaluate([
          ScalarValue(dtype, wrapping: base), ScalarValue(dtype, wrapping: exponent),
        ])[0]
        #expect(found.bits == expected.bits, "\(base) to the power of \(exponent)")
        let product = expected.bits &* ScalarValue(dtype, wrapping: base).bits
        expected = ScalarValue(dtype, bits: product & dtype.bitMask)
      }
    }
  }
}
