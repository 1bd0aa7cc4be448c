import Glibc
import LLVMCodeGen
import LoopIR
import ScalarIR
import TapeIR
import TensorJIT

/// How long the way from recorded ops to machine code takes for tapes of growing length, in seconds of
/// the processor, which other processes do not lengthen.
struct Scaling {
  /// What takes time: recording, the stages of the pipeline in their order, compiling.
  private(set) var steps: [String] = []
  /// For each length, its ops and the seconds of each step.
  private(set) var rows: [(ops: Int, seconds: [Double])] = []

  /// Measures tapes of these lengths; the shortest ones more than once, of which the best time counts.
  init(lengths: [Int]) throws {
    for length in lengths {
      complain("\(length) ops")
      var best: [(step: String, seconds: Double)] = []
      for _ in 0..<max(1, 3_000 / length) {
        let found = try Scaling.measure(length)
        best =
          best.isEmpty ? found : zip(best, found).map { ($0.step, min($0.seconds, $1.seconds)) }
      }
      steps = best.map(\.step)
      rows.append((length, best.map(\.seconds)))
    }
  }

  private static func measure(_ length: Int) throws -> [(step: String, seconds: Double)] {
    var last = processorSeconds()
    record(length)
    var times = [("record", processorSeconds() - last)]
    let tape = try tape(length)
    let options = PipelineOptions()
    last = processorSeconds()
    // The last two stages are texts of what is compiled here.
    try Pipeline.walk(tape, options: options, through: "plan") { stage, _ in
      let now = processorSeconds()
      times.append((stage, now - last))
      last = now
    }
    let program = try Pipeline.program(for: tape, options: options)
    last = processorSeconds()
    _ = try ProgramCompiler(options: EmissionOptions())
      .compile(program, linker: ObjectLinker.shared())
    times.append(("compile", processorSeconds() - last))
    return times.filter { $0.0 != "capture" && $0.0 != "gradient" }
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

// A chain with a step in which every element depends on all others now and then, so that there are
// kernels of different kinds.

extension Scaling {
  /// The ops before the chain's next sum.
  private static let period = 500
  /// The elements of its values.
  private static let width = 4096

  /// Records a chain of so many ops, and forgets it.
  private static func record(_ length: Int) {
    let x = Tensor([Float](repeating: 0.5, count: width))
    let y = Tensor([Float](repeating: 0.25, count: width))
    var z = x
    for number in 0..<length {
      switch number % period {
      case period - 2: z = z.sum(axis: 0, keepingDims: true)
      case period - 1: z = z.broadcast(to: width)
      case let step where step % 3 == 0: z = z * y
      case let step where step % 3 == 1: z = z + x
      default: z = maximum(z, y)
      }
    }
  }

  /// The same chain as a tape.
  private static func tape(_ length: Int) throws -> Tape {
    var builder = TapeBuilder(name: "chain")
    let type = TensorType(.f32, [.constant(width)])
    let x = builder.parameter("x", type)
    let y = builder.parameter("y", type)
    var z = x
    for number in 0..<length {
      switch number % period {
      case period - 2: z = try builder.sum(z, axes: [0], keepingAxes: true)
      case period - 1: z = try builder.broadcast(z, to: [.constant(width)])
      case let step where step % 3 == 0: z = try builder.op(.mul, z, y)
      case let step where step % 3 == 1: z = try builder.op(.add, z, x)
      default: z = try builder.op(.max, z, y)
      }
    }
    return builder.finish([Tape.Result(name: "z", value: z)])
  }
}

/// Measures tapes of up to a million ops, and draws a plot of it.
func measureScaling(plot path: String, longest: Int) throws {
  // Nothing is evaluated while it is recorded.
  Runtime.shared.options.operationBudget = .max
  let lengths = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000].filter { $0 <= longest }
  let scaling = try Scaling(lengths: lengths)
  print(scaling.table)
  try write(scaling.plot, to: path)
}
