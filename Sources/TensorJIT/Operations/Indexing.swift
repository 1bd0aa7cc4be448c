import ScalarIR
import TapeIR

/// What may stand between the brackets of a subscript, for one axis: a position, a range of positions
/// (also a partial one, or `stride(from:to:by:)`), a tensor of positions, or `.newAxis`; and for as
/// many axes as it has, a tensor of truth values.
///
/// Negative positions and bounds count from the end.
public protocol TensorIndex {
  /// What is selected along the axis.
  var selection: AxisSelection { get }
}

/// What an index selects along an axis.
public struct AxisSelection: Sendable, TensorIndex {
  enum Kind: Sendable {
    case position(Int)
    /// `lower ..< upper`, from the first without a lower bound and to the last without an upper one.
    case range(Int?, Int?)
    case strided(first: Int, step: Int, count: Int)
    case newAxis
    /// Positions that a tensor holds; `axisSize` is what the axis must have where they come from a
    /// mask.
    case tensor(Tensor, axisSize: Int?)
  }

  let kind: Kind

  public var selection: AxisSelection { self }

  /// Up to and including `bound`.
  fileprivate static func through(_ lower: Int?, _ bound: Int) -> AxisSelection {
    // −1 is the last position: there is no bound behind it that could be written.
    AxisSelection(kind: .range(lower, bound == -1 || bound == .max ? nil : bound + 1))
  }

  /// The numbers of a stride, of which there may be none.
  fileprivate init(_ numbers: some Sequence<Int>) {
    var iterator = numbers.makeIterator()
    guard let first = iterator.next() else {
      kind = .range(0, 0)
      return
    }
    var (step, count) = (1, 1)
    while let next = iterator.next() {
      if count == 1 { step = next - first }
      count += 1
    }
    kind = .strided(first: first, step: step, count: count)
  }

  init(kind: Kind) { self.kind = kind }
}

extension TensorIndex where Self == AxisSelection {
  /// A new axis of size 1.
  public static var newAxis: AxisSelection { AxisSelection(kind: .newAxis) }
}

extension Int: TensorIndex {
  public var selection: AxisSelection { AxisSelection(kind: .position(self)) }
}

extension Range: TensorIndex where Bound == Int {
  public var selection: AxisSelection { AxisSelection(kind: .range(lowerBound, upperBound)) }
}

extension ClosedRange: TensorIndex where Bound == Int {
  public var selection: AxisSelection { .through(lowerBound, upperBound) }
}

extension PartialRangeFrom: TensorIndex where Bound == Int {
  public var selection: AxisSelection { AxisSelection(kind: .range(lowerBound, nil)) }
}

extension PartialRangeUpTo: TensorIndex where Bound == Int {
  public var selection: AxisSelection { AxisSelection(kind: .range(nil, upperBound)) }
}

extension PartialRangeThrough: TensorIndex where Bound == Int {
  public var selection: AxisSelection { .through(nil, upperBound) }
}

extension StrideTo: TensorIndex where Element == Int {
  public var selection: AxisSelection { AxisSelection(self) }
}

extension StrideThrough: TensorIndex where Element == Int {
  public var selection: AxisSelection { AxisSelection(self) }
}

extension Tensor {
  /// The part of the tensor that indices select along its first axes; the other axes stay whole.
  ///
  /// `x[0]` is the first row and has one axis less, `x[0..., 1..<3]` two columns, `x[-1]` the last
  /// row, `x[.newAxis]` has one more axis. `x[indices]` are the rows at the positions that an integer
  /// tensor holds, `x[mask]` the elements where a `bool` tensor holds; the mask is computed at once,
  /// as the result's shape depends on it. Several such tensors broadcast, and their axes stand where
  /// NumPy puts them: in place of their own where these are next to each other (positions count
  /// too), else first. Positions out of range and too many indices make a tensor that carries the
  /// error; those in tensors are found when it is computed.
  public subscript<each Index: TensorIndex>(_ index: repeat each Index) -> Tensor {
    var selections: [AxisSelection] = []
    repeat selections.append((each index).selection)
    return selecting(selections, [])
  }

  /// The whole tensor: `x[...]`.
  public subscript(_ all: UnboundedRange) -> Tensor { self }

  /// The part of the tensor that indices select along its last axes: `x[..., 0]`.
  public subscript<each Index: TensorIndex>(
    _ others: UnboundedRange, _ index: repeat each Index
  ) -> Tensor {
    var selections: [AxisSelection] = []
    repeat selections.append((each index).selection)
    return selecting([], selections)
  }

  /// The part of the tensor that indices select along its first and its last axes: `x[0, ..., 0]`.
  public subscript<First: TensorIndex, each Index: TensorIndex>(
    _ first: First, _ others: UnboundedRange, _ index: repeat each Index
  ) -> Tensor {
    var selections: [AxisSelection] = []
    repeat selections.append((each index).selection)
    return selecting([first.selection], selections)
  }

  /// What `leading` selects along the first axes and `trailing` along the last ones.
  private func selecting(_ leading: [AxisSelection], _ trailing: [AxisSelection]) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      try Selection(leading, trailing, of: tensorType).applied(to: self)
    }
  }

  func slicing(_ region: Region) -> Tensor {
    guard let type = try? tensorType, !region.isWhole(of: type.shape) else { return self }
    var attributes: Attributes = [
      .start: .dims(region.start), .limit: .dims(region.limit),
    ]
    if region.strides.contains(where: { $0 != 1 }) {
      attributes[.stride] = .integers(region.strides)
    }
    return Tensor.apply(.slice, self, attributes: attributes)
  }
}

extension AxisSelection {
  /// Whether the selection is from an axis of the operand.
  fileprivate var takesAxis: Bool {
    if case .newAxis = kind { return false }
    return true
  }
}

/// What indices select from a tensor: a region along its axes, and then what tensors hold.
struct Selection {
  var region = Region()
  var tensors = TensorSelection()

  /// What `leading` selects along the first axes and `trailing` along the last ones.
  init(
    _ leading: [AxisSelection], _ trailing: [AxisSelection], of type: TensorType
  ) throws(TensorError) {
    let leading = try AxisSelection.unmasked(leading)
    let trailing = try AxisSelection.unmasked(trailing)
    let count = (leading + trailing).count { $0.takesAxis }
    guard count <= type.rank else {
      throw .violation(
        "slice", [type], "C1", "\(type) takes at most \(type.rank) indices, found \(count)")
    }
    let whole = AxisSelection(kind: .range(nil, nil))
    let between = [AxisSelection](repeating: whole, count: type.rank - count)
    for selection in leading + between + trailing {
      try tensors.note(selection, keptAxes: region.kept.count)
      try region.add(selection, of: type)
    }
  }

  func applied(to x: Tensor) throws(TensorError) -> Tensor {
    let part = x.slicing(region).reshaped(toShape: Shape(region.kept))
    return try tensors.applied(to: part)
  }
}

/// What selections take from the axes of an operand, and the axes that are left.
struct Region {
  var start: [Dim] = []
  var limit: [Dim] = []
  var strides: [Int] = []
  /// The result's sizes.
  var kept: [Dim] = []

  func isWhole(of shape: Shape) -> Bool {
    limit == shape.dims && start.allSatisfy { $0 == 0 } && strides.allSatisfy { $0 == 1 }
  }

  mutating func add(_ selection: AxisSelection, of type: TensorType) throws(TensorError) {
    let axis = start.count
    switch selection.kind {
    case .newAxis:
      kept.append(1)
    case .tensor(_, let axisSize):
      if let axisSize, type.shape[axis] != .constant(axisSize) {
        throw .violation(
          "subscript", [type], "C3",
          "a mask needs the sizes of \(type), found \(axisSize) for axis \(axis)")
      }
      take(0, type.shape[axis], 1)
      kept.append(type.shape[axis])
    case .position(let position):
      let size = type.shape[axis]
      if let size = size.constant, !(-size..<size).contains(position) {
        throw .violation(
          "slice", [type], "C2",
          "position \(position) is out of range along axis \(axis) of \(type)")
      }
      let first = Region.resolve(position, size)
      take(first, first + 1, 1)
    case .range(let lower, let upper):
      let size = type.shape[axis]
      let first = Region.resolve(lower ?? 0, size)
      let end = upper.map { Region.resolve($0, size) } ?? size
      take(first, end, 1)
      kept.append(end - first)
    case .strided(let position, let step, let count):
      guard step > 0 else {
        throw .violation(
          "slice", [type], "C3", "a stride along axis \(axis) of \(type) needs to ascend")
      }
      let first = Region.resolve(position, type.shape[axis])
      take(first, first + .constant(step) * .constant(count - 1) + 1, step)
      kept.append(.constant(count))
    }
  }

  private mutating func take(_ first: Dim, _ end: Dim, _ step: Int) {
    start.append(first)
    limit.append(end)
    strides.append(step)
  }

  /// A position or bound, counted from the end where it is negative.
  private static func resolve(_ position: Int, _ size: Dim) -> Dim {
    position < 0 ? size + .constant(position) : .constant(position)
  }
}
