import DeviceRuntime
import LoopIR
import ScalarIR
import TapeIR
import TensorJIT

/// What spec files run tapes on: every engine there is, and the interpreter of the loops that tapes
/// are lowered to, as loops for a CPU and as grids.
package enum SpecEngine: Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case engine(Engine)
  case loops
  /// The grids of a GPU, where races between threads are found.
  case gridLoops

  package static let allCases = Engine.available.map(SpecEngine.engine) + [.loops, .gridLoops]

  package var description: String {
    switch self {
    case .engine(let engine): engine.rawValue
    case .loops: "loop interpreter"
    case .gridLoops: "grid interpreter"
    }
  }

  /// The results of a tape; with a guard, code that leaves its buffers traps.
  func run(
    _ tape: Tape, _ inputs: [Literal], bufferGuard: BufferGuard = .none
  ) throws(TensorError) -> [Literal] {
    var options = PipelineOptions()
    options.verifiesPasses = true
    options.bufferGuard = bufferGuard
    switch self {
    case .engine(let engine):
      return try runTape(tape, inputs: inputs, engine: engine, options: options)
    case .loops: return try SpecEngine.interpretLoops(tape, inputs, options)
    case .gridLoops:
      options.target = .gpu
      return try SpecEngine.interpretLoops(tape, inputs, options)
    }
  }

  private static func interpretLoops(
    _ tape: Tape, _ inputs: [Literal], _ options: PipelineOptions
  ) throws(TensorError) -> [Literal] {
    let sizes: [String: Int]
    do { sizes = try tape.symbolValues(inputSizes: inputs.map(\.sizes)) } catch {
      throw .invalidData(error.description)
    }
    let program = try Pipeline.program(for: tape, options: options)
    let flat: [Literal]
    do {
      flat = try program.interpret(
        inputs: inputs, symbols: program.symbols.map { sizes[$0] ?? 0 })
    } catch {
      if case .index(let violation) = error {
        throw .indexOutOfBounds(
          op: violation.op, index: violation.index, position: violation.position,
          limit: violation.limit)
      }
      throw .failure(error.description)
    }
    let values = sizes.mapValues { Dim.constant($0) }
    return zip(tape.results, flat).map { result, literal in
      let shape = tape.type(of: result.value).shape.substituting(values)
      return Literal(dtype: literal.dtype, sizes: shape.sizes ?? [], bits: literal.bits)
    }
  }
}
