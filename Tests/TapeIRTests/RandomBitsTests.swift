import ScalarIR
import TapeIR
import Testing

/// Random123's published known-answer vectors for threefry2x32 with 20 rounds.
@Test(arguments: [
  ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
  ([0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff], [0x1cb9_96fc, 0xbb00_2be7]),
  ([0x243f_6a88, 0x85a3_08d3], [0x1319_8a2e, 0x0370_7344], [0xc492_3a9c, 0x483d_f7a0]),
])
func threefryKnownAnswers(counter: [UInt64], key: [UInt64], words: [UInt64]) {
  #expect(ScalarExpr.threefry2x32.evaluate(key + counter) == words)
}

private func bits(_ dtype: DType, at position: UInt64, key: [UInt64]) throws -> UInt64 {
  let family = try op("random-bits").family(
    [TensorType(.u32, [2])], [.type: .type(TensorType(dtype, [1]))])
  guard case .source(.generated(let expression)) = family else {
    throw MissingMeaning(name: "random-bits")
  }
  #expect(expression.parameters == [.u64, .u32, .u32])
  #expect(expression.resultTypes == [dtype])
  return expression.evaluate([position] + key)[0]
}

/// The counter is the position as (high word, low word), so position 0 under key 0 is the first
/// known answer.
@Test func randomBitsUseThePositionAsCounter() throws {
  #expect(try bits(.u64, at: 0, key: [0, 0]) == 0x6b20_0159_99ba_4efe)
  #expect(try bits(.u32, at: 0, key: [0, 0]) == 0x6b20_0159 ^ 0x99ba_4efe)
  #expect(try bits(.u16, at: 0, key: [0, 0]) == 0x0159 ^ 0x4efe)
  #expect(try bits(.u8, at: 0, key: [0, 0]) == 0x59 ^ 0xfe)
  #expect(
    try bits(.u64, at: 0x243f_6a88_85a3_08d3, key: [0x1319_8a2e, 0x0370_7344])
      == 0xc492_3a9c_483d_f7a0)
}
