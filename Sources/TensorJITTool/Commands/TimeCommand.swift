import ArgumentParser
import IRSpecRunner
import ScalarIR
import TapeIR
import TensorJIT

/// `tensorjit time`: how long a tape takes.
struct TimeCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Times a tape on random arrays, which are made where it runs.",
    discussion: """
      Prints, after a run that is not counted, the median and the least time of a run, and the bytes \
      of parameters and results.
      """)

  @OptionGroup var source: TapeSource

  @Option(help: "The value of a symbolic size, as NAME=NUMBER; once for each.")
  var size: [SymbolSize] = []

  @Option(help: "What to run on: interpreter, cpu, cuda or grid.")
  var engine = Engine.cpu

  @Option(help: "The most threads to use; all of the machine's where not given.")
  var threads: Int?

  @Option(name: .customLong("repeat"), help: "How often to run.")
  var repeatCount = 20

  @Flag(
    help: """
      Also computes the results on cpu, on the same arrays, and holds those that were timed against \
      them: bit for bit, and to 1e-4 where a library computes something.
      """)
  var compare = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads needs a number from 1 on") }
    if repeatCount < 1 { throw ValidationError("--repeat needs a number from 1 on") }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    if let reason = engine.unavailability { throw .program(reason) }
    let tape = try concreteTape(console)
    // A GPU's memory has a limit of its own.
    if engine != .cuda || compare {
      try MemoryDemand.check(tape, printsResults: false, copies: compare ? 3 : 1)
    }
    let timed = try run(tape, on: engine, count: repeatCount, readsResults: compare)
    let tolerance = compare && tape.usesLibraries ? 1e-4 : nil
    if compare {
      let expected = try run(tape, on: .cpu, count: 0, readsResults: true).results
      for (number, result) in tape.results.enumerated() {
        try check(timed.results[number], against: expected[number], within: tolerance, result.name)
      }
    }
    let types = tape.parameterList.map(\.type) + tape.results.map { tape.type(of: $0.value) }
    let bytes = types.reduce(0) { $0 + ($1.byteCount ?? 0) }
    console.print(
      "\(tape.name): \(timed.times.summary); \(bytes) bytes of parameters and results"
        + (!compare ? "" : tolerance == nil ? "; the same bits as on cpu" : "; near those on cpu"))
  }

  /// Runs a tape on random arrays, first once without counting it.
  private func run(
    _ tape: Tape, on engine: Engine, count: Int, readsResults: Bool
  ) throws(ToolError) -> (times: [Duration], results: [Literal]) {
    let arguments: Tape
    do { arguments = try tape.randomArguments() } catch { throw ToolError(error) }
    do throws(TensorError) {
      let maker = try Executable(arguments, engine: engine)
      let inputs = Executable.Inputs(try maker.start(maker.load([]), threads: threads))
      let executable = try Executable(tape, engine: engine)
      var outputs = try executable.start(inputs, threads: threads)
      var times: [Duration] = []
      let clock = ContinuousClock()
      for _ in 0..<count {
        let start = clock.now
        outputs = try executable.start(inputs, threads: threads)
        times.append(clock.now - start)
      }
      return (times, readsResults ? try executable.read(outputs) : [])
    } catch {
      throw ToolError(error)
    }
  }

  /// Checks that a result has the bits that it has on the CPU, or is near where a tolerance is given.
  private func check(
    _ found: Literal, against expected: Literal, within tolerance: Double?, _ name: String
  ) throws(ToolError) {
    if found.bytes == expected.bytes { return }
    guard let position = found.firstDifference(from: expected, within: tolerance) else { return }
    throw .program(
      "\(name) on \(engine.rawValue) is not that of cpu at position \(position); expected "
        + "\(expected[position]), found \(found[position])")
  }

  /// The tape with numbers for its symbolic sizes.
  private func concreteTape(_ console: Console) throws(ToolError) -> Tape {
    let tape = try source.tape(console)
    var wanted: Set<String> = []
    for parameter in tape.parameterList { wanted.formUnion(parameter.type.shape.symbols) }
    var sizes: [String: Int] = [:]
    for size in size {
      guard wanted.contains(size.name) else {
        throw .program("\(tape.name) has no size \(size.name)")
      }
      guard sizes.updateValue(size.value, forKey: size.name) == nil else {
        throw .program("the size \(size.name) is given twice")
      }
    }
    if let missing = wanted.subtracting(sizes.keys).min() {
      throw .program("the size \(missing) of \(tape.name) needs a --size")
    }
    do { return sizes.isEmpty ? tape : try tape.specialized(sizes) } catch {
      throw ToolError(error)
    }
  }
}

/// A symbolic size and its value: `NAME=NUMBER`.
struct SymbolSize: ExpressibleByArgument {
  let name: String
  let value: Int

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let value = Int(parts[1]), 0..<Dim.limit ~= value else { return nil }
    name = String(parts[0])
    self.value = value
  }
}

extension [Duration] {
  /// How many there are, the one in the middle and the least one, in seconds.
  var summary: String {
    let sorted = sorted()
    guard let least = sorted.first else { return "0 runs" }
    return "\(count) runs, median \(sorted[count / 2].secondsText) s, least \(least.secondsText) s"
  }
}

extension Duration {
  /// The seconds, with nine digits after the point.
  fileprivate var secondsText: String {
    let digits = String(components.attoseconds / 1_000_000_000)
    return "\(components.seconds)." + String(repeating: "0", count: 9 - digits.count) + digits
  }
}
