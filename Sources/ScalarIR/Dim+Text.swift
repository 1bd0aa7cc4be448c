import SExpression

extension DimExpression.Atom {
  /// The canonical text, which also orders atoms.
  package var text: String {
    switch self {
    case .symbol(let name): name
    case .floorDivision(let a, let divisor): "(floordiv \(a.text) \(divisor))"
    case .minimum(let a, let b): "(min \(a.text) \(b.text))"
    case .maximum(let a, let b): "(max \(a.text) \(b.text))"
    }
  }
}

extension Dim {
  /// The canonical text: a number, an affine atom such as `2*B+1`, or a form such as `(mul B T)`.
  package var text: String {
    switch self {
    case .constant(let value): String(value)
    case .expression(let expression): expression.affineText ?? expression.formText
    }
  }
}

extension Dim: CustomStringConvertible {
  package var description: String { text }
}

extension DimExpression {
  /// `2*B+T-1`, where every term is a constant or a multiple of one symbol.
  fileprivate var affineText: String? {
    var text = ""
    for term in terms {
      let sign = term.coefficient < 0 ? "-" : (text.isEmpty ? "" : "+")
      let size = term.coefficient.magnitude
      switch term.factors.first {
      case nil: text += "\(sign)\(size)"
      case .symbol(let name)? where term.factors.count == 1:
        text += sign + (size == 1 ? name : "\(size)*\(name)")
      case .some: return nil
      }
    }
    return text
  }

  fileprivate var formText: String {
    let parts = terms.map { term -> String in
      var factors = term.factors.map(\.text)
      if factors.isEmpty { return String(term.coefficient) }
      if term.coefficient != 1 { factors.insert(String(term.coefficient), at: 0) }
      return factors.count == 1 ? factors[0] : "(mul \(factors.joined(separator: " ")))"
    }
    return parts.count == 1 ? parts[0] : "(add \(parts.joined(separator: " ")))"
  }
}
