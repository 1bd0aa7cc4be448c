import ScalarIR

// Kernels become grids: blocks of threads. How depends on the loops alone.
//
// * Independent iterations without loops that threads could share get a thread each
//   (`ElementMapping`): elementwise ops, movements, merges, short rows.
// * Independent iterations with such loops get a block each, whose threads share them
//   (`BlockMapping`): reductions, rows, transpositions, products, windows, scans.
// * What is left is one block.
//
// Marks say nothing new about what is computed, and a kernel still means what running it serially
// means; but a block's threads need barriers, which stand between accesses that may meet.
//
// Arrays of a block that exceed its shared memory become parts of a buffer, one part a block.

extension LoopProgram {
  /// The program with every kernel mapped to a grid.
  package func mappedToGrid(_ options: GridOptions = GridOptions()) -> LoopProgram {
    var program = self
    var spilled: [Int: [BufferID]] = [:]
    for number in kernels.indices where !kernels[number].isMapped {
      var mapper = KernelMapper(kernels[number], options, symbols: symbols)
      program.kernels[number].body = mapper.map()
      for array in mapper.spilled {
        program.kernels[number].parameters.append(
          ArrayParameter(name: array.array.name, dtype: array.array.dtype, access: .readWrite))
        spilled[number, default: []].append(
          program.declareTemporary(
            "blocks", array.array.dtype, count: array.blocks * .constant(array.array.count)))
      }
    }
    if !spilled.isEmpty {
      program.steps = program.steps.mappingLaunches { launch in
        [
          Launch(
            kernel: launch.kernel, arguments: launch.arguments + (spilled[launch.kernel] ?? []))
        ]
      }
    }
    return program.simplified()
  }

  /// A new temporary whose name begins with a word.
  mutating func declareTemporary(_ word: String, _ dtype: DType, count: Index) -> BufferID {
    var number = buffers.count
    while buffers.contains(where: { $0.name == "\(word)\(number)" }) { number += 1 }
    buffers.append(
      BufferDeclaration(
        name: "\(word)\(number)", dtype: dtype, count: count, role: .temporary(offset: nil)))
    return BufferID(buffers.count - 1)
  }
}

/// Maps one kernel.
private struct KernelMapper {
  let kernel: Kernel
  let options: GridOptions
  var fresh: FreshVariables
  /// Arrays of blocks that lie in global memory, and for how many blocks.
  private(set) var spilled: [(array: BlockArray, blocks: Index)] = []

  init(_ kernel: Kernel, _ options: GridOptions, symbols: [String]) {
    self.kernel = kernel
    self.options = options
    fresh = FreshVariables(kernel, symbols: symbols)
  }

  mutating func map() -> [Statement] {
    if kernel.body.isEmpty { return [] }
    guard let nest = LoopNest(kernel.body) else {
      let block = fresh.variable("b")
      return blocks(
        Loop(block, 1, .block(axis: 0), []), kernel.body, BlockPlan(kernel.body, options), [])
    }
    let plan = BlockPlan(nest.body, options)
    if plan.arrayBytes <= options.threadBytes, !plan.isShared || prefersThreads(nest, plan) {
      var mapping = ElementMapping(nest, options, fresh)
      return [mapping.blockLoop()]
    }
    if nest.loops.count == 1 {
      return blocks(
        Loop(nest.loops[0].variable, nest.loops[0].extent, .block(axis: 0), []), nest.body, plan,
        [])
    }
    let block = fresh.variable("b")
    let substitution = nest.substitution(nest.coordinates(of: .variable(block)))
    let body = nest.body.mappingIndices(substitution)
    return blocks(
      Loop(block, nest.count, .block(axis: 0), []), body, BlockPlan(body, options),
      Condition(nest.clauses).mappingIndices(substitution).clauses)
  }

  /// Whether a thread an iteration is better than a block.
  private func prefersThreads(_ nest: LoopNest, _ plan: BlockPlan) -> Bool {
    nest.width >= options.manyIterations
      && (plan.isMostlySerial || plan.width < options.warpThreads)
  }

  /// The loop over blocks around what their threads do.
  private mutating func blocks(
    _ loop: Loop, _ body: [Statement], _ plan: BlockPlan, _ clauses: [Condition.Clause]
  ) -> [Statement] {
    var mapping = BlockMapping(body, plan, options, fresh)
    var threads = [mapping.threadLoop(where: clauses)]
    var arrays = mapping.sharedArrays
    while arrays.reduce(0, { $0 + $1.byteCount }) > options.sharedBytes,
      let largest = arrays.indices.max(by: { arrays[$0].byteCount < arrays[$1].byteCount })
    {
      let array = arrays.remove(at: largest)
      spilled.append((array, loop.extent))
      threads = threads.mappingAccesses { name, index in
        (
          name,
          name == array.name ? .variable(loop.variable) * .constant(array.count) + index : index
        )
      }
    }
    var loop = loop
    loop.body =
      arrays.map { .scratch(name: $0.name, $0.dtype, count: $0.count) } + threads
    return [.loop(loop)]
  }
}

extension [Step] {
  /// The steps with others in place of launches, also in the bodies of steps.
  func mappingLaunches(_ transform: (Launch) -> [Launch]) -> [Step] {
    flatMap { step -> [Step] in
      switch step {
      case .launch(let launch): return transform(launch).map { .launch($0) }
      case .call, .check, .copy, .exchange: return [step]
      case .branch(var branch):
        branch.then = branch.then.mappingLaunches(transform)
        branch.otherwise = branch.otherwise.mappingLaunches(transform)
        return [.branch(branch)]
      case .whileLoop(var loop):
        loop.condition = loop.condition.mappingLaunches(transform)
        loop.body = loop.body.mappingLaunches(transform)
        return [.whileLoop(loop)]
      case .countedLoop(var loop):
        loop.body = loop.body.mappingLaunches(transform)
        return [.countedLoop(loop)]
      }
    }
  }
}
