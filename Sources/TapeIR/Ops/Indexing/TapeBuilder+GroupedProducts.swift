import ScalarIR

extension TapeBuilder {
  /// For each of `count` values, the product of all others of its group, without divisions, so that
  /// derivatives of any order are right at zeros and what is in one group reaches no other.
  ///
  /// Sorting brings groups together; products of ever longer runs then double, log₂ `count` times.
  ///
  /// - Parameters:
  ///   - values: a floating tensor of one axis.
  ///   - groups: for each value, the number of its group, which is not −1: i64.
  mutating func productsOfOthers(
    _ values: Value, inGroups groups: Value, count: Int
  ) throws(TapeError) -> Value {
    if count < 2 { return try splat(1, like: values) }
    let positions = try op(
      .iota, attributes: [.type: .type(TensorType(.i64, [.constant(count)])), .axis: .integer(0)])
    let along: Attributes = [.axis: .integer(0)]
    let sorted = try apply(.sort, [groups, positions], along)
    let places = try apply(.sort, [sorted[1], positions], along)[1]
    let ordered = try op(.take, values, sorted[1], attributes: along)
    var products: [Value] = []
    for direction in [1, -1] {
      var product = try neighbours(ordered, in: sorted[0], by: direction)
      var length = 1
      while length < count - 1 {
        product = try op(
          .mul, product, neighbours(product, in: sorted[0], by: direction * length))
        length *= 2
      }
      products.append(product)
    }
    return try op(.take, op(.mul, products[0], products[1]), places, attributes: along)
  }

  /// For each place of the sorted groups the value `distance` places before it, and one where that
  /// place is of another group or none.
  private mutating func neighbours(
    _ values: Value, in groups: Value, by distance: Int
  ) throws(TapeError) -> Value {
    let isSame = try op(
      .eq, moved(groups, by: distance, filler: ScalarValue(.i64, wrapping: -1)), groups)
    let one = ScalarValue.one(dtype(of: values))
    return try op(
      .select, isSame, moved(values, by: distance, filler: one), splat(1, like: values))
  }

  private mutating func moved(
    _ value: Value, by distance: Int, filler: ScalarValue
  ) throws(TapeError) -> Value {
    try pad(
      value, with: splat(filler, .scalar), low: [.constant(distance)], high: [.constant(-distance)])
  }
}
