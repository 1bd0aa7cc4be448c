import DeviceRuntime
import Glibc
import Testing

@Suite struct OpenBLASTests {
  private static let pool = WorkerPool(threads: 2)

  /// Numbers in −1 ..< 1 that look random.
  private func noise<Scalar: GemmScalar>(_ count: Int, seed: UInt64) -> [Scalar] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Scalar(Int64(state >> 33) - (1 << 30)) / Scalar(1 << 30)
    }
  }

  /// Multiplies by OpenBLAS and by three loops, and returns the largest difference.
  private func largestError<Scalar: GemmScalar>(
    _ shape: GemmShape, _ type: Scalar.Type, alpha: Scalar, beta: Scalar, threads: Int
  ) throws -> Double {
    let a: [Scalar] = noise(
      (shape.transposeA == .none ? shape.m : shape.k) * shape.strideA, seed: 1)
    let b: [Scalar] = noise(
      (shape.transposeB == .none ? shape.k : shape.n) * shape.strideB, seed: 2)
    let start: [Scalar] =
      beta == 0
      ? [Scalar](repeating: .nan, count: shape.m * shape.strideC)
      : noise(shape.m * shape.strideC, seed: 3)
    var c = start
    try a.withUnsafeBufferPointer { a in
      try b.withUnsafeBufferPointer { b in
        try c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          try OpenBLAS.shared().gemm(
            shape, alpha: alpha, GemmOperands(a: a, b: b, c: c), beta: beta,
            on: OpenBLASTests.pool, threads: threads)
        }
      }
    }
    let products = threeLoops(shape, a.map { Double($0) }, b.map { Double($0) })
    var largest = 0.0
    for row in 0..<shape.m {
      for column in 0..<shape.strideC {
        let place = row * shape.strideC + column
        if column < shape.n {
          let product = Double(alpha) * products[row * shape.n + column]
          let expected = product + (beta == 0 ? 0 : Double(beta) * Double(start[place]))
          let error = abs(Double(c[place]) - expected)
          largest = error.isNaN ? .infinity : max(largest, error)
        } else if c[place] != start[place], !start[place].isNaN {
          // What lies between the rows must stay as it was.
          return .infinity
        }
      }
    }
    return largest
  }

  /// op(A) · op(B), as it is defined.
  private func threeLoops(_ shape: GemmShape, _ a: [Double], _ b: [Double]) -> [Double] {
    var product = [Double](repeating: 0, count: shape.m * shape.n)
    let stepA = shape.transposeA == .none ? 1 : shape.strideA
    let stepB = shape.transposeB == .none ? shape.strideB : 1
    for row in 0..<shape.m {
      for column in 0..<shape.n {
        var left = shape.transposeA == .none ? row * shape.strideA : row
        var right = shape.transposeB == .none ? column : column * shape.strideB
        var sum = 0.0
        for _ in 0..<shape.k {
          sum += a[left] * b[right]
          left += stepA
          right += stepB
        }
        product[row * shape.n + column] = sum
      }
    }
    return product
  }

  @Test(arguments: GemmShape.Transpose.allCases, GemmShape.Transpose.allCases)
  func productsAgreeWithThreeLoops(a: GemmShape.Transpose, b: GemmShape.Transpose) throws {
    let sizes = [(1, 1, 1), (3, 5, 7), (17, 1, 33), (1, 40, 19), (33, 65, 17), (64, 64, 64)]
    for (m, n, k) in sizes {
      let shape = GemmShape(m: m, n: n, k: k, transposeA: a, transposeB: b)
      for threads in [1, 2] {
        #expect(try largestError(shape, Float.self, alpha: 1, beta: 0, threads: threads) < 2e-5)
        #expect(try largestError(shape, Float.self, alpha: 0.5, beta: 2, threads: threads) < 2e-5)
        #expect(try largestError(shape, Double.self, alpha: 1, beta: 0, threads: threads) < 1e-13)
      }
    }
  }

  @Test(arguments: GemmShape.Transpose.allCases, GemmShape.Transpose.allCases)
  func splitProductsAgreeWithThreeLoops(
    a: GemmShape.Transpose, b: GemmShape.Transpose
  ) throws {
    for (m, n) in [(131, 67), (50, 190)] {
      let packed = GemmShape(m: m, n: n, k: 240, transposeA: a, transposeB: b)
      let spaced = GemmShape(
        m: m, n: n, k: 240, transposeA: a, transposeB: b, strideA: packed.strideA + 3,
        strideB: packed.strideB + 5, strideC: packed.strideC + 7)
      #expect(packed.operationCount > 4_000_000)
      for shape in [packed, spaced] {
        #expect(try largestError(shape, Float.self, alpha: 1, beta: 0, threads: 2) < 1e-4)
        #expect(try largestError(shape, Double.self, alpha: 1, beta: 1, threads: 2) < 1e-12)
      }
    }
  }

  @Test func emptyProductsClearOrScaleTheResult() throws {
    let shape = GemmShape(m: 2, n: 3, k: 0)
    let operand: [Float] = [0]
    for (beta, expected) in [(Float(0), Float(0)), (1, 4), (0.5, 2)] {
      var c = [Float](repeating: 4, count: 6)
      try c.withUnsafeMutableBufferPointer { c in
        try operand.withUnsafeBufferPointer { operand in
          guard let c = c.baseAddress, let operand = operand.baseAddress else { return }
          try OpenBLAS.shared().gemm(
            shape, GemmOperands(a: operand, b: operand, c: c), beta: beta,
            on: OpenBLASTests.pool, threads: 2)
        }
      }
      #expect(c == [Float](repeating: expected, count: 6))
    }
  }

  @Test func sizesThatBLASCannotTakeThrow() {
    let huge = Int(Int32.max) + 1
    var element: Float = 1
    withUnsafeMutablePointer(to: &element) { element in
      let operands = GemmOperands(a: element, b: element, c: element)
      for shape in [
        GemmShape(m: huge, n: 0, k: 1), GemmShape(m: 1, n: 1, k: -1),
        GemmShape(m: 1, n: 8, k: 1, strideC: 4), GemmShape(m: 1, n: 1, k: 1, strideA: huge),
      ] {
        #expect(throws: RuntimeError.self) {
          try OpenBLAS.shared().gemm(shape, operands, on: OpenBLASTests.pool, threads: 1)
        }
      }
    }
  }

  @Test func theRightCoreIsChosen() throws {
    func processor(_ vendor: String, _ flags: String) -> HostProcessor {
      HostProcessor(cpuInfo: "processor\t: 0\nvendor_id\t: \(vendor)\nflags\t\t: \(flags)\n\n")
    }
    let amd = "AuthenticAMD"
    #expect(OpenBLAS.coreType(for: processor(amd, "fma avx2")) == nil)
    #expect(OpenBLAS.coreType(for: processor(amd, "avx2 avx512f avx512vl")) == "SkylakeX")
    #expect(OpenBLAS.coreType(for: processor(amd, "avx512vl avx512_bf16")) == "Cooperlake")
    #expect(OpenBLAS.coreType(for: processor("GenuineIntel", "avx512vl avx512_bf16")) == nil)
    #expect(try !OpenBLAS.shared().coreName.isEmpty)
    // What the environment names, which is what was chosen unless the user has named another one.
    if OpenBLAS.coreType(for: .current()) != nil {
      let named = try #require(getenv("OPENBLAS_CORETYPE").map { String(cString: $0) })
      #expect(try OpenBLAS.shared().coreName.lowercased() == named.lowercased())
    }
  }

  @Test func aMissingLibraryIsReported() {
    let error = #expect(throws: RuntimeError.self) {
      try OpenBLAS(opening: "libno-such-blas.so.0")
    }
    #expect(error?.description.contains("libno-such-blas.so.0") == true)
    #expect(throws: RuntimeError.self) { try OpenBLAS(opening: "libm.so.6") }
  }
}
