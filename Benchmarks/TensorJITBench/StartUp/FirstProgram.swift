import CBenchFloors
import Glibc
import LLVMCodeGen
import TensorJIT

/// What a process does until it has run its first small program, step by step, in seconds.
struct FirstProgram {
  /// From before the process was made until its first statement: making it, loading all libraries.
  let start: Double
  /// Setting up what links machine code.
  let linker: Double
  /// Memory, worker threads, what the CPU can do.
  let runtime: Double
  /// Recording, passes, machine code.
  let compile: Double
  /// The rest of the first evaluation: recording it and running it.
  let firstRun: Double
  /// Another evaluation.
  let secondRun: Double
  /// Loading libLLVM alone, measured afterwards.
  let libLLVM: Double

  /// Does it, in a process that was asked for at `begin` seconds of the monotonic clock.
  init(begin: Double) throws {
    start = Self.now() - begin
    func seconds(_ body: () throws -> Void) rethrows -> Double {
      let start = Self.now()
      try body()
      return Self.now() - start
    }
    linker = try seconds { _ = try ObjectLinker.shared() }
    runtime = seconds { _ = Runtime.shared.counters }
    let x = Tensor((0..<32).map { Float($0) / 32 }, shape: [4, 8])
    let first = try seconds { try eval(x.softmax(axis: 1)) }
    compile = Runtime.shared.counters.compileSeconds
    firstRun = first - compile
    secondRun = try seconds { try eval(x.softmax(axis: 1)) }
    libLLVM = floor_load_library("libLLVM.so.19.1")
  }

  /// The steps in order, as `init(text:)` reads them.
  var text: String {
    [start, linker, runtime, compile, firstRun, secondRun, libLLVM].map { "\($0)" }
      .joined(separator: " ")
  }

  /// Nil where the text is none.
  init?(text: String) {
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard numbers.count == 7 else { return nil }
    (start, linker, runtime, compile) = (numbers[0], numbers[1], numbers[2], numbers[3])
    (firstRun, secondRun, libLLVM) = (numbers[4], numbers[5], numbers[6])
  }

  /// Seconds of the monotonic clock, which all processes share.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
