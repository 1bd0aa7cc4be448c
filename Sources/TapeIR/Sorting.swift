import ScalarIR

/// Elements of several operands put in the order of the first of them along an axis, each line by
/// itself. The order is stable; NaN is greater than all, and −0 equals 0.
package struct Sorting: Hashable, Sendable {
  package let axis: Int
  /// How many operands, from the first on, are compared, one after the other.
  package let keyCount: Int
  package let isDescending: Bool
  /// How many elements of each line there are in the results; nil for all.
  package let count: Dim?
  /// Whether the last result holds, for each element, where along the axis it was, as `i32`.
  package let yieldsPositions: Bool

  package init(
    axis: Int, keyCount: Int, isDescending: Bool, count: Dim? = nil, yieldsPositions: Bool = false
  ) {
    self.axis = axis
    self.keyCount = keyCount
    self.isDescending = isDescending
    self.count = count
    self.yieldsPositions = yieldsPositions
  }

  /// The unsigned type whose order `rank` maps keys to.
  package static func rankType(_ dtype: DType) -> DType {
    switch dtype.bitWidth {
    case ...8: .u8
    case 16: .u16
    case 32: .u32
    default: .u64
    }
  }

  /// From a key to an unsigned integer: of two keys the one that comes first has the lesser, and
  /// equal ones have the same.
  package func rank(_ dtype: DType) -> ScalarExpr {
    let unsigned = Sorting.rankType(dtype)
    let sign = ScalarValue(unsigned, bits: 1 << UInt64(unsigned.bitWidth - 1))
    return ScalarExpr([dtype]) { builder, inputs in
      var rank: ScalarExprBuilder.Value
      if dtype == .bool {
        rank = builder.convert(inputs[0], to: unsigned)
      } else if dtype.isFloating {
        let bits = builder.bitcast(inputs[0], to: unsigned)
        let signBit = builder.constant(sign)
        let zero = builder.constant(integer: 0, like: bits)
        let magnitude = builder.binary(.and, bits, builder.unary(.not, signBit))
        let isNegative = builder.compare(
          .ne, builder.binary(.and, bits, signBit), zero)
        let infinity = builder.constant(
          ScalarValue(unsigned, bits: ScalarValue(dtype, rounding: .infinity).bits))
        let isNaN = builder.compare(.gt, magnitude, infinity)
        // Negative numbers mirror the positive ones, and −0 lands on 0.
        let ordered = builder.select(
          isNegative, builder.binary(.sub, signBit, magnitude),
          builder.binary(.add, signBit, magnitude))
        rank = builder.select(isNaN, builder.unary(.not, zero), ordered)
      } else {
        rank = builder.bitcast(inputs[0], to: unsigned)
        if dtype.isSignedInteger {
          rank = builder.binary(.xor, rank, builder.constant(sign))
        }
      }
      return [isDescending ? builder.unary(.not, rank) : rank]
    }
  }
}
