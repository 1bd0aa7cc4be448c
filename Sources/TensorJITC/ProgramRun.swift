import DeviceRuntime
import TensorJIT

/// One run of a program on arrays of the caller's.
struct ProgramRun {
  let program: SizedProgram
  let parameters: [ArrayView]
  /// Where the results go; nil for those that are not wanted.
  let results: [ArrayView?]
  let threads: Int?

  func perform() throws(Failure) {
    Runtime.shared.noteEvaluation()
    do throws(TensorError) {
      if program.executable.takesHostMemory { try runOnMemory() } else { try runOnLiterals() }
    } catch {
      throw Failure(error)
    }
  }

  private func runOnMemory() throws(TensorError) {
    let executable = program.executable
    let placement = Placement(
      parameters: parameters.map { $0.isDirect && !$0.hasOddBools }, parameters,
      results: results, replaced: executable.parameterReplaced)
    var inputs: [Buffer] = []
    inputs.reserveCapacity(parameters.count)
    for (view, isDirect) in zip(parameters, placement.parameters) {
      if isDirect, let start = view.start {
        inputs.append(Buffer(lending: start, byteCount: view.byteCount))
      } else {
        let buffer = try Runtime.shared.allocate(byteCount: view.byteCount)
        buffer.withUnsafeMutableBytes { view.copyElements(to: $0.baseAddress) }
        inputs.append(buffer)
      }
    }
    let outputs = zip(results, placement.results).map { view, isDirect -> Buffer? in
      guard isDirect, let view, let start = view.start, !isOverwriting(view, placement) else {
        return nil
      }
      return Buffer(lending: start, byteCount: view.byteCount)
    }
    var found = try executable.run(
      inputs, mayOverwrite: placement.overwritten, outputs: outputs, threads: threads)
    // A result that is a parameter must not be lost where another result has its memory.
    for (number, buffer) in found.enumerated()
    where inputs.contains(where: { $0 === buffer }) && results[number]?.start != buffer.address {
      found[number] = try copy(buffer)
    }
    for (view, buffer) in zip(results, found) {
      // What is where it shall be needs no copy.
      guard let view, buffer.address != view.start || !view.isContiguous else { continue }
      buffer.withUnsafeBytes { view.setElements(from: $0.baseAddress) }
    }
  }

  private func copy(_ buffer: Buffer) throws(TensorError) -> Buffer {
    let copy = try Runtime.shared.allocate(byteCount: buffer.byteCount)
    buffer.withUnsafeBytes { bytes in copy.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
    return copy
  }

  /// Whether a result takes the place of a parameter, whose buffer it then is.
  private func isOverwriting(_ view: ArrayView, _ placement: Placement) -> Bool {
    placement.overwritten.contains { parameters[$0].extent == view.extent }
  }

  private func runOnLiterals() throws(TensorError) {
    let inputs = parameters.map(\.literal)
    let found = try program.executable.run(inputs, threads: threads)
    for (view, literal) in zip(results, found) {
      guard let view else { continue }
      literal.bytes.withUnsafeBytes { view.setElements(from: $0.baseAddress) }
    }
  }
}
