import ScalarIR
import Testing

/// The reference algorithms of linear algebra by what defines their results.
@Suite struct MatrixRoutineTests {
  private static let shapes = [
    (1, 1), (2, 2), (3, 3), (8, 8), (1, 5), (5, 1), (7, 3), (3, 7), (12, 11), (11, 12),
  ]

  private struct Noise {
    var state: UInt64

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int64(state >> 33) - (1 << 30)) / Double(1 << 30)
    }
  }

  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> [Double] {
    var noise = Noise(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 1)
    return (0..<(rows * columns)).map { _ in noise.next() }
  }

  private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    (0..<(m * n)).map { place in
      (0..<k).reduce(0) { $0 + a[place / n * k + $1] * b[$1 * n + place % n] }
    }
  }

  private func transposed(_ a: [Double], _ m: Int, _ n: Int) -> [Double] {
    (0..<(m * n)).map { a[$0 % m * n + $0 / m] }
  }

  private func identity(_ n: Int) -> [Double] {
    (0..<(n * n)).map { $0 / n == $0 % n ? 1 : 0 }
  }

  private func expectNear(
    _ a: [Double], _ b: [Double], tolerance: Double = 1e-13,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(a.count == b.count, sourceLocation: sourceLocation)
    let difference = zip(a, b).map { ($0 - $1).magnitude }.max() ?? 0
    #expect(difference <= tolerance, sourceLocation: sourceLocation)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func orthogonalTriangular(_ seed: UInt64) {
    for (m, n) in Self.shapes {
      let x = matrix(m, n, seed: seed)
      let k = min(m, n)
      let results = MatrixRoutine.qr.evaluate([x], rows: m, columns: n)
      expectNear(product(results[0], results[1], m, k, n), x)
      expectNear(product(transposed(results[0], m, k), results[0], k, m, k), identity(k))
      for row in 0..<k {
        #expect(results[1][row * n + row] >= 0)
        for column in 0..<row { #expect(results[1][row * n + column] == 0) }
      }
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func singularValues(_ seed: UInt64) {
    for (m, n) in Self.shapes {
      var x = matrix(m, n, seed: seed)
      // Of every second seed, two equal rows: a singular value of 0.
      if seed % 2 == 0, m > 1 { for column in 0..<n { x[column] = x[n + column] } }
      let k = min(m, n)
      let results = MatrixRoutine.svd.evaluate([x], rows: m, columns: n)
      let (u, s, vt) = (results[0], results[1], results[2])
      let scaled = u.enumerated().map { $1 * s[$0 % k] }
      expectNear(product(scaled, vt, m, k, n), x)
      expectNear(product(transposed(u, m, k), u, k, m, k), identity(k))
      if seed % 2 == 1 || m == 1 || m > n {
        expectNear(product(vt, transposed(vt, k, n), k, n, k), identity(k))
      }
      #expect(zip(s, s.dropFirst()).allSatisfy { $0 >= $1 } && s.allSatisfy { $0 >= 0 })
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func eigenvalues(_ seed: UInt64) {
    for n in [1, 2, 3, 7, 12] {
      let x = matrix(n, n, seed: seed)
      let symmetric = zip(x, transposed(x, n, n)).map { ($0 + $1) / 2 }
      let results = MatrixRoutine.eigh.evaluate([x], rows: n, columns: n)
      let (w, v) = (results[0], results[1])
      let scaled = v.enumerated().map { $1 * w[$0 % n] }
      expectNear(product(symmetric, v, n, n, n), scaled)
      expectNear(product(transposed(v, n, n), v, n, n, n), identity(n))
      #expect(zip(w, w.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func sizesFarFromOne() {
    for scale in [0x1p-1060, 0x1p-540, 0x1p540, 0x1p1020] {
      let x = [3, 1, 1, -2].map { $0 * scale }
      let s = MatrixRoutine.svd.evaluate([x], rows: 2, columns: 2)[1].map { $0 / scale }
      expectNear(s, [3.1925824035672521, 2.1925824035672521], tolerance: 1e-3)
      let w = MatrixRoutine.eigh.evaluate([x], rows: 2, columns: 2)[0].map { $0 / scale }
      expectNear(w, [-2.1925824035672521, 3.1925824035672521], tolerance: 1e-3)
      let r = MatrixRoutine.qr.evaluate([x], rows: 2, columns: 2)[1].map { $0 / scale }
      expectNear(
        r, [3.1622776601683795, 0.31622776601683794, 0, 2.2135943621178655], tolerance: 1e-3)
    }
  }

  @Test func roundedOnce() {
    let bits = [1.0, 0, 0, 2].map { UInt64(Float($0).bitPattern) }
    let l = MatrixRoutine.cholesky.evaluate([bits], .f32, batch: 1, rows: 2, columns: 2)[0]
    #expect(l[3] == UInt64(Float(2).squareRoot().bitPattern))
  }
}
