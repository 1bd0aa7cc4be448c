/// What the math functions need to know of `f32` or `f64`.
///
/// Coefficients of all approximations in this folder come from a Remez exchange at 60 digits,
/// rounded to the format; each file names its interval, error weight and the error before rounding.
struct FloatFormat: Sendable {
  let float: DType
  /// The signed integer type of the same width.
  let integer: DType
  let mantissaBits: Int
  let exponentBias: Int
  /// 1.5·2^mantissaBits. Adding it rounds a small number to a whole one, to nearest even, and leaves
  /// that whole number in the low bits of the sum.
  let roundingOffset: Double
  let smallestNormal: Double
  /// log 2 rounded to the format, and the rest; `quotient · ln2High` taken from x in an fma is exact.
  let ln2High: Double
  let ln2Low: Double

  private static let single = FloatFormat(
    float: .f32, integer: .i32, mantissaBits: 23, exponentBias: 127, roundingOffset: 0x1.8p23,
    smallestNormal: 0x1p-126, ln2High: 0x1.62e43p-1, ln2Low: -0x1.05c61p-29)
  private static let double = FloatFormat(
    float: .f64, integer: .i64, mantissaBits: 52, exponentBias: 1023, roundingOffset: 0x1.8p52,
    smallestNormal: 0x1p-1022, ln2High: 0x1.62e42fefa39efp-1, ln2Low: 0x1.abc9e3b39803fp-56)

  /// The format of `dtype`, which is `f32` or `f64`.
  static func of(_ dtype: DType) -> FloatFormat {
    precondition(dtype == .f32 || dtype == .f64, "no arithmetic on \(dtype)")
    return dtype == .f32 ? single : double
  }

  /// One of two things, by format.
  func pick<T>(single: T, double: T) -> T { float == .f32 ? single : double }
}

extension ScalarExprBuilder {
  /// `body` applied to `x` in the type that computes for it: `f16` and `bf16` are widened to `f32`
  /// and the result is rounded back.
  mutating func computing(
    _ x: Value, _ body: (inout ScalarExprBuilder, Value, FloatFormat) -> Value
  ) -> Value {
    let dtype = type(of: x)
    precondition(dtype.isFloating, "a math function of \(dtype)")
    let wide = convert(x, to: dtype.computeType)
    return convert(body(&self, wide, .of(dtype.computeType)), to: dtype)
  }

  /// The polynomial with these coefficients, lowest degree first, at `x`, by Horner's rule.
  mutating func polynomial(_ x: Value, _ coefficients: [Double]) -> Value {
    var sum = constant(coefficients[coefficients.count - 1], like: x)
    for coefficient in coefficients.dropLast().reversed() {
      sum = fma(sum, x, constant(coefficient, like: x))
    }
    return sum
  }

  /// `x` if not above `bound`, else `bound`; NaN stays.
  mutating func atMost(_ bound: Double, _ x: Value) -> Value {
    let limit = constant(bound, like: x)
    return select(compare(.lt, limit, x), limit, x)
  }

  /// `x` if not below `bound`, else `bound`; NaN stays.
  mutating func atLeast(_ bound: Double, _ x: Value) -> Value {
    let limit = constant(bound, like: x)
    return select(compare(.gt, limit, x), limit, x)
  }

  /// `magnitude`, whose sign bit is clear, with the sign of `x`.
  mutating func copySign(_ magnitude: Value, of x: Value) -> Value {
    let integer = FloatFormat.of(type(of: x)).integer
    let bits = bitcast(x, to: integer)
    let sign = binary(.and, bits, constant(ScalarValue.lowest(integer)))
    return bitcast(binary(.or, bitcast(magnitude, to: integer), sign), to: type(of: x))
  }

  /// An integer operation with a constant.
  mutating func binary(_ op: ScalarOp.Binary, _ a: Value, _ b: Int) -> Value {
    binary(op, a, constant(integer: b, like: a))
  }
}
