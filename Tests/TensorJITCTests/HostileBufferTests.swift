import CTensorJIT
import Testing

/// Buffers of arbitrary numbers: a call does what it says or fails, and touches no byte that the buffer
/// does not own.
@Suite struct HostileBufferTests {
  private static let numbers: [Int] =
    [0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 255, -1, -2, -4, -8, .max, .min, .max - 1]
    + [31, 32, 33, 61, 62].flatMap { [1 << $0, -(1 << $0)] }

  @Test(arguments: engines) func arbitraryNumbers(engine: String) throws {
    let program = try Program("(tape t [(x i32[N,M])] (y (not x)) (return y))", engine: engine)
    var generator = SystemRandomNumberGenerator()
    var succeeded = 0
    for _ in 0..<20_000 {
      func number() -> Int { Self.numbers.randomElement(using: &generator) ?? 0 }
      let (guarded, owned) = (64, 128)
      var memory = [UInt8](repeating: 0xAB, count: owned + 2 * guarded)
      let sizes = (0..<4).map { _ in Int64(Bool.random(using: &generator) ? 2 : number()) }
      let strides = (0..<4).map { _ in Int64(Bool.random(using: &generator) ? 8 : number()) }
      let usesStrides = Bool.random(using: &generator)
      let x = CArray(TJ_I32, [1, 2, 3, 4] as [Int32], [2, 2])
      memory.withUnsafeMutableBytes { memory in
        sizes.withUnsafeBufferPointer { sizes in
          strides.withUnsafeBufferPointer { strides in
            var buffer = sized(tj_buffer(), \.struct_size)
            buffer.data = memory.baseAddress.map { $0 + guarded }
            buffer.byte_count = Int.random(in: 0...owned, using: &generator)
            buffer.offset = Bool.random(using: &generator) ? 0 : number()
            buffer.dtype = tj_dtype([TJ_I32, TJ_I32, TJ_I32, 0, 77].randomElement() ?? 0)
            buffer.rank = UInt32([2, 2, 2, 0, 1, 4].randomElement() ?? 0)
            buffer.sizes = sizes.baseAddress
            buffer.strides = usesStrides ? strides.baseAddress : nil
            // As a result, as a parameter, and as what is printed.
            let (inputs, hostile) = ([x.buffer], [buffer])
            let status = tj_program_run(program.handle, inputs, 1, hostile, 1, nil, nil)
            if status == TJ_OK { succeeded += 1 }
            _ = tj_program_run(program.handle, hostile, 1, inputs, 1, nil, nil)
            _ = tj_buffer_text(hostile, nil, 0, nil, nil)
          }
        }
      }
      let isKept =
        memory[..<guarded].allSatisfy { $0 == 0xAB }
        && memory[(guarded + owned)...].allSatisfy { $0 == 0xAB }
      #expect(isKept)
      if !isKept { return }
    }
    #expect(succeeded > 100)
  }
}
