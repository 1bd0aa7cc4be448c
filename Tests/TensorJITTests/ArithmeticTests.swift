import TensorJIT
import Testing

@Suite struct ArithmeticTests {
  let x = Tensor([1, 2, 4] as [Float])

  @Test func operators() throws {
    let y = Tensor([2, 3, 5] as [Float])
    #expect(try floats(x + y) == [3, 5, 9])
    #expect(try floats(x - y) == [-1, -1, -1])
    #expect(try floats(x * y) == [2, 6, 20])
    #expect(try floats(y / x) == [2, 1.5, 1.25])
    #expect(try floats(-x) == [-1, -2, -4])
    #expect(try floats(+x) == [1, 2, 4])
  }

  @Test func reflectedForms() throws {
    #expect(try floats(2 - x) == [1, 0, -2])
    #expect(try floats(1 / x) == [1, 0.5, 0.25])
    #expect(try floats(x - 2) == [-1, 0, 2])
    #expect(try floats(x / 2) == [0.5, 1, 2])
    #expect(try floats(2 * x + 1) == [3, 5, 9])
    #expect(try floats(x * -0.5) == [-0.5, -1, -2])
    let rate: Float = 0.5
    #expect(try floats(rate - x) == [-0.5, -1.5, -3.5])
    #expect(try floats(rate / x) == [0.5, 0.25, 0.125])
    #expect(try floats(x - rate * x) == [0.5, 1, 2])
    #expect(try floats(x * (rate * 2)) == [1, 2, 4])
  }

  @Test func compoundAssignment() throws {
    var y = x
    let rate = 0.5
    y += x
    y -= 1
    y *= rate
    y /= Tensor([0.5, 0.5, 0.5] as [Float])
    #expect(try floats(y) == [1, 3, 7])
    #expect(try floats(x) == [1, 2, 4])
  }

  @Test func operandsBroadcast() throws {
    let column = Tensor([[1], [2]] as [[Float]])
    #expect(try (column * x).shape == [2, 3])
    #expect(try floats(column * x) == [1, 2, 4, 2, 4, 8])
    #expect(
      failure(x + Tensor([1, 2] as [Float]))
        == "C2: add needs operands whose shapes broadcast, found f32[3] and f32[2] "
        + "(add of f32[3], f32[2])")
  }

  @Test func typesDoNotMix() {
    #expect(
      failure(x + Tensor([1, 2, 3]))
        == "C2: add needs operands of one element type, found f32[3] and i32[3] "
        + "(add of f32[3], i32[3])")
  }

  @Test func errorsPassThroughLaterOps() throws {
    let wrong = x + Tensor([1, 2] as [Float])
    let later = -(wrong * 2 + x)
    #expect(failure(later) == failure(wrong))
    #expect(throws: TensorError.self) { try later.shape }
    #expect(throws: TensorError.self) { try later.rank }
    #expect(throws: TensorError.self) { try eval(x, later) }
    #expect(failure(wrong * (2 as Float)) == failure(wrong))
  }

  @Test func integersWrapAndTruncate() throws {
    let i = Tensor([7, -7, 2_147_483_647])
    #expect(try ints(i / 2) == [3, -3, 1_073_741_823])
    #expect(try ints(i + 1) == [8, -6, -2_147_483_648])
  }

  @Test func comparisons() throws {
    #expect(try bools(x .< 2) == [true, false, false])
    #expect(try bools(x .<= 2) == [true, true, false])
    #expect(try bools(x .> 2) == [false, false, true])
    #expect(try bools(x .>= 2) == [false, true, true])
    #expect(try bools(x .== 2) == [false, true, false])
    #expect(try bools(x .!= 2) == [true, false, true])
    #expect(try bools(2 .< x) == [false, false, true])
    let limit: Float = 2
    #expect(try bools(limit .>= x) == [true, true, false])
    #expect(try bools(x .< Float.nan) == [false, false, false])
    #expect(try bools((x .< 2) .| (x .> 3)) == [true, false, true])
    #expect(try bools((x .> 1) .& (x .< 4)) == [false, true, false])
    #expect(try bools(.!(x .> 1)) == [true, false, false])
  }

  @Test func choices() throws {
    #expect(try floats(select(x .> 1, x, 0)) == [0, 2, 4])
    #expect(try floats(select(x .> 1, 0.5, x)) == [1, 0.5, 0.5])
    #expect(try ints(select(x .> 1, 1, 0)) == [0, 1, 1])
    #expect(try floats(select(x .> 1, 1, 0.5)) == [0.5, 1, 1])
    let limit: Float = 2
    #expect(try floats(select(x .> 1, limit, x)) == [1, 2, 2])
    #expect(try floats(maximum(x, limit)) == [2, 2, 4])
    #expect(try floats(minimum(2, x)) == [1, 2, 2])
    #expect(try floats(maximum(x, .nan as Float)).allSatisfy(\.isNaN))
    #expect(failure(select(x, x, x))?.hasPrefix("C1: select needs a bool predicate") == true)
  }

  @Test func conversions() throws {
    #expect(try Tensor([1.75, -1.75]).converted(to: .i32).scalars(as: Int32.self) == [1, -1])
    #expect(try x.converted(to: .f64).scalars(as: Double.self) == [1, 2, 4])
    #expect(try Tensor([0, 2]).converted(to: .bool).scalars(as: Bool.self) == [false, true])
    #expect(try Tensor(2).converted(to: .u8).scalar(as: UInt8.self) == 2)
  }
}
