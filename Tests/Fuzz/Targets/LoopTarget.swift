import LoopIR
import SExpression

/// Reads a loop program; what is valid stays so through print and transforms.
func checkLoops(_ bytes: [UInt8]) throws(FuzzFinding) {
  guard let text = sourceText(bytes) else { return }
  let program: LoopProgram
  do { program = try LoopProgram(parsing: text) } catch { return }
  do { try program.verify() } catch { return }
  let printed = program.text
  let copy: LoopProgram
  do { copy = try LoopProgram(parsing: SourceText(printed)) } catch {
    throw FuzzFinding("what is printed does not read: \(error)\n\(printed)")
  }
  if copy != program {
    throw FuzzFinding("what is printed reads back as another program: \(printed)")
  }
  do throws(LoopError) {
    for next in [
      program.simplified(), program.vectorized(vectorBits: 256), program.parallelized(),
      program.memoryPlanned(),
    ] {
      try next.verify()
    }
  } catch {
    throw FuzzFinding("a transform broke the program: \(error)\n\(printed)")
  }
}
