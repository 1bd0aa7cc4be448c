/// Measures how a tool starts, and what takes how much of that; prints tables.
func measureStartUp(of tool: String, rounds: Int) throws {
  let program = try SmallProgram()
  let run = [tool, "run", program.tape, "--input", "x=\(program.input)"]
  let commands = [
    ("`tensorjit --help`", [tool, "--help"]), ("`tensorjit run`, compiled", run),
    ("`tensorjit run --engine interpreter`", run + ["--engine", "interpreter"]),
  ]
  var launches: [[Launch]] = commands.map { _ in [] }
  var steps: [FirstProgram] = []
  for _ in 0..<rounds {
    for (number, command) in commands.enumerated() {
      launches[number].append(try Launch(command.1))
    }
    let child = try Launch(["/proc/self/exe", "--first-program", "\(FirstProgram.now())"])
    guard let step = FirstProgram(text: child.output) else {
      throw BenchError("found '\(child.output)', not the steps of a first program")
    }
    steps.append(step)
  }
  print("| command | least ms | median ms | processor, median ms |\n|---|---:|---:|---:|")
  for (command, launches) in zip(commands, launches) {
    let seconds = launches.map(\.seconds)
    let processor = launches.map(\.processorSeconds).median
    print(
      "| \(command.0) | \(milliseconds(seconds.min() ?? 0)) | \(milliseconds(seconds.median)) | "
        + "\(milliseconds(processor)) |")
  }
  printShares(of: steps, in: launches[1].map(\.seconds).median)
}

/// Prints the steps of a first program, and which part they are of a whole run of the tool.
private func printShares(of steps: [FirstProgram], in total: Double) {
  var rest = total
  print("\n| part of a compiled run | median ms | share |\n|---|---:|---:|")
  func row(_ name: String, _ seconds: Double) {
    let share = formatted(seconds / total * 100, digits: 0)
    print("| \(name) | \(milliseconds(seconds)) | \(share) % |")
  }
  for (name, part) in [
    ("process made, libraries loaded", \FirstProgram.start), ("JIT set-up", \.linker),
    ("memory, threads, what the CPU can do", \.runtime),
    ("recording, passes, machine code", \.compile), ("first run", \.firstRun),
  ] {
    let seconds = steps.map { $0[keyPath: part] }.median
    rest -= seconds
    row(name, seconds)
  }
  row("arguments, text, files, printing, the process's end", rest)
  row("libLLVM's part of loading", steps.map(\.libLLVM).median)
  row("for comparison: a second run", steps.map(\.secondRun).median)
}

private func milliseconds(_ seconds: Double) -> String { formatted(seconds * 1e3, digits: 2) }

extension [Double] {
  /// The middle element by size, the mean of the two where there are two; 0 where there is none.
  fileprivate var median: Double {
    if isEmpty { return 0 }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
