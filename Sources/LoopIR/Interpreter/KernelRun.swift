import ScalarIR

/// Runs kernels statement by statement on a memory.
struct KernelRun {
  /// What one thread of execution sees at one place of a kernel.
  struct Frame {
    var arrays: [String: Memory.View] = [:]
    var scalars: [Variable: ScalarValue] = [:]
    var loops: [Variable: Int] = [:]
    /// The current iteration of each loop that a race detector watches, outermost first.
    var iterations: [Int] = []
  }

  let symbols: [String: Int]
  var memory = Memory()
  var kernelName = ""
  /// One for each loop around the current place whose iterations claim to be independent.
  private var detectors: [RaceDetector] = []

  init(symbols: [String: Int]) { self.symbols = symbols }

  mutating func launch(_ kernel: Kernel, _ arguments: [Memory.View]) throws(LoopError) {
    kernelName = kernel.name
    var frame = Frame()
    for (parameter, view) in zip(kernel.parameters, arguments) {
      frame.arrays[parameter.name] = view
    }
    try run(kernel.body, &frame)
  }

  // MARK: - Statements

  private mutating func run(_ body: [Statement], _ frame: inout Frame) throws(LoopError) {
    let stores = memory.stores.count
    for statement in body { try run(statement, &frame) }
    memory.release(to: stores)
  }

  private mutating func run(_ statement: Statement, _ frame: inout Frame) throws(LoopError) {
    switch statement {
    case .loop(let loop): try run(loop, &frame)
    case .define(let variable, let dtype, let expression):
      frame.scalars[variable] = try evaluate(expression, dtype, frame)
    case .store(let array, let index, let value):
      let position = try evaluate(index, frame)
      try write(
        self.array(array, frame), named: array, position, scalar(value, frame).bits, frame)
    case .conditional(let condition, let then, let otherwise):
      try run(try holds(condition, frame) ? then : otherwise, &frame)
    case .scratch(let name, let dtype, let count):
      frame.arrays[name] = memory.makeArray(dtype, count: count, depth: detectors.count)
    case .barrier: break
    }
  }

  private mutating func run(_ loop: Loop, _ frame: inout Frame) throws(LoopError) {
    let extent = try evaluate(loop.extent, frame)
    guard extent > 0 else { return }
    let isIndependent: Bool
    switch loop.mark {
    case .serial, .unrolled: isIndependent = false
    case .parallel, .vector, .block: isIndependent = true
    case .thread:
      guard !loop.body.isCollective else {
        var frames = [frame]
        return try runInStep(.loop(loop), &frames)
      }
      isIndependent = true
    }
    if isIndependent {
      detectors.append(RaceDetector(loop: loop.variable, isOfThreads: false))
      frame.iterations.append(0)
    }
    for iteration in 0..<extent {
      frame.loops[loop.variable] = iteration
      if isIndependent { frame.iterations[frame.iterations.count - 1] = iteration }
      try run(loop.body, &frame)
    }
    if isIndependent {
      detectors.removeLast()
      frame.iterations.removeLast()
    }
  }

  // MARK: - Threads with barriers

  /// Runs statements for several threads that come to each barrier together, one frame a thread.
  private mutating func runInStep(
    _ body: [Statement], _ frames: inout [Frame]
  ) throws(LoopError) {
    let stores = memory.stores.count
    for statement in body { try runInStep(statement, &frames) }
    memory.release(to: stores)
  }

  private mutating func runInStep(
    _ statement: Statement, _ frames: inout [Frame]
  ) throws(LoopError) {
    guard statement.isCollective else {
      for thread in frames.indices { try run(statement, &frames[thread]) }
      return
    }
    switch statement {
    case .barrier:
      for level in detectors.indices where detectors[level].isOfThreads {
        detectors[level].synchronize()
      }
    case .conditional(let condition, let then, let otherwise):
      try runInStep(try holds(condition, frames[0]) ? then : otherwise, &frames)
    case .loop(let loop):
      let extent = try evaluate(loop.extent, frames[0])
      guard extent > 0 else { return }
      if case .thread = loop.mark {
        detectors.append(RaceDetector(loop: loop.variable, isOfThreads: true))
        var threads: [Frame] = []
        for frame in frames {
          for iteration in 0..<extent {
            var thread = frame
            thread.loops[loop.variable] = iteration
            thread.iterations.append(threads.count)
            threads.append(thread)
          }
        }
        try runInStep(loop.body, &threads)
        detectors.removeLast()
      } else {
        for iteration in 0..<extent {
          for thread in frames.indices { frames[thread].loops[loop.variable] = iteration }
          try runInStep(loop.body, &frames)
        }
      }
    case .define(let variable, _, .shuffle(let operand, let lane)):
      let values = frames.map { scalar(operand, $0) }
      for thread in frames.indices {
        let first = thread - thread % Expression.warpThreads
        frames[thread].scalars[variable] = values[first + (try evaluate(lane, frames[thread]))]
      }
    case .define, .store, .scratch:
      preconditionFailure("threads meet at barriers and shuffles alone")
    }
  }

  // MARK: - Expressions

  private func array(_ name: String, _ frame: Frame) -> Memory.View {
    guard let view = frame.arrays[name] else {
      preconditionFailure("the verifier lets no unknown array pass")
    }
    return view
  }

  private func scalar(_ variable: Variable, _ frame: Frame) -> ScalarValue {
    guard let value = frame.scalars[variable] else {
      preconditionFailure("the verifier lets no undefined scalar pass")
    }
    return value
  }

  private mutating func evaluate(
    _ expression: Expression, _ dtype: DType, _ frame: Frame
  ) throws(LoopError) -> ScalarValue {
    switch expression {
    case .constant(let value): return value
    case .load(let array, let index, let condition, let otherwise):
      if let otherwise, !(try holds(condition, frame)) { return otherwise }
      let position = try evaluate(index, frame)
      return ScalarValue(
        dtype, bits: try read(self.array(array, frame), named: array, position, frame))
    case .index(let index): return ScalarValue(dtype, wrapping: try evaluate(index, frame))
    case .shuffle: preconditionFailure("threads meet at shuffles")
    case .unary(let op, let a):
      return ScalarValue(dtype, bits: op.evaluate(dtype, scalar(a, frame).bits))
    case .binary(let op, let a, let b):
      return ScalarValue(
        dtype, bits: op.evaluate(dtype, scalar(a, frame).bits, scalar(b, frame).bits))
    case .compare(let op, let a, let b):
      let (x, y) = (scalar(a, frame), scalar(b, frame))
      return ScalarValue(dtype, bits: op.evaluate(x.dtype, x.bits, y.bits))
    case .fma(let a, let b, let c):
      return ScalarValue(
        dtype,
        bits: ScalarValue.fma(
          dtype, scalar(a, frame).bits, scalar(b, frame).bits, scalar(c, frame).bits))
    case .select(let p, let a, let b): return scalar(scalar(p, frame).bits != 0 ? a : b, frame)
    case .convert(let a): return scalar(a, frame).converted(to: dtype)
    case .bitcast(let a): return ScalarValue(dtype, bits: scalar(a, frame).bits)
    case .rarely(let path):
      guard scalar(path.condition, frame).bits != 0 else { return scalar(path.fast, frame) }
      var inner = frame
      try run(path.body, &inner)
      return scalar(path.slow, inner)
    }
  }

  private func holds(_ condition: Condition, _ frame: Frame) throws(LoopError) -> Bool {
    for clause in condition.clauses {
      switch clause {
      case .less(let a, let b):
        guard try evaluate(a, frame) < evaluate(b, frame) else { return false }
      case .holds(let variable): guard scalar(variable, frame).bits != 0 else { return false }
      }
    }
    return true
  }

  /// The index's value; sums and products wrap.
  func evaluate(_ index: Index, _ frame: Frame) throws(LoopError) -> Int {
    switch index {
    case .constant(let value): return value
    case .variable(let variable):
      guard let value = frame.loops[variable] else {
        preconditionFailure("the verifier lets no unknown loop variable pass")
      }
      return value
    case .symbol(let name):
      guard let value = symbols[name] else {
        preconditionFailure("the verifier lets no unknown symbol pass")
      }
      return value
    case .value(let variable):
      let value = scalar(variable, frame)
      return value.dtype.isSignedInteger
        ? Int(value.signedInteger) : Int(truncatingIfNeeded: value.bits)
    case .sum(let a, let b): return try evaluate(a, frame) &+ evaluate(b, frame)
    case .product(let a, let b): return try evaluate(a, frame) &* evaluate(b, frame)
    case .quotient(let a, let b):
      return Dim.floorQuotient(try evaluate(a, frame), try divisor(b, frame))
    case .remainder(let a, let b):
      let (value, divisor) = (try evaluate(a, frame), try divisor(b, frame))
      return value - Dim.floorQuotient(value, divisor) * divisor
    case .minimum(let a, let b): return min(try evaluate(a, frame), try evaluate(b, frame))
    case .maximum(let a, let b): return max(try evaluate(a, frame), try evaluate(b, frame))
    }
  }

  private func divisor(_ index: Index, _ frame: Frame) throws(LoopError) -> Int {
    let value = try evaluate(index, frame)
    guard value > 0 else { throw .divisor(kernel: kernelName, value: value) }
    return value
  }

  // MARK: - Accesses

  mutating func read(
    _ view: Memory.View, named name: String, _ index: Int, _ frame: Frame
  ) throws(LoopError) -> UInt64 {
    try check(view, named: name, index, isStore: false, frame)
    guard let bits = memory.read(view, index) else {
      throw .undefined(kernel: kernelName, array: name, index: index)
    }
    return bits
  }

  mutating func write(
    _ view: Memory.View, named name: String, _ index: Int, _ bits: UInt64, _ frame: Frame
  ) throws(LoopError) {
    try check(view, named: name, index, isStore: true, frame)
    memory.write(view, index, bits)
  }

  /// Checks an access for bounds and races.
  private mutating func check(
    _ view: Memory.View, named name: String, _ index: Int, isStore: Bool, _ frame: Frame
  ) throws(LoopError) {
    guard index >= 0, index < view.count else {
      throw .outOfBounds(kernel: kernelName, array: name, index: index, count: view.count)
    }
    let (identity, depth) = (memory.stores[view.store].identity, memory.stores[view.store].depth)
    guard !memory.stores[view.store].isConstant, depth < detectors.count else { return }
    for cell in memory.cells(of: view, index) {
      let place = RaceDetector.Cell(store: identity, cell: cell)
      for level in depth..<detectors.count {
        let iteration = frame.iterations[level]
        let conflict = detectors[level].note(place, isStore: isStore, iteration: iteration)
        guard let conflict else { continue }
        throw .race(
          kernel: kernelName, loop: detectors[level].loop.name, array: name, index: index,
          iterations: [conflict, iteration].sorted())
      }
    }
  }
}
