import TapeIR
import TensorJIT

/// A program for certain sizes.
final class SizedProgram: Sendable {
  let executable: Executable
  let resultTypes: [TensorType]

  init(_ program: ProgramObject, _ sizes: [String: Int]) throws(Failure) {
    let tape: Tape
    do throws(TapeError) {
      tape = sizes.isEmpty ? program.tape : try program.tape.specialized(sizes)
    } catch {
      throw Failure(error)
    }
    try MemoryDemand.check(tape, program.engine)
    resultTypes = tape.results.map { tape.type(of: $0.value) }
    do throws(TensorError) {
      executable = try Executable(counting: tape, engine: program.engine)
    } catch {
      throw Failure(error)
    }
  }
}
