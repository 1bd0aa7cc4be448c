import Glibc
import IRSpecRunner

@main
private enum Main {
  static func main() {
    let console = Tool.run(Array(CommandLine.arguments.dropFirst())) { () throws(FileError) in
      try readFile("-")
    }
    _ = writeAll(2, Array(console.errors.utf8))
    let isWritten = writeAll(1, Array(console.output.utf8))
    exit(isWritten ? console.status : 1)
  }
}
