/// What the demo was asked for.
package struct DemoOptions: Equatable, Sendable {
  package var dataPath = DigitsData.repositoryFile
  package var epochs = TrainingPlan().epochs
  package var seed = TrainingPlan().seed
  package var showsHelp = false
  package var showsTape = false

  package static let help = """
    usage: tensorjit-demo [DATA] [--epochs N] [--seed N] [--tape]

    Trains a network to read handwritten digits and shows how well it does.

      DATA        a file of lines of 64 pixels, each 0 to 16, and a digit; by default the one that
                  comes with the demo
      --epochs N  passes over the training images (default \(TrainingPlan().epochs))
      --seed N    decides the first parameters and the order of the images (default \
    \(TrainingPlan().seed))
      --tape      only prints a training step, as a tape

    The exit status is 1 where less than 97 % of the held out images are read correctly.
    """

  /// Parses a command line, without the program's name.
  package init(_ arguments: [String]) throws(DemoUsageError) {
    var remaining = arguments[...]
    var hasPath = false
    while let argument = remaining.popFirst() {
      switch argument {
      case "--help", "-h": showsHelp = true
      case "--tape": showsTape = true
      case "--epochs":
        epochs = try Self.number(after: argument, &remaining, atLeast: 1)
      case "--seed":
        seed = try Self.number(after: argument, &remaining, atLeast: 0)
      case _ where argument.hasPrefix("-"):
        throw DemoUsageError("unknown option '\(argument)'")
      case _ where hasPath:
        throw DemoUsageError("expected one file of digits, found '\(argument)' too")
      case _:
        dataPath = argument
        hasPath = true
      }
    }
  }

  private static func number(
    after option: String, _ remaining: inout ArraySlice<String>, atLeast minimum: Int
  ) throws(DemoUsageError) -> Int {
    let text = remaining.popFirst()
    guard let text, let number = Int(text), number >= minimum else {
      throw DemoUsageError(
        "\(option) needs a whole number from \(minimum), found "
          + (text.map { "'\($0)'" } ?? "nothing"))
    }
    return number
  }
}

/// A command line that the demo does not understand.
package struct DemoUsageError: Error, Equatable, CustomStringConvertible {
  package let message: String

  init(_ message: String) { self.message = message }

  package var description: String { "\(message) (--help says more)" }
}
