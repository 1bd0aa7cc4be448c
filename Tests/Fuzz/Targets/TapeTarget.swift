import LoopIR
import SExpression
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses
import TensorJITTestSupport

/// Reads a file form by form, as `check` does, and takes what is right through the passes.
func checkTapes(_ bytes: [UInt8]) throws(FuzzFinding) {
  guard let text = sourceText(bytes), let forms = expressions(text) else { return }
  var file = SourceFile(name: "input", expansionLimit: 1 << 12)
  for form in forms {
    do throws(TapeError) { try file.add(form) } catch {
      guard case .source = error else { throw FuzzFinding("an error without place: \(error)") }
    }
  }
  _ = try? RuleSet(file)
  for tape in file.tapes {
    try checkReadsBack(tape)
    try checkPasses(tape)
  }
}

/// What is read is valid, and what is printed of it reads back.
private func checkReadsBack(_ tape: Tape) throws(FuzzFinding) {
  let text = tape.description
  do throws(TapeError) {
    try tape.verify()
    guard try Tape(parsing: text) == tape else {
      throw TapeError.malformed("it reads back as another tape")
    }
  } catch {
    throw FuzzFinding("\(error)\n\(text)")
  }
}

/// Simplifies, differentiates and lowers; only what is no bug may be thrown.
private func checkPasses(_ tape: Tape) throws(FuzzFinding) {
  guard tape.nodes.count < 64 else { return }
  var options = PassOptions()
  options.verifiesBetweenPasses = true
  do throws(TapeError) {
    let optimized = try tape.optimized(options: options)
    let differentiated = try tape.appendingGradient()
    try differentiated.verify()
    try check(optimized.fused().lowered(), of: tape)
    try run(tape)
  } catch {
    if case .malformed = error { throw FuzzFinding("\(error)\n\(tape)") }
  }
}

/// Whether a loop program keeps its rules through all transforms.
private func check(_ program: LoopProgram, of tape: Tape) throws(TapeError) {
  do throws(LoopError) {
    try program.verify()
    let planned = program.simplified().vectorized(vectorBits: 256).parallelized().memoryPlanned()
    try planned.verify()
  } catch {
    throw .malformed("its loops break a rule: \(error)")
  }
}

/// Interprets a tape on ones, its symbols 3, where that is little work.
private func run(_ tape: Tape) throws(TapeError) {
  let sizes = Dictionary(uniqueKeysWithValues: tape.allSymbols.map { ($0, 3) })
  let concrete = try tape.specialized(sizes)
  guard concrete.effort(limit: 1 << 14) != nil else { return }
  var inputs: [Literal] = []
  for parameter in concrete.parameterList {
    let one = ScalarValue(parameter.type.dtype, wrapping: 1)
    inputs.append(Literal(splat: one, sizes: parameter.type.shape.sizes ?? []))
  }
  _ = try TapeInterpreter.run(concrete, inputs)
}
