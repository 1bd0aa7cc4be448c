import ScalarIR
import TapeIR

// Order along an axis, each line by itself; negative axes count from the end. Sorting is stable, NaN is
// greater than all numbers, and −0 equals 0.

extension Tensor {
  /// The elements in ascending order along an axis, or in descending order.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      Tensor.apply(.sort, self, attributes: try sortAttributes(axis, descending, "sort"))
    }
  }

  /// The positions of the elements along an axis that bring them into ascending, or descending,
  /// order; `i32`.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let attributes = try sortAttributes(axis, descending, "argsort")
      let positions = Tensor.iota(.i32, type.shape, axis: attributes.integer(.axis))
      return try Tensor.record(.sort, [self, positions], attributes).result(1)
    }
  }

  /// The `count` greatest elements along an axis, greatest first, and their positions as `i32`.
  public func topK(_ count: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
    do throws(TensorError) {
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "topK")
      let last = type.rank - 1
      let moved = axis == last ? self : swappingAxes(axis, last)
      let results = Tensor.record(.topK, [moved], [.k: .integer(count)])
      let (values, indices) = (try results.result(0), try results.result(1))
      if axis == last { return (values, indices) }
      return (values.swappingAxes(axis, last), indices.swappingAxes(axis, last))
    } catch {
      return (Tensor(failure: error), Tensor(failure: error))
    }
  }

  private func sortAttributes(
    _ axis: Int, _ descending: Bool, _ name: String
  ) throws(TensorError) -> Attributes {
    var attributes: Attributes = [.axis: .integer(try tensorType.resolvedAxis(axis, name))]
    if descending { attributes[.descending] = .boolean(true) }
    return attributes
  }
}

extension [Tensor] {
  /// A result of an op.
  ///
  /// - Throws: the error that stands in place of all results where the operands do not fit.
  fileprivate func result(_ number: Int) throws(TensorError) -> Tensor {
    if indices.contains(number) { return self[number] }
    if let first { _ = try first.tensorType }
    throw .failure("an op has no result \(number)")
  }
}
