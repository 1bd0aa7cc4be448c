import CTensorJIT
import Testing

private let types: [(code: Int, name: String, size: Int)] = [
  (TJ_F64, "f64", 8), (TJ_F32, "f32", 4), (TJ_F16, "f16", 2), (TJ_BF16, "bf16", 2),
  (TJ_I64, "i64", 8), (TJ_I32, "i32", 4), (TJ_I16, "i16", 2), (TJ_I8, "i8", 1),
  (TJ_U64, "u64", 8), (TJ_U32, "u32", 4), (TJ_U16, "u16", 2), (TJ_U8, "u8", 1),
  (TJ_BOOL, "bool", 1),
]

/// The element types and their numbers.
@Suite struct ElementTypeTests {
  @Test func namesAndSizes() {
    for type in types {
      #expect(String(cString: tj_dtype_name(tj_dtype(type.code))) == type.name)
      #expect(tj_dtype_size(tj_dtype(type.code)) == type.size)
    }
    for code in [tj_dtype(-1), 0, 14, .max, .min] {
      #expect(tj_dtype_name(code) == nil)
      #expect(tj_dtype_size(code) == 0)
    }
  }

  @Test(arguments: engines) func everyTypePassesThrough(engine: String) throws {
    for type in types {
      let program = try Program(
        "(tape t [(x \(type.name)[3])] (y (reverse x :axes [0])) (return y))", engine: engine)
      let bytes = (0..<3 * type.size).map { UInt8(type.name == "bool" ? $0 & 1 : $0 + 1) }
      let x = CArray(type.code, bytes: bytes, [3])
      let y = CArray(type.code, bytes: [UInt8](repeating: 0, count: bytes.count), [3])
      try program.run([x], [y])
      let reversed = (0..<3).reversed().flatMap { bytes[$0 * type.size..<($0 + 1) * type.size] }
      #expect(y.elements(UInt8.self) == reversed, "\(type.name)")
    }
  }

  @Test(arguments: engines) func halvesAndBrainFloats(engine: String) throws {
    // 1, 2 and −0.5 in both formats.
    for (code, name, values) in [
      (TJ_F16, "f16", [0x3C00, 0x4000, 0xB800] as [UInt16]),
      (TJ_BF16, "bf16", [0x3F80, 0x4000, 0xBF00] as [UInt16]),
    ] {
      let program = try Program(
        "(tape t [(x \(name)[3])] (y (convert x :to f32)) (return y))", engine: engine)
      let y = CArray(TJ_F32, [0, 0, 0] as [Float], [3])
      try program.run([CArray(code, values, [3])], [y])
      #expect(y.elements(Float.self) == [1, 2, -0.5])
    }
  }

  @Test(arguments: engines) func anyByteButZeroIsTrue(engine: String) throws {
    let program = try Program(
      "(tape t [(p bool[4])] (y (not p)) (n (convert p :to i32)) (return y n))", engine: engine)
    for skew in [0, 1] {
      let p = CArray(TJ_BOOL, bytes: [0, 1, 2, 255], [4], skew: skew)
      let y = CArray(TJ_BOOL, bytes: [9, 9, 9, 9], [4], skew: skew)
      let n = CArray(TJ_I32, [9, 9, 9, 9] as [Int32], [4])
      try program.run([p], [y, n])
      #expect(y.elements(UInt8.self) == [1, 0, 0, 0])
      #expect(n.elements(Int32.self) == [0, 1, 1, 1])
      #expect(p.elements(UInt8.self) == [0, 1, 2, 255])
    }
  }
}
