import ScalarIR

/// What is known at a place among the steps.
struct StepState {
  /// The buffers that have been written on every way to here.
  var written: Set<BufferID> = []
  /// The counters of the loops around the place.
  var counters: [Variable] = []
  /// The counters of all loops so far.
  var allCounters: Set<Variable> = []
}

extension LoopProgram {
  /// Checks steps in order, and those in their bodies.
  func verifySteps(
    _ steps: [Step], place: String, _ state: inout StepState
  ) throws(LoopError) {
    for (number, step) in steps.enumerated() {
      let place = "\(place) \(number)"
      switch step {
      case .launch(let launch): try verify(launch, place: place, &state)
      case .call(.matrixProduct(let product)):
        try verify(product, place: "\(place), matrix-product", &state)
      case .call(.matrixRoutine(let call)):
        try verify(call, place: "\(place), matrix-routine \(call.routine.name)", &state)
      case .call(.host(let call)):
        try verify(call, place: "\(place), host-call \(call.function.name)", &state)
      case .check(let check): try verify(check, place: "\(place), check", state)
      case .copy(let copy): try verify(copy, place: "\(place), copy", &state)
      case .exchange(let exchange):
        try verify(exchange, place: "\(place), exchange", state)
      case .branch(let branch):
        try verifyPredicate(branch.predicate, place: "\(place), if", state)
        var then = state
        try verifySteps(branch.then, place: "\(place), then", &then)
        var otherwise = state
        otherwise.allCounters = then.allCounters
        try verifySteps(branch.otherwise, place: "\(place), else", &otherwise)
        state.written = then.written.intersection(otherwise.written)
        state.allCounters = otherwise.allCounters
      case .whileLoop(let loop):
        try verifySteps(loop.condition, place: "\(place), test", &state)
        try verifyPredicate(loop.predicate, place: "\(place), while", state)
        var body = state
        try verifySteps(loop.body, place: "\(place), do", &body)
        state.allCounters = body.allCounters
      case .countedLoop(let loop): try verify(loop, place: "\(place), for", &state)
      }
    }
  }

  private func verifyPredicate(
    _ buffer: BufferID, place: String, _ state: StepState
  ) throws(LoopError) {
    try verifyUse(of: buffer, as: .bool, isRead: true, isWritten: false, state, place: place)
    let declaration = buffers[buffer.index]
    guard declaration.count == 1 else {
      throw .invalid(
        place: place, expected: "a predicate of one element",
        found: "\(declaration.name) of \(declaration.count)")
    }
  }

  private func verify(
    _ copy: Copy, place: String, _ state: inout StepState
  ) throws(LoopError) {
    try verifyPair(copy.source, copy.target, place: place)
    let dtype = buffers[copy.source.index].dtype
    try verifyUse(
      of: copy.source, as: dtype, isRead: true, isWritten: false, state, place: place)
    try verifyUse(
      of: copy.target, as: dtype, isRead: false, isWritten: true, state, place: place)
    guard whole(copy.source) != whole(copy.target) else {
      throw .invalid(
        place: place, expected: "two buffers", found: "\(buffers[copy.source.index].name) twice")
    }
    state.written.insert(copy.target)
  }

  private func verify(
    _ exchange: Exchange, place: String, _ state: StepState
  ) throws(LoopError) {
    try verifyPair(exchange.first, exchange.second, place: place)
    for buffer in [exchange.first, exchange.second] {
      let declaration = buffers[buffer.index]
      try verifyUse(
        of: buffer, as: declaration.dtype, isRead: true, isWritten: true, state, place: place)
      guard declaration.isTemporary else {
        throw .invalid(place: place, expected: "two temporaries", found: declaration.name)
      }
    }
  }

  /// Checks that two buffers are there and of one size.
  private func verifyPair(
    _ first: BufferID, _ second: BufferID, place: String
  ) throws(LoopError) {
    for buffer in [first, second] where !buffers.indices.contains(buffer.index) {
      throw .invalid(place: place, expected: "a buffer", found: "number \(buffer.index)")
    }
    let (a, b) = (buffers[first.index], buffers[second.index])
    guard a.dtype == b.dtype, IndexPolynomial(a.count) == IndexPolynomial(b.count) else {
      throw .invalid(
        place: place, expected: "two buffers of one type and size",
        found: "\(a.name) of \(a.count) \(a.dtype) and \(b.name) of \(b.count) \(b.dtype)")
    }
  }

  private func verify(
    _ loop: CountedLoop, place: String, _ state: inout StepState
  ) throws(LoopError) {
    try verifyProgramIndex(loop.extent, place: place)
    guard state.allCounters.insert(loop.counter).inserted else {
      throw .invalid(place: place, expected: "a counter of its own", found: loop.counter.name)
    }
    let slices = slices(at: loop.counter)
    for (slice, source) in slices {
      let (part, all) = (buffers[slice.index], buffers[source.index])
      guard IndexPolynomial(all.count) == IndexPolynomial(part.count * loop.extent) else {
        throw .invalid(
          place: place, expected: "slices that make up \(all.name), of \(all.count)",
          found: "\(loop.extent) of \(part.count) elements")
      }
    }
    var body = state
    body.counters.append(loop.counter)
    try verifySteps(loop.body, place: "\(place), body", &body)
    state.allCounters = body.allCounters
    // What each iteration writes a part of has been written when all are done.
    for (slice, source) in slices where body.written.contains(slice) {
      state.written.insert(source)
    }
  }
}
