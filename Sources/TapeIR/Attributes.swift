import ScalarIR

/// The names of attributes, as the text form writes them after a colon.
package enum AttributeKey: String, Hashable, Sendable, CaseIterable {
  case value, type, to
  case axes, axis, keep, shape
  case start, limit, stride
  case low, high, interior
  case reverse
  case window, dilation
  case lhsBatch = "lhs-batch"
  case rhsBatch = "rhs-batch"
  case lhsContract = "lhs-contract"
  case rhsContract = "rhs-contract"
  case then
  case otherwise = "else"
  case cond, body, length, carry
  case offsetDims = "offset-dims"
  case collapsedSliceDims = "collapsed-slice-dims"
  case operandBatchingDims = "operand-batching-dims"
  case startIndicesBatchingDims = "start-indices-batching-dims"
  case startIndexMap = "start-index-map"
  case indexVectorDim = "index-vector-dim"
  case sliceSizes = "slice-sizes"
  case updateWindowDims = "update-window-dims"
  case insertedWindowDims = "inserted-window-dims"
  case inputBatchingDims = "input-batching-dims"
  case scatterIndicesBatchingDims = "scatter-indices-batching-dims"
  case scatterDimsToOperandDims = "scatter-dims-to-operand-dims"
  case combine, mode
  case keys, descending, k
  case groups, layout
  case lhsDilation = "lhs-dilation"
  case rhsDilation = "rhs-dilation"
  case left, lower, transpose
  case unitDiagonal = "unit-diagonal"
}

/// The value of an attribute.
package enum AttributeValue: Hashable, Sendable {
  case boolean(Bool)
  case integer(Int)
  case integers([Int])
  case symbols([String])
  case dims([Dim])
  case dtype(DType)
  case type(TensorType)
  case literal(Literal)
  case dim(Dim)
  case tape(Body)
  case word(String)
}

/// What an op says about one of its attributes.
package struct AttributeSpec: Hashable, Sendable {
  /// The kind of value.
  package enum Kind: Hashable, Sendable {
    case boolean, integer, integers, symbols, dims, dtype, type, literal, dim, tape
    /// One of some words, of which the first is meant where none is written.
    case word([String])
  }

  package let key: AttributeKey
  package let kind: Kind
  /// Whether the attribute must be written. An optional one is left out where it has its default:
  /// `false` (or `true`), the first of its words, or no list at all.
  package let isRequired: Bool
  /// Whether the value is written where an operand would be, without its name.
  package let isPositional: Bool
  /// What an optional flag is where it is not written.
  package let defaultFlag: Bool

  package init(
    _ key: AttributeKey, _ kind: Kind, isRequired: Bool = true, isPositional: Bool = false,
    defaultFlag: Bool = false
  ) {
    self.key = key
    self.kind = kind
    self.isRequired = isRequired
    self.isPositional = isPositional
    self.defaultFlag = defaultFlag
  }
}

/// The attributes of one use of an op, at most one a name, in the order of their names.
package struct Attributes: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package let key: AttributeKey
    package let value: AttributeValue
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package static let none = Attributes()

  package subscript(key: AttributeKey) -> AttributeValue? {
    get { entries.first { $0.key == key }?.value }
    set {
      entries.removeAll { $0.key == key }
      guard let newValue else { return }
      let position = entries.firstIndex { $0.key.rawValue > key.rawValue } ?? entries.endIndex
      entries.insert(Entry(key: key, value: newValue), at: position)
    }
  }

  /// The flag, `missing` where it is not written.
  package func boolean(_ key: AttributeKey, default missing: Bool = false) -> Bool {
    if case .boolean(let value)? = self[key] { return value }
    return missing
  }

  /// The number, 0 where it is not written.
  package func integer(_ key: AttributeKey) -> Int {
    if case .integer(let value)? = self[key] { return value }
    return 0
  }

  /// The list, empty where it is not written.
  package func integers(_ key: AttributeKey) -> [Int] {
    if case .integers(let values)? = self[key] { return values }
    return []
  }

  /// The words, empty where they are not written.
  package func symbols(_ key: AttributeKey) -> [String] {
    if case .symbols(let words)? = self[key] { return words }
    return []
  }

  /// The sizes, empty where they are not written.
  package func dims(_ key: AttributeKey) -> [Dim] {
    if case .dims(let values)? = self[key] { return values }
    return []
  }

  package func dtype(_ key: AttributeKey) -> DType? {
    if case .dtype(let value)? = self[key] { return value }
    return nil
  }

  package func type(_ key: AttributeKey) -> TensorType? {
    if case .type(let value)? = self[key] { return value }
    return nil
  }

  package func literal(_ key: AttributeKey) -> Literal? {
    if case .literal(let value)? = self[key] { return value }
    return nil
  }

  /// The size, 0 where it is not written.
  package func dim(_ key: AttributeKey) -> Dim {
    if case .dim(let value)? = self[key] { return value }
    return 0
  }

  package func body(_ key: AttributeKey) -> Body? {
    if case .tape(let value)? = self[key] { return value }
    return nil
  }

  /// The word, nil where it is not written.
  package func word(_ key: AttributeKey) -> String? {
    if case .word(let value)? = self[key] { return value }
    return nil
  }

  /// The attributes with symbolic sizes replaced, also those in bodies.
  ///
  /// - Throws: `TapeError.constraint` where a constraint does not hold in a body for these sizes.
  package func substituting(_ values: [String: Dim]) throws(TapeError) -> Attributes {
    var result = Attributes()
    for entry in entries {
      switch entry.value {
      case .dims(let dims): result[entry.key] = .dims(dims.map { $0.substituting(values) })
      case .type(let type): result[entry.key] = .type(type.substituting(values))
      case .dim(let dim): result[entry.key] = .dim(dim.substituting(values))
      case .tape(let body): result[entry.key] = .tape(try body.substituting(values))
      case .boolean, .integer, .integers, .symbols, .dtype, .literal, .word:
        result[entry.key] = entry.value
      }
    }
    return result
  }
}

extension Attributes: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (AttributeKey, AttributeValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
