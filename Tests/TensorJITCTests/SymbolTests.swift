import CTensorJIT
import Testing

/// Symbolic sizes, which take their values from the parameters.
@Suite struct SymbolTests {
  private let text = """
    (tape t [(x f32[N,M]) (w f32[M])]
      (y (concat x x :axis 0))
      (z (reduce-sum (mul x w) :axes [1]))
      (return y z))
    """

  @Test(arguments: engines) func manySizesOneProgram(engine: String) throws {
    let program = try Program(text, engine: engine)
    for (n, m) in [(1, 1), (2, 3), (5, 2), (0, 4), (2, 3)] {
      let x = CArray(TJ_F32, (0..<n * m).map { Float($0) }, [n, m])
      let w = CArray(TJ_F32, [Float](repeating: 1, count: m), [m])
      let y = CArray(TJ_F32, [Float](repeating: -1, count: 2 * n * m), [2 * n, m])
      let z = CArray(TJ_F32, [Float](repeating: -1, count: n), [n])
      try program.run([x, w], [y, z])
      #expect(y.elements(Float.self) == x.elements(Float.self) + x.elements(Float.self))
      let sums = (0..<n).map { row -> Float in
        x.elements(Float.self)[(row * m)..<((row + 1) * m)].reduce(0, +)
      }
      #expect(z.elements(Float.self) == sums)
    }
  }

  @Test func sizesOfResults() throws {
    let program = try Program(text)
    // Only sizes are needed.
    let x = CArray(TJ_F32, bytes: [], [7, 3])
    x.buffer.data = nil
    let w = CArray(TJ_F32, bytes: [], [3])
    w.buffer.data = nil
    let inputs = [x.buffer, w.buffer]
    var sizes: [Int64] = [-1, -1, -1]
    try check { tj_program_result_sizes(program.handle, inputs, 2, 0, &sizes, 3, $0) }
    #expect(sizes == [14, 3, -1])
    try check { tj_program_result_sizes(program.handle, inputs, 2, 1, &sizes, 1, $0) }
    #expect(sizes == [7, 3, -1])
    try check { tj_program_prepare(program.handle, inputs, 2, $0) }
  }

  @Test(arguments: engines) func sizesMustAgree(engine: String) throws {
    let program = try Program(text, engine: engine)
    let x = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
    let w = CArray(TJ_F32, [0, 0] as [Float], [2])
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 12), [4, 3])
    let z = CArray(TJ_F32, [0, 0] as [Float], [2])
    expectFailure(TJ_INVALID_DATA, "w has size 3 (M) along axis 0, found an input of size 2") {
      () throws(CallFailure) in try program.run([x, w], [y, z])
    }
    let right = CArray(TJ_F32, [0, 0, 0] as [Float], [3])
    let few = CArray(TJ_F32, [0] as [Float], [1])
    expectFailure(
      TJ_INVALID_DATA, "the result z has the shape [2], found a buffer of shape [1]"
    ) { () throws(CallFailure) in try program.run([x, right], [y, few]) }
  }

  @Test func aSymbolThatNothingFixes() throws {
    let program = try Program("(tape t [(x f32[2*N])] (return x))")
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    expectFailure(TJ_INVALID_DATA, "no input fixes the size N") { () throws(CallFailure) in
      try program.run([x], [x])
    }
  }

  @Test(arguments: engines) func constraintsThatFailForTheSizes(engine: String) throws {
    let program = try Program(
      "(tape t [(x f32[N])] (y (slice x :start [0] :limit [4])) (return y))", engine: engine)
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    let y = CArray(TJ_F32, [0, 0, 0, 0] as [Float], [4])
    expectFailure(TJ_INVALID_DATA, "slice") { () throws(CallFailure) in
      try program.run([x], [y])
    }
    // Threads that wait for a program that cannot be made fail, too, and right sizes still work.
    let right = CArray(TJ_F32, [1, 2, 3, 4, 5] as [Float], [5])
    try program.run([right], [y])
    #expect(y.elements(Float.self) == [1, 2, 3, 4])
  }

  @Test(arguments: engines) func indicesOutOfBounds(engine: String) throws {
    let program = try Program(
      "(tape t [(x f32[3]) (i i32[2])] (y (take x i :axis 0)) (return y))", engine: engine)
    let x = CArray(TJ_F32, [1, 2, 3] as [Float], [3])
    let y = CArray(TJ_F32, [0, 0] as [Float], [2])
    expectFailure(TJ_INDEX_OUT_OF_BOUNDS, "take") { () throws(CallFailure) in
      try program.run([x, CArray(TJ_I32, [0, 3] as [Int32], [2])], [y])
    }
    try program.run([x, CArray(TJ_I32, [0, 2] as [Int32], [2])], [y])
    #expect(y.elements(Float.self) == [1, 3])
  }

  @Test(arguments: engines) func valuesBeyondAnyMemory(engine: String) throws {
    let program = try Program(
      """
      (tape t [(x f32[N])]
        (a (broadcast x :shape [16777216 4194304 N]))
        (y (reduce-sum (sort a :axis 2) :axes [0 1]))
        (return y))
      """, engine: engine)
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    expectFailure(TJ_OUT_OF_MEMORY, "bytes") { () throws(CallFailure) in
      try program.run([x], [x])
    }
  }
}
