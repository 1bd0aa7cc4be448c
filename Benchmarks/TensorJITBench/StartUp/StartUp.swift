import Glibc

/// Measures how a tool starts, and what takes how much of that; prints a table.
func measureStartUp(of tool: String, rounds: Int) throws {
  let program = try SmallProgram()
  var (help, run, interpreted): ([Launch], [Launch], [Launch]) = ([], [], [])
  var steps: [FirstProgram] = []
  for _ in 0..<rounds {
    help.append(try Launch([tool, "--help"]))
    run.append(try Launch([tool, "run", program.tape, "--input", "x=\(program.input)"]))
    interpreted.append(
      try Launch(
        [tool, "run", program.tape, "--input", "x=\(program.input)", "--engine", "interpreter"]))
    let begin = FirstProgram.now()
    let child = try Launch(["/proc/self/exe", "--first-program", "\(begin)"])
    guard let step = FirstProgram(text: child.output) else {
      throw BenchError("found '\(child.output)', not the steps of a first program")
    }
    steps.append(step)
  }
  print("| command | least ms | median ms | processor, median ms |\n|---|---:|---:|---:|")
  for (name, launches) in [
    ("`tensorjit --help`", help), ("`tensorjit run`, compiled", run),
    ("`tensorjit run --engine interpreter`", interpreted),
  ] {
    let (seconds, processor) = (launches.map(\.seconds), launches.map(\.processorSeconds))
    print(
      "| \(name) | \(milliseconds(seconds.min())) | \(milliseconds(seconds.median)) | "
        + "\(milliseconds(processor.median)) |")
  }
  print("\n| step of a first program | least ms | median ms |\n|---|---:|---:|")
  for (name, part) in [
    ("process made, libraries loaded", \FirstProgram.start), ("– libLLVM alone", \.libLLVM),
    ("JIT set-up", \.linker), ("memory, threads, CPU", \.runtime),
    ("recording, passes, machine code", \.compile), ("first run", \.firstRun),
    ("second run", \.secondRun),
  ] {
    let seconds = steps.map { $0[keyPath: part] }
    print("| \(name) | \(milliseconds(seconds.min())) | \(milliseconds(seconds.median)) |")
  }
}

private func milliseconds(_ seconds: Double?) -> String {
  seconds.map { formatted($0 * 1e3, digits: 2) } ?? ""
}

/// A softmax in text form and its argument, in files.
private struct SmallProgram: ~Copyable {
  private let folder: String
  var tape: String { folder + "/softmax.tape" }
  var input: String { folder + "/x.npy" }

  init() throws(BenchError) {
    folder = "/tmp/tensorjit-startup-\(getpid())"
    guard mkdir(folder, 0o700) == 0 else { throw BenchError("cannot make \(folder)") }
    try write(
      """
      (tape softmax [(x f32[4,8])]
        (e (exp (sub x (reduce-max x :axes [1] :keep true))))
        (y (div e (reduce-sum e :axes [1] :keep true)))
        (return y))

      """, to: tape)
    // Version 1 of the format: a header of 128 bytes, then zeros.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }"
    let padding = String(repeating: " ", count: 117 - header.utf8.count)
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    bytes += Array((header + padding + "\n").utf8) + [UInt8](repeating: 0, count: 128)
    guard let file = fopen(input, "w") else { throw BenchError("cannot write \(input)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw BenchError("cannot write \(input)")
    }
  }

  deinit {
    unlink(folder + "/softmax.tape")
    unlink(folder + "/x.npy")
    rmdir(folder)
  }
}

extension [Double] {
  /// The middle element by size, the mean of the two where there are two; nil where there is none.
  fileprivate var median: Double? {
    if isEmpty { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
