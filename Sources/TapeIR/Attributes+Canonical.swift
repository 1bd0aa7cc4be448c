import ScalarIR

extension Op {
  /// The attributes, which fulfil the constraints, without those that say what their absence says,
  /// and constants in their shortest form: equal uses of an op then have equal attributes.
  package func canonical(_ attributes: Attributes) -> Attributes {
    var result = attributes
    for spec in self.attributes {
      switch attributes[spec.key] {
      case .boolean(spec.defaultFlag)? where !spec.isRequired: result[spec.key] = nil
      case .integers(let values)? where !spec.isRequired && values.isEmpty: result[spec.key] = nil
      case .dims(let dims)? where !spec.isRequired && dims.isEmpty: result[spec.key] = nil
      case .word(let word)? where spec.kind.defaultWord == word: result[spec.key] = nil
      case .literal(let literal)?: result[spec.key] = .literal(literal.canonical)
      case .boolean, .integer, .integers, .symbols, .dims, .dtype, .type, .dim, .tape, .word, nil:
        break
      }
    }
    return result
  }
}

extension AttributeSpec.Kind {
  /// The word that is meant where none is written.
  fileprivate var defaultWord: String? {
    if case .word(let words) = self { return words.first }
    return nil
  }
}

extension Literal {
  /// A scalar where all elements are the same or there is none, and every NaN the usual one.
  fileprivate var canonical: Literal {
    if count == 0 { return Literal(splat: .zero(dtype)) }
    let usual = withUsualNaN
    return usual.splatValue.map { Literal(splat: $0) } ?? usual
  }

  private var withUsualNaN: Literal {
    guard dtype.isFloating, (0..<count).contains(where: { self[$0].isNaN }) else { return self }
    let nan = ScalarValue(dtype, rounding: .nan).bits
    let usual = Literal(
      dtype: dtype, sizes: sizes,
      bits: (0..<count).map { self[$0].isNaN ? nan : self[$0].bits })
    return usual.splatValue.map { Literal(splat: $0) } ?? usual
  }
}
