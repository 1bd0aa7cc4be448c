import ScalarIR

// The gradient of a scan is a scan the other way round. It carries the cotangents of the carries, and
// each step computes the body again from what the body was given in that step: the slices, and the
// carries, which a scan like the first one stacks.
//
// BEFORE  ([c ys] (scan c0 xs :body b :length n :carry 1))
// AFTER   ([c ys cs] (scan c0 xs :body b' :length n :carry 1))        ; b' also gives its carry
//         ([gc0 gxs] (scan gc cs xs gys :body b'' :length n :carry 1 :reverse true))
//         ; b'' gives from (gc, c, x, gy) the cotangents of c and of x
//
// A carry that the body hands on as it is, is the same in every step: it is not stacked, and a
// cotangent is carried for it only where one is wanted. Only what the derivative reads is stacked.

extension Scan {
  /// The cotangents of the operands of a scan, or of a loop of known length.
  func gradient(
    _ builder: inout TapeBuilder, _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    let plan = Plan(self, context)
    let pullback = try body.pullback(
      seeded: plan.active + plan.seededOutputs, wanted: plan.active + plan.wantedSlices,
      context.differentiate)
    let isRead = pullback.usesParameter
    let stacked = (0..<carryCount).filter { isRead[$0] && !body.passesThrough($0) }
    let fixed = (0..<carryCount).filter { isRead[$0] && body.passesThrough($0) }
    let slices = (carryCount..<context.operands.count).filter { isRead[$0] }
    let stacks = try stacks(of: stacked, &builder, context)
    var operands: [Value] = []
    for carry in plan.active {
      operands.append(
        try builder.orZeros(context.cotangents[carry], of: body.parameterTypes[carry]))
    }
    operands += fixed.map { context.operands[$0] } + stacks
    operands += slices.map { context.operands[$0] }
    operands += plan.seededOutputs.compactMap { context.cotangents[$0] }
    let step = try step(pullback, plan, fixed: fixed, stacked: stacked, slices: slices)
    let backwards = Scan(
      body: step, length: length, carryCount: plan.active.count + fixed.count,
      isReversed: !isReversed)
    let results = try builder.apply(.scan, operands, backwards.attributes)
    var found = [Value?](repeating: nil, count: context.operands.count)
    for (carry, result) in zip(plan.active, results) { found[carry] = result }
    for (slice, result) in zip(plan.wantedSlices, results.dropFirst(backwards.carryCount)) {
      found[slice] = result
    }
    return found
  }

  /// What has a cotangent.
  private struct Plan {
    /// The carries whose cotangents are carried.
    let active: [Int]
    /// The stacked results that have cotangents.
    let seededOutputs: [Int]
    /// The operands that are cut into slices and whose cotangents are wanted.
    let wantedSlices: [Int]

    init(_ scan: Scan, _ context: GradientContext) {
      let types = scan.body.parameterTypes
      active = (0..<scan.carryCount).filter {
        types[$0].dtype.isFloating && (context.isWanted[$0] || !scan.body.passesThrough($0))
      }
      seededOutputs = (scan.carryCount..<context.results.count).filter {
        context.cotangents[$0] != nil
      }
      wantedSlices = (scan.carryCount..<context.operands.count).filter { context.isWanted[$0] }
    }
  }

  /// What the body was given as carries, step by step, from a scan that computes them again.
  private func stacks(
    of carries: [Int], _ builder: inout TapeBuilder, _ context: GradientContext
  ) throws(TapeError) -> [Value] {
    if carries.isEmpty { return [] }
    var tape = body.tape
    for carry in carries {
      tape.results.append(Tape.Result(name: "", value: tape.parameters[carry]))
    }
    var extended = TapeBuilder(name: tape.name)
    let parameters = extended.parameters("a", body.parameterTypes)
    let values = try extended.copy(tape, parameters, [:])
    let recording = Scan(
      body: extended.body(tape.results.map { values[$0.value.index] }), length: length,
      carryCount: carryCount, isReversed: isReversed)
    let results = try builder.apply(.scan, context.operands, recording.attributes)
    return Array(results.suffix(carries.count))
  }

  /// The body of the scan backwards: it takes cotangents of carries, carries that do not change,
  /// carries as they were, slices, and cotangents of stacked results.
  private func step(
    _ pullback: Body, _ plan: Plan, fixed: [Int], stacked: [Int], slices: [Int]
  ) throws(TapeError) -> Body {
    var builder = TapeBuilder(name: pullback.tape.name)
    let (types, resultTypes) = (body.parameterTypes, body.resultTypes)
    let cotangents = builder.parameters("g", plan.active.map { types[$0] })
    let constants = builder.parameters("f", fixed.map { types[$0] })
    let carries = builder.parameters("c", stacked.map { types[$0] })
    let cuts = builder.parameters("x", slices.map { types[$0] })
    let seeds = builder.parameters("s", plan.seededOutputs.map { resultTypes[$0] })
    var arguments = [Value?](repeating: nil, count: types.count)
    for (number, value) in zip(fixed + stacked + slices, constants + carries + cuts) {
      arguments[number] = value
    }
    var given: [Value] = []
    for (argument, type) in zip(arguments, types) {
      // Nothing that is wanted depends on what is not there.
      given.append(try builder.orZeros(argument, of: type))
    }
    let values = try builder.copy(pullback.tape, given + cotangents + seeds, [:])
    let results = pullback.tape.results.map { values[$0.value.index] }
    return builder.body(
      results.prefix(plan.active.count) + constants + results.dropFirst(plan.active.count))
  }
}
