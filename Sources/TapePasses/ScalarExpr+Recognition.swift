import ScalarIR

extension ScalarExpr {
  /// The parameter that the single result is.
  var forwardedParameter: Int? { forwardedParameter(throughConversions: false) }

  func forwardedParameter(throughConversions: Bool) -> Int? {
    guard results.count == 1 else { return nil }
    return parameter(behind: results[0], throughConversions: throughConversions)
  }

  private func parameter(behind value: Value, throughConversions: Bool) -> Int? {
    switch nodes[value.index] {
    case .parameter(let number): number
    case .convert(let inner) where throughConversions:
      if case .parameter(let number) = nodes[inner.index] { number } else { nil }
    case .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely: nil
    }
  }

  /// Whether this is one operation on two parameters that may be exchanged, besides conversions to
  /// the type in which it is done and back.
  var isCommutative: Bool {
    guard parameters.count == 2, parameters[0] == parameters[1], results.count == 1 else {
      return false
    }
    var step = nodes[results[0].index]
    if case .convert(let inner) = step { step = nodes[inner.index] }
    let operands: [Value]
    switch step {
    case .binary(let op, let a, let b) where op.isCommutative: operands = [a, b]
    case .compare(.eq, let a, let b), .compare(.ne, let a, let b): operands = [a, b]
    case .parameter, .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast,
      .rarely:
      return false
    }
    return operands.map { parameter(behind: $0, throughConversions: true) } == [0, 1]
  }
}

extension ScalarOp.Binary {
  var isCommutative: Bool {
    switch self {
    case .add, .mul, .mulHigh, .minimum, .maximum, .and, .or, .xor: true
    case .sub, .div, .rem, .shl, .shrLogical, .shrArith: false
    }
  }
}
