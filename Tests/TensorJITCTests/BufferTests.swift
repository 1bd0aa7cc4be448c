import CTensorJIT
import Testing

/// Buffers that do not fit, each with its words; and what buffers look like as text.
@Suite struct BufferTests {
  /// One wrong member of a parameter or a result.
  private struct Mistake {
    let status: Int
    let words: String
    let change: (inout tj_buffer) -> Void

    init(
      _ words: String, status: Int = TJ_INVALID_DATA, _ change: @escaping (inout tj_buffer) -> Void
    ) {
      self.status = status
      self.words = words
      self.change = change
    }
  }

  private static func mistakes(_ role: String) -> [Mistake] {
    [
      Mistake("\(role) has the dtype 0, which is none") { $0.dtype = 0 },
      Mistake("\(role) has the dtype 99") { $0.dtype = 99 },
      Mistake("found a buffer of i32") { $0.dtype = tj_dtype(TJ_I32) },
      Mistake("found a buffer of rank 1") { $0.rank = 1 },
      Mistake("found a buffer of rank 4294967295") { $0.rank = .max },
      Mistake("the sizes of \(role) are NULL") { $0.sizes = nil },
      Mistake("its data is NULL") { $0.data = nil },
      Mistake("does not lie within its 23 bytes; without gaps it has 24") { $0.byte_count = 23 },
      Mistake("does not lie within its 0 bytes") { $0.byte_count = 0 },
      Mistake("does not lie within") { $0.offset = 1 },
      Mistake("does not lie within") { $0.offset = -1 },
      Mistake("does not lie within") { $0.offset = .max },
      Mistake("goes beyond the end of memory") {
        $0.data = UnsafeMutableRawPointer(bitPattern: -8)
      },
    ]
  }

  @Test(arguments: engines) func parametersMustFit(engine: String) throws {
    let program = try Program("(tape t [(x f32[2,3])] (y (neg x)) (return y))", engine: engine)
    for mistake in Self.mistakes("the parameter x") {
      let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3])
      let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
      mistake.change(&x.buffer)
      expectFailure(mistake.status, mistake.words) { () throws(CallFailure) in
        try program.run([x], [y])
      }
      #expect(y.elements(Float.self) == [0, 0, 0, 0, 0, 0])
    }
  }

  @Test(arguments: engines) func resultsMustFit(engine: String) throws {
    let program = try Program("(tape t [(x f32[2,3])] (y (neg x)) (return y))", engine: engine)
    for mistake in Self.mistakes("the result y") {
      let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3])
      let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
      mistake.change(&y.buffer)
      expectFailure(mistake.status, mistake.words) { () throws(CallFailure) in
        try program.run([x], [y])
      }
      #expect(y.elements(Float.self) == [0, 0, 0, 0, 0, 0])
    }
  }

  @Test func stridesMustStayWithin() throws {
    let program = try Program("(tape t [(x f32[2,3])] (y (neg x)) (return y))")
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
    for strides in [
      [16, 4], [12, 5], [-12, 4], [12, -4], [.max, 4], [.min, 4], [0, .max], [1 << 62, 1 << 62],
    ] {
      let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3], strides: strides)
      expectFailure(TJ_INVALID_DATA, "does not lie within") { () throws(CallFailure) in
        try program.run([x], [y])
      }
    }
  }

  @Test func elementsOfResultsMustNotOverlap() throws {
    let program = try Program("(tape t [(x f32[2,3])] (y (neg x)) (return y))")
    let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3])
    for strides in [[0, 4], [12, 0], [4, 4], [8, 4], [12, 2], [8, -8]] {
      let y = CArray(
        TJ_F32, [Float](repeating: 0, count: 16), [2, 3], strides: strides, offset: 32)
      expectFailure(TJ_INVALID_DATA, "lie on each other") { () throws(CallFailure) in
        try program.run([x], [y])
      }
    }
  }

  @Test func sizesMustBeSizes() throws {
    let program = try Program("(tape t [(x f32[N,M])] (y (neg x)) (return y))")
    let y = CArray(TJ_F32, [1] as [Float], [1, 1])
    for (sizes, words) in [
      ([-1, 2], "the size -1 along axis 0"), ([2, .min], "along axis 1"),
      ([1 << 62, 1], "the size 4611686018427387904"), ([1 << 40, 1 << 40], "than any memory"),
      ([1 << 61, 1], "than any memory"), ([1 << 40, 1], "does not lie within"),
    ] {
      let x = CArray(TJ_F32, [1] as [Float], sizes)
      expectFailure(TJ_INVALID_DATA, words) { () throws(CallFailure) in
        try program.run([x], [y])
      }
    }
  }

  private func text(_ array: CArray, capacity: Int) throws(CallFailure) -> (String, Int) {
    var bytes = [CChar](repeating: 1, count: capacity + 1)
    var length = 0
    try check { tj_buffer_text(&array.buffer, &bytes, capacity, &length, $0) }
    #expect(bytes[capacity] == 1)
    let end = bytes.firstIndex(of: 0) ?? 0
    return (String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self), length)
  }

  @Test func buffersAsText() throws {
    let x = CArray(TJ_F32, [1, -0.5, .infinity, .nan] as [Float], [2, 2], strides: [4, 8])
    #expect(try text(x, capacity: 100) == ("[[1 inf] [-0.5 nan]]", 20))
    #expect(try text(x, capacity: 21) == ("[[1 inf] [-0.5 nan]]", 20))
    #expect(try text(x, capacity: 8) == ("[[1 inf", 20))
    #expect(try text(x, capacity: 1) == ("", 20))
    let p = CArray(TJ_BOOL, bytes: [0, 1, 7], [3])
    #expect(try text(p, capacity: 99) == ("[false true true]", 17))
    let n = CArray(TJ_U64, [UInt64.max], [])
    #expect(try text(n, capacity: 99) == ("18446744073709551615", 20))
    #expect(try text(CArray(TJ_I8, bytes: [], [2, 0]), capacity: 99) == ("[[] []]", 7))
    expectFailure(TJ_OUT_OF_MEMORY, "too large to be written as text") {
      () throws(CallFailure) in
      _ = try text(CArray(TJ_I8, bytes: [], [1 << 40, 0]), capacity: 99)
    }
    expectFailure(TJ_INVALID_DATA, "the rank 65; expected at most 64") { () throws(CallFailure) in
      _ = try text(
        CArray(TJ_I8, bytes: [1], [Int](repeating: 1, count: 65)), capacity: 9)
    }
  }
}
