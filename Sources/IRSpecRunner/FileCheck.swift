import Glibc
import SExpression

/// LLVM's FileCheck, as a process of its own.
enum FileCheck {
  /// The names that it has, in the order in which they are tried.
  private static let commands = ["FileCheck-19", "FileCheck"]

  /// What FileCheck says of a text that `CHECK` comments do not match; nil where they do.
  ///
  /// - Parameter file: on whose lines the comments stand, in what FileCheck says.
  static func complaint(
    checks: [SourceDocument.Comment], input: String, file: String
  ) throws(FileError) -> String? {
    var lines: [String] = []
    for comment in checks {
      while lines.count < comment.position.line - 1 { lines.append("") }
      lines.append(";" + comment.text)
    }
    let folder = try TemporaryFolder(prefix: "tensorjit-check")
    let checkPath = folder.path + "/checks"
    let inputPath = folder.path + "/input"
    let messagePath = folder.path + "/messages"
    try writeFile(checkPath, Array((lines.joined(separator: "\n") + "\n").utf8))
    try writeFile(inputPath, Array((input + "\n").utf8))
    let arguments = ["--input-file", inputPath, "--allow-empty", checkPath]
    guard let status = spawn(arguments, messagePath: messagePath) else {
      throw FileError(
        path: commands[0], message: "was not found; it comes with the package llvm-19-tools")
    }
    if status == 0 { return nil }
    let messages = String(decoding: try readFile(messagePath), as: UTF8.self)
    return messages.replacing(checkPath, with: file)
  }

  /// Runs the first of the commands that there is; its exit status, or nil where there is none.
  private static func spawn(_ arguments: [String], messagePath: String) -> Int32? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, messagePath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    for command in commands {
      var process = pid_t()
      var words = ([command] + arguments).map { strdup($0) } + [nil]
      defer { for word in words { free(word) } }
      guard posix_spawnp(&process, command, &actions, nil, &words, environ) == 0 else { continue }
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 {
        guard errno == EINTR else { return nil }
      }
      return status
    }
    return nil
  }
}
