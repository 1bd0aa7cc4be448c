import TensorJIT
import Testing

@Suite struct ShapeTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])

  @Test func types() throws {
    #expect(try x.shape == [2, 3])
    #expect(try x.rank == 2)
    #expect(try x.elementCount == 6)
    #expect(try Tensor(1.5).elementCount == 1)
    #expect(try x.elementType == .f32)
  }

  @Test func reshaping() throws {
    #expect(try x.reshaped(to: 3, 2).shape == [3, 2])
    #expect(try x.reshaped(to: [-1, 2]).shape == [3, 2])
    #expect(try x.reshaped(to: -1).shape == [6])
    #expect(try floats(x.flattened()) == [1, 2, 3, 4, 5, 6])
    #expect(try Tensor(1.5).reshaped(to: -1, 1).shape == [1, 1])
    #expect(try Tensor.zeros([0, 3]).reshaped(to: -1, 3).shape == [0, 3])
    #expect(
      failure(x.reshaped(to: 4, 2))
        == "C1: reshape needs as many elements as before, found f32[2,3] to [4,2] "
        + "(reshape of f32[2,3])")
  }

  @Test(arguments: [[-1, -1], [-1, 4], [-1, 0], [-2, -3], [-1, -6], [.max, .max, -1]])
  func impossibleShapes(_ sizes: [Int]) {
    #expect(failure(x.reshaped(to: sizes))?.contains("f32[2,3]") == true)
  }

  @Test func transposing() throws {
    #expect(try floats(x.transposed()) == [1, 4, 2, 5, 3, 6])
    let cube = Tensor.zeros([2, 3, 4])
    #expect(try cube.transposed(axes: 2, 0, 1).shape == [4, 2, 3])
    #expect(try cube.transposed(axes: [0, -1, 1]).shape == [2, 4, 3])
    #expect(try cube.swappingAxes(0, -1).shape == [4, 3, 2])
    #expect(failure(cube.transposed(axes: 0, 1)) != nil)
    #expect(failure(cube.transposed(axes: 0, 1, 1)) != nil)
    #expect(failure(cube.swappingAxes(0, 3)) != nil)
  }

  @Test func axesOfSizeOne() throws {
    let y = Tensor.zeros([1, 2, 1])
    #expect(try y.squeezed().shape == [2])
    #expect(try y.squeezed(-1).shape == [1, 2])
    #expect(try y.squeezed(0, 2).shape == [2])
    #expect(try y.expandingDims(at: 0).shape == [1, 1, 2, 1])
    #expect(try x.expandingDims(at: -1).shape == [2, 3, 1])
    #expect(
      failure(y.squeezed(1))
        == "C1: squeeze of f32[1,2,1] needs axes of size 1, found axis 1 (squeeze of f32[1,2,1])")
    #expect(failure(x.expandingDims(at: 4)) != nil)
  }

  @Test func broadcasting() throws {
    #expect(try floats(Tensor([1, 2] as [Float]).broadcast(to: 2, 2)) == [1, 2, 1, 2])
    #expect(try Tensor(2.5).broadcast(to: [3]).scalars(as: Float.self) == [2.5, 2.5, 2.5])
    #expect(failure(x.broadcast(to: 2, 4)) != nil)
    #expect(failure(x.broadcast(to: 3)) != nil)
  }

  @Test func joining() throws {
    #expect(try [x, x].concatenated().shape == [4, 3])
    #expect(try floats([x, x[0..., 0..<1]].concatenated(axis: -1)) == [1, 2, 3, 1, 4, 5, 6, 4])
    #expect(try [x, x, x].stacked().shape == [3, 2, 3])
    #expect(try floats([x[0], x[1]].stacked(axis: -1)) == [1, 4, 2, 5, 3, 6])
    #expect(failure([x, x[0]].concatenated()) != nil)
    #expect(failure(([] as [Tensor]).concatenated()) != nil)
    #expect(failure([x, x].concatenated(axis: 2)) != nil)
    #expect(failure([x, Tensor([1])].stacked()) != nil)
  }
}

@Suite struct ProductTests {
  let a = Tensor([[1, 2], [3, 4]] as [[Float]])
  let v = Tensor([1, -1] as [Float])

  @Test func matrices() throws {
    #expect(try floats(a.matmul(a)) == [7, 10, 15, 22])
    #expect(try floats(a.matmul(v)) == [-1, -1])
    #expect(try floats(v.matmul(a)) == [-2, -2])
    #expect(try v.matmul(v).scalar(as: Float.self) == 2)
    #expect(try floats(a.transposed().matmul(a)) == [10, 14, 14, 20])
    #expect(try floats(a.matmul(a.transposed())) == [5, 11, 11, 25])
    let batch = [a, -a].stacked()
    #expect(try floats(batch.matmul(a)) == [7, 10, 15, 22, -7, -10, -15, -22])
    #expect(try Tensor.zeros([5, 1, 2, 3]).matmul(.zeros([4, 3, 6])).shape == [5, 4, 2, 6])
  }

  @Test func dotProducts() throws {
    #expect(try v.dot(v).scalar(as: Float.self) == 2)
    #expect(try floats(a.dot(v)) == [-1, -1])
    #expect(try floats(a.dot(2)) == [2, 4, 6, 8])
    #expect(try Tensor.zeros([2, 3]).dot(.zeros([4, 3, 5])).shape == [2, 4, 5])
  }

  @Test func whatDoesNotFit() {
    #expect(
      failure(a.matmul(Tensor.zeros([3, 2])))
        == "C3: matmul needs as many columns in a as rows in b, found f32[2,2] and f32[3,2] "
        + "(matmul of f32[2,2], f32[3,2])")
    #expect(failure(a.matmul(2)) != nil)
    #expect(failure(a.matmul(a.converted(to: .f64))) != nil)
    #expect(failure(a.dot(Tensor.zeros([3, 2]))) != nil)
  }
}
