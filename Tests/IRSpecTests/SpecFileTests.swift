import IRSpecRunner
import SExpression
import TapeIR
import Testing

/// A spec file under `IRSpecs`.
struct SpecPath: Sendable, CustomTestStringConvertible {
  let path: String

  /// The path from `IRSpecs` on.
  var testDescription: String {
    path.split(separator: "/").drop { $0 != "IRSpecs" }.joined(separator: "/")
  }

  /// All of the repository, found from this file's place in it.
  static let all: [SpecPath] = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    do {
      return try specFiles(at: "/" + parts.joined(separator: "/") + "/IRSpecs")
        .map(SpecPath.init)
    } catch {
      return []
    }
  }()

  var text: SourceText {
    get throws { try SourceText(name: path, bytes: readFile(path)) }
  }
}

struct SpecFileTests {
  @Test func thereAreSpecFiles() {
    #expect(SpecPath.all.count > 30)
  }

  /// A directive that holds shows that an op is interpreted, lowered, and compiled for the CPU.
  @Test func directivesAreHeldAgainstEveryEngine() {
    let engines = Set(SpecRunner().engines)
    #expect(engines.isSuperset(of: [.engine(.interpreter), .loops, .engine(.cpu)]))
    #expect(engines == Set(SpecEngine.allCases))
  }

  @Test(arguments: SpecPath.all)
  func directivesHold(_ spec: SpecPath) throws {
    let report = SpecRunner().check(try spec.text)
    #expect(report.directiveCount > 0, "nothing is checked")
    for failure in report.failures { Issue.record("\(failure)") }
  }

  /// What is printed of a tape parses back to it.
  @Test(arguments: SpecPath.all)
  func tapesReadBack(_ spec: SpecPath) throws {
    var source = SourceFile(name: spec.path)
    for form in try SExpressionReader.readAll(try spec.text) {
      do { try source.add(form) } catch { continue }
    }
    for tape in source.tapes {
      #expect(try Tape(parsing: tape.description) == tape)
      for node in tape.nodes { #expect(tape.family(of: node).kind == node.op.kind) }
    }
  }
}
