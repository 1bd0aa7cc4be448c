import ScalarIR
import TapeIR

// Indices that are tensors: positions from integers, or from where a mask holds.

extension Tensor: TensorIndex {
  /// The positions that an integer tensor holds, or those where a `bool` tensor holds.
  public var selection: AxisSelection { AxisSelection(kind: .tensor(self, axisSize: nil)) }
}

extension AxisSelection {
  /// The selections with each mask as tensors of positions, one for each of its axes.
  ///
  /// - Throws: where a tensor is neither of integers nor of truth values, and what goes wrong when a
  ///   mask is computed.
  static func unmasked(_ selections: [AxisSelection]) throws(TensorError) -> [AxisSelection] {
    var unmasked: [AxisSelection] = []
    for selection in selections {
      guard case .tensor(let tensor, _) = selection.kind else {
        unmasked.append(selection)
        continue
      }
      let indices = tensor.settledIndices
      let type = try indices.tensorType
      if type.dtype.isInteger {
        unmasked.append(indices.selection)
        continue
      }
      guard type.dtype == .bool, type.rank > 0 else {
        throw .violation(
          "subscript", [type], "C1",
          "a subscript needs integers, or truth values along axes, found \(type)")
      }
      for (axis, column) in try indices.positionsOfTrue().enumerated() {
        unmasked.append(
          AxisSelection(
            kind: .tensor(Tensor(column).to(indices.device), axisSize: type.shape[axis].constant)))
      }
    }
    return unmasked
  }
}

extension Tensor {
  /// For each axis the coordinates of the elements that are true, in row-major order.
  fileprivate func positionsOfTrue() throws(TensorError) -> [[Int]] {
    let values = try scalars(as: Bool.self)
    let sizes = try shape
    var columns = [[Int]](repeating: [], count: sizes.count)
    for (position, isTrue) in values.enumerated() where isTrue {
      var rest = position
      for axis in sizes.indices.reversed() {
        columns[axis].append(rest % sizes[axis])
        rest /= sizes[axis]
      }
    }
    return columns
  }
}

/// The axes of a tensor at which positions are given by tensors.
struct TensorSelection {
  /// The tensors and the axes, ascending.
  private(set) var indices: [(axis: Int, tensor: Tensor)] = []
  /// Whether other axes stand between those that positions are given for.
  private var isScattered = false
  private var lastPlace: Int?
  private var place = 0

  /// Notes the next selection; `keptAxes` are left of those before it.
  mutating func note(_ selection: AxisSelection, keptAxes: Int) throws(TensorError) {
    switch selection.kind {
    case .tensor(let tensor, _):
      indices.append((keptAxes, tensor))
      advance()
    case .position: advance()
    case .range, .strided, .newAxis: break
    }
    place += 1
  }

  private mutating func advance() {
    if let lastPlace, lastPlace != place - 1 { isScattered = true }
    lastPlace = place
  }

  /// The elements of `x` that are selected.
  func applied(to x: Tensor) throws(TensorError) -> Tensor {
    guard let first = indices.first else { return x }
    if indices.count == 1 {
      let taken = x.take(first.tensor, axis: first.axis)
      guard isScattered, first.axis > 0 else { return taken }
      let rank = try first.tensor.tensorType.rank
      let moved = Array(first.axis..<(first.axis + rank))
      let others = (0..<(try taken.rank)).filter { !moved.contains($0) }
      return taken.transposed(axes: moved + others)
    }
    let type = try x.tensorType
    var common = Shape.scalar
    for (_, tensor) in indices {
      let shape = try tensor.tensorType.shape
      guard let joint = common.broadcast(with: shape) else {
        throw .violation(
          "subscript", [type], "C2",
          "a subscript needs tensors whose shapes broadcast, found \(common) and \(shape)")
      }
      common = joint
    }
    var columns: [Tensor] = []
    for (axis, tensor) in indices {
      columns.append(
        tensor.fromEnd(type.shape[axis]).converted(to: .i64).broadcast(toShape: common)
          .expandingDims(at: -1))
    }
    let axes = indices.map(\.axis)
    let start = isScattered ? 0 : axes[0]
    let others = type.shape.dims.indices.filter { !axes.contains($0) }
    let offsetDims = others.indices.map { $0 < start ? $0 : $0 + common.rank }
    var attributes: Attributes = [
      .collapsedSliceDims: .integers(axes), .startIndexMap: .integers(axes),
      .sliceSizes: .dims(type.shape.dims.indices.map { axes.contains($0) ? 1 : type.shape[$0] }),
    ]
    if !offsetDims.isEmpty { attributes[.offsetDims] = .integers(offsetDims) }
    return Tensor.apply(.gather, x, columns.concatenated(axis: -1), attributes: attributes)
  }

  /// The only tensor and its axis, where the result has the tensor's axes in that axis's place.
  var single: (axis: Int, tensor: Tensor)? {
    indices.count == 1 && !isScattered ? indices[0] : nil
  }
}
