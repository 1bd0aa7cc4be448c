import TensorJIT
import Testing

/// Jacobian-vector products against derivatives that are known, and against reverse mode.
@Suite struct ForwardModeTests {
  @Test func alongADirection() throws {
    let x = Tensor([1, 2, 3] as [Double])
    let v = Tensor([1, 0, -2] as [Double])
    let (value, tangent) = try jvp(of: { (x: Tensor) in x * x * x }, at: x, along: v)
    #expect(try value.scalars(as: Double.self) == [1, 8, 27])
    #expect(try tangent.scalars(as: Double.self) == [3, 0, -54])
  }

  @Test func ofFunctionsWithSeveralResults() throws {
    let x = Tensor([0.5, 2] as [Double])
    let y = Tensor([3, -1] as [Double])
    let (value, tangent) = try jvp(
      of: { (p: Pair<Tensor, Tensor>) in
        Pair(p.first * p.second, Pair(p.first.exp().sum(), (p.second .> 0).converted(to: .f64)))
      },
      at: Pair(x, y), along: Pair(Tensor([1, 1] as [Double]), Tensor([2, 0] as [Double])))
    #expect(try value.first.scalars(as: Double.self) == [1.5, -2])
    #expect(try tangent.first.scalars(as: Double.self) == [4, -1])
    let expected = 1.6487212707001282 + 7.38905609893065
    #expect(try abs(tangent.second.first.scalar(as: Double.self) - expected) < 1e-14)
    #expect(try tangent.second.second.scalars(as: Double.self) == [0, 0])
  }

  @Test func agreesWithReverseMode() throws {
    let w = Tensor.normal([4, 3], key: RandomKey(1), elementType: .f64)
    let v = Tensor.normal([4, 3], key: RandomKey(2), elementType: .f64)
    let x = Tensor.normal([5, 4], key: RandomKey(3), elementType: .f64)
    let loss = { (w: Tensor) in x.matmul(w).tanh().softmax().square().sum() }
    let forward = try jvp(of: loss, at: w, along: v).tangent.scalar(as: Double.self)
    let reverse = try (grad(of: loss)(w) * v).sum().scalar(as: Double.self)
    #expect(abs(forward - reverse) < 1e-12 * max(1, abs(reverse)))
  }

  @Test func nests() throws {
    // d²/dx² of x⁴ along 1, by forward over forward and forward over reverse.
    let x = Tensor([2] as [Double])
    let one = Tensor([1] as [Double])
    let first = { (x: Tensor) throws -> Tensor in
      try jvp(of: { (x: Tensor) in x * x * x * x }, at: x, along: one).tangent
    }
    #expect(try jvp(of: first, at: x, along: one).tangent.scalars(as: Double.self) == [48])
    let quartic = { (x: Tensor) in (x * x * x * x).sum() }
    #expect(
      try hessianVectorProduct(of: quartic, at: x, along: one).scalars(as: Double.self) == [48])
    #expect(try grad(of: { try first($0).sum() })(x).scalars(as: Double.self) == [48])
  }

  @Test func insideJit() throws {
    let tangent = jit { (x: Tensor, v: Tensor) in
      try jvp(of: { (x: Tensor) in x.sqrt() }, at: x, along: v).tangent
    }
    let x = Tensor([4, 16] as [Float])
    #expect(try tangent(x, Tensor([1, 8] as [Float])).scalars(as: Float.self) == [0.25, 1])
  }

  @Test func withoutDependenceItIsZero() throws {
    let x = Tensor([4, 16] as [Float])
    let (_, tangent) = try jvp(
      of: { (_: Tensor) in Tensor([1, 2, 3] as [Float]) }, at: x, along: x)
    #expect(try tangent.scalars(as: Float.self) == [0, 0, 0])
  }

  @Test func directionsMustFit() {
    let x = Tensor([4, 16] as [Float])
    #expect(throws: TensorError.self) {
      try jvp(of: { (x: Tensor) in x }, at: x, along: Tensor([1] as [Float]))
    }
    #expect(throws: TensorError.self) {
      try jvp(of: { (x: [Tensor]) in x[0] }, at: [x, x], along: [x])
    }
  }
}
