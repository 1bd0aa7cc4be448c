import ScalarIR
import Testing

struct NumPyFileTests {
  @Test(arguments: NumPySample.all)
  func whatNumPyWroteReads(_ sample: NumPySample) throws {
    let literal = try Literal(numPyFile: sample.file)
    #expect(literal.dtype == sample.dtype)
    #expect(literal.sizes == sample.sizes)
    #expect(literal.bits == sample.bits)
  }

  /// Of files in our order NumPy's own bytes come back; `bf16` we write in little-endian order.
  @Test(arguments: NumPySample.all)
  func whatIsWrittenIsWhatNumPyWrites(_ sample: NumPySample) throws {
    guard sample.version == 1, sample.dtype != .bf16, !sample.header.contains("True"),
      !sample.header.contains("'>")
    else { return }
    #expect(try Literal(numPyFile: sample.file).numPyFile == sample.file)
  }

  @Test(
    arguments: DType.allCases,
    [[], [0], [1], [7], [2, 3], [0, 4], [3, 1, 2], [Int](repeating: 1, count: 64)])
  func whatIsWrittenReadsBack(_ dtype: DType, _ sizes: [Int]) throws {
    let count = sizes.reduce(1, *)
    let bits = (0..<count).map { number in
      (UInt64(number) &* 0x9E37_79B9_7F4A_7C15) & dtype.bitMask
    }
    let literal = Literal(dtype: dtype, sizes: sizes, bits: bits)
    let file = literal.numPyFile
    #expect((file.count - count * dtype.byteWidth) % 64 == 0)
    #expect(try Literal(numPyFile: file) == literal)
  }

  @Test func aSplatIsWrittenInFull() throws {
    let literal = Literal(splat: ScalarValue(Float(2.5)), sizes: [3])
    #expect(literal.numPyFile.count == 128 + 12)
    #expect(try Literal(numPyFile: literal.numPyFile) == literal)
  }

  @Test(arguments: [
    #"{"shape":(2,),"descr":"<i2","fortran_order":False}"#,
    "{ 'fortran_order' : False ,\n\t'shape' : ( 2 , ) , 'descr' : 'i2' , }",
    "{'descr': '=i2', 'fortran_order': True, 'shape': (2L,), }   \n",
    "{'descr': '|i2', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1)}",
  ])
  func headersOfOtherStylesRead(_ header: String) throws {
    let file = numPyFile(version: 1, header: Array(header.utf8), data: [1, 0, 0xFF, 0xFF])
    #expect(try Literal(numPyFile: file).bits == [1, 0xFFFF])
  }

  @Test func anyByteButZeroIsTrue() throws {
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}"
    let file = numPyFile(version: 2, header: Array(header.utf8), data: [2, 0, 0xFE])
    #expect(try Literal(numPyFile: file).bits == [1, 0, 1])
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)", "ends early"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3", "ends early"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }", "no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3], }", "'('"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", "no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': 2, }", "'('"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "not negative"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,), }", "no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (None,), }", "no size"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "memory"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }", "fill"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }", "fill"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "fill"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "fill"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "fill"),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", "f64[2,3]"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }", "True or False"),
    ("{'descr': '<f4', 'fortran_order': 'False', 'shape': (2, 3), }", "True or False"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", "unknown element type"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "unknown element type"),
    ("{'descr': '<U6', 'fortran_order': False, 'shape': (1,), }", "unknown element type"),
    ("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,), }", "unknown element type"),
    ("{'descr': '', 'fortran_order': False, 'shape': (3,), }", "unknown element type"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", "no plain"),
    ("{'descr': '<f4, 'fortran_order': False, 'shape': (2, 3), }", "unknown element type"),
    ("{'descr': '<f4, }", "without an end"),
    ("{'descr': '<f4', 'fortran_order': False, }", "no shape"),
    ("{'fortran_order': False, 'shape': (2, 3), }", "no descr"),
    ("{'descr': '<f4', 'shape': (2, 3), }", "no fortran_order"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "twice"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}", "unknown entry"),
    ("{'descr' '<f4', 'fortran_order': False, 'shape': (2, 3), }", "':'"),
    ("{descr: '<f4', 'fortran_order': False, 'shape': (2, 3), }", "no string"),
    ("{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3), }", "'}'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } }", "goes on"),
    ("'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)", "'{'"),
    ("", "ends early"),
    ("{}", "no descr"),
  ])
  func malformedHeadersSayWhatIsWrong(_ header: String, _ part: String) {
    let data = [UInt8](repeating: 0, count: 24)
    expectError(numPyFile(version: 1, header: Array(header.utf8), data: data), part)
  }

  @Test func malformedFilesSayWhatIsWrong() {
    let good = Literal(splat: ScalarValue(Float(1)), sizes: [2, 3]).numPyFile
    expectError([], "no bytes")
    expectError(Array("hello, world".utf8), "no .npy file")
    expectError(Array("PK\u{3}\u{4}".utf8), "no .npy file")
    expectError(Array(good[..<6]), "a version")
    expectError(Array(good[..<9]), "header's length")
    expectError(Array(good[..<40]), "a header of")
    expectError(Array(good[..<(good.count - 1)]), "23 bytes")
    expectError(good + [0], "25 bytes")
    for version: UInt8 in [0, 4, 255] {
      var file = good
      file[6] = version
      expectError(file, "unknown version")
    }
    var file = good
    file[8] = 0xFF
    file[9] = 0xFF
    expectError(file, "a header of 65535 bytes")
    file = numPyFile(version: 2, header: [], data: [])
    for index in 8..<12 { file[index] = 0xFF }
    expectError(file, "a header of 4294967295 bytes")
    file = numPyFile(version: 3, header: [0x7B, 0xFF, 0xFE], data: [])
    expectError(file, "no string")
    let axes = [String](repeating: "1", count: 65).joined(separator: ", ")
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    expectError(numPyFile(version: 1, header: Array(header.utf8), data: [0, 0, 0, 0]), "axes")
    let empty = "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 9999999999, 9999999999), }"
    #expect(throws: Never.self) {
      try Literal(numPyFile: numPyFile(version: 1, header: Array(empty.utf8), data: []))
    }
  }

  private func expectError(
    _ file: [UInt8], _ part: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try Literal(numPyFile: file)
      Issue.record("no error", sourceLocation: sourceLocation)
    } catch {
      #expect(error.description.contains(part), sourceLocation: sourceLocation)
      #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
    }
  }
}
