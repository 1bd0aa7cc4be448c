import TensorJIT
import Testing

/// Repeating, rotating, cutting, diagonals; the values are NumPy's.
@Suite struct RearrangingTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]])

  @Test func tiling() throws {
    #expect("\(Tensor([1, 2]).tiled(3))" == "[1 2 1 2 1 2]")
    #expect("\(Tensor([1, 2]).tiled(2, 2))" == "[[1 2 1 2]\n [1 2 1 2]]")
    #expect("\(x.tiled(2))" == "[[1 2 3 1 2 3]\n [4 5 6 4 5 6]]")
    #expect(try x.tiled(0, 1).shape == [0, 3])
    #expect(failure(x.tiled(-1))?.contains("counts of at least 0, found -1") == true)
  }

  @Test func repeating() throws {
    #expect("\(x.repeated(2, axis: 1))" == "[[1 1 2 2 3 3]\n [4 4 5 5 6 6]]")
    #expect("\(x.repeated(2, axis: 0))" == "[[1 2 3]\n [1 2 3]\n [4 5 6]\n [4 5 6]]")
    #expect(failure(x.repeated(-2, axis: 0))?.contains("found -2") == true)
  }

  @Test func rolling() throws {
    #expect("\(x.rolled(by: 1, axis: 1))" == "[[3 1 2]\n [6 4 5]]")
    #expect("\(x.rolled(by: -4, axis: -1))" == "[[2 3 1]\n [5 6 4]]")
    #expect("\(x.rolled(by: 2, axis: 0))" == "[[1 2 3]\n [4 5 6]]")
  }

  @Test func splitting() throws {
    let parts = Tensor.arange(6).split(into: 3)
    #expect(parts.map { "\($0)" } == ["[0 1]", "[2 3]", "[4 5]"])
    let uneven = Tensor.arange(6).split(at: [1, 4])
    #expect(uneven.map { "\($0)" } == ["[0]", "[1 2 3]", "[4 5]"])
    #expect(
      x.split(into: 3, axis: -1).map { "\($0)" } == ["[[1]\n [4]]", "[[2]\n [5]]", "[[3]\n [6]]"])
    #expect(failure(x.split(into: 2, axis: 1)[0])?.contains("multiple of the 2 parts") == true)
    #expect(failure(x.split(at: [2, 1], axis: 1)[0])?.contains("ascend") == true)
  }

  @Test func diagonals() throws {
    #expect("\(x.diagonal())" == "[1 5]")
    #expect("\(x.diagonal(offset: 1))" == "[2 6]")
    #expect("\(x.diagonal(offset: 2))" == "[3]")
    #expect("\(x.diagonal(offset: -1))" == "[4]")
    #expect(try x.diagonal(offset: 3).shape == [0])
    #expect(try x.trace().scalar(as: Int32.self) == 6)
    #expect("\(Tensor([7, 8]).diagonalMatrix())" == "[[7 0]\n [0 8]]")
    #expect("\(Tensor([7, 8]).diagonalMatrix(offset: 1))" == "[[0 7 0]\n [0 0 8]\n [0 0 0]]")
    #expect("\(Tensor([7, 8]).diagonalMatrix(offset: -1))" == "[[0 0 0]\n [7 0 0]\n [0 8 0]]")
  }

  @Test func triangles() throws {
    #expect("\(x.lowerTriangle())" == "[[1 0 0]\n [4 5 0]]")
    #expect("\(x.upperTriangle())" == "[[1 2 3]\n [0 5 6]]")
    #expect("\(x.upperTriangle(offset: 1))" == "[[0 2 3]\n [0 0 6]]")
    #expect("\(x.lowerTriangle(offset: -1))" == "[[0 0 0]\n [4 0 0]]")
    #expect(failure(Tensor([1, 2]).lowerTriangle())?.contains("at least two axes") == true)
  }

  @Test func gradientsFollowTheElements() throws {
    let x = Tensor([[1, 2], [3, 4]] as [[Float]])
    let weights = Tensor([1, 10] as [Float])
    let gradient = try grad(of: { (x: Tensor) in (x.diagonal() * weights).sum() })(x)
    #expect("\(gradient)" == "[[ 1.  0.]\n [ 0. 10.]]")
    let tiled = try grad(of: { (x: Tensor) in (x.tiled(2, 1) * 3).sum() })(x)
    #expect("\(tiled)" == "[[6. 6.]\n [6. 6.]]")
  }
}
