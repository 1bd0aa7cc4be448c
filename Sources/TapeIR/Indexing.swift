import ScalarIR

/// Windows of a tensor at positions that other tensors hold.
package enum Indexing: Hashable, Sendable {
  /// Windows of operand 0, side by side.
  case gather(Gather)
  /// Operand 0 with windows combined into it.
  case scatter(Scatter)

  /// What becomes of a window that does not fit whole into the operand.
  package enum Bounds: Hashable, Sendable {
    /// The run fails with an `IndexViolation`.
    case error
    /// It is moved by as much as it takes to fit.
    case clip
    /// A gather fills it with a value that says so; a scatter leaves it out.
    case ignore
  }

  /// How one axis of operand 0 is addressed by an element of the windows: of a gather's result or of
  /// a scatter's updates.
  package struct Axis: Hashable, Sendable {
    /// The part of the coordinate that the element's own coordinates give: its place in the window,
    /// or which of several independent parts of operand 0 it belongs to.
    package let coordinate: Movement.Coordinate
    /// Where the window begins; nil where that is the first position.
    package let start: Start?
    /// The size of the window along the axis.
    package let window: Dim

    package init(coordinate: Movement.Coordinate, start: Start? = nil, window: Dim = 1) {
      self.coordinate = coordinate
      self.start = start
      self.window = window
    }
  }

  /// The element of an integer operand that says where a window begins along an axis.
  package struct Start: Hashable, Sendable {
    /// The operand's number.
    package let operand: Int
    /// For each axis of that operand, its coordinate in the axes of the windows.
    package let coordinates: [Movement.Coordinate]

    package init(operand: Int, coordinates: [Movement.Coordinate]) {
      self.operand = operand
      self.coordinates = coordinates
    }
  }
}

/// A result element is the element of operand 0 that `axes` address.
package struct Gather: Hashable, Sendable {
  package let bounds: Indexing.Bounds
  /// One an axis of operand 0.
  package let axes: [Indexing.Axis]

  package init(bounds: Indexing.Bounds, axes: [Indexing.Axis]) {
    self.bounds = bounds
    self.axes = axes
  }
}

/// The result is operand 0 with each update combined into the element that `axes` address, in
/// row-major order of the windows.
package struct Scatter: Hashable, Sendable {
  package let bounds: Indexing.Bounds
  /// The number of the operand that holds the updates.
  package let updates: Int
  /// One an axis of operand 0.
  package let axes: [Indexing.Axis]
  /// The axes of the updates that run over elements of a window; the others run over windows.
  package let windowAxes: [Int]
  /// The axes of the updates that run over windows; without any there is one window.
  package let windowsAxes: [Int]
  /// From an element and an update to the new element, in their compute type; nil where the update
  /// takes the element's place.
  package let combine: ScalarExpr?

  package init(
    bounds: Indexing.Bounds, updates: Int, axes: [Indexing.Axis], windowAxes: [Int],
    windowsAxes: [Int], combine: ScalarExpr?
  ) {
    self.bounds = bounds
    self.updates = updates
    self.axes = axes
    self.windowAxes = windowAxes
    self.windowsAxes = windowsAxes
    self.combine = combine
  }

  /// Whether there is one window, which always fits and takes the place of what is there: then each
  /// element of the result can be computed by itself.
  package var isReplacement: Bool {
    combine == nil && bounds == .clip && windowsAxes.isEmpty
      && axes.allSatisfy {
        $0.coordinate.axis.map(windowAxes.contains) ?? false
          && $0.start?.coordinates.isEmpty ?? true
      }
  }

  /// The type in which elements are combined.
  package func accumulator(_ dtype: DType) -> DType { combine == nil ? dtype : dtype.computeType }
}

extension Indexing {
  /// How each axis of operand 0 is addressed.
  package var axes: [Axis] {
    switch self {
    case .gather(let gather): gather.axes
    case .scatter(let scatter): scatter.axes
    }
  }

  package var bounds: Bounds {
    switch self {
    case .gather(let gather): gather.bounds
    case .scatter(let scatter): scatter.bounds
    }
  }

  /// The indices that a run must check; nil where none can fail it.
  package var check: Check? {
    guard bounds == .error, let start = axes.compactMap(\.start).first else { return nil }
    let vectorAxis = start.coordinates.firstIndex { $0.axis == nil }
    var components: [(axis: Int, component: Int)] = []
    for (axis, address) in axes.enumerated() {
      guard let start = address.start else { continue }
      components.append((axis, vectorAxis.flatMap { start.coordinates[$0].offset.constant } ?? 0))
    }
    return Check(
      operand: start.operand, vectorAxis: vectorAxis,
      axes: components.sorted { $0.component < $1.component }.map(\.axis))
  }

  /// Which indices are checked against which axes of operand 0.
  package struct Check: Hashable, Sendable {
    /// The operand that holds the indices.
    package let operand: Int
    /// Its axis along which the indices of one window stand; nil where a window has one.
    package let vectorAxis: Int?
    /// The axis of operand 0 for each position along that axis.
    package let axes: [Int]
  }

  /// The greatest start of a window along each axis of a tensor of the given shape.
  package func limits(_ shape: Shape) -> [Dim] {
    axes.indices.map { shape[$0] - axes[$0].window }
  }
}

extension ScalarValue {
  /// What a gather puts where nothing is: NaN, the least signed or the greatest unsigned value, true.
  package static func outOfBounds(_ dtype: DType) -> ScalarValue {
    if dtype.isFloating { return ScalarValue(dtype, rounding: .nan) }
    return dtype.isSignedInteger ? .lowest(dtype) : .highest(dtype)
  }

  /// The number as an index: one that no tensor has where it is too large.
  package var index: Int {
    dtype.isSignedInteger ? Int(signedInteger) : Int(clamping: bits)
  }
}
