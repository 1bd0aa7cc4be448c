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
}

/// The value of an attribute.
package enum AttributeValue: Hashable, Sendable {
  case boolean(Bool)
  case integer(Int)
  case integers([Int])
  case dims([Dim])
  case dtype(DType)
  case type(TensorType)
  case literal(Literal)
}

/// What an op says about one of its attributes.
package struct AttributeSpec: Hashable, Sendable {
  /// The kind of value.
  package enum Kind: Hashable, Sendable {
    case boolean, integer, integers, dims, dtype, type, literal
  }

  package let key: AttributeKey
  package let kind: Kind
  /// Whether the attribute must be written. An optional one is left out where it has its default:
  /// `false`, or no list at all.
  package let isRequired: Bool
  /// Whether the value is written where an operand would be, without its name.
  package let isPositional: Bool

  package init(
    _ key: AttributeKey, _ kind: Kind, isRequired: Bool = true, isPositional: Bool = false
  ) {
    self.key = key
    self.kind = kind
    self.isRequired = isRequired
    self.isPositional = isPositional
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

  /// The flag, false where it is not written.
  package func boolean(_ key: AttributeKey) -> Bool {
    if case .boolean(let value)? = self[key] { return value }
    return false
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

  /// The attributes with symbolic sizes replaced.
  package func substituting(_ values: [String: Dim]) -> Attributes {
    var result = Attributes()
    for entry in entries {
      result[entry.key] =
        switch entry.value {
        case .dims(let dims): .dims(dims.map { $0.substituting(values) })
        case .type(let type): .type(type.substituting(values))
        case .boolean, .integer, .integers, .dtype, .literal: entry.value
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
