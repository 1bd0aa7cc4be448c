import LoopIR
import SExpression
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses
import Testing

/// Runs a tape by the tape interpreter and, lowered, by the loop interpreter, and compares bits.
func expectSameBits(
  _ text: String, seed: UInt64 = 1, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let file = try SourceFile(SourceText(text))
  for tape in file.tapes {
    var random = SplitMix(state: seed)
    let inputs = tape.parameters.map { random.literal(tape.type(of: $0)) }
    try expectSameBits(tape, inputs, sourceLocation: sourceLocation)
  }
}

func expectSameBits(
  _ tape: Tape, _ inputs: [Literal], options: FusionOptions = FusionOptions(),
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let expected = try TapeInterpreter.run(tape, inputs)
  let fused = tape.fused(options: options)
  let reread = try FusedTape(parsing: SourceText(fused.description))
  #expect(reread == fused, "the text of a fused tape reads back", sourceLocation: sourceLocation)
  let program = fused.lowered().simplified().vectorized(vectorBits: 512).parallelized()
    .memoryPlanned()
  try program.verify()
  try expectResults(expected, tape, program, inputs, sourceLocation)
  var lowering = LoweringOptions()
  lowering.prepareForGrid()
  var options = GridOptions()
  options.launchIterations = 8
  let grid = fused.lowered(options: lowering).simplified().splitIntoLaunches(options)
    .mappedToGrid(options)
  try grid.verifyGrids()
  try expectResults(expected, tape, grid, inputs, sourceLocation)
}

private func expectResults(
  _ expected: [Literal], _ tape: Tape, _ program: LoopProgram, _ inputs: [Literal],
  _ sourceLocation: Testing.SourceLocation
) throws {
  let found: [Literal]
  do { found = try program.interpret(inputs: inputs) } catch {
    Issue.record("\(tape.name): \(error)\n\(tape)\n\(program)", sourceLocation: sourceLocation)
    return
  }
  for (number, (x, y)) in zip(expected, found).enumerated() {
    for position in 0..<x.count where !x[position].isIdentical(to: y[position]) {
      Issue.record(
        "\(tape.name), result \(number), element \(position): interpreter \(x[position]), lowered \(y[position])\n\(tape)\n\(program)",
        sourceLocation: sourceLocation)
      return
    }
  }
}

struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func literal(_ type: TensorType) -> Literal {
    let sizes = type.shape.sizes ?? []
    let bits = (0..<sizes.reduce(1, *)).map { _ -> UInt64 in
      let word = next()
      if type.dtype.isFloating {
        return ScalarValue(type.dtype, rounding: Double(Int64(bitPattern: word) >> 40) / 1e6).bits
      }
      if type.dtype == .bool { return word & 1 }
      return ScalarValue(type.dtype, wrapping: Int(word % 21) - 10).bits
    }
    return Literal(dtype: type.dtype, sizes: sizes, bits: bits)
  }
}
