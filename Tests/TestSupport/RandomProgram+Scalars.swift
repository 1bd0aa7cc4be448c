import LoopIR
import ScalarIR

// Random definitions of scalars.

extension RandomProgram {
  /// Adds a few random definitions.
  mutating func addScalars(
    _ body: inout [Statement], _ values: inout [(Variable, DType)], loops: [Variable]
  ) {
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let name = Variable(fresh("v"))
      var (dtype, expression) = chance(10) ? rarePath(values, loops) : scalar(values, loops)
      if case .compare = expression { dtype = .bool }
      body.append(.define(name, dtype, expression))
      values.append((name, dtype))
    }
  }

  /// A choice of two scalars, the first of which a body may define; or another scalar, where there
  /// is no condition.
  private mutating func rarePath(
    _ values: [(Variable, DType)], _ loops: [Variable]
  ) -> (DType, Expression) {
    guard let condition = values.last(where: { $0.1 == .bool })?.0 else {
      return scalar(values, loops)
    }
    var inner = values
    var body: [Statement] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let name = Variable(fresh("v"))
      var (dtype, expression) = scalar(inner, loops)
      if case .index = expression { continue }
      if case .compare = expression { dtype = .bool }
      body.append(.define(name, dtype, expression))
      inner.append((name, dtype))
    }
    let slow = pick(inner)
    guard let fast = values.first(where: { $0.1 == slow.1 })?.0 else {
      return scalar(values, loops)
    }
    let path = RarePath(condition: condition, body: body, slow: slow.0, fast: fast)
    return (slow.1, .rarely(path))
  }

  private mutating func scalar(
    _ values: [(Variable, DType)], _ loops: [Variable]
  ) -> (DType, Expression) {
    guard let a = values.randomElement(using: &random) else {
      return (.f32, .constant(ScalarValue(Float(1.5))))
    }
    let same = values.filter { $0.1 == a.1 }
    let (b, c) = (pick(same).0, pick(same).0)
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      return (a.1, .constant(ScalarValue(a.1, bits: random.next())))
    case 1:
      let ops = ScalarOp.Unary.allCases.filter { $0.accepts(a.1) }
      return (a.1, .unary(pick(ops), a.0))
    case 2, 3:
      let ops = ScalarOp.Binary.allCases.filter { $0.accepts(a.1) }
      return (a.1, .binary(pick(ops), a.0, b))
    case 4: return (.bool, .compare(pick(ScalarOp.Comparison.allCases), a.0, b))
    case 5:
      guard let p = values.first(where: { $0.1 == .bool }) else { fallthrough }
      return (a.1, .select(p.0, b, c))
    case 6:
      if a.1 == .f32 || a.1 == .f64 { return (a.1, .fma(a.0, b, c)) }
      fallthrough
    default:
      switch Int.random(in: 0..<3, using: &random) {
      case 0: return (pick([DType.f32, .f64, .i32, .u8, .bool, .i64]), .convert(a.0))
      case 1: return (a.1.unsignedCounterpart, .bitcast(a.0))
      default: return (.i32, .index(.variable(pick(loops)) * 3 + 1))
      }
    }
  }
}
