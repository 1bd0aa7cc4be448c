import CTensorJIT
import Testing

/// Results that have the memory of parameters, or of each other.
@Suite struct SharedMemoryTests {
  @Test(arguments: engines) func resultTakesTheParametersPlace(engine: String) throws {
    let program = try Program(
      "(tape step [(w f32[4]) (g f32[4])] (n (sub w g)) (return n))", engine: engine)
    let w = CArray(TJ_F32, [1, 2, 3, 4] as [Float], [4])
    let g = CArray(TJ_F32, [1, 1, 1, 1] as [Float], [4])
    try program.run([w, g], [w])
    #expect(w.elements(Float.self) == [0, 1, 2, 3])
    try program.run([w, w], [g])
    #expect(g.elements(Float.self) == [0, 0, 0, 0])
  }

  @Test(arguments: engines) func resultsExchangeTheParameters(engine: String) throws {
    let program = try Program("(tape t [(a i32[3]) (b i32[3])] (return b a))", engine: engine)
    let a = CArray(TJ_I32, [1, 2, 3] as [Int32], [3])
    let b = CArray(TJ_I32, [4, 5, 6] as [Int32], [3])
    try program.run([a, b], [a, b])
    #expect(a.elements(Int32.self) == [4, 5, 6])
    #expect(b.elements(Int32.self) == [1, 2, 3])
  }

  @Test(arguments: engines) func newAndOldValueOfOneParameter(engine: String) throws {
    let program = try Program(
      "(tape t [(w i32[3])] (n (add w 1)) (return n w))", engine: engine)
    let w = CArray(TJ_I32, [1, 2, 3] as [Int32], [3])
    let old = CArray(TJ_I32, [0, 0, 0] as [Int32], [3])
    try program.run([w], [w, old])
    #expect(w.elements(Int32.self) == [2, 3, 4])
    #expect(old.elements(Int32.self) == [1, 2, 3])
  }

  @Test(arguments: engines) func resultOverlapsAParameter(engine: String) throws {
    let program = try Program(
      "(tape t [(x i32[15])] (y (reverse x :axes [0])) (return y))", engine: engine)
    // x begins at the first element, y 16 elements later, in one block: x's last is no part of y.
    let block = CArray(TJ_I32, (0..<32).map { Int32($0) }, [15])
    let target = CArray(TJ_I32, [] as [Int32], [15])
    target.buffer.data = block.memory
    target.buffer.byte_count = 128
    target.buffer.offset = 32
    try program.run([block], [target])
    var expected = [Int32](0..<32)
    for element in 0..<15 { expected[8 + element] = Int32(14 - element) }
    #expect(block.elements(Int32.self) == expected)
  }

  @Test(arguments: engines) func resultsAreColumnsOfOneMatrix(engine: String) throws {
    let program = try Program(
      "(tape t [(x f64[2])] (y (neg x)) (z (mul x x)) (return y z))", engine: engine)
    let x = CArray(TJ_F64, [2, 3] as [Double], [2])
    let matrix = CArray(TJ_F64, [0, 0, 0, 0] as [Double], [2], strides: [16])
    let second = CArray(TJ_F64, [] as [Double], [2], strides: [16], offset: 8)
    second.buffer.data = matrix.memory
    second.buffer.byte_count = matrix.byteCount
    try program.run([x], [matrix, second])
    #expect(matrix.elements(Double.self) == [-2, 4, -3, 9])
  }

  @Test(arguments: engines) func oneValueAsTwoResults(engine: String) throws {
    let program = try Program(
      "(tape t [(x f32[2])] (y (neg x)) (z y) (return y z))", engine: engine)
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    let y = CArray(TJ_F32, [0, 0] as [Float], [2])
    let z = CArray(TJ_F32, [0, 0] as [Float], [2])
    try program.run([x], [y, z])
    #expect(y.elements(Float.self) == [-1, -2])
    #expect(z.elements(Float.self) == [-1, -2])
  }

  @Test func stepsInPlaceCopyNothing() throws {
    let count = 1 << 20
    let program = try Program("(tape t [(w f32[N])] (n (mul w 0.5)) (return n))")
    let w = CArray(TJ_F32, [Float](repeating: 8, count: count), [count])
    let before = try counters().bytes_copied
    try program.run([w], [w])
    try program.run([w], [w])
    #expect(try counters().bytes_copied - before < count)
    #expect(w.elements(Float.self).allSatisfy { $0 == 2 })
  }
}
