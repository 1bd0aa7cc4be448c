import TensorJIT
import Testing

@Suite struct IndexingTests {
  let x = Tensor([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])

  @Test func positions() throws {
    #expect(try ints(x[0]) == [0, 1, 2, 3])
    #expect(try ints(x[-1]) == [8, 9, 10, 11])
    #expect(try x[1, -2].scalar(as: Int32.self) == 6)
    #expect(try x[1, -2].rank == 0)
    let row = 2
    #expect(try ints(x[row]) == [8, 9, 10, 11])
  }

  @Test func ranges() throws {
    #expect(try ints(x[1..<3, 0..<2]) == [4, 5, 8, 9])
    #expect(try ints(x[0..., 1..<3]) == [1, 2, 5, 6, 9, 10])
    #expect(try ints(x[0...1, 3...3]) == [3, 7])
    #expect(try ints(x[..<1]) == [0, 1, 2, 3])
    #expect(try ints(x[...0]) == [0, 1, 2, 3])
    #expect(try ints(x[..<(-2)]) == [0, 1, 2, 3])
    #expect(try ints(x[0, (-2)...]) == [2, 3])
    #expect(try ints(x[0, -3...(-2)]) == [1, 2])
    #expect(try ints(x[0, -3...(-1)]) == [1, 2, 3])
    #expect(try ints(x[0, ...(-1)]) == [0, 1, 2, 3])
    #expect(try x[1..<1].shape == [0, 4])
  }

  @Test func strides() throws {
    #expect(try ints(x[0, stride(from: 0, to: 4, by: 2)]) == [0, 2])
    #expect(try ints(x[0, stride(from: 1, through: 3, by: 2)]) == [1, 3])
    #expect(try ints(x[0, stride(from: -3, to: 0, by: 2)]) == [1, 3])
    #expect(try x[stride(from: 2, to: 2, by: 1)].shape == [0, 4])
    #expect(failure(x[stride(from: 2, to: 0, by: -1)]) != nil)
    #expect(failure(x[stride(from: 0, to: 5, by: 2)]) != nil)
  }

  @Test func wholeAxes() throws {
    #expect(try x[...].shape == [3, 4])
    #expect(try ints(x[..., 0]) == [0, 4, 8])
    #expect(try ints(x[..., 1..<2]) == [1, 5, 9])
    let cube = Tensor.zeros([2, 3, 4])
    #expect(try cube[0, ...].shape == [3, 4])
    #expect(try cube[0, ..., 0].shape == [3])
    #expect(try cube[..., 0, 0].shape == [2])
  }

  @Test func newAxes() throws {
    #expect(try x[.newAxis].shape == [1, 3, 4])
    #expect(try x[0..., .newAxis].shape == [3, 1, 4])
    #expect(try x[..., .newAxis].shape == [3, 4, 1])
    #expect(try x[0, .newAxis, 1...].shape == [1, 3])
  }

  @Test func outOfRange() {
    #expect(
      failure(x[3])
        == "C2: position 3 is out of range along axis 0 of i32[3,4] (slice of i32[3,4])")
    #expect(failure(x[0, -5]) != nil)
    #expect(
      failure(x[2..<4])
        == "C2: slice of i32[3,4] needs 0 ≤ start ≤ limit ≤ 3 along axis 0, found 2 and 4 "
        + "(slice of i32[3,4])")
    #expect(failure(x[4...]) != nil)
    #expect(failure(x[0, 1, 0]) != nil)
    #expect(failure(x[0...Int.max]) == nil)
  }

  @Test func gradientsGoBackToTheirPlaces() throws {
    let y = Tensor([1, 2, 3] as [Float])
    let g = try grad(of: { (y: Tensor) in (y[1...] * y[..<2]).sum() })(y)
    #expect(try floats(g) == [2, 4, 2])
  }
}
