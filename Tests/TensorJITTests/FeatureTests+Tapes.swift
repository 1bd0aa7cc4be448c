import TapeIR
import TapePasses
import TensorJIT
import Testing

// Tapes and what runs them.

extension FeatureTests {
  @Test("M1 a tensor has a shape, an element type and memory")
  func memory() throws {
    let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    #expect(try x.shape == [2, 3])
    #expect(try x.elementType == .f32)
    let sum = try x.withUnsafeBytes { $0.assumingMemoryBound(to: Float.self).reduce(0, +) }
    #expect(sum == 21)
  }

  @Test("M2 printing and comparing with a constant compute")
  func forcing() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([1, 2] as [Float])
      let y = x + 1
      #expect("\(y)" == "[2. 3.]")
      #expect(Runtime.shared.counters.evaluations == 1)
      let total = y.sum()
      let isFive = try total.allEqual(5)
      #expect(isFive)
      #expect(try total.scalar(as: Float.self) > 4)
      #expect(Runtime.shared.counters.evaluations > 1)
    }
  }

  @Test("M3 constants are folded and equal ops merged, whatever runs the tape")
  func agnosticOptimization() throws {
    let tape = try Tape(
      parsing: """
        (tape t [(x f32[2])]
          (c (mul (constant 2 :type f32[2]) (constant 3 :type f32[2])))
          (a (exp x))
          (b (exp x))
          (y (add (mul a c) b))
          (return y))
        """)
    let optimized = try tape.optimized()
    #expect(optimized.nodes.map(\.op.name).sorted() == ["add", "constant", "exp", "mul"])
    #expect(optimized.description.contains("(constant 6 :type f32[2])"))
  }

  @Test("M7 what is optimized still knows what it was made from")
  func provenance() throws {
    let tape = try Tape(
      parsing: """
        (tape t [(x f32[2])]
          (a (exp x))
          (b (exp x))
          (y (mul a b))
          (return y))
        """)
    let lines = try tape.optimized().nodes.map { $0.provenance.location?.line }
    #expect(lines == [2, 4])
    let gradient = try tape.appendingGradient().optimized()
    #expect(gradient.nodes.allSatisfy { !"\($0.provenance)".isEmpty })
  }

  @Test("M8 only the intermediate values that a gradient needs are kept")
  func keptIntermediates() async {
    await #expect(processExitsWith: .success) {
      /// Bytes at most, in those of one value, for the gradient of a chain of 20 sums along an axis.
      func peak(_ step: @escaping (Tensor) -> Tensor) throws -> Int {
        let x = Tensor([Float](repeating: 1e-3, count: 1 << 20))
        try eval(x)
        let before = Runtime.shared.counters.bytesInUse
        let chain = { (x: Tensor) in
          var y = x.reshaped(to: 1 << 10, 1 << 10)
          for _ in 0..<20 { y = step(y).cumulativeSum(axis: 1) * 1e-3 }
          return y.sum()
        }
        try eval(grad(of: chain)(x))
        return (Runtime.shared.counters.peakBytes - before) >> 22
      }
      // Sums have gradients that need no values, hyperbolic tangents need their own.
      let (least, most) = (try peak { $0 }, try peak { $0.tanh() })
      #expect(least <= 6)
      #expect(most >= 20)
    }
  }

  @Test("M9 grad(of: f)(x, y) differentiates the tape, which is optimized afterwards")
  func optimizedGradients() throws {
    let slope = try grad(of: { (p: Pair<Tensor, Tensor>) in (p.first * p.second).sum() })(
      Pair(Tensor([1, 2] as [Float]), Tensor([3, 4] as [Float])))
    #expect(try floats(slope.first) == [3, 4])
    #expect(try floats(slope.second) == [1, 2])

    let tape = try Tape(
      parsing: "(tape t [(x f32[2]) (y f32[2])] (z (mul x y)) (return z))"
    ).appendingGradient()
    let optimized = try tape.optimized()
    #expect(tape.nodes.count > 1)
    #expect(optimized.nodes.map(\.op.name) == ["mul"])
    let values = optimized.results.map(\.value)
    #expect(optimized.parameterList.map(\.name) == ["x", "y"])
    #expect(values[1] == optimized.parameters[1] && values[2] == optimized.parameters[0])
  }

  @Test("M11 a transposed operand costs nothing")
  func views() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
      // One kernel reads the operand where it is.
      let sums = try floats(x.transposed() + 1)
      #expect(sums == [2, 5, 3, 6, 4, 7])
      #expect(Runtime.shared.counters.kernels == 1)
      // A product with a vector takes it as it is, without a kernel of ours.
      let weights = Tensor([1, 10] as [Float])
      #expect(try floats(x.transposed().matmul(weights)) == [41, 52, 63])
      #expect(Runtime.shared.counters.kernels == 1)
    }
  }

  @Test("M12 a result is written over an operand that nobody else needs")
  func inPlaceReuse() async {
    await #expect(processExitsWith: .success) {
      func address(_ x: Tensor) throws -> UInt {
        try x.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      }
      var x = Tensor([Float](repeating: 1, count: 1000))
      let first = try address(x)
      x = x * 2 + 1
      #expect(try address(x) == first)
      let kept = x
      x = x * 2 + 1
      #expect(try address(x) != first)
      #expect(try kept[0].scalar(as: Float.self) == 3)
      #expect(try x[0].scalar(as: Float.self) == 7)
    }
  }
}
