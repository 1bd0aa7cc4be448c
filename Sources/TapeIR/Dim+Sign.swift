import ScalarIR

extension Dim {
  /// The size, or 0 where it is less.
  var atLeastZero: Dim { isNeverNegative ? self : Dim.maximum(self, 0) }

  /// Whether the size is known to be 0 or more, given that symbols are.
  private var isNeverNegative: Bool {
    switch self {
    case .constant(let value): value >= 0
    case .expression(let expression):
      expression.terms.allSatisfy { term in
        term.coefficient >= 0
          && term.factors.allSatisfy { atom in
            switch atom {
            case .symbol: true
            case .floorDivision(let a, _): a.isNeverNegative
            case .minimum(let a, let b): a.isNeverNegative && b.isNeverNegative
            case .maximum(let a, let b): a.isNeverNegative || b.isNeverNegative
            }
          }
      }
    }
  }
}
