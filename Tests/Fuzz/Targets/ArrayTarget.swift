import ScalarIR

/// Reads a `.npy` file; what is written of it reads back as the same array.
func checkArray(_ bytes: [UInt8]) throws(FuzzFinding) {
  let literal: Literal
  do { literal = try Literal(numPyFile: bytes) } catch { return }
  let copy: Literal
  do { copy = try Literal(numPyFile: literal.numPyFile) } catch {
    throw FuzzFinding("what is written does not read: \(error)")
  }
  if copy != literal { throw FuzzFinding("what is written reads back as another array") }
}
