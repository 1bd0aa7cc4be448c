import LoopIR
import ScalarIR
import TapeIR
import TapePasses

extension FusedTape {
  /// The tape as loops: one kernel a group, two for a reduction of several segments, up to three or a
  /// library call for a product, a library call for a routine of linear algebra.
  package func lowered(options: LoweringOptions = LoweringOptions()) -> LoopProgram {
    var lowering = Lowering(fused: self, options: options)
    return lowering.run()
  }
}

/// How finely loops are cut into parts that threads may share. It changes no bit of a result.
package struct LoweringOptions: Hashable, Sendable {
  /// Elements that one iteration of the outer loop of a one-dimensional nest takes: enough to hide
  /// the cost of starting it, few enough to share evenly and to stay in the first-level cache.
  package var blockExtent = 4096
  /// The elements of a domain from which on threads share a reduction's segments: each then has well
  /// over a microsecond of work.
  package var sharedElements = 1 << 16
  /// The width of the machine's vectors, two of which hold the places of a convolution's tile.
  package var vectorBits = 512
  /// Positions along each side of the tiles in which arrays are read across their rows, while these fit
  /// into the nearest cache: memory gives more of long rows at a time than of short ones.
  package var tileSide = 64
  /// How products of matrices are cut into tiles.
  package var productTiles = ProductTiles.registers
  /// The most tiles of a convolution whose terms are gathered together.
  package var gatheredTiles = 4

  /// Whether a one-dimensional nest is one loop instead of blocks.
  package var keepsLoopsWhole = false
  /// Whether the elements of a scan along an innermost axis are gathered before they are combined.
  package var gathersRuns = false

  /// The parts of a scatter's result that run side by side, each with the updates that fall into it.
  package var scatterParts = 1
  /// The lines from which on the first few elements of each are found by going along it, rather than by
  /// sorting, which more threads can share.
  package var foldedLines = 1
  /// The fewest columns that a block of them has, and the blocks of columns that are enough.
  package var leastColumnBlock = 512
  package var columnBlocks = 16

  /// What holds the sums of a tile of a product.
  package enum ProductTiles: Hashable, Sendable {
    /// Nothing: products are library calls and plain loops.
    case none
    /// A CPU's registers.
    case registers
    /// The threads of a grid's block.
    case blocks
  }

  package init() {}

  /// Columns that are taken side by side, of `others` times as many: as many as there are, up to
  /// `greatest`, to read memory in long runs, while enough blocks are left to share.
  func columnBlock(_ columns: Index, others: Index, greatest: Int) -> Int {
    guard let count = columns.constant else { return leastColumnBlock }
    var block = greatest
    while block > leastColumnBlock,
      (count - 1) / block + 1 < columnBlocks / max(1, others.constant ?? 1)
    {
      block /= 2
    }
    return min(max(block, leastColumnBlock), max(1, count))
  }

  /// Loops for the blocks and threads of a grid, which no CPU has a say in: all that may be shared is,
  /// and each thread of a block has a place of a convolution's tile.
  package mutating func prepareForGrid() {
    sharedElements = 1
    vectorBits = 2048
    gatheredTiles = 1
    tileSide = 32
    keepsLoopsWhole = true
    gathersRuns = true
    scatterParts = 2048
    foldedLines = 128
    leastColumnBlock = 32
    columnBlocks = 512
    productTiles = .blocks
  }
}

/// Makes the program, group by group.
struct Lowering {
  let fused: FusedTape
  let options: LoweringOptions
  var buffers: BufferPlan
  var kernels: [Kernel] = []
  /// The kernels so far, without their names: long tapes repeat themselves.
  private var kernelNumbers: [Kernel: Int] = [:]
  var steps: [Step] = []
  /// The names of symbolic sizes, which nothing else may have.
  private let symbols: Set<String>
  /// The loops over steps so far.
  private var loopCount = 0
  /// What is checked when all else is done, and for which node.
  var checks: [(node: Int, check: ProgramCheck)] = []

  init(fused: FusedTape, options: LoweringOptions) {
    self.init(fused, options, symbols: fused.tape.allSymbols)
  }

  private init(_ fused: FusedTape, _ options: LoweringOptions, symbols: Set<String>) {
    self.fused = fused
    self.options = options
    self.symbols = symbols
    buffers = BufferPlan(fused)
  }

  private mutating func lowerGroups() {
    // What no result needs does not fail a run, whichever passes have left it in.
    let isNeeded = fused.tape.neededNodes
    for group in fused.groups {
      switch group.kind {
      case .loops: lowerLoops(group)
      case .rows(let axes): lowerRows(group, axes)
      case .reduction(let axes): lowerReduction(group, axes)
      case .fold(let axes): lowerFold(group, axes)
      case .scan: lowerScan(group)
      case .window: lowerWindow(group)
      case .contraction: lowerContraction(group)
      case .control: lowerControl(group)
      case .scatter: lowerScatter(group)
      case .sort: lowerSort(group)
      case .linearAlgebra: lowerLinearAlgebra(group)
      case .host: lowerHostFunction(group)
      }
      for number in group.nodes where isNeeded[number] { lowerCheck(number) }
    }
    // The first op that fails is the one that is told of, whatever the order of the groups.
    steps += checks.sorted { $0.node < $1.node }.map { .check($0.check) }
  }

  /// The steps of a body, whose kernels and buffers become the program's.
  ///
  /// - Parameters:
  ///   - parameters: the buffers that the body's parameters are.
  ///   - results: where its results go, as far as they are wanted; none of them is a parameter's.
  mutating func steps(
    of body: FusedTape, _ parameters: [BufferID], _ results: [BufferID?]
  ) -> [Step] {
    var inner = Lowering(body, options, symbols: symbols)
    inner.kernels = kernels
    inner.kernelNumbers = kernelNumbers
    inner.loopCount = loopCount
    inner.buffers = BufferPlan(
      body, inside: buffers, parameters: parameters, results: results)
    inner.lowerGroups()
    for (result, target) in zip(body.tape.results, results) {
      guard let target, let source = inner.buffers[result.value], source != target else {
        continue
      }
      inner.steps.append(.copy(Copy(from: source, to: target)))
    }
    kernels = inner.kernels
    kernelNumbers = inner.kernelNumbers
    loopCount = inner.loopCount
    buffers.adopt(inner.buffers)
    return inner.steps
  }

  /// The counter of a new loop over steps.
  mutating func newCounter() -> Variable {
    while symbols.contains("n\(loopCount)") { loopCount += 1 }
    loopCount += 1
    return Variable("n\(loopCount - 1)")
  }

  mutating func run() -> LoopProgram {
    lowerGroups()
    let results = fused.tape.results.map { result in
      guard let buffer = buffers[result.value] else {
        preconditionFailure("fusion left a result without a buffer")
      }
      return ProgramResult(name: result.name, buffer: buffer)
    }
    return LoopProgram(
      name: fused.tape.name, symbols: symbols.sorted(), buffers: buffers.declarations,
      kernels: kernels, steps: steps, results: results)
  }

  func emitter(for group: FusionGroup) -> KernelEmitter {
    KernelEmitter(fused: fused, group: group, buffers: buffers)
  }

  /// Adds the kernel that the emitter has written, and its launch.
  mutating func launch(_ emitter: KernelEmitter) {
    let arguments = emitter.arguments
    launch(emitter.finish(name: ""), arguments)
  }

  /// Adds a kernel, unless there is one that does the same, and its launch.
  mutating func launch(_ kernel: Kernel, _ arguments: [BufferID]) {
    let number: Int
    let kernel = kernel.avoiding(symbols)
    if let known = kernelNumbers[kernel] {
      number = known
    } else {
      number = kernels.count
      kernelNumbers[kernel] = number
      var named = kernel
      named.name = "k\(number)"
      kernels.append(named)
    }
    steps.append(.launch(Launch(kernel: number, arguments: arguments)))
  }
}
