import ScalarIR

extension Op {
  /// Sums of products of a kernel with what lies under it, for each place that it is moved to.
  package static let conv: Op = Op(
    "conv", summary: "sums of products of a kernel that is moved over an operand",
    kind: .contraction,
    constraints: [
      "C1 x and k have one element type, which is y's.",
      "C2 :layout names the axes of x (N C), k (O I) and y (N C), with the same one of W, HW and DHW.",
      "C3 x and k have the ranks that :layout says.",
      "C4 :stride, :low, :high and dilations have one entry for each of D, H, W; 1 or more but for padding.",
      "C5 :groups is 1 or more; x has k's I times :groups as C, and divides k's O.",
      "C6 y has x's N, k's O as C, and as many places as the window has in x, dilated and padded.",
    ],
    arity: .exactly(2),
    attributes: [
      AttributeSpec(.stride, .integers), AttributeSpec(.low, .dims), AttributeSpec(.high, .dims),
      AttributeSpec(.lhsDilation, .integers, isRequired: false),
      AttributeSpec(.rhsDilation, .integers, isRequired: false),
      AttributeSpec(.groups, .integer, isRequired: false),
      AttributeSpec(.reverse, .boolean, isRequired: false),
      AttributeSpec(.layout, .symbols),
    ],
    infer: { (types, attributes) throws(ConstraintViolation) in
      let (x, k) = (types[0], types[1])
      if x.dtype != k.dtype {
        throw ConstraintViolation("C1", "conv needs one element type, found \(x) and \(k)")
      }
      let layout = attributes.symbols(.layout)
      guard let convolution = convolution(attributes) else {
        throw ConstraintViolation(
          "C2",
          "conv needs a layout such as [NCHW OIHW NCHW], found [\(layout.joined(separator: " "))]")
      }
      let rank = convolution.lhs.rank
      if x.rank != rank || k.rank != rank {
        throw ConstraintViolation(
          "C3", "conv with the layout \(layout[0]) needs \(rank) axes, found \(x) and \(k)")
      }
      try checkWindows(attributes, count: rank - 2)
      try checkFeatures(convolution, x, k)
      var shape = Shape([Dim](repeating: 0, count: rank))
      shape[convolution.result.outer] = x.shape[convolution.lhs.outer]
      shape[convolution.result.feature] = k.shape[convolution.kernel.outer]
      for (number, window) in convolution.windows.enumerated() {
        shape[convolution.result.spatial[number]] = window.resultSize(
          lhs: x.shape[convolution.lhs.spatial[number]],
          kernel: k.shape[convolution.kernel.spatial[number]])
      }
      return [TensorType(x.dtype, shape)]
    },
    family: { _, attributes in
      guard let convolution = convolution(attributes) else {
        preconditionFailure("the layout of a convolution is checked with its types")
      }
      return .convolution(convolution)
    },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0],
        let convolution = convolution(context.attributes)
      else { return [nil, nil] }
      let (x, k) = (context.operands[0], context.operands[1])
      return [
        context.isWanted[0]
          ? try builder.operandCotangent(convolution, x, k, cotangent) : nil,
        context.isWanted[1]
          ? try builder.kernelCotangent(convolution, x, k, cotangent) : nil,
      ]
    })

  private static func checkWindows(
    _ attributes: Attributes, count: Int
  ) throws(ConstraintViolation) {
    for key in [AttributeKey.stride, .low, .high, .lhsDilation, .rhsDilation] {
      let entries = attributes.integers(key)
      let found = entries.count + attributes.dims(key).count
      if attributes[key] != nil, found != count {
        throw ConstraintViolation(
          "C4",
          "conv needs \(count) entr\(count == 1 ? "y" : "ies") in :\(key.rawValue), found \(found)")
      }
      if let least = entries.min(), least < 1 {
        throw ConstraintViolation(
          "C4", "conv needs 1 or more in :\(key.rawValue), found \(entries)")
      }
    }
  }

  private static func checkFeatures(
    _ convolution: Convolution, _ x: TensorType, _ k: TensorType
  ) throws(ConstraintViolation) {
    let groups = convolution.groups
    if groups < 1 {
      throw ConstraintViolation("C5", "conv needs 1 or more in :groups, found \(groups)")
    }
    let (features, inner) = (
      x.shape[convolution.lhs.feature], k.shape[convolution.kernel.feature]
    )
    if features != inner * .constant(groups) {
      throw ConstraintViolation(
        "C5",
        "conv needs x's C to be k's I × groups, found \(features) of \(x), \(inner) of \(k) "
          + "and \(groups) group\(groups == 1 ? "" : "s")")
    }
    let outer = k.shape[convolution.kernel.outer]
    if outer.floorDivided(by: groups) * .constant(groups) != outer {
      throw ConstraintViolation(
        "C5", "conv needs k's O to be a multiple of the groups, found \(outer) and \(groups)")
    }
  }

  /// The convolution that attributes say; nil where their layout is none.
  fileprivate static func convolution(_ attributes: Attributes) -> Convolution? {
    let layout = attributes.symbols(.layout)
    guard layout.count == 3, let lhs = Convolution.Axes(layout[0], outer: "N", feature: "C"),
      let kernel = Convolution.Axes(layout[1], outer: "O", feature: "I"),
      let result = Convolution.Axes(layout[2], outer: "N", feature: "C"),
      lhs.rank == kernel.rank, lhs.rank == result.rank
    else { return nil }
    let axes = lhs.spatial.indices
    func entries<Entry>(_ values: [Entry], _ missing: Entry) -> [Entry] {
      axes.map { values.indices.contains($0) ? values[$0] : missing }
    }
    let strides = entries(attributes.integers(.stride), 1)
    let (low, high) = (entries(attributes.dims(.low), 0), entries(attributes.dims(.high), 0))
    let lhsDilation = entries(attributes.integers(.lhsDilation), 1)
    let rhsDilation = entries(attributes.integers(.rhsDilation), 1)
    return Convolution(
      lhs: lhs, kernel: kernel, result: result,
      windows: axes.map {
        Convolution.Window(
          stride: Swift.max(1, strides[$0]), low: low[$0], high: high[$0],
          lhsDilation: Swift.max(1, lhsDilation[$0]), rhsDilation: Swift.max(1, rhsDilation[$0]))
      },
      groups: attributes[.groups] == nil ? 1 : attributes.integer(.groups),
      isReversed: attributes.boolean(.reverse))
  }
}

extension Convolution.Axes {
  /// The letters of the spatial axes, in the order in which attributes list those.
  private static let spatialLetters: [Character] = ["D", "H", "W"]

  /// The axes that letters name; nil where they are not each there once.
  fileprivate init?(_ letters: String, outer: Character, feature: Character) {
    let letters = Array(letters)
    guard 3...5 ~= letters.count, let outer = letters.firstIndex(of: outer),
      let feature = letters.firstIndex(of: feature)
    else { return nil }
    let spatial = Self.spatialLetters.suffix(letters.count - 2).compactMap {
      letters.firstIndex(of: $0)
    }
    guard spatial.count == letters.count - 2 else { return nil }
    self.init(outer: outer, feature: feature, spatial: spatial)
  }

  fileprivate func letters(outer: Character, feature: Character) -> String {
    var letters = [Character](repeating: "?", count: rank)
    letters[self.outer] = outer
    letters[self.feature] = feature
    for (axis, letter) in zip(spatial, Self.spatialLetters.suffix(spatial.count)) {
      letters[axis] = letter
    }
    return String(letters)
  }
}

extension TapeBuilder {
  /// The convolution of a value with a kernel.
  package mutating func convolve(
    _ x: Value, _ k: Value, _ convolution: Convolution
  ) throws(TapeError) -> Value {
    let windows = convolution.windows
    var attributes: Attributes = [
      .stride: .integers(windows.map(\.stride)), .low: .dims(windows.map(\.low)),
      .high: .dims(windows.map(\.high)),
      .layout: .symbols([
        convolution.lhs.letters(outer: "N", feature: "C"),
        convolution.kernel.letters(outer: "O", feature: "I"),
        convolution.result.letters(outer: "N", feature: "C"),
      ]),
    ]
    if windows.contains(where: { $0.lhsDilation != 1 }) {
      attributes[.lhsDilation] = .integers(windows.map(\.lhsDilation))
    }
    if windows.contains(where: { $0.rhsDilation != 1 }) {
      attributes[.rhsDilation] = .integers(windows.map(\.rhsDilation))
    }
    if convolution.groups != 1 { attributes[.groups] = .integer(convolution.groups) }
    if convolution.isReversed { attributes[.reverse] = .boolean(true) }
    return try op(.conv, x, k, attributes: attributes)
  }
}
