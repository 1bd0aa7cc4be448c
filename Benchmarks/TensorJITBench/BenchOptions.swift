/// What the runner was asked for.
struct BenchOptions {
  /// Only workloads whose names contain it.
  var filter = ""
  var rounds = 15
  /// Numbers of threads to measure with; by default one and all.
  var threads: [Int] = []
  /// Where the figures go too.
  var jsonPath: String?
  /// Where the picture of the compiler's own times goes, if these are to be measured instead.
  var scalingPath: String?
  var longestTape = 1_000_000
  var showsHelp = false

  static let help = """
    usage: tensorjit-bench [--filter TEXT] [--rounds N] [--threads N,N…] [--json FILE]
           tensorjit-bench --scaling FILE [--longest N]

    Measures workloads, each beside a floor: loops written by hand that do the least that the
    workload has to do, on as many threads, in the same rounds. Figures are medians over rounds.

      --filter TEXT   only workloads whose names contain the text
      --rounds N      samples of each workload and floor (default \(BenchOptions().rounds))
      --threads N,N…  numbers of threads (default 1 and all CPUs)
      --json FILE     writes the figures there too
      --scaling FILE  measures recording, each pass, lowering and compiling instead, for tapes of a
                      thousand to a million ops; prints a table, draws a plot in SVG
      --longest N     the most ops of such a tape

    The exit status is 1 where a result is wrong, never for a time.
    """

  /// Parses a command line, without the program's name.
  init(_ arguments: [String]) throws(BenchError) {
    var remaining = arguments[...]
    while let argument = remaining.popFirst() {
      switch argument {
      case "--help", "-h": showsHelp = true
      case "--filter": filter = try Self.value(of: argument, &remaining)
      case "--rounds": rounds = try Self.number(try Self.value(of: argument, &remaining), argument)
      case "--threads":
        for part in try Self.value(of: argument, &remaining).split(separator: ",") {
          threads.append(try Self.number(String(part), argument))
        }
      case "--scaling": scalingPath = try Self.value(of: argument, &remaining)
      case "--longest":
        let value = try Self.value(of: argument, &remaining)
        longestTape = try Self.number(value, argument, in: 1_000...1_000_000)
      case "--json": jsonPath = try Self.value(of: argument, &remaining)
      case _: throw BenchError("unknown argument '\(argument)'")
      }
    }
  }

  private init() {}

  private static func value(
    of option: String, _ remaining: inout ArraySlice<String>
  ) throws(BenchError) -> String {
    guard let value = remaining.popFirst() else { throw BenchError("\(option) needs a value") }
    return value
  }

  private static func number(
    _ text: String, _ option: String, in range: ClosedRange<Int> = 1...10_000
  ) throws(BenchError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw BenchError(
        "\(option) needs whole numbers from \(range.lowerBound) to \(range.upperBound), found "
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
