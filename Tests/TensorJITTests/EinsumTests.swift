import TensorJIT
import Testing

/// Products over named axes; the values are NumPy's.
@Suite struct EinsumTests {
  let a = Tensor([[1, 2, 3], [4, 5, 6]])
  let b = Tensor([[1, 2], [3, 4], [5, 6]])

  @Test func products() throws {
    #expect("\(einsum("ij,jk->ik", a, b))" == "[[22 28]\n [49 64]]")
    #expect("\(einsum("ij,jk", a, b))" == "[[22 28]\n [49 64]]")
    #expect("\(einsum("ij,jk->ki", a, b))" == "[[22 49]\n [28 64]]")
    #expect("\(einsum("ij,ij->i", a, a))" == "[14 77]")
    #expect("\(einsum("i,j->ij", Tensor([1, 2]), Tensor([3, 4])))" == "[[3 4]\n [6 8]]")
    #expect("\(einsum("ij,jk,kl->il", a, b, b.transposed()))" == "[[ 78 178 278]\n [177 403 629]]")
  }

  @Test func sumsDiagonalsAndTransposes() throws {
    let square = Tensor([[1, 2], [3, 4]])
    #expect("\(einsum("ii->i", square))" == "[1 4]")
    #expect("\(einsum("ii", square))" == "5")
    #expect("\(einsum("ij->ji", a))" == "[[1 4]\n [2 5]\n [3 6]]")
    #expect("\(einsum("ba", a))" == "[[1 4]\n [2 5]\n [3 6]]")
    #expect("\(einsum("ij->", a))" == "21")
  }

  @Test func unnamedAxes() throws {
    let x = Tensor.arange(12).reshaped(to: 2, 2, 3)
    #expect("\(einsum("...ij,jk->...ik", x, b))" == "\(x.matmul(b))")
    #expect("\(einsum("...i->...", x))" == "[[ 3 12]\n [21 30]]")
    #expect("\(einsum("b...,b...->...", a, a))" == "[17 29 45]")
  }

  @Test func gradients() throws {
    let x = Tensor([[1, 2], [3, 4]] as [[Float]])
    let gradient = try grad(of: { (x: Tensor) in einsum("ij,jk->ik", x, x).sum() })(x)
    #expect("\(gradient)" == "[[ 7. 11.]\n [ 9. 13.]]")
  }

  @Test func whatDoesNotFit() {
    #expect(failure(einsum("ij,jk->ik", a, a))?.contains("sizes 3 and 2 of one name") == true)
    #expect(failure(einsum("ij->ij", a, b))?.contains("each of the 2 operands") == true)
    #expect(failure(einsum("ijk->i", a))?.contains("names 3 axes of an operand that has 2") == true)
    #expect(failure(einsum("ij->ik", a))?.contains("no operand has") == true)
    #expect(failure(einsum("i1->i", a))?.contains("needs letters, found '1'") == true)
    #expect(failure(einsum("ij->ii", a))?.contains("twice") == true)
  }

  @Test func otherProducts() throws {
    #expect("\(a.tensorDot(b, axes: [1], with: [0]))" == "[[22 28]\n [49 64]]")
    #expect("\(a.tensorDot(a, axes: [0, 1], with: [0, 1]))" == "91")
    #expect("\(Tensor([1, 2]).outerProduct(Tensor([3, 4, 5])))" == "[[ 3  4  5]\n [ 6  8 10]]")
    #expect(
      "\(Tensor([[1, 2]]).kroneckerProduct(Tensor([[1], [10]])))" == "[[ 1  2]\n [10 20]]")
    #expect("\(Tensor([1, 2]).kroneckerProduct(Tensor([3, 4])))" == "[3 4 6 8]")
  }
}
