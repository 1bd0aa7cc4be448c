import TensorJIT
import Testing

@Suite struct ReductionTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])

  @Test func sums() throws {
    #expect(try x.sum().scalar(as: Float.self) == 21)
    #expect(try floats(x.sum(axis: 0)) == [5, 7, 9])
    #expect(try floats(x.sum(axis: -1)) == [6, 15])
    #expect(try x.sum(axes: 0, 1, keepingDims: true).shape == [1, 1])
    #expect(try x.sum(keepingDims: true).shape == [1, 1])
    #expect(try x.sum(axes: [-1], keepingDims: true).shape == [2, 1])
    #expect(try floats(x.sum(axes: [])) == [1, 2, 3, 4, 5, 6])
    #expect(try Tensor.zeros([0, 3]).sum(axis: 0).scalars(as: Float.self) == [0, 0, 0])
  }

  @Test func maxima() throws {
    #expect(try x.max().scalar(as: Float.self) == 6)
    #expect(try floats(x.max(axis: 0)) == [4, 5, 6])
    #expect(try floats(x.max(axes: 1)) == [3, 6])
    #expect(try floats(x.max(axes: [0], keepingDims: true)) == [4, 5, 6])
  }

  @Test func minimaAndProducts() throws {
    #expect(try x.min().scalar(as: Float.self) == 1)
    #expect(try floats(x.min(axis: -1)) == [1, 4])
    #expect(try floats(x.min(axes: [0], keepingDims: true)) == [1, 2, 3])
    #expect(try x.product().scalar(as: Float.self) == 720)
    #expect(try floats(x.product(axis: 0)) == [4, 10, 18])
    #expect(try x.product(axes: 0, 1, keepingDims: true).shape == [1, 1])
    #expect(
      try floats(grad(of: { (x: Tensor) in x.product(axis: 1).sum() })(x)) == [6, 3, 2, 30, 24, 20])
  }

  @Test func moments() throws {
    #expect(try x.mean().scalar(as: Float.self) == 3.5)
    #expect(try floats(x.mean(axis: 1)) == [2, 5])
    #expect(try floats(x.mean(axes: [0])) == [2.5, 3.5, 4.5])
    #expect(try floats(x.variance(axis: 0)) == [2.25, 2.25, 2.25])
    #expect(try floats(x.standardDeviation(axis: 0, keepingDims: true)) == [1.5, 1.5, 1.5])
    #expect(try x.variance().scalar(as: Float.self) == 35 / 12)
    #expect(try x.converted(to: .f16).mean().elementType == .f16)
    let many = Tensor.ones([100_000], elementType: .f16)
    #expect(try many.mean().scalar(as: Float16.self) == 1)
    #expect(
      failure(Tensor([1, 2]).mean())
        == "C1: mean needs floating elements, found i32[2] (mean of i32[2])")
  }

  @Test func truth() throws {
    let flags = Tensor([[true, false], [true, true]])
    #expect(try bools(flags.any(axes: 0)) == [true, true])
    #expect(try bools(flags.all(axes: 0)) == [true, false])
    #expect(try flags.any().scalar(as: Bool.self))
    #expect(try !flags.all().scalar(as: Bool.self))
    #expect(failure(x.any()) != nil)
  }

  @Test func positions() throws {
    let y = Tensor([[1, 5, 2], [7, 0, 7]] as [[Float]])
    #expect(try ints(y.argmax(axis: 1)) == [1, 0])
    #expect(try ints(y.argmax(axis: -2)) == [1, 0, 1])
    #expect(try y.argmax().scalar(as: Int32.self) == 3)
    #expect(try ints(y.argmin(axis: 0)) == [0, 1, 0])
    #expect(try y.argmin().scalar(as: Int32.self) == 4)
  }

  @Test func axesMustExist() {
    #expect(
      failure(x.sum(axis: 2))
        == "C2: reduce-sum of f32[2,3] needs axes in -2 ..< 2, found 2 (reduce-sum of f32[2,3])")
    #expect(
      failure(x.sum(axes: 0, -2))
        == "C2: reduce-sum of f32[2,3] needs distinct axes, found [0, -2] "
        + "(reduce-sum of f32[2,3])")
    #expect(failure(x.argmax(axis: -3)) != nil)
    #expect(failure(x.mean(axis: 5)) != nil)
    #expect(failure(x.softmax(axis: 5)) != nil)
  }
}
