import ScalarIR
import TapeIR

// Tensors with some elements changed: `x.at[indices].set(0)`, as JAX writes it. The tensor itself
// stays what it is.

/// A tensor, for what its subscript selects to be changed: `x.at`.
public struct TensorLocations: Sendable {
  fileprivate let tensor: Tensor

  /// What indices select along the first axes, as in the tensor's own subscript.
  public subscript<each Index: TensorIndex>(_ index: repeat each Index) -> TensorUpdate {
    var selections: [AxisSelection] = []
    repeat selections.append((each index).selection)
    return TensorUpdate(tensor: tensor, leading: selections, trailing: [])
  }

  /// What indices select along the last axes.
  public subscript<each Index: TensorIndex>(
    _ others: UnboundedRange, _ index: repeat each Index
  ) -> TensorUpdate {
    var selections: [AxisSelection] = []
    repeat selections.append((each index).selection)
    return TensorUpdate(tensor: tensor, leading: [], trailing: selections)
  }
}

/// The elements of a tensor that are to be changed. The values broadcast to them.
///
/// Where an element is selected more than once, the updates are combined one after the other, in
/// row-major order of what is selected; `set` keeps the last.
public struct TensorUpdate: Sendable {
  fileprivate let tensor: Tensor
  fileprivate let leading: [AxisSelection]
  fileprivate let trailing: [AxisSelection]

  /// The tensor with the elements replaced.
  public func set(_ values: Tensor) -> Tensor { combined("set", nil, values) }

  /// The tensor with values added to the elements (of bools: or).
  public func add(_ values: Tensor) -> Tensor { combined("add", .add, values) }

  /// The tensor with the elements multiplied by values (of bools: and).
  public func multiply(_ values: Tensor) -> Tensor { combined("mul", .mul, values) }

  /// The tensor with the lesser of the elements and values; NaN wins.
  public func min(_ values: Tensor) -> Tensor { combined("min", .min, values) }

  /// The tensor with the greater of the elements and values; NaN wins.
  public func max(_ values: Tensor) -> Tensor { combined("max", .max, values) }

  /// The tensor with the elements replaced by the value of a variable.
  @_disfavoredOverload
  public func set(_ value: some TensorScalar) -> Tensor { set(operand(value)) }

  /// The tensor with the value of a variable added to the elements.
  @_disfavoredOverload
  public func add(_ value: some TensorScalar) -> Tensor { add(operand(value)) }

  /// The tensor with the elements multiplied by the value of a variable.
  @_disfavoredOverload
  public func multiply(_ value: some TensorScalar) -> Tensor { multiply(operand(value)) }

  /// The tensor with the lesser of the elements and the value of a variable.
  @_disfavoredOverload
  public func min(_ value: some TensorScalar) -> Tensor { min(operand(value)) }

  /// The tensor with the greater of the elements and the value of a variable.
  @_disfavoredOverload
  public func max(_ value: some TensorScalar) -> Tensor { max(operand(value)) }

  private func operand(_ value: some TensorScalar) -> Tensor {
    Tensor(value, besides: tensor, .scatter)
  }

  /// The tensor with values combined into what is selected; `op` does that for single elements.
  private func combined(_ combine: String, _ op: Op?, _ values: Tensor) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensor.tensorType
      let values = try settled(values, type)
      if let choice = try masked(op, values, type) { return choice }
      let selection = try Selection(leading, trailing, of: type)
      if selection.tensors.indices.isEmpty, selection.region.strides.allSatisfy({ $0 == 1 }) {
        return try replacing(selection.region, op, values, type)
      }
      if let (axis, indices) = selection.tensors.single, selection.region.isWhole(of: type.shape),
        selection.region.kept == type.shape.dims
      {
        let shape = try indices.tensorType.shape
        var dims = type.shape.dims
        dims.replaceSubrange(axis...axis, with: shape.dims)
        let windows = dims.indices.filter { !(axis..<(axis + shape.rank)).contains($0) }
        return try scattering(
          values, shape: Shape(dims), at: indices.fromEnd(type.shape[axis]), into: tensor,
          axis: axis, windows: windows, combine, "error")
      }
      // Elsewhere, through the row-major positions of what is selected, which are in bounds.
      let flat = Shape([type.shape.elementCount])
      let positions = try selection.applied(
        to: Tensor.iota(.i64, flat, axis: 0).reshaped(toShape: type.shape))
      let shape = try positions.tensorType.shape
      let result = try scattering(
        values, shape: shape, at: positions, into: tensor.reshaped(toShape: flat), axis: 0,
        windows: [], combine, "clip")
      return result.reshaped(toShape: type.shape)
    }
  }

  /// The tensor with one value combined into what a mask selects, which takes no more than a choice;
  /// nil where that is not what is asked for.
  private func masked(
    _ op: Op?, _ value: Tensor, _ type: TensorType
  ) throws(TensorError) -> Tensor? {
    guard leading.count == 1, trailing.isEmpty, case .tensor(let mask, _) = leading[0].kind,
      try value.tensorType.rank == 0
    else { return nil }
    let shape = try mask.tensorType.shape
    guard try mask.tensorType.dtype == .bool, shape.rank > 0,
      shape.dims[...] == type.shape.dims.prefix(shape.rank)
    else { return nil }
    let ones = [Dim](repeating: 1, count: type.rank - shape.rank)
    let isSelected = mask.reshaped(toShape: Shape(shape.dims + ones))
    let new = op.map { Tensor.elementwise($0, tensor, value) } ?? value
    return select(isSelected, new, tensor)
  }

  /// The values in the tensor's type, where they are a literal.
  private func settled(_ values: Tensor, _ type: TensorType) throws(TensorError) -> Tensor {
    if let literal = values.handle.literal {
      guard let value = try? literal.value(as: type.dtype) else {
        throw .mismatch(.scatter, type, "\(literal)")
      }
      return Tensor(constant: value)
    }
    let found = try values.tensorType
    guard found.dtype == type.dtype else {
      throw .violation(
        "scatter", [type, found], "C5",
        "scatter needs updates of x's element type, found \(type) and \(found)")
    }
    return values
  }

  /// The tensor with a region replaced, in which no element stands twice.
  private func replacing(
    _ region: Region, _ op: Op?, _ values: Tensor, _ type: TensorType
  ) throws(TensorError) -> Tensor {
    let part = tensor.slicing(region)
    let shape = Shape(region.kept)
    let placed = try values.placed(with: tensor)
    var new = placed.broadcast(toShape: shape).reshaped(toShape: try part.tensorType.shape)
    if let op { new = Tensor.elementwise(op, part, new) }
    var operands = [tensor, new]
    for start in region.start {
      operands.append(Tensor(constant: ScalarValue(.i64, wrapping: start.constant ?? 0)))
    }
    return Tensor.record(.dynamicUpdateSlice, operands)[0]
  }

  private func scattering(
    _ values: Tensor, shape: Shape, at indices: Tensor, into x: Tensor, axis: Int,
    windows: [Int], _ combine: String, _ mode: String
  ) throws(TensorError) -> Tensor {
    let attributes: Attributes = [
      .updateWindowDims: .integers(windows), .insertedWindowDims: .integers([axis]),
      .scatterDimsToOperandDims: .integers([axis]),
      .indexVectorDim: .integer(try indices.tensorType.rank), .combine: .word(combine),
      .mode: .word(mode),
    ]
    return try Tensor.apply(
      .scatter, x, indices, values.placed(with: x).broadcast(toShape: shape),
      attributes: attributes)
  }
}

extension Tensor {
  /// The tensor for some of its elements to be changed: `x.at[0].add(1)` is what it would be then.
  public var at: TensorLocations { TensorLocations(tensor: self) }
}
