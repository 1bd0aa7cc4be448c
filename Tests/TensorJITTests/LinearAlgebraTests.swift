import TensorJIT
import Testing

/// Linear algebra against values of NumPy and of gradients by JAX.
@Suite struct LinearAlgebraTests {
  private let a = Tensor([[2, -1, 0.5], [1, 3, -2], [0.25, 1, 1.5]] as [[Double]])
  private let definite = Tensor([[4, 2, 0], [2, 5, 1], [0, 1, 3]] as [[Double]])

  private func near(
    _ tensor: Tensor, _ expected: [Double], within tolerance: Double = 1e-12
  ) throws -> Bool {
    let found = try tensor.scalars(as: Double.self)
    return found.count == expected.count
      && zip(found, expected).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
  }

  @Test func factors() throws {
    #expect(try near(definite.cholesky(), [2, 0, 0, 1, 2, 0, 0, 0.5, 1.6583123951777]))
    #expect(try near(definite.eigh().w, [2, 3.2679491924311224, 6.732050807568877]))
    let (u, s, vt) = a.svd()
    #expect(try near(s, [3.799836173273499, 2.2070706406567084, 1.803492235479099]))
    #expect(try (u * s).matmul(vt).isClose(to: a, relativeTolerance: 1e-13))
    let (q, r) = a.qr()
    #expect(try q.matmul(r).isClose(to: a, relativeTolerance: 1e-13))
  }

  @Test func solutions() throws {
    let b = Tensor([1, 2, 3] as [Double])
    let expected = [0.7933884297520661, 1.140495867768595, 1.1074380165289257]
    #expect(try near(a.solve(b), expected))
    #expect(try near(a.solve(b.reshaped(to: 3, 1)), expected))
    #expect(
      try near(
        a.inverse(),
        [
          0.4297520661157025, 0.1322314049586777, 0.03305785123966942, -0.1322314049586777,
          0.1900826446280992, 0.2975206611570248, 0.016528925619834704, -0.14876033057851237,
          0.4628099173553719,
        ]))
    let batch = [a, definite].stacked(axis: 0)
    let both = batch.solve(b.reshaped(to: 3, 1))
    #expect(try both.shape == [2, 3, 1])
    #expect(try near(both[0], expected))
    let lower = definite.cholesky()
    let twice = lower.triangularSolve(lower.triangularSolve(b.reshaped(to: 3, 1)), transposed: true)
    #expect(try twice.isClose(to: definite.solve(b).reshaped(to: 3, 1), relativeTolerance: 1e-12))
  }

  @Test func determinants() throws {
    #expect(try near(a.determinant(), [15.125]))
    #expect(try near(a.transposed().determinant(), [15.125]))
    #expect(try near([a[1], a[0], a[2]].stacked(axis: 0).determinant(), [-15.125]))
    #expect(try near(a.logDeterminant(), [2.716349003916905]))
    #expect(try near([a, definite].stacked(axis: 0).determinant(), [15.125, 44]))
    #expect(try near(Tensor([[0, 1], [1, 0]] as [[Double]]).determinant(), [-1]))
    #expect(try near(Tensor([[-3]] as [[Double]]).determinant(), [-3]))
    #expect(try near(Tensor.eye(5, elementType: .f64).determinant(), [1]))
    #expect(try near((-Tensor.eye(5, elementType: .f64)).determinant(), [-1]))
    #expect(try near((-Tensor.eye(4, elementType: .f64)).determinant(), [1]))
    #expect(try near(Tensor([[1, 2], [2, 4]] as [[Double]]).determinant(), [0]))
    #expect(try near(Tensor.zeros([0, 0], elementType: .f64).determinant(), [1]))
    #expect(
      try Tensor([[.nan, 2], [2, 4]] as [[Double]]).determinant().scalar(as: Double.self).isNaN)
  }

  /// Every orthogonal matrix that permutes axes and changes signs has a known determinant.
  @Test func signsOfPermutations() throws {
    for order in 2...6 {
      for shift in 0..<order {
        for flipped in 0..<order {
          var entries = [Double](repeating: 0, count: order * order)
          for row in 0..<order {
            entries[row * order + (row + shift) % order] = row < flipped ? -1 : 1
          }
          let sign = (shift * (order - 1) + flipped) % 2 == 0 ? 1.0 : -1
          let matrix = Tensor(entries, shape: [order, order])
          #expect(try near(matrix.determinant(), [sign]), "\(order) \(shift) \(flipped)")
        }
      }
    }
  }

  @Test func norms() throws {
    #expect(try near(a.norm(), [4.75]))
    #expect(try floats(Tensor([[3, 4], [0, 0]] as [[Float]]).norm(axis: 1)) == [5, 0])
    #expect(try Tensor.ones([2, 3]).norm(axes: [0, 1], keepingDims: true).shape == [1, 1])
    let g = try grad(of: { (x: Tensor) in x.norm(axis: 1).sum() })(
      Tensor([[3, 4], [0, 0]] as [[Double]]))
    #expect(try near(g, [0.6, 0.8, 0, 0]))
  }

  @Test func gradients() throws {
    let ofDeterminant = try grad(of: { (x: Tensor) in x.determinant() })(a)
    #expect(try near(ofDeterminant, [6.5, -2, 0.25, 2, 2.875, -2.25, 0.5, 4.5, 7]))
    let ofLogarithm = try grad(of: { (x: Tensor) in x.logDeterminant() })(a)
    #expect(try (ofLogarithm * 15.125).isClose(to: ofDeterminant, relativeTolerance: 1e-12))
    let ofSolution = try grad(of: { (pair: Pair<Tensor, Tensor>) in
      pair.first.solve(pair.second).square().sum()
    })(Pair(a, Tensor([[1, 2], [0, 1], [3, -1]] as [[Double]])))
    #expect(
      try near(
        ofSolution.first,
        [
          -1.02456082517057, 0.10782355222315243, 0.10106341243682843, -0.27830371068227394,
          0.0974112661093804, 0.14910014388440485, -0.28090029076052137, -1.617235872769834,
          -2.9130015844783217,
        ]))
    #expect(
      try near(
        ofSolution.second,
        [
          0.29997950959633907, 0.9032169033747696, 0.010928215285841092, 0.2842702001229424,
          1.7878560207636092, -0.6933952598866199,
        ], within: 1e-6))
    let twice = grad(of: { (x: Tensor) in
      try grad(of: { (x: Tensor) in x.logDeterminant() })(x).sum()
    })
    // The second derivative of log det at the identity, in the direction of ones: −1 everywhere.
    #expect(try near(twice(Tensor.eye(2, elementType: .f64)), [-1, -1, -1, -1]))
  }

  /// Large matrices and many of them, on several threads, by what defines their factors.
  @Test func largeOnes() throws {
    let key = RandomKey(3).split(into: 2)
    let x = Tensor.normal([200, 150], key: key[0], elementType: .f64)
    let (u, s, vt) = x.svd()
    #expect(
      try (u * s).matmul(vt).isClose(to: x, relativeTolerance: 1e-9, absoluteTolerance: 1e-11))
    let (q, r) = x.qr()
    #expect(try q.matmul(r).isClose(to: x, relativeTolerance: 1e-9, absoluteTolerance: 1e-11))
    let many = Tensor.normal([300, 12, 12], key: key[1], elementType: .f64)
    let symmetric = many + many.swappingAxes(1, 2)
    let (w, v) = symmetric.eigh()
    let difference = symmetric.matmul(v) - v * w.expandingDims(at: 1)
    #expect(try difference.abs().max().scalar(as: Double.self) < 1e-11)
    let solved = many.matmul(many.solve(symmetric))
    #expect(
      try solved.isClose(to: symmetric, relativeTolerance: 1e-7, absoluteTolerance: 1e-8))
  }

  @Test func whatIsNotFinite() throws {
    for bad in [Double.nan, .infinity, -.infinity] {
      let x = Tensor([[[1, bad], [2, 3]], [[2, 0], [0, 1]]] as [[[Double]]])
      let (q, _) = x.qr()
      #expect(try q[0].scalars(as: Double.self).allSatisfy(\.isNaN))
      #expect(try near(q[1], [1, 0, 0, 1]))
      #expect(try x.svd().s[0].scalars(as: Double.self).allSatisfy(\.isNaN))
      #expect(try near(x.svd().s[1], [2, 1]))
      #expect(try x.eigh().v[0].scalars(as: Double.self).allSatisfy(\.isNaN))
      #expect(try near(x.eigh().w[1], [1, 2]))
      #expect(try near(x.cholesky()[1], [1.4142135623730951, 0, 0, 1]))
      #expect(
        try x.solve(Tensor([[1], [1]] as [[Double]]))[0].scalars(as: Double.self).allSatisfy(
          \.isNaN))
    }
  }

  @Test func whatDoesNotFit() throws {
    let flat = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    #expect(failure(flat.cholesky())?.hasPrefix("C2: cholesky needs square matrices") == true)
    #expect(failure(flat.inverse())?.hasPrefix("C2: inverse needs square matrices") == true)
    #expect(failure(flat.determinant()) != nil)
    #expect(failure(flat.logDeterminant()) != nil)
    #expect(failure(flat.solve(flat)) != nil)
    #expect(failure(Tensor([1, 2] as [Float]).qr().r)?.hasPrefix("C2: qr needs two axes") == true)
    #expect(failure(Tensor([[1, 2]]).svd().vt)?.hasPrefix("C1: svd needs f32 or f64") == true)
    #expect(failure(a.triangularSolve(Tensor([[1], [2]] as [[Double]]))) != nil)
    #expect(
      failure(Tensor.ones([2, 3, 3]).triangularSolve(Tensor.ones([4, 3, 1])))?
        .hasPrefix("C4: triangular-solve needs leading axes that broadcast") == true)
  }
}
