import DeviceRuntime
import TapeIR

// Runs on memory that is there already, without a copy on the way in or out, for embedders that own
// their arrays.

extension Executable {
  /// The engine and its tape, compiled and counted as `Runtime.Counters` say.
  package init(counting tape: Tape, engine: Engine) throws(TensorError) {
    let clock = ContinuousClock()
    let start = clock.now
    try self.init(tape, engine: engine)
    if let compiled { Runtime.shared.noteCompiled(compiled, in: clock.now - start) }
  }

  /// Whether it runs on buffers of this computer's memory; others take literals.
  package var takesHostMemory: Bool { compiled?.device.name == .cpu }

  /// The parameter into whose memory a result may be written as the parameter is read, if there is
  /// one.
  package func parameterReplaced(byResult number: Int) -> Int? {
    guard let compiled, let parameter = compiled.loaded?.parameterReplaced(byResult: number) else {
      return nil
    }
    return compiled.reusableInputs.contains(parameter) ? parameter : nil
  }

  /// Runs on one buffer a parameter.
  ///
  /// - Parameters:
  ///   - mayOverwrite: parameters that `parameterReplaced` named, whose memory takes the result.
  ///   - outputs: memory for the results, where there is some; it is none of the inputs'.
  /// - Returns: the buffers that hold the results, which may be inputs, constants or each other.
  package func run(
    _ inputs: [Buffer], mayOverwrite: Set<Int>, outputs: [Buffer?], threads: Int?
  ) throws(TensorError) -> [Buffer] {
    guard takesHostMemory, let compiled else {
      throw .failure("the engine does not run on this memory")
    }
    let runtime = Runtime.shared
    return try compiled.run(
      inputs, mayOverwrite: mayOverwrite, outputs: outputs, host: runtime.pool,
      workers: runtime.workers, threads: threads ?? runtime.threadCount)
  }
}

extension Executable {
  /// Runs on one buffer a parameter, all in the memory of the executable's device.
  ///
  /// On a GPU the results are computed by the time that somebody reads them.
  ///
  /// - Returns: the buffers that hold the results, which may be inputs, constants or each other.
  package func run(onDevice inputs: [Buffer], threads: Int?) throws(TensorError) -> [Buffer] {
    guard let compiled else { throw .failure("the engine does not run on a device's memory") }
    let runtime = Runtime.shared
    return try compiled.run(
      inputs, host: runtime.pool, workers: runtime.workers,
      threads: threads ?? runtime.threadCount)
  }
}

extension Engine {
  /// The device whose arrays the engine takes; nil for the interpreter.
  package var arrayDevice: Device? { device.map { Device($0) } }
}

extension Runtime {
  /// The most threads that a program may use.
  package var availableThreads: Int { workers.threadCount }
}
