import TensorJIT
import Testing

/// Matrices of derivatives against those that are known.
@Suite struct JacobianTests {
  @Test func ofAVectorFunction() throws {
    let a = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    let linear = jacobian(of: { (x: Tensor) in a.matmul(x) })
    let found = try linear(Tensor([1, 1, 1] as [Float]))
    #expect("\(found)" == "[[1. 2. 3.]\n [4. 5. 6.]]")
    let squares = try jacobian(of: { (x: Tensor) in x * x })(Tensor([1, 2, 3] as [Float]))
    #expect("\(squares)" == "[[2. 0. 0.]\n [0. 4. 0.]\n [0. 0. 6.]]")
  }

  @Test func ofSeveralArguments() throws {
    let f = { (p: Pair<Tensor, Tensor>) in p.first * p.second.sum() }
    let found = try jacobian(of: f)(
      Pair(Tensor([1, 2] as [Double]), Tensor([[3], [4]] as [[Double]])))
    #expect(try found.first.shape == [2, 2])
    #expect(try found.first.scalars(as: Double.self) == [7, 0, 0, 7])
    #expect(try found.second.shape == [2, 2, 1])
    #expect(try found.second.scalars(as: Double.self) == [1, 1, 2, 2])
  }

  @Test func ofAScalarAndOfNothing() throws {
    let x = Tensor([2, 3] as [Float])
    #expect("\(try jacobian(of: { (x: Tensor) in (x * x).sum() })(x))" == "[4. 6.]")
    let none = try jacobian(of: { (x: Tensor) in x[0..<0] })(x)
    #expect(try none.shape == [0, 2])
    let constant = try jacobian(of: { (_: Tensor) in Tensor([1, 2, 3] as [Float]) })(x)
    #expect(try constant.scalars(as: Float.self) == [Float](repeating: 0, count: 6))
  }

  @Test func secondDerivatives() throws {
    // x₀² x₁ + x₁³
    let f = { (x: Tensor) in x[0] * x[0] * x[1] + x[1] * x[1] * x[1] }
    let x = Tensor([2, 3] as [Double])
    let second = try hessian(of: f)(x)
    #expect(try second.scalars(as: Double.self) == [6, 4, 4, 18])
    let v = Tensor([1, -1] as [Double])
    let product = try hessianVectorProduct(of: f, at: x, along: v)
    #expect(try product.scalars(as: Double.self) == [2, -14])
    let compiled = jit { (x: Tensor) in try hessian(of: f)(x) }
    #expect(try compiled(x).scalars(as: Double.self) == [6, 4, 4, 18])
  }

  @Test func ofANetwork() throws {
    let w = Tensor.normal([4, 3], key: RandomKey(1), elementType: .f64)
    let x = Tensor.normal([3], key: RandomKey(2), elementType: .f64)
    let f = { (x: Tensor) in w.matmul(x).tanh() }
    let matrix = try jacobian(of: f)(x)
    let y = w.matmul(x).tanh()
    let expected = (1 - y * y).expandingDims(at: 1) * w
    #expect(try matrix.isClose(to: expected, relativeTolerance: 1e-12, absoluteTolerance: 1e-14))
  }

  @Test func integersHaveNone() {
    #expect(throws: TensorError.self) {
      try jacobian(of: { (x: Tensor) in (x .> 0).converted(to: .i32) })(Tensor([1] as [Float]))
    }
  }
}
