import LoopIR
import ScalarIR

/// The steps of a program as a flat list, so that running them takes no search and no memory: loops
/// of many short iterations cost what their kernels cost.
struct StepCode: Sendable {
  /// Numbers of buffers are positions in the program's declarations, those of instructions
  /// positions in this list.
  enum Instruction: Sendable {
    case launch(Int)
    case multiply(Int)
    case solve(Int)
    case callHost(Int)
    case check(Int)
    case copy(source: Int, target: Int)
    case exchange(Int, Int)
    case jump(to: Int)
    case jumpUnless(predicate: Int, to: Int)
    /// Begins a counted loop, or jumps to its end.
    case enter(loop: Int)
    /// Begins the next iteration of a counted loop, or goes on.
    case next(loop: Int)
  }

  /// One launch in the text of the program.
  struct LaunchSite: Sendable {
    let kernel: Int
    /// Positions in `arguments`.
    let arguments: Range<Int>
  }

  struct LoopSite: Sendable {
    let extent: Index
    let isReversed: Bool
    /// Slices and what they are cut from, by the numbers of the buffers.
    let slices: [(slice: Int, source: Int)]
    let start: Int
    var end: Int
  }

  private(set) var instructions: [Instruction] = []
  private(set) var launches: [LaunchSite] = []
  private(set) var arguments: [Int] = []
  private(set) var products: [MatrixProduct] = []
  private(set) var hostCalls: [HostCall] = []
  private(set) var routines: [MatrixRoutineCall] = []
  private(set) var checks: [ProgramCheck] = []
  private(set) var loops: [LoopSite] = []
  private(set) var mostArguments = 0
  /// Whether sizes of buffers are needed while the steps run.
  private(set) var usesSizes = false

  /// Whether a library has to be there.
  var callsLibrary: Bool { !products.isEmpty || !routines.isEmpty }

  init(_ program: LoopProgram) { add(program.steps, program) }

  /// Steps nest as deep as the text of bodies does.
  private mutating func add(_ steps: [Step], _ program: LoopProgram) {
    for step in steps {
      switch step {
      case .launch(let launch):
        let first = arguments.count
        arguments += launch.arguments.map(\.index)
        mostArguments = max(mostArguments, launch.arguments.count)
        instructions.append(.launch(launches.count))
        launches.append(LaunchSite(kernel: launch.kernel, arguments: first..<arguments.count))
      case .call(.matrixProduct(let product)):
        instructions.append(.multiply(products.count))
        products.append(product)
      case .call(.matrixRoutine(let call)):
        instructions.append(.solve(routines.count))
        routines.append(call)
      case .call(.host(let call)):
        instructions.append(.callHost(hostCalls.count))
        hostCalls.append(call)
      case .check(let check):
        instructions.append(.check(checks.count))
        checks.append(check)
      case .copy(let copy):
        usesSizes = true
        instructions.append(.copy(source: copy.source.index, target: copy.target.index))
      case .exchange(let exchange):
        instructions.append(.exchange(exchange.first.index, exchange.second.index))
      case .branch(let branch):
        let test = instructions.count
        instructions.append(.jump(to: 0))
        add(branch.then, program)
        let end = instructions.count
        instructions.append(.jump(to: 0))
        instructions[test] = .jumpUnless(
          predicate: branch.predicate.index, to: instructions.count)
        add(branch.otherwise, program)
        instructions[end] = .jump(to: instructions.count)
      case .whileLoop(let loop):
        let start = instructions.count
        add(loop.condition, program)
        let test = instructions.count
        instructions.append(.jump(to: 0))
        add(loop.body, program)
        instructions.append(.jump(to: start))
        instructions[test] = .jumpUnless(
          predicate: loop.predicate.index, to: instructions.count)
      case .countedLoop(let loop):
        usesSizes = true
        let number = loops.count
        instructions.append(.enter(loop: number))
        loops.append(
          LoopSite(
            extent: loop.extent, isReversed: loop.isReversed,
            slices: program.slices(at: loop.counter).map { ($0.index, $1.index) },
            start: instructions.count, end: 0))
        add(loop.body, program)
        instructions.append(.next(loop: number))
        loops[number].end = instructions.count
      }
    }
  }
}
