import TensorJIT
import Testing

/// The README's tour: what it shows compiles and gives what it says.
@Suite struct TourTests {
  let x = Tensor([[1, 2], [3, 4]] as [[Float]])
  let w = Tensor([0.5, -1])

  @Test func values() throws {
    let y = (x.matmul(w) + 1).tanh()
    #expect("\(y)" == "[-0.46211717 -0.90514827]")
    let values = try y.scalars(as: Float.self)
    #expect(values == [-0.46211717, -0.90514827])

    let scaled = (x - x.mean(axis: 0)) / x.standardDeviation(axis: 0, keepingDims: true)
    #expect("\(scaled)" == "[[-1. -1.]\n [ 1.  1.]]")
    let column = x[0..., -1]
    #expect("\(column)" == "[2. 4.]")
    let best = select(x .> 2, x, 0).argmax(axis: -1)
    #expect("\(best)" == "[0 1]")
    let chosen = x[best]
    #expect("\(chosen)" == "[[1. 2.]\n [3. 4.]]")
    #expect("\(x[x .> 2])" == "[3. 4.]")
    #expect("\(x.at[0].set(1))" == "[[1. 1.]\n [3. 4.]]")
    #expect("\(x.sorted(descending: true))" == "[[2. 1.]\n [4. 3.]]")
    let both = [x, scaled].concatenated(axis: 1).reshaped(to: -1, 2)
    #expect("\(both)" == "[[ 1.  2.]\n [-1. -1.]\n [ 3.  4.]\n [ 1.  1.]]")
    #expect("\(x[..<1])\(x[..., 0])\(try x[.newAxis].shape)" == "[[1. 2.]][1. 3.][1, 2, 2]")
  }

  @Test func constantsAndVariables() throws {
    let rate: Float = 0.1
    let a = x * 2
    let b = x * rate
    try eval(a, b)
    #expect("\(a)" == "[[2. 4.]\n [6. 8.]]")
    #expect("\(b)" == "[[0.1 0.2]\n [0.3 0.4]]")
    let z = x - rate * (2 - x) / 4
    #expect("\(z)" == "[[0.975 2.   ]\n [3.025 4.05 ]]")
    #expect("\(x + Tensor([1.5, 2, 3]))".contains(": C2: add needs operands whose shapes"))
  }

  @Test func gradients() throws {
    let cube = { (x: Tensor) in (x * x * x).sum() }
    let slope = grad(of: cube)
    let curvature = grad(of: { (x: Tensor) in try slope(x).sum() })
    #expect("\(try slope(w))\(try curvature(w))" == "[0.75 3.  ][ 3. -6.]")
    let z = cube(w)
    #expect("\(z)" == "-0.875")
    #expect("\(try z.gradient(withRespectTo: w))" == "[0.75 3.  ]")
    let (value, pullback) = try vjp(of: { (x: Tensor) in x * 2 }, at: w)
    #expect("\(value)\(try pullback(w))" == "[ 1. -2.][ 1. -2.]")
  }

  @Test func theRestOfNumPy() throws {
    let scores = einsum("qd,kd->qk", x, x)
    #expect("\(scores)" == "[[ 5. 11.]\n [11. 25.]]")
    let (q, r) = x.qr()
    #expect(try q.matmul(r).isClose(to: x, relativeTolerance: 1e-5, absoluteTolerance: 1e-6))
    let running = x.cumulativeSum(axis: 1)
    #expect("\(running)" == "[[1. 3.]\n [3. 7.]]")
    #expect("\(x.topK(1).indices)" == "[[1]\n [1]]")
    let states = scan(over: x, from: w) { state, row in
      let next = (state * 0.5 + row).tanh()
      return (next, next)
    }.outputs
    // tanh(1.25), tanh(1.5), and from there with the second row.
    let expected = Tensor([[0.84828365, 0.90514827], [0.9978797, 0.99972866]] as [[Float]])
    #expect(try states.isClose(to: expected, relativeTolerance: 1e-5, absoluteTolerance: 1e-6))
    let cube = CustomOp("cube", composedOf: { [$0[0] * $0[0] * $0[0]] })
    #expect("\(cube(w)[0])" == "[ 0.125 -1.   ]")
  }

  struct Linear: TensorRecord {
    var weight: Tensor
    var bias: Tensor

    init(_ inputs: Int, _ outputs: Int, key: RandomKey) {
      weight = Tensor.normal([inputs, outputs], key: key) * 0.1
      bias = Tensor.zeros([outputs])
    }

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit("weight", &weight)
      visitor.visit("bias", &bias)
    }

    func callAsFunction(_ rows: Tensor) -> Tensor { rows.matmul(weight) + bias }
  }

  @Test func training() throws {
    let step = jit { (model: Linear, batch: Pair<Tensor, Tensor>, rate: Tensor) in
      let (loss, gradient) = try valueAndGrad(of: { (model: Linear) in
        (model(batch.first) - batch.second).square().mean()
      })(model)
      return Pair(model.mapTensors(with: gradient) { $0 - rate * $1 }, loss)
    }
    let keys = RandomKey(42).split()
    var model = Linear(2, 1, key: keys[0])
    let rows = Tensor.uniform([64, 2], key: keys[1], in: -1..<1)
    let batch = Pair(rows, rows.sum(axis: 1, keepingDims: true))
    for _ in 0..<100 {
      let result = try step(model, batch, Tensor(0.5 as Float))
      model = result.first
    }
    #expect(try model.weight.isClose(to: Tensor([[1.0], [1.0]])))
    #expect(model.namedTensors.map(\.path) == ["weight", "bias"])
  }
}
