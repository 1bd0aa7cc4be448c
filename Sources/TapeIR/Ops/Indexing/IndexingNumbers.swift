import ScalarIR

/// The dimension numbers of a gather or a scatter: how axes of x, of the indices and of the windows'
/// tensor (a gather's result, a scatter's updates) belong together. Those of a scatter are those of
/// the gather that reads what it writes.
struct IndexingNumbers {
  /// The axes of the windows' tensor that run over elements of a window.
  let windowDims: [Int]
  /// Axes of x, along which windows have size 1, that the windows' tensor does not have.
  let collapsedDims: [Int]
  /// Axes of x that go along with axes of the indices.
  let batchingDims: [Int]
  let indicesBatchingDims: [Int]
  /// For each index of a window, the axis of x along which it says where the window begins.
  let startIndexMap: [Int]
  /// The axis of the indices along which the indices of one window stand; their rank where each
  /// window has one.
  let indexVectorDim: Int
  /// The names of these, for messages.
  let keys: Keys

  struct Keys {
    let op: String
    let window, collapsed, batching, indicesBatching, map: AttributeKey

    static let gather = Keys(
      op: "gather", window: .offsetDims, collapsed: .collapsedSliceDims,
      batching: .operandBatchingDims, indicesBatching: .startIndicesBatchingDims,
      map: .startIndexMap)
    static let scatter = Keys(
      op: "scatter", window: .updateWindowDims, collapsed: .insertedWindowDims,
      batching: .inputBatchingDims, indicesBatching: .scatterIndicesBatchingDims,
      map: .scatterDimsToOperandDims)
  }

  init(_ attributes: Attributes, _ keys: Keys, indicesRank: Int) {
    self.keys = keys
    windowDims = attributes.integers(keys.window)
    collapsedDims = attributes.integers(keys.collapsed)
    batchingDims = attributes.integers(keys.batching)
    indicesBatchingDims = attributes.integers(keys.indicesBatching)
    startIndexMap = attributes.integers(keys.map)
    indexVectorDim =
      attributes[.indexVectorDim] == nil
      ? max(0, indicesRank - 1) : attributes.integer(.indexVectorDim)
  }

  /// The same numbers under the other op's names.
  func attributes(_ other: Keys, indicesRank: Int) -> Attributes {
    var result: Attributes = [:]
    for (key, axes) in [
      (other.window, windowDims), (other.collapsed, collapsedDims),
      (other.batching, batchingDims), (other.indicesBatching, indicesBatchingDims),
      (other.map, startIndexMap),
    ] where !axes.isEmpty {
      result[key] = .integers(axes)
    }
    if indexVectorDim != max(0, indicesRank - 1) {
      result[.indexVectorDim] = .integer(indexVectorDim)
    }
    return result
  }

  /// The axes of x that windows run over, ascending.
  func windowAxes(rank: Int) -> [Int] {
    (0..<rank).filter { !collapsedDims.contains($0) && !batchingDims.contains($0) }
  }

  /// The axes of the indices that run over windows, ascending.
  func windowsAxes(indicesRank: Int) -> [Int] { (0..<indicesRank).filter { $0 != indexVectorDim } }

  /// How each axis of x is addressed; `windows` are the sizes of windows along them.
  func axes(_ x: TensorType, _ indices: TensorType, windows: [Dim]) -> [Indexing.Axis] {
    let windowsAxes = windowsAxes(indicesRank: indices.rank)
    let count = windowsAxes.count + windowDims.count
    let places = (0..<count).filter { !windowDims.contains($0) }
    let inner = windowAxes(rank: x.rank)
    return (0..<x.rank).map { axis in
      let coordinate: Movement.Coordinate
      if let number = batchingDims.firstIndex(of: axis) {
        let place = windowsAxes.firstIndex(of: indicesBatchingDims[number])
        coordinate = Movement.Coordinate(axis: place.map { places[$0] })
      } else {
        coordinate = Movement.Coordinate(axis: inner.firstIndex(of: axis).map { windowDims[$0] })
      }
      let start = startIndexMap.firstIndex(of: axis).map { component in
        Indexing.Start(
          operand: 1,
          coordinates: (0..<indices.rank).map { position in
            guard let place = windowsAxes.firstIndex(of: position) else {
              return Movement.Coordinate(axis: nil, offset: .constant(component))
            }
            return Movement.Coordinate(axis: places[place])
          })
      }
      return Indexing.Axis(coordinate: coordinate, start: start, window: windows[axis])
    }
  }
}

extension IndexingNumbers {
  /// Checks what gather and scatter have in common: C1 to C4.
  func check(_ x: TensorType, _ indices: TensorType) throws(ConstraintViolation) {
    let name = keys.op
    if !indices.dtype.isInteger {
      throw ConstraintViolation("C1", "\(name) needs integer indices, found \(indices)")
    }
    if !(0...indices.rank).contains(indexVectorDim) {
      throw ConstraintViolation(
        "C2",
        "\(name) needs :index-vector-dim in 0 ... \(indices.rank) for indices \(indices), "
          + "found \(indexVectorDim)")
    }
    let count = indexVectorDim < indices.rank ? indices.shape[indexVectorDim] : 1
    if count != .constant(startIndexMap.count) {
      throw ConstraintViolation(
        "C2",
        "\(name) needs as many axes in :\(keys.map.rawValue) as a window has indices, "
          + "found \(startIndexMap) for \(count.text)")
    }
    for (key, axes) in [(keys.collapsed, collapsedDims), (keys.batching, batchingDims)]
    where axes != axes.sorted() {
      throw ConstraintViolation("C3", "\(name) needs ascending :\(key.rawValue), found \(axes)")
    }
    for (key, axes) in [
      (keys.map, startIndexMap + batchingDims), (keys.collapsed, collapsedDims + batchingDims),
    ] where Set(axes).count != axes.count || !axes.allSatisfy(x.shape.dims.indices.contains) {
      throw ConstraintViolation(
        "C3",
        "\(name) of \(x) needs distinct axes in 0 ..< \(x.rank) in :\(key.rawValue) "
          + "and :\(keys.batching.rawValue), found \(axes)")
    }
    let pairs = indicesBatchingDims
    if pairs.count != batchingDims.count || Set(pairs).count != pairs.count
      || !pairs.allSatisfy(windowsAxes(indicesRank: indices.rank).contains)
    {
      throw ConstraintViolation(
        "C4",
        "\(name) needs an axis of the indices in :\(keys.indicesBatching.rawValue) for each in "
          + ":\(keys.batching.rawValue), found \(pairs) and \(batchingDims)")
    }
    for (a, b) in zip(batchingDims, pairs) where x.shape[a] != indices.shape[b] {
      throw ConstraintViolation(
        "C4", "\(name) needs batching axes of one size, found \(x) and \(indices)")
    }
  }

  /// Checks that the window axes are distinct ascending axes of a tensor of `rank` axes, one for
  /// each axis of x that windows run over.
  func checkWindowDims(
    rank: Int, of x: TensorType, constraint: String
  ) throws(ConstraintViolation) {
    let needed = windowAxes(rank: x.rank).count
    if windowDims.count != needed || windowDims != Set(windowDims).sorted()
      || !windowDims.allSatisfy((0..<rank).contains)
    {
      throw ConstraintViolation(
        constraint,
        "\(keys.op) of \(x) needs \(needed) ascending axes in 0 ..< \(rank) "
          + "in :\(keys.window.rawValue), found \(windowDims)")
    }
  }
}

extension Indexing.Bounds {
  /// The bounds that `:mode` writes.
  init(_ attributes: Attributes) {
    switch attributes.word(.mode) {
    case "clip": self = .clip
    case "fill", "drop": self = .ignore
    default: self = .error
    }
  }

  /// `:mode` of a gather.
  var gatherMode: AttributeValue? {
    switch self {
    case .error: nil
    case .clip: .word("clip")
    case .ignore: .word("fill")
    }
  }

  /// `:mode` of a scatter.
  var scatterMode: AttributeValue? {
    switch self {
    case .error: nil
    case .clip: .word("clip")
    case .ignore: .word("drop")
    }
  }
}
