import Foundation

/// NVIDIA's assembler, where `scripts/ptxas.sh` has fetched it or the environment has one.
///
/// It checks PTX as the driver would, without a GPU.
package enum PTXAssembler {
  /// The path; nil where there is no assembler.
  package static let path: String? = {
    var candidates: [String] = []
    if let named = ProcessInfo.processInfo.environment["PTXAS"] { candidates.append(named) }
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    candidates.append(package.path + "/.build/ptxas/ptxas")
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    candidates += folders.map { $0 + "/ptxas" }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// What the assembler says against a text; nil where it takes it.
  package static func complaint(_ text: String, architecture: String) throws -> String? {
    guard let path else { return nil }
    let file = FileManager.default.temporaryDirectory.path + "/tensorjit-\(UUID()).ptx"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["--gpu-name", architecture, "--output-file", "/dev/null", file]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let message = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : String(decoding: message, as: UTF8.self)
  }
}
