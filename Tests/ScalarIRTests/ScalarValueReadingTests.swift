import SExpression
import ScalarIR
import Testing

@Suite struct ScalarValueReadingTests {
  private func read(_ dtype: DType, _ text: String) throws -> ScalarValue? {
    ScalarValue(dtype, reading: try SExpressionReader.readOne(SourceText(text)))
  }

  @Test(arguments: [DType.f16, .bf16])
  func everyHalfReadsBack(dtype: DType) throws {
    for bits in 0..<UInt64(65536) {
      let value = ScalarValue(dtype, bits: bits)
      let copy = try #require(try read(dtype, value.description))
      #expect(value.isIdentical(to: copy), "\(value)")
    }
  }

  @Test func floatsReadBack() throws {
    var generator = SystemRandomNumberGenerator()
    for dtype in [DType.f32, .f64] {
      for _ in 0..<2000 {
        let value = ScalarValue(dtype, bits: generator.next())
        let copy = try #require(try read(dtype, value.description))
        #expect(value.isIdentical(to: copy), "\(value)")
      }
    }
    #expect(try read(.f32, "-0.0") == ScalarValue(-Float(0)))
    #expect(try read(.f32, "-0") == ScalarValue(Float(0)))
    #expect(try read(.f32, "0x1.8p3") == ScalarValue(Float(12)))
  }

  @Test func integersFitExactlyOrNotAtAll() throws {
    #expect(try read(.i8, "-128") == ScalarValue(.i8, wrapping: -128))
    #expect(try read(.i8, "128") == nil)
    #expect(try read(.i8, "-129") == nil)
    #expect(try read(.u8, "0xFF") == ScalarValue(.u8, wrapping: 255))
    #expect(try read(.u8, "-1") == nil)
    #expect(try read(.u64, "18446744073709551615") == .highest(.u64))
    #expect(try read(.u64, "18446744073709551616") == nil)
    #expect(try read(.i64, "-9223372036854775808") == .lowest(.i64))
    #expect(try read(.f32, "16777217") == nil)
    #expect(try read(.f32, "16777218") == ScalarValue(Float(16_777_218)))
    #expect(try read(.f64, "1267650600228229401496703205376") == ScalarValue(0x1p100))
    #expect(try read(.f64, "1267650600228229401496703205377") == nil)
    #expect(try read(.f16, "65536") == nil)
    #expect(try read(.bool, "1") == nil)
    #expect(try read(.i32, "1.0") == nil)
    #expect(try read(.i32, "true") == nil)
    #expect(try read(.bool, "true") == ScalarValue(true))
  }
}
