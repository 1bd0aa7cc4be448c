import CTensorJIT
import Testing

private let affine = "(tape affine [(x f32[N,3]) (b f32[3])] (y (add (mul x 2) b)) (return y))"

/// Programs on memory of any layout, by every engine.
@Suite struct RunTests {
  @Test(arguments: engines) func runsOnContiguousMemory(engine: String) throws {
    let program = try Program(affine, engine: engine)
    let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3])
    let b = CArray(TJ_F32, [10, 20, 30] as [Float], [3])
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
    try program.run([x, b], [y])
    #expect(y.elements(Float.self) == [12, 24, 36, 18, 30, 42])
  }

  @Test(arguments: engines) func readsAndWritesStrides(engine: String) throws {
    let program = try Program(affine, engine: engine)
    // x is the transpose of a 3 × 2 matrix, b reversed, y every second column of a wider matrix.
    let x = CArray(TJ_F32, [1, 4, 2, 5, 3, 6] as [Float], [2, 3], strides: [4, 8])
    let b = CArray(TJ_F32, [30, 20, 10] as [Float], [3], strides: [-4], offset: 8)
    let y = CArray(
      TJ_F32, [Float](repeating: -1, count: 12), [2, 3], strides: [24, 8], offset: 4)
    try program.run([x, b], [y])
    #expect(y.elements(Float.self) == [-1, 12, -1, 24, -1, 36, -1, 18, -1, 30, -1, 42])
  }

  @Test(arguments: engines) func repeatsAParameterByStrideZero(engine: String) throws {
    let program = try Program(affine, engine: engine)
    let x = CArray(TJ_F32, [1, 2, 3] as [Float], [4, 3], strides: [0, 4])
    let b = CArray(TJ_F32, [5] as [Float], [3], strides: [0])
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 12), [4, 3])
    try program.run([x, b], [y])
    #expect(y.elements(Float.self) == [7, 9, 11, 7, 9, 11, 7, 9, 11, 7, 9, 11])
  }

  @Test(arguments: engines) func elementsNeedNoAlignment(engine: String) throws {
    let program = try Program(
      "(tape t [(x i64[3])] (y (add x 1)) (return y))", engine: engine)
    for skew in [1, 3, 8] {
      let x = CArray(TJ_I64, [1, 2, 3] as [Int64], [3], skew: skew)
      let y = CArray(TJ_I64, [0, 0, 0] as [Int64], [3], skew: skew)
      try program.run([x], [y])
      #expect(y.elements(Int64.self) == [2, 3, 4])
    }
  }

  @Test(arguments: engines) func scalarsAndEmptyArrays(engine: String) throws {
    let program = try Program(
      "(tape t [(x f64[N,2]) (s f64[])] (y (mul x s)) (z (reduce-sum y :axes [0 1])) (return y z))",
      engine: engine)
    let x = CArray(TJ_F64, [] as [Double], [0, 2])
    x.buffer.data = nil
    let y = CArray(TJ_F64, [] as [Double], [0, 2])
    y.buffer.data = nil
    y.buffer.dtype = tj_dtype(TJ_F64)
    let z = CArray(TJ_F64, [7] as [Double], [])
    let s = CArray(TJ_F64, [3] as [Double], [])
    try program.run([x, s], [y, z])
    #expect(z.elements(Double.self) == [0])
  }

  @Test(arguments: engines) func leavesOutUnwantedResults(engine: String) throws {
    let program = try Program(
      "(tape t [(x i32[2])] (y (neg x)) (z (add x x)) (return y z))", engine: engine)
    let x = CArray(TJ_I32, [1, 2] as [Int32], [2])
    let unwanted = CArray(TJ_I32, [9] as [Int32], [])
    unwanted.buffer = sized(tj_buffer(), \.struct_size)
    let z = CArray(TJ_I32, [0, 0] as [Int32], [2])
    try program.run([x], [unwanted, z], threads: 1)
    #expect(z.elements(Int32.self) == [2, 4])
  }

  @Test func alignedMemoryIsNotCopied() throws {
    // More bytes than all other tests copy.
    let count = 1 << 20
    let program = try Program("(tape t [(x f32[N])] (y (sqrt x)) (return y))")
    let x = CArray(TJ_F32, [Float](repeating: 4, count: count), [count])
    let y = CArray(TJ_F32, [Float](repeating: 0, count: count), [count])
    let before = try counters().bytes_copied
    try program.run([x], [y])
    #expect(try counters().bytes_copied - before < count)
    #expect(y.elements(Float.self).allSatisfy { $0 == 2 })
    let skewed = CArray(TJ_F32, [Float](repeating: 4, count: count), [count], skew: 4)
    try program.run([skewed], [y])
    #expect(try counters().bytes_copied - before >= 4 * count)
  }

  @Test func twentyDimensions() throws {
    let sizes = [Int](repeating: 1, count: 18) + [2, 2]
    let list = sizes.map(String.init).joined(separator: ",")
    let program = try Program("(tape t [(x u8[\(list)])] (y (add x x)) (return y))")
    let x = CArray(TJ_U8, [1, 2, 3, 4] as [UInt8], sizes)
    let y = CArray(
      TJ_U8, [0, 0, 0, 0] as [UInt8], sizes, strides: [Int](repeating: 99, count: 18) + [1, 2])
    try program.run([x], [y])
    #expect(y.elements(UInt8.self) == [2, 6, 4, 8])
  }
}
