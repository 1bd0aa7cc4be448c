import Glibc
import IRSpecRunner

@main
private enum Main {
  static func main() {
    let console = Tool.run(arguments) { () throws(FileError) in try readFile("-") }
    _ = writeAll(2, Array(console.errors.utf8))
    let isWritten = writeAll(1, Array(console.output.utf8))
    exit(isWritten ? console.status : 1)
  }

  /// The command line without the program's name.
  ///
  /// Where the program was given to a loader that was started by name, as the GPU archive does on old
  /// systems, Linux counts the loader's words too: `ld-linux… --library-path PATHS PROGRAM`.
  private static var arguments: [String] {
    let words = CommandLine.arguments
    let isLoaded =
      words.count > 3 && words[0].hasSuffix("/ld-linux-x86-64.so.2")
      && words[1] == "--library-path"
    return Array(words.dropFirst(isLoaded ? 4 : 1))
  }
}
