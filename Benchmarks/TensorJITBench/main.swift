import CBenchFloors
import Glibc

/// Writes a line where errors go.
func complain(_ line: String) {
  fflush(nil)
  var text = line + "\n"
  _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

do {
  let options = try BenchOptions(Array(CommandLine.arguments.dropFirst()))
  switch options.task {
  case .help: print(BenchOptions.help)
  case .tensors:
    let worker = Worker.tensors(threads: options.threads)
    floor_pin_current_thread()
    worker.serve()
  case .floors: try Worker.floors(threads: options.threads).serve()
  case .scaling(let plot): try measureScaling(plot: plot, longest: options.longestTape)
  case .firstProgram(let begin): print(try FirstProgram(begin: Double(begin) ?? 0).text)
  case .startUp(let tool): try measureStartUp(of: tool, rounds: options.rounds)
  }
} catch {
  complain("error: \(error)")
  exit(1)
}
