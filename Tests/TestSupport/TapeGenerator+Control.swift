import ScalarIR
import TapeIR

// Ops with bodies, which are random tapes themselves.

extension TapeGenerator {
  /// The elements of loops at most, as interpreters take their time.
  private static let iterationLimit = 5

  mutating func addCond(_ op: Op, _ value: Value) throws(TapeError) {
    var operands = [value]
    for _ in 0..<random.number(0...2) { operands.append(random.pick(values)) }
    let types = operands.map(builder.type(of:))
    let results = (0..<random.number(1...2)).map { _ in random.pick(types) }
    let then = try body(types, results)
    let otherwise = try body(types, results)
    let predicate = try valueOf(TensorType(.bool, .scalar))
    try add(op, [predicate] + operands, [.then: .tape(then), .otherwise: .tape(otherwise)])
  }

  mutating func addWhile(_ op: Op, _ value: Value) throws(TapeError) {
    let counter = TensorType(.i32, .scalar)
    let start = try builder.splat(ScalarValue(.i32, wrapping: random.number(-2...2)), .scalar)
    let operands = [start, value] + (random.chance(1, in: 2) ? [random.pick(values)] : [])
    let types = operands.map(builder.type(of:))
    var condition = TapeBuilder(name: "condition")
    let tested = condition.parameters("s", types)
    let limit = try condition.splat(
      ScalarValue(.i32, wrapping: random.number(-2...Self.iterationLimit)), .scalar)
    let test = try condition.op(.lt, tested[0], limit)
    let step = try body(types, Array(types.dropFirst())) {
      (builder, parameters) throws(TapeError) in
      let one = try builder.splat(.one(.i32), counter.shape)
      return [try builder.op(.add, parameters[0], one)]
    }
    try add(op, operands, [.cond: .tape(condition.body([test])), .body: .tape(step)])
  }

  mutating func addScan(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    guard type.rank > 0, type.shape[0].constant ?? 0 <= Self.iterationLimit else { return }
    let carries = (0..<random.number(0...2)).map { _ in random.pick(values) }
    var stacks = [value]
    if random.chance(1, in: 2) {
      stacks.append(try valueOf(TensorType(random.pick(options.dtypes), type.shape)))
    }
    let carryTypes = carries.map(builder.type(of:))
    let slices = stacks.map(builder.type(of:)).map {
      TensorType($0.dtype, Shape(Array($0.shape.dims.dropFirst())))
    }
    var results = carryTypes
    for _ in 0..<random.number(carries.isEmpty ? 1...2 : 0...2) {
      results.append(random.pick(carryTypes + slices))
    }
    let scan = Scan(
      body: try body(carryTypes + slices, results), length: type.shape[0],
      carryCount: carries.count, isReversed: random.chance(1, in: 2))
    try add(op, carries + stacks, scan.attributes)
  }

  mutating func addReduce(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    var operands = [value]
    if random.chance(1, in: 3) {
      operands.append(try valueOf(TensorType(random.pick(options.dtypes), type.shape)))
    }
    let states = operands.map { TensorType(builder.dtype(of: $0), .scalar) }
    for state in states { operands.append(try valueOf(state)) }
    let axes = (0..<type.rank).filter { _ in random.chance(1, in: 2) }
    let step = try body(states + states, states, of: [.elementwise])
    try add(op, operands, [.axes: .integers(axes), .body: .tape(step)])
  }

  /// A random body that gives what `leading` computes, and then values of the given types.
  private mutating func body(
    _ parameters: [TensorType], _ results: [TensorType],
    of kinds: Set<Family.Kind> = Set(Family.Kind.allCases),
    leading: (inout TapeBuilder, [Value]) throws(TapeError) -> [Value] = { _, _ in [] }
  ) throws(TapeError) -> Body {
    var inner = options
    inner.isSymbolic = false
    // One body inside of another is enough.
    if !values.isEmpty, isBody { inner.excludedOps.formUnion(["cond", "while", "scan"]) }
    var generator = TapeGenerator(seed: random.next(), options: inner)
    generator.isBody = true
    generator.builder = TapeBuilder(name: random.pick(["body", "b", "exp"]))
    let arguments = generator.builder.parameters("a", parameters)
    generator.values = arguments
    let first = try leading(&generator.builder, arguments)
    if generator.values.isEmpty { generator.values = [try generator.valueOf(results[0])] }
    let ops = generator.ops.filter { kinds.contains($0.kind) }
    for _ in 0..<random.number(0...4) {
      let known = generator.builder.tape.types.count
      try generator.applyOp(random.pick(ops))
      let end = generator.builder.tape.types.count
      generator.values += (known..<max(known, end)).map(Value.init(index:))
    }
    var given = first
    for type in results { given.append(try generator.valueOf(type)) }
    return generator.builder.body(given)
  }
}
