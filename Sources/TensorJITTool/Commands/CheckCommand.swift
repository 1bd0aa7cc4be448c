import ArgumentParser
import IRSpecRunner
import SExpression

/// `tensorjit check`: runs spec files.
struct CheckCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Runs spec files and says what fell short.",
    discussion: """
      A spec file holds tapes, and below them comments that say what comes of them: run, grad, \
      error and dump.
      """)

  @Argument(help: "Spec files, and folders of .tape files; - is standard input.")
  var path: [String]

  @Flag(
    help: """
      Also prints how near each result is to what a ~ writes: file, line, and the greatest error \
      in units of what the tolerance allows.
      """)
  var errors = false

  func perform(_ console: inout Console) throws(ToolError) {
    var files: [String] = []
    for path in path {
      do throws(FileError) {
        let found = path == "-" ? [path] : try specFiles(at: path)
        if found.isEmpty { throw FileError(path: path, message: "holds no .tape file") }
        files += found
      } catch {
        throw ToolError(error)
      }
    }
    var directiveCount = 0
    var failures: [SourceError] = []
    for file in files {
      let report = SpecRunner().check(try console.text(file))
      directiveCount += report.directiveCount
      failures += report.failures
      guard errors else { continue }
      for result in report.approximations {
        console.print("\(file):\(result.position.line): \(result.error)")
      }
    }
    guard failures.isEmpty else {
      throw .program(failures.map(\.description).joined(separator: "\n"), hasPlace: true)
    }
    console.print("files: \(files.count), directives: \(directiveCount), failures: 0")
  }
}
