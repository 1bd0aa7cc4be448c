import CBenchFloors
import Glibc
import LLVMCodeGen
import TensorJIT

/// Measures what was asked for, and says what it found.
func runBenchmarks(_ options: BenchOptions) throws {
  if let path = options.scalingPath {
    return try measureScaling(plot: path, longest: options.longestTape)
  }
  let all = Int(floor_cpu_count())
  let threads = options.threads.isEmpty ? Array(Set([1, all])).sorted() : options.threads
  let workloads = allWorkloads.filter { $0.name.contains(options.filter) }
  if workloads.isEmpty { throw BenchError("no workload's name contains '\(options.filter)'") }

  // Both start threads on the CPUs that this one may use, which is soon only one.
  let team = try FloorTeam(threads: threads.max() ?? 1, arrayBytes: greatestFloorArray)
  _ = Runtime.shared.counters
  floor_pin_current_thread()

  let machine = "\(HostCPU.current.name), \(HostCPU.current.vectorBits)-bit vectors, \(all) CPUs"
  print("\(machine); medians of \(options.rounds) rounds\n")
  var measurements: [Measurement] = []
  for workload in workloads {
    complain("preparing \(workload.name)")
    let job = try workload.prepare()
    for count in threads {
      Runtime.shared.options.threads = count
      do { try job.check() } catch let error as WrongResult {
        throw BenchError("\(workload.name) on \(count) threads: \(error)")
      }
      let measurement = Measurement(workload, job, threads: count)
      try measurement.calibrate()
      measurements.append(measurement)
    }
  }
  for round in 1...options.rounds {
    complain("round \(round)")
    for measurement in measurements {
      Runtime.shared.options.threads = measurement.threads
      try measurement.takeSample(team)
    }
  }
  let figures = measurements.compactMap(\.figures)
  print(Table(figures: figures))
  if let path = options.jsonPath {
    try write(json(figures, machine: machine, rounds: options.rounds), to: path)
  }
}

/// Writes a line where errors go.
func complain(_ line: String) {
  fflush(nil)
  var text = line + "\n"
  _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

do {
  let options = try BenchOptions(Array(CommandLine.arguments.dropFirst()))
  if options.showsHelp { print(BenchOptions.help) } else { try runBenchmarks(options) }
} catch {
  complain("error: \(error)")
  exit(1)
}
