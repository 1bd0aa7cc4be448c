import ArgumentParser
import ScalarIR
import TapeIR
import TensorJIT

/// `tensorjit run`: computes what a tape returns.
struct RunCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a tape on arrays from .npy files.",
    discussion: """
      Prints each result as NAME TYPE = VALUE, or writes those that are named to .npy files.
      """)

  @OptionGroup var source: TapeSource
  @OptionGroup var gradient: GradientOptions

  @Option(help: "The array of a parameter, as NAME=FILE.npy; once for each.")
  var input: [ArrayFile] = []

  @Option(help: "Where a result goes, as NAME=FILE.npy; without any, results are printed.")
  var output: [ArrayFile] = []

  @Option(help: "What to run on: interpreter, cpu, cuda or grid.")
  var engine = Engine.cpu

  @Option(help: "The most threads to use; all of the machine's where not given.")
  var threads: Int?

  @Option(
    name: .customLong("repeat"),
    help: "How often to run; the time of a run goes to standard error where it is more than once.")
  var repeatCount = 1

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads needs a number from 1 on") }
    if repeatCount < 1 { throw ValidationError("--repeat needs a number from 1 on") }
    for files in [input.map(\.name), output.map(\.path)] {
      if let twice = Dictionary(grouping: files, by: { $0 }).first(where: { $0.value.count > 1 }) {
        throw ValidationError("'\(twice.key)' is given twice")
      }
    }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    if let reason = engine.unavailability { throw .program(reason) }
    let tape = try gradient.appended(to: source.tape(console))
    try checkNames(tape)
    let inputs = try ArrayFile.inputs(input, for: tape, console)
    let concrete: Tape
    do { concrete = try tape.specialized(for: inputs) } catch { throw ToolError(error) }
    try MemoryDemand.check(concrete, printsResults: output.isEmpty)
    var results: [Literal] = []
    var durations: [Duration] = []
    do throws(TensorError) {
      let executable = try Executable(concrete, engine: engine)
      let loaded = try executable.load(inputs)
      let clock = ContinuousClock()
      for number in 1...repeatCount {
        let start = clock.now
        let outputs = try executable.start(loaded, threads: threads)
        durations.append(clock.now - start)
        if number == repeatCount { results = try executable.read(outputs) }
      }
    } catch {
      if case .outOfMemory(let message) = error {
        throw .program(MemoryDemand.message(message, concrete))
      }
      throw ToolError(error)
    }
    if output.isEmpty {
      for (result, literal) in zip(concrete.results, results) {
        console.print("\(result.name) \(literal.dtype)\(literal.shape) = \(literal.listText)")
      }
    } else {
      try ArrayFile.write(output, results, names: concrete.results.map(\.name))
    }
    if repeatCount > 1 {
      durations.sort()
      console.errors = "\(repeatCount) runs, median \(durations[repeatCount / 2])\n"
    }
  }

  /// Checks the names of inputs and outputs against the tape's.
  private func checkNames(_ tape: Tape) throws(ToolError) {
    let parameters = tape.parameterList.map(\.name)
    for file in input where !parameters.contains(file.name) {
      throw .program(
        "\(tape.name) has no parameter \(file.name); it has \(RunCommand.list(parameters))")
    }
    for parameter in tape.parameterList where !input.contains(where: { $0.name == parameter.name })
    {
      throw .program("the parameter \(parameter.name) \(parameter.type) needs an --input")
    }
    let results = tape.results.map(\.name)
    for file in output where !results.contains(file.name) {
      throw .program("\(tape.name) has no result \(file.name); it has \(RunCommand.list(results))")
    }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

extension Engine: ExpressibleByArgument {}
