/// What the runner was asked for.
struct BenchOptions {
  /// What it is to do.
  enum Task {
    case help
    /// Measures this library at the requests of `Benchmarks/Peers`.
    case tensors
    /// Measures floors at such requests.
    case floors
    /// Measures the compiler, and draws a plot.
    case scaling(plot: String)
    /// Measures how a tool starts.
    case startUp(tool: String)
    /// Runs a first program, in a process that was asked for at that time.
    case firstProgram(begin: String)
  }

  private(set) var task = Task.help
  private(set) var threads = 1
  private(set) var longestTape = 1_000_000
  private(set) var rounds = 30

  static let help = """
    usage: tensorjit-bench --worker tensors|floors [--threads N]
           tensorjit-bench --scaling FILE [--longest N]
           tensorjit-bench --startup TOOL [--rounds N]

    Measures this library. `make bench` compares it with others.

      --worker WHAT   answers requests of Benchmarks/Peers, a line each: runs workloads (tensors), or
                      loops written by hand that do the least that a workload has to do (floors)
      --threads N     threads of the worker (default 1)
      --scaling FILE  measures recording, each pass, lowering and compiling, for tapes of a
                      thousand to a million ops; prints a table, draws a plot in SVG
      --longest N     the most ops of such a tape
      --startup TOOL  measures how long the built tensorjit takes to start and to run a first small
                      program, and which part takes how much of that
      --rounds N      starts of each kind (default 30)
    """

  /// Parses a command line, without the program's name.
  init(_ arguments: [String]) throws(BenchError) {
    var remaining = arguments[...]
    while let argument = remaining.popFirst() {
      switch argument {
      case "--help", "-h": task = .help
      case "--worker":
        switch try Self.value(of: argument, &remaining) {
        case "tensors": task = .tensors
        case "floors": task = .floors
        case let other: throw BenchError("no worker '\(other)'")
        }
      case "--scaling": task = .scaling(plot: try Self.value(of: argument, &remaining))
      case "--startup": task = .startUp(tool: try Self.value(of: argument, &remaining))
      case "--first-program": task = .firstProgram(begin: try Self.value(of: argument, &remaining))
      case "--threads": threads = try Self.number(argument, &remaining)
      case "--rounds": rounds = try Self.number(argument, &remaining)
      case "--longest": longestTape = try Self.number(argument, &remaining, in: 1_000...1_000_000)
      case _: throw BenchError("unknown argument '\(argument)'")
      }
    }
  }

  private static func value(
    of option: String, _ remaining: inout ArraySlice<String>
  ) throws(BenchError) -> String {
    guard let value = remaining.popFirst() else { throw BenchError("\(option) needs a value") }
    return value
  }

  private static func number(
    _ option: String, _ remaining: inout ArraySlice<String>,
    in range: ClosedRange<Int> = 1...10_000
  ) throws(BenchError) -> Int {
    let text = try value(of: option, &remaining)
    guard let number = Int(text), range.contains(number) else {
      throw BenchError(
        "\(option) needs a whole number from \(range.lowerBound) to \(range.upperBound), found "
          + "'\(text)'")
    }
    return number
  }
}

/// What keeps the runner from measuring.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
