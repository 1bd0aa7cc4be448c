import ScalarIR
import TapeIR
import Testing

private let nan = Double.nan

/// Whether two numbers are the same, any NaN equal to any NaN, −0 distinct from 0.
private func isSame(_ a: Double, _ b: Double) -> Bool {
  a.isNaN ? b.isNaN : a == b && a.sign == b.sign
}

@Suite struct ScalarMeaningTests {
  @Test(arguments: [DType.f64, .f32, .f16, .bf16])
  func signsOfFloats(dtype: DType) throws {
    for (x, negated, magnitude, sign) in [
      (1.5, -1.5, 1.5, 1.0), (-2, 2, 2, -1), (0, -0.0, 0, 0), (-0.0, 0, 0, -0.0),
      (nan, nan, nan, nan), (-.infinity, .infinity, .infinity, -1),
    ] {
      #expect(isSame(try apply("neg", dtype, x), negated))
      #expect(isSame(try apply("abs", dtype, x), magnitude))
      #expect(isSame(try apply("sign", dtype, x), sign))
    }
  }

  @Test func signsOfIntegers() throws {
    #expect(try apply("neg", .i8, -128) == -128)
    #expect(try apply("abs", .i8, -128) == -128)
    #expect(try apply("sign", .i32, -7) == -1)
    #expect(try apply("sign", .u8, 200) == 1)
    #expect(try apply("neg", .u8, 1) == 255)
    #expect(try apply("not", .u8, 5) == 250)
    #expect(try apply("not", .bool, 1) == 0)
  }

  @Test(arguments: [DType.f64, .f32, .f16, .bf16])
  func extremaOfFloats(dtype: DType) throws {
    for (a, b, greater, lesser) in [
      (1.0, 2.0, 2.0, 1.0), (nan, 1, nan, nan), (1, nan, nan, nan), (-0.0, 0, 0, -0.0),
      (0, -0.0, 0, -0.0),
    ] {
      #expect(isSame(try apply("max", dtype, a, b), greater))
      #expect(isSame(try apply("min", dtype, a, b), lesser))
    }
  }

  @Test func comparisonsWithNaN() throws {
    for name in ["eq", "lt", "le", "gt", "ge"] { #expect(try apply(name, .f32, nan, nan) == 0) }
    #expect(try apply("ne", .f32, nan, nan) == 1)
    #expect(try apply("eq", .f16, 0, -0.0) == 1)
    #expect(try apply("lt", .u8, 1, 255) == 1)
    #expect(try apply("lt", .bool, 0, 1) == 1)
  }

  @Test func booleanArithmetic() throws {
    #expect(try apply("add", .bool, 1, 1) == 1)
    #expect(try apply("mul", .bool, 1, 0) == 0)
    #expect(try apply("max", .bool, 1, 0) == 1)
    #expect(try apply("or", .bool, 0, 0) == 0)
    #expect(try apply("and", .i16, 12, 10) == 8)
  }

  /// f16 and bf16 are computed in f32 and rounded once.
  @Test func narrowFloatsRoundOnce() throws {
    #expect(try apply("div", .f16, 1, 3) == Double(Float16(1) / 3))
    #expect(try apply("mul", .f16, 60000, 2) == .infinity)
    #expect(try apply("add", .bf16, 256, 1) == 256)
    #expect(try apply("exp", .f16, 1) == Double(Float16(2.718281828)))
  }

  /// A monoid folded over elements, as one lane would.
  private func fold(_ name: String, _ dtype: DType, _ elements: [Double]) throws -> Double {
    let operand = TensorType(dtype, Shape([elements.count]))
    let family = try op(name).family([operand], [.axes: .integers([0]), .axis: .integer(0)])
    guard case .reduction(let reduction) = family else { throw MissingMeaning(name: name) }
    let monoid = reduction.monoid
    var state = monoid.identity
    for (position, element) in elements.enumerated() {
      let lifted = monoid.lift.evaluate([
        ScalarValue(dtype, rounding: element), ScalarValue(.i64, wrapping: position),
      ])
      state = monoid.combine.evaluate(state + lifted)
    }
    let reversed = elements.enumerated().reversed().reduce(monoid.identity) { state, element in
      monoid.combine.evaluate(
        state
          + monoid.lift.evaluate([
            ScalarValue(dtype, rounding: element.1), ScalarValue(.i64, wrapping: element.0),
          ]))
    }
    let result = monoid.finish.evaluate(state)[0]
    #expect(result.isIdentical(to: monoid.finish.evaluate(reversed)[0]))
    return result.double
  }

  @Test(arguments: [DType.f64, .f32, .f16, .bf16])
  func maximaOfFloats(dtype: DType) throws {
    #expect(isSame(try fold("reduce-max", dtype, [-0.0, 0, -0.0]), 0))
    #expect(isSame(try fold("reduce-max", dtype, [1, nan, 2]), nan))
    #expect(isSame(try fold("reduce-max", dtype, [-0.0]), -0.0))
    #expect(try fold("argmax", dtype, [1, 3, 3]) == 1)
    #expect(try fold("argmax", dtype, [1, nan, .infinity, nan]) == 1)
    #expect(try fold("argmax", dtype, [-0.0, 0]) == 0)
    #expect(try fold("argmax", dtype, [-.infinity, -.infinity]) == 0)
  }

  @Test func maximaOfIntegers() throws {
    #expect(try fold("argmax", .i8, [-128, -128]) == 0)
    #expect(try fold("argmax", .u8, [1, 255, 255]) == 1)
    #expect(try fold("reduce-max", .bool, [0, 1]) == 1)
  }
}
