/// The steps of a program in one line: what happens at each moment, and which moments a loop repeats.
struct Timeline {
  /// What is used at one moment; slices count as the buffers that they are cut from.
  struct Moment {
    /// The launch, where it is one.
    let launch: Launch?
    let buffers: [BufferID]
  }

  private(set) var moments: [Moment] = []
  /// The moments of each loop, inner loops before those around them.
  private(set) var loops: [ClosedRange<Int>] = []
  /// Pairs that change places.
  private(set) var exchanges: [(moment: Int, Exchange)] = []
  private let program: LoopProgram

  init(_ program: LoopProgram) {
    self.program = program
    add(program.steps)
  }

  private mutating func add(_ buffers: [BufferID], launch: Launch? = nil) {
    moments.append(Moment(launch: launch, buffers: buffers.map(program.whole)))
  }

  private mutating func add(_ steps: [Step]) {
    for step in steps {
      switch step {
      case .launch(let launch): add(launch.arguments, launch: launch)
      case .call(.matrixProduct(let product)): add([product.a, product.b, product.c])
      case .call(.matrixRoutine(let call)): add(call.buffers)
      case .call(.host(let call)): add(call.buffers)
      case .check(let check): add([check.status])
      case .copy(let copy): add([copy.source, copy.target])
      case .exchange(let exchange):
        exchanges.append((moments.count, exchange))
        add([exchange.first, exchange.second])
      case .branch(let branch):
        add([branch.predicate])
        add(branch.then)
        add(branch.otherwise)
      case .whileLoop(let loop):
        let start = moments.count
        add(loop.condition)
        add([loop.predicate])
        add(loop.body)
        loops.append(start...(moments.count - 1))
      case .countedLoop(let loop):
        let start = moments.count
        add(loop.body)
        if start < moments.count { loops.append(start...(moments.count - 1)) }
      }
    }
  }
}

extension LoopProgram {
  /// The slices that exist in the loop with that counter and what they are cut from, those that
  /// others are cut from first.
  package func slices(at counter: Variable) -> [(slice: BufferID, source: BufferID)] {
    buffers.indices.compactMap { index in
      guard case .slice(let source, counter) = buffers[index].role else { return nil }
      return (BufferID(index), source)
    }
  }

  /// The buffer that a slice is cut from; any other buffer itself.
  package func whole(_ buffer: BufferID) -> BufferID {
    var buffer = buffer
    while buffers.indices.contains(buffer.index),
      case .slice(let source, _) = buffers[buffer.index].role, source.index < buffer.index
    {
      buffer = source
    }
    return buffer
  }
}
