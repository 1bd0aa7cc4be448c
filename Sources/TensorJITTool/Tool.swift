import ArgumentParser
import Glibc
import IRSpecRunner
import SExpression

/// The command-line tool, apart from the process that it runs in.
package enum Tool {
  /// Carries out a command line.
  ///
  /// - Parameters:
  ///   - arguments: without the command's own name.
  ///   - readsInput: yields what a FILE called `-` holds.
  /// - Returns: the exit status and all that was printed; nothing on standard output unless the status
  ///   is 0.
  package static func run(
    _ arguments: [String], readingInput readsInput: @escaping () throws(FileError) -> [UInt8]
  ) -> Console {
    var console = Console(readsInput: readsInput)
    do throws(ToolError) {
      try perform(arguments, &console)
    } catch {
      console.output = ""
      console.errors = error.text
      console.status = error.status
    }
    return console
  }

  private static func perform(
    _ arguments: [String], _ console: inout Console
  ) throws(ToolError) {
    var words = GradientWords(arguments).words
    let command: any ParsableCommand
    do {
      if words.isEmpty { words = ["--help"] }
      command = try RootCommand.parseAsRoot(words)
      if let command = command as? any ToolCommand {
        try command.perform(&console)
        return
      }
      var help = command
      try help.run()
    } catch let error as ToolError {
      throw error
    } catch {
      guard RootCommand.exitCode(for: error).isSuccess, !arguments.isEmpty else {
        let message = arguments.isEmpty ? "no subcommand" : RootCommand.message(for: error)
        throw .usage(message)
      }
      console.output = RootCommand.fullMessage(for: error) + "\n"
    }
  }
}

/// What a command prints, and how it ends.
package struct Console {
  package internal(set) var status: Int32 = 0
  package internal(set) var output = ""
  package internal(set) var errors = ""
  let readsInput: () throws(FileError) -> [UInt8]

  /// Adds a line to the output.
  mutating func print(_ line: String) {
    output += line
    output += "\n"
  }

  /// The bytes of a file, or of the input where it is called `-`.
  func read(_ path: String) throws(ToolError) -> [UInt8] {
    do throws(FileError) {
      return path == "-" ? try readsInput() : try readFile(path)
    } catch {
      throw .program(error.description)
    }
  }
}

extension Console {
  /// The text of a file, or of the input where it is called `-`.
  func text(_ path: String) throws(ToolError) -> SourceText {
    let bytes = try read(path)
    do throws(SourceError) {
      return try SourceText(name: path == "-" ? "<stdin>" : path, bytes: bytes)
    } catch {
      throw ToolError(error)
    }
  }
}

/// A subcommand that prints to a console.
protocol ToolCommand: ParsableCommand {
  func perform(_ console: inout Console) throws(ToolError)
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensorjit",
    abstract: "Compiles and runs tensor programs, and shows how.",
    discussion: """
      A FILE holds tapes in the text form; - is standard input. Exit status: 0 done; 1 the program \
      or its data is wrong; 2 bad usage; 70 a bug of this tool.
      """,
    subcommands: [
      DumpCommand.self, RunCommand.self, CheckCommand.self, RewriteCommand.self, OpsCommand.self,
      DevicesCommand.self, TimeCommand.self, BandwidthCommand.self,
    ])
}
