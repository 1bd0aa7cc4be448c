import TensorJIT
import Testing

/// H13: ops from outside of the library.
@Suite struct CustomOpTests {
  @Test("H13 an op from outside: a composition")
  func composition() throws {
    let op = CustomOp("smooth", composedOf: { x in [(x[0] * 3).tanh(), x[0].sum()] })
    let x = Tensor([0, 0.5] as [Double])
    let results = op(x)
    #expect(results.count == 2)
    #expect(try results[0].scalars(as: Double.self)[1] == 0.9051482536448664)
    #expect(try results[1].scalar(as: Double.self) == 0.5)
    let gradient = try grad(of: { (x: Tensor) in op(x)[0].sum() })(x)
    #expect(try gradient.scalars(as: Double.self)[0] == 3)
  }

  @Test("H13 an op from outside: a composition with a gradient of its own")
  func compositionWithGradient() throws {
    let op = CustomOp(
      "pass", composedOf: { x in [x[0] * 2] },
      gradient: { _, _, cotangents in [cotangents[0] * 7, nil] })
    let x = Pair(Tensor([1, 2] as [Float]), Tensor([3] as [Float]))
    let gradient = try grad(of: { (p: Pair<Tensor, Tensor>) in op(p.first, p.second)[0].sum() })(x)
    #expect(try gradient.first.scalars(as: Float.self) == [7, 7])
    #expect(try gradient.second.scalars(as: Float.self) == [0])
  }

  /// Running sum and running product along the last axis, by hand.
  private let running = CustomOp(
    "running",
    results: { operands in
      guard operands.count == 1, operands[0].elementType == .f64 else { throw Wrong.operands }
      return [operands[0], TensorSignature(.f64, [operands[0].elementCount])]
    },
    callback: { operands, results in
      let x = try operands[0].scalars(as: Double.self)
      let sums = try results[0].scalars(as: Double.self)
      let products = try results[1].scalars(as: Double.self)
      var (sum, product) = (0.0, 1.0)
      for position in x.indices {
        if x[position] < 0 { throw Wrong.negative(x[position]) }
        sum += x[position]
        product *= x[position]
        sums[position] = sum
        products[position] = product
      }
    },
    gradient: { operands, _, cotangents in
      [cotangents[0].cumulativeSum(axis: 0, reversed: true) + cotangents[1].sum() * 0]
    })

  private enum Wrong: Error {
    case operands
    case negative(Double)
  }

  @Test("H13 an op from outside: a callback on arrays, with several results")
  func callback() throws {
    let x = Tensor([1, 2, 3] as [Double])
    let results = running(x * 2)
    let sum = results[0] + 1
    try eval(sum, results[1])
    #expect(try sum.scalars(as: Double.self) == [3, 7, 13])
    #expect(try results[1].scalars(as: Double.self) == [2, 8, 48])
    let weights = Tensor([1, 10, 100] as [Double])
    let gradient = try grad(of: { (x: Tensor) in (running(x)[0] * weights).sum() })(x)
    #expect(try gradient.scalars(as: Double.self) == [111, 110, 100])
    let compiled = jit { (x: Tensor) in running(x + 1)[1] }
    #expect(try compiled(x).scalars(as: Double.self) == [2, 6, 24])
    #expect(try compiled(x * 0).scalars(as: Double.self) == [1, 1, 1])
  }

  @Test("H13 an op from outside: inside a loop")
  func inALoop() throws {
    let start = Tensor([1, 1] as [Double])
    let last = scan(count: 3, from: start) { x in
      let next = running(x)[0]
      return (next, next)
    }
    #expect(try last.carry.scalars(as: Double.self) == [1, 4])
    #expect(try last.outputs.scalars(as: Double.self) == [1, 2, 1, 3, 1, 4])
  }

  @Test("H13 an op from outside: what is wrong is thrown")
  func errors() throws {
    let x = Tensor([1, -2, 3] as [Double])
    #expect(throws: TensorError.customOp(name: "running", message: "negative(-2.0)")) {
      try eval(running(x)[0])
    }
    #expect(failure(running(x, x)[0])?.contains("C1: operands (running of f64[3], f64[3])") == true)
    let silent = CustomOp(
      "silent", results: { $0 },
      callback: { operands, results in results[0].bytes.copyMemory(from: operands[0].bytes) })
    #expect(try silent(x)[0].scalars(as: Double.self) == [1, -2, 3])
    #expect(throws: TensorError.self) { try grad(of: { (x: Tensor) in silent(x)[0].sum() })(x) }
    let wrong = CustomOp(
      "wrong", results: { $0 },
      callback: { _, results in _ = try results[0].scalars(as: Float.self) })
    #expect(throws: TensorError.elementType(expected: "f32", found: "f64")) {
      do { try eval(wrong(x)[0]) } catch TensorError.customOp(_, let message) {
        #expect(message == "values of type f32 were asked for, found f64")
        throw TensorError.elementType(expected: "f32", found: "f64")
      }
    }
  }
}
