import TensorJIT
import Testing

/// Scans, windows, padding and reversal.
@Suite struct WindowTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])

  @Test func scans() throws {
    #expect(try floats(x.cumulativeSum(axis: 1)) == [1, 3, 6, 4, 9, 15])
    #expect(try floats(x.cumulativeSum(axis: -1, reversed: true)) == [6, 5, 3, 15, 11, 6])
    #expect(try floats(x.cumulativeProduct(axis: 0)) == [1, 2, 3, 4, 10, 18])
    let y = Tensor([3, 1, 4, 1, 5] as [Float])
    #expect(try floats(y.cumulativeMax(axis: 0)) == [3, 3, 4, 4, 5])
    #expect(try floats(y.cumulativeMin(axis: 0, reversed: true)) == [1, 1, 1, 1, 5])
    let long = Tensor.ones([100_000])
    #expect(try floats(long.cumulativeSum(axis: 0)[-1]) == [100_000])
    #expect(
      failure(x.cumulativeSum(axis: 2))
        == "C2: cum-sum of f32[2,3] needs axes in -2 ..< 2, found 2 (cum-sum of f32[2,3])")
    #expect(failure(Tensor([true]).cumulativeMax(axis: 0)) != nil)
  }

  @Test func paddingAndReversal() throws {
    #expect(try floats(x.padded(before: [0, 1], after: [0, 0])) == [0, 1, 2, 3, 0, 4, 5, 6])
    #expect(try floats(x.padded(before: [-1, 0], after: [0, -1], with: 9)) == [4, 5])
    let value: Float = 7
    let spaced = Tensor([1, 2] as [Float]).padded(
      before: [0], after: [1], interior: [1], with: value)
    #expect(try floats(spaced) == [1, 7, 2, 7])
    #expect(try x.padded(by: 2).shape == [6, 7])
    #expect(failure(x.padded(before: [1], after: [0, 0])) != nil)
    #expect(failure(x.padded(before: [-3, 0], after: [0, 0])) != nil)
    #expect(try floats(x.reversed()) == [6, 5, 4, 3, 2, 1])
    #expect(try floats(x.reversed(axes: -1)) == [3, 2, 1, 6, 5, 4])
    #expect(try floats(x.reversed(axes: [])) == [1, 2, 3, 4, 5, 6])
    #expect(failure(x.reversed(axes: 0, -2)) != nil)
  }

  @Test func windows() throws {
    #expect(try floats(x.windowSum([2])) == [3, 5, 9, 11])
    #expect(try floats(x.windowMax([2, 2])) == [5, 6])
    #expect(try floats(x.windowMin([3], before: [1], after: [1])) == [1, 1, 2, 4, 4, 5])
    #expect(try floats(x.windowProduct([2], dilations: [2])) == [3, 24])
    #expect(try floats(x.windowSum([2], strides: [2], after: [1])) == [3, 3, 9, 6])
    #expect(failure(x.windowSum([1, 1, 1])) != nil)
    #expect(failure(x.windowSum([0])) != nil)
    #expect(failure(x.windowSum([2], strides: [1, 1])) != nil)
  }

  @Test func pooling() throws {
    let image = Tensor.arange(16).converted(to: .f32).reshaped(to: 1, 1, 4, 4)
    #expect(try floats(image.maxPooled([2, 2])) == [5, 7, 13, 15])
    #expect(try floats(image.averagePooled([2, 2])) == [2.5, 4.5, 10.5, 12.5])
    #expect(
      try floats(image.averagePooled([3, 3], strides: [3, 3], before: [1, 1], after: [1, 1]))
        == [2.5, 4.5, 10.5, 12.5])
    #expect(try floats(image.maxPooled([3, 3], strides: [1, 1])) == [10, 11, 14, 15])
    #expect(try image.converted(to: .f16).averagePooled([4, 4]).elementType == .f16)
    #expect(failure(Tensor([1, 2]).averagePooled([2])) != nil)
    let slope = try grad(of: { (x: Tensor) in x.maxPooled([2, 2]).sum() })(image)
    #expect(try floats(slope) == [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1])
  }
}
