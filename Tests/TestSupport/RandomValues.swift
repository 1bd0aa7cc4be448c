import ScalarIR

extension SplitMix64 {
  /// A value of any kind: mostly of moderate size, one in four from the edges of the type.
  package mutating func scalar(_ dtype: DType) -> ScalarValue {
    if dtype == .bool { return ScalarValue(chance(1, in: 2)) }
    if chance(1, in: 4) { return pick(dtype.edgeValues) }
    if dtype.isFloating {
      let isWhole = chance(1, in: 3)
      let value = Double.random(in: -4...4, using: &self)
      return ScalarValue(dtype, rounding: isWhole ? value.rounded() : value)
    }
    return ScalarValue(dtype, wrapping: number(-20...20))
  }

  /// A tensor of such values.
  package mutating func literal(_ dtype: DType, _ sizes: [Int]) -> Literal {
    let count = sizes.contains(0) ? 0 : sizes.reduce(1, *)
    return Literal(dtype: dtype, sizes: sizes, bits: (0..<count).map { _ in scalar(dtype).bits })
  }
}

extension DType {
  /// Zeros, infinities, not a number, denormals, the extremes and what lies beside them.
  package var edgeValues: [ScalarValue] {
    if isFloating {
      let numbers: [Double] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0.5, 3.4e38, -65504]
      let mantissaBits: UInt64 =
        switch self {
        case .f64: 52
        case .f32: 23
        case .f16: 10
        default: 7
        }
      let greatestDenormal: UInt64 = (1 << mantissaBits) - 1
      let greatest = ScalarValue.highest(self).bits - 1
      return numbers.map { ScalarValue(self, rounding: $0) }
        + [1, greatestDenormal, greatestDenormal + 1, greatest].map { ScalarValue(self, bits: $0) }
    }
    if self == .bool { return [ScalarValue(false), ScalarValue(true)] }
    let (low, high) = (ScalarValue.lowest(self), ScalarValue.highest(self))
    return [
      low, high, ScalarValue(self, bits: low.bits + 1), ScalarValue(self, bits: high.bits - 1),
      .zero(self), .one(self), ScalarValue(self, wrapping: -1),
    ]
  }
}
