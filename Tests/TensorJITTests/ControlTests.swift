import Synchronization
import TensorJIT
import Testing

/// The weights of a recurrent net.
private struct Cell: TensorRecord {
  var weight: Tensor
  var bias: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }

  func callAsFunction(_ state: Tensor, _ input: Tensor) -> Tensor {
    (weight.matmul(state) + input + bias).tanh()
  }
}

@Suite("Control flow recorded from closures")
struct ControlTests {
  private let cell = Cell(
    weight: Tensor([[0.5, -0.3], [0.8, 0.1]] as [[Float]]), bias: Tensor([0.1, -0.2] as [Float]))
  private let inputs = Tensor([[0.3, 0.1], [-0.5, 0.7], [0.2, -0.9]] as [[Float]])
  private let start = Tensor([0.1, -0.2] as [Float])

  private func scanned(_ cell: Cell, _ inputs: Tensor) throws -> Tensor {
    let (last, states) = scan(over: inputs, from: start) { state, input in
      let next = cell(state, input)
      return (next, next * next)
    }
    return states.sum() + last.sum()
  }

  private func unrolled(_ cell: Cell, _ inputs: Tensor) throws -> Tensor {
    var state = start
    var sum: Tensor = 0.0
    for step in 0..<3 {
      state = cell(state, inputs[step])
      sum = sum + (state * state).sum()
    }
    return sum + state.sum()
  }

  @Test("a recurrent net by scan is the unrolled one, and so is its gradient")
  func recurrentNet() throws {
    let inputs = inputs
    let (value, gradient) = try valueAndGrad(of: { try scanned($0, inputs) })(cell)
    let (expected, expectedGradient) = try valueAndGrad(of: { try unrolled($0, inputs) })(cell)
    #expect(try value.isClose(to: expected))
    #expect(try gradient.weight.isClose(to: expectedGradient.weight))
    #expect(try gradient.bias.isClose(to: expectedGradient.bias))
    let byInputs = try grad(of: { try scanned(cell, $0) })(inputs)
    #expect(try byInputs.isClose(to: grad(of: { try unrolled(cell, $0) })(inputs)))
  }

  @Test("second derivatives go through scan")
  func secondDerivative() throws {
    let inputs = inputs
    func twice(_ f: @escaping (Cell, Tensor) throws -> Tensor) throws -> Tensor {
      try grad(of: { (x: Tensor) in
        let inner = try grad(of: { try f($0, x) })(cell)
        return (inner.weight * inner.weight).sum()
      })(inputs)
    }
    #expect(
      try twice(scanned).isClose(
        to: twice(unrolled), relativeTolerance: 1e-4, absoluteTolerance: 1e-5))
  }

  @Test("scan inside of jit, and traced once")
  func traced() throws {
    let cell = cell
    let traces = Mutex(0)
    let step = jit { (x: Tensor) in
      traces.withLock { $0 += 1 }
      return try grad(of: { try scanned(cell, $0) })(x)
    }
    let expected = try grad(of: { try unrolled(cell, $0) })(inputs)
    #expect(try step(inputs).isClose(to: expected))
    #expect(try step(inputs * 1).isClose(to: expected))
    #expect(traces.withLock { $0 } == 1)
  }

  @Test("recorded tensors have gradients by what the body uses")
  func gradientByCapture() throws {
    let w = Tensor([2, 3] as [Float])
    let start = Tensor([1, 1] as [Float])
    let y = scan(count: 3, from: start) { ($0 * w, [] as [Tensor]) }.carry
    #expect(try floats(y) == [8, 27])
    #expect(try floats(y.gradient(withRespectTo: w)) == [12, 27])
  }

  @Test("a reversed scan starts at the end, and outputs keep their places")
  func reversed() throws {
    let x = Tensor([1, 2, 3] as [Float])
    let (sum, sums) = scan(over: x, from: Tensor(0.5 as Float), reversed: true) {
      ($0 + $1, $0 + $1)
    }
    #expect(try floats(sums) == [6.5, 5.5, 3.5])
    #expect(try floats(sum) == [6.5])
  }

  @Test("several carries, inputs and outputs")
  func records() throws {
    let inputs = Pair(
      Tensor([1, 2, 3] as [Int32]), Tensor([[1, 2], [3, 4], [5, 6]] as [[Float]]))
    let initial = Pair(Tensor(0 as Int32), Tensor([0, 0] as [Float]))
    let (last, outputs) = scan(over: inputs, from: initial) { carry, slice in
      let next = Pair(carry.first + slice.first, carry.second + slice.second)
      return (next, [next.second * 2, next.second.sum()])
    }
    #expect(try ints(last.first) == [6])
    #expect(try floats(last.second) == [9, 12])
    #expect(try floats(outputs[0]) == [2, 4, 8, 12, 18, 24])
    #expect(try floats(outputs[1]) == [3, 10, 21])
  }

  @Test("Newton's iteration by while")
  func newton() throws {
    let a = Tensor([2, 9, 144] as [Double])
    let root = whileLoop(
      Pair(a, a + 1), while: { ($0.first - $0.second).abs().max() .> 1e-12 },
      do: { Pair(0.5 * ($0.first + a / $0.first), $0.first) }
    ).first
    let values = try root.scalars(as: Double.self)
    for (value, expected) in zip(values, [1.4142135623730951, 3, 12]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test("a loop that counts has a gradient, and one that does not says why not")
  func whileGradient() throws {
    let w = Tensor([2, 3] as [Float])
    let gradient = try grad(of: { (w: Tensor) in
      whileLoop(
        Pair(Tensor(0), Tensor([1, 1] as [Float])), while: { $0.first .< 3 },
        do: { Pair($0.first + 1, $0.second * w) }
      ).second.sum()
    })(w)
    #expect(try floats(gradient) == [12, 27])
    #expect {
      _ = try grad(of: { (w: Tensor) in
        whileLoop(w, while: { $0.max() .< 100 }, do: { $0 * $0 }).sum()
      })(w)
    } throws: { error in
      "\(error)".contains("number of iterations that is known")
    }
  }

  @Test("only the chosen function counts, also for the gradient")
  func choice() throws {
    func f(_ x: Tensor) -> Tensor {
      cond(x.sum() .> 0, then: { x.log().sum() }, else: { (x * x).sum() })
    }
    #expect(try floats(f(Tensor([1, 1] as [Float]))) == [0])
    #expect(try floats(f(Tensor([-1, -2] as [Float]))) == [5])
    #expect(try floats(grad(of: { f($0) })(Tensor([2, 4] as [Float]))) == [0.5, 0.25])
    #expect(try floats(grad(of: { f($0) })(Tensor([-1, -2] as [Float]))) == [-2, -4])
    let traced = jit { (x: Tensor) in f(x) }
    #expect(try floats(traced(Tensor([1, 1] as [Float]))) == [0])
    #expect(try floats(traced(Tensor([-1, -2] as [Float]))) == [5])
  }

  @Test("what does not depend on the arguments is computed outside, once")
  func captures() throws {
    let w = Tensor([[1, 2], [3, 4]] as [[Float]])
    let turned = w.transposed() * 2
    let y = scan(count: 2, from: Tensor([1, 1] as [Float])) {
      (turned.matmul($0) + w.sum(), [] as [Tensor])
    }.carry
    #expect(try floats(y) == [178, 258])
    let outer = scan(over: w, from: Tensor(0 as Float)) { carry, row in
      let inner = scan(over: row, from: carry) { ($0 * 0.5 + $1 + row.sum(), $0) }
      return (inner.carry, inner.outputs)
    }
    #expect(try floats(outer.carry) == [17.75])
    #expect(try floats(outer.outputs) == [0, 4, 7, 13.5])
  }

  @Test("errors are carried, values are not to be read")
  func errors() throws {
    let x = Tensor([1, 2] as [Float])
    let growing = whileLoop(x, while: { $0.sum() .< 10 }, do: { [$0, $0].concatenated() })
    #expect(failure(growing)?.contains("C3") == true)
    let different = cond(x.sum() .> 0, then: { x }, else: { x.sum() })
    #expect(failure(different)?.contains("C3") == true)
    let number = cond(x, then: { x }, else: { x })
    #expect(failure(number)?.contains("C1") == true)
    let inside = scan(over: x, from: x) { ($0 + Tensor([1, 2, 3] as [Float]), $1) }
    #expect(failure(inside.carry)?.contains("broadcast") == true)
    let failed = x + Tensor([1, 2, 3] as [Float])
    #expect(failure(whileLoop(failed, while: { $0.max() .> 0 }, do: { $0 })) != nil)
    #expect(throws: TensorError.self) {
      _ = try whileLoop(
        x, while: { $0.max() .> 0 }, do: { Tensor(try $0.scalars(as: Float.self)) })
    }
  }

  @Test("a million iterations take no memory each, and little time")
  func manyIterations() throws {
    let counted = whileLoop(
      Pair(Tensor(0), Tensor(0.5 as Double)), while: { $0.first .< 100_000 },
      do: { Pair($0.first + 1, $0.second * ($0.second - 1)) })
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try ints(counted.first) == [100_000])
    #expect(clock.now - start < .seconds(60))
  }

  /// Only the chosen function's ops are carried out: what the other one would make of the data does
  /// not matter, neither to values nor to gradients.
  @Test func theOtherBranchDoesNotRun() throws {
    let root = { (x: Tensor) in cond(x .> 0, then: { x.sqrt() }, else: { x * 3 }) }
    #expect(try grad(of: root)(Tensor(0 as Float)).scalar(as: Float.self) == 3)
    #expect(try grad(of: root)(Tensor(4 as Float)).scalar(as: Float.self) == 0.25)
    let x = Tensor([1, 2, 3] as [Float])
    let i = Tensor(7 as Int32)
    let found = cond(
      i .< 3, then: { x.take(i, axis: 0) }, else: { x[0] * 0 })
    #expect(try found.scalar(as: Float.self) == 0)
    // What was recorded before is computed once, outside.
    let y = x.exp()
    let chosen = cond(Tensor(true), then: { y + 1 }, else: { y - 1 })
    #expect(try chosen.isClose(to: x.exp() + 1))
  }

  /// A loop stays connected to what its body uses from outside, also when values are read on the way.
  @Test func bodiesKeepTheirConnections() throws {
    let cubed = { (w: Tensor) throws -> Tensor in
      let (c, _) = scan(count: 3, from: Tensor(1 as Float)) { c in (c * w, c) }
      _ = try c.scalars(as: Float.self)
      return c * 2
    }
    #expect(try grad(of: cubed)(Tensor(2 as Float)).scalar(as: Float.self) == 24)
    let w = Tensor(2 as Float).tracked()
    let start = Tensor(1 as Float)
    let (c, _) = scan(count: 3, from: start) { c in (c * w, c) }
    try eval(c)
    #expect(try (c * 2).gradient(withRespectTo: w).scalar(as: Float.self) == 24)
  }

  @Test func anotherNumberOfCarriesIsToldOfInAllResults() {
    let a = Tensor(1 as Float)
    let results = scan(count: 3, from: [a, a]) { c in ([c[0]], c[0]) }
    #expect(failure(results.carry[0])?.contains("same structure") == true)
    #expect(failure(results.outputs)?.contains("same structure") == true)
  }
}
