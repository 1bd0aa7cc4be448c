import ArgumentParser
import SExpression
import TapeIR
import TapePasses

/// `tensorjit rewrite`: applies rules to a tape.
struct RewriteCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewrite", abstract: "Rewrites a tape by rules.",
    discussion: """
      Applies the rules of a file, those that are marked :fast too, until none applies, drops what \
      no result needs any more, and prints the tape.
      """)

  @OptionGroup var source: TapeSource

  @Option(help: "A file of rules.")
  var rules: String

  func validate() throws {
    if rules == "-", source.file == "-" {
      throw ValidationError("tape and rules cannot both be standard input")
    }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    let tape = try source.tape(console)
    let text = try console.text(rules)
    let set: RuleSet
    do { set = try RuleSet(parsing: text) } catch { throw ToolError(error) }
    do throws(TapeError) {
      console.print(try tape.rewritten(by: set).withoutDeadCode().description)
    } catch {
      // A rule that yields another type than it replaces is the user's, not ours.
      if case .malformed(let message) = error { throw .program(message) }
      throw ToolError(error)
    }
  }
}
