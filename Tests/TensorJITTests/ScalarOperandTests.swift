import TensorJIT
import Testing

@Suite struct ScalarOperandTests {
  @Test func literalsTakeTheOtherOperandsType() throws {
    #expect(try (Tensor([1] as [Double]) * 2).elementType == .f64)
    #expect(try (Tensor([1] as [Double]) * 0.1).scalars(as: Double.self) == [0.1])
    #expect(try (3 * Tensor([1] as [UInt8])).elementType == .u8)
    #expect(try (Tensor([1] as [Int64]) + 3_000_000_000).scalars(as: Int.self) == [3_000_000_001])
    #expect(try (Tensor([1] as [Float16]) + 0.5).scalars(as: Float16.self) == [1.5])
  }

  @Test func literalsThatDoNotFitCarryTheError() {
    let x = Tensor([1, 2])
    #expect(
      failure(x * 0.5)
        == "C2: mul of i32[2] needs values that are i32, found the literal 0.5 "
        + "(mul of i32[2], the literal 0.5)")
    #expect(failure(x + 3_000_000_000) != nil)
    #expect(failure(Tensor([1] as [UInt8]) + 256) != nil)
    #expect(failure(Tensor([1] as [UInt8]) + -1) != nil)
    #expect(failure(x + true) != nil)
    #expect(failure(Tensor([1.5]) + true) != nil)
    #expect(failure(Tensor(3_000_000_000)) != nil)
  }

  @Test func literalsAmongThemselvesStayLiterals() throws {
    let wide = Tensor([1] as [Double])
    #expect(try (wide * (1 - 0.9)).scalars(as: Double.self) == [1 - 0.9])
    #expect(try (wide * (2 * 3 + 1)).scalars(as: Double.self) == [7])
    let seven: Tensor = 2 * 3.5
    #expect(try seven.scalar(as: Float.self) == 7)
    let half: Tensor = 1 / 2
    #expect(try half.scalar(as: Int32.self) == 0)
  }

  @Test func variablesTakeTheOtherOperandsType() throws {
    let rate: Float = 0.5
    let count = 3
    #expect(try (Tensor([4] as [Double]) * rate).scalars(as: Double.self) == [2])
    #expect(try (Tensor([4] as [Float]) * 0.1.nextUp).scalars(as: Float.self) == [0.4])
    #expect(try (Tensor([4] as [Float]) / count).scalars(as: Float.self) == [4 / 3])
    #expect(try (Tensor([4]) * count).scalars(as: Int32.self) == [12])
    #expect(try (Tensor([4] as [UInt8]) - UInt64(3)).scalars(as: UInt8.self) == [1])
    #expect(try (Tensor([4] as [Int8]) + UInt64(3)).scalars(as: Int8.self) == [7])
    let constant: Tensor = 2
    #expect(try (constant * rate).scalar(as: Float.self) == 1)
  }

  @Test(arguments: [-1, 256, Int.max, Int.min])
  func integersMustFit(_ value: Int) {
    #expect(failure(Tensor([1] as [UInt8]) + value)?.hasPrefix("C2: add of u8[1]") == true)
  }

  @Test func kindsMustFit() {
    let rate: Float = 0.5
    let flag = true
    #expect(
      failure(Tensor([1, 2]) * rate)
        == "C2: mul of i32[2] needs values that are i32, found the value 0.5 of type f32 "
        + "(mul of i32[2], the value 0.5 of type f32)")
    #expect(failure(Tensor([1, 2]) + flag) != nil)
    #expect(failure(Tensor([true]) + rate) != nil)
    #expect(failure(Tensor([1] as [Int64]) + UInt64.max) != nil)
    #expect(failure(Tensor([1] as [UInt64]) + Int8(-1)) != nil)
  }
}

@Suite struct ScalarInputTests {
  /// The fewest programs that were compiled while one of a few values was evaluated, after the first:
  /// at least one where each value is a program of its own, whatever other tests compile meanwhile.
  private func compiles(_ body: (Float) throws -> Tensor) throws -> Int {
    try eval(body(0.125))
    var fewest = Int.max
    for value in [0.25, 0.5, 0.75, 1] as [Float] {
      let before = Runtime.shared.counters.compiles
      try eval(body(value))
      fewest = min(fewest, Runtime.shared.counters.compiles - before)
    }
    return fewest
  }

  @Test func aChangingVariableCompilesNothing() throws {
    let x = Tensor([1, 2, 3, 4, 5, 6, 7] as [Float])
    #expect(try compiles { x * $0 - $0 / (x + 1) } == 0)
    #expect(try compiles { rate in select(x .> rate, x, rate) } == 0)
    #expect(
      try compiles { rate in
        var y = x
        y -= rate * y
        return y
      } == 0)
  }
}
