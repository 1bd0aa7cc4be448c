import Foundation
import TensorJITFuzzTargets
import Testing

/// Inputs that fuzzing has found something with, each mended since, and those that it begins with.
@Suite struct FindingTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(arguments: FuzzTarget.allCases) func findingsStayMended(_ target: FuzzTarget) throws {
    let folder = Self.tests.appending(path: "Fuzz/Findings/\(target.rawValue)")
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    {
      do { try target.check(Array(try Data(contentsOf: file))) } catch {
        Issue.record("\(file.lastPathComponent): \(error)")
      }
    }
  }

  @Test(arguments: FuzzTarget.allCases) func seedsHold(_ target: FuzzTarget) throws {
    let specs = Self.tests.deletingLastPathComponent().appending(path: "IRSpecs").path
    for seed in try target.seeds(from: [specs]) {
      do { try target.check(seed) } catch {
        Issue.record("\(error)\n\(String(decoding: seed, as: UTF8.self))")
      }
    }
  }
}
