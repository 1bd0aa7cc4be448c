import ArgumentParser
import IRSpecRunner
import SExpression
import TensorJIT

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

  @Option(
    help: """
      What to run tapes on, once for each: interpreter, cpu, cuda or grid; without any, all that the \
      machine has, and the interpreter of loops.
      """)
  var engine: [Engine] = []

  @Option(
    help: """
      Also holds the results of this engine against those of cpu: the same bits, and the tolerance \
      of the directive where a library computes them.
      """)
  var compare: Engine?

  /// What carries out the files' directives.
  private var runner: SpecRunner {
    get throws(ToolError) {
      var runner = SpecRunner()
      for engine in engine + (compare.map { [$0] } ?? []) {
        if let reason = engine.unavailability { throw .program(reason) }
      }
      if !engine.isEmpty { runner.engines = engine.map(SpecEngine.engine) }
      runner.compared = compare.map(SpecEngine.engine)
      return runner
    }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    let runner = try runner
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
    var comparison = EngineComparison()
    for file in files {
      let report = runner.check(try console.text(file))
      directiveCount += report.directiveCount
      failures += report.failures
      comparison += report.comparison
      guard errors else { continue }
      for result in report.approximations {
        console.print("\(file):\(result.position.line): \(result.error)")
      }
    }
    let summary = compare.map { comparison.summary(of: $0.rawValue) }
    guard failures.isEmpty else {
      let lines = failures.map(\.description) + (summary.map { [$0] } ?? [])
      throw .program(lines.joined(separator: "\n"), hasPlace: true)
    }
    console.print("files: \(files.count), directives: \(directiveCount), failures: 0")
    if let summary { console.print(summary) }
  }
}
