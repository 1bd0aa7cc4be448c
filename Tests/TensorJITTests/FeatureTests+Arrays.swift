import TensorJIT
import Testing

// Arrays with gradients.

extension FeatureTests {
  private var x: Tensor { Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]]) }

  @Test("G1 data, gradient, shape, rank, number of elements, element type, printing")
  func variables() throws {
    let x = x
    #expect(try floats(x) == [1, 2, 3, 4, 5, 6])
    #expect(try x.shape == [2, 3])
    #expect(try x.rank == 2)
    #expect(try x.elementCount == 6)
    #expect(try x.elementType == .f32)
    #expect("\(x)" == "[[1. 2. 3.]\n [4. 5. 6.]]")
    let gradient = try (x * x).gradient(withRespectTo: x)
    #expect("\(gradient)" == "[[ 2.  4.  6.]\n [ 8. 10. 12.]]")
  }

  @Test("G2 operators in every order, with scalars, literals and arrays")
  func operators() throws {
    let a = Tensor([1, 2, 3] as [Float])
    let two: Float = 2
    #expect(try floats(a + 2) == [3, 4, 5])
    #expect(try floats(two + a) == [3, 4, 5])
    #expect(try floats(a - two) == [-1, 0, 1])
    #expect(try floats(6 / a) == [6, 3, 2])
    #expect(try floats(a * a) == [1, 4, 9])
    #expect(try floats(-a) == [-1, -2, -3])
    #expect(try floats(a % 2) == [1, 0, 1])
    #expect(try floats(a.power(2)) == [1, 4, 9])
    #expect(try bools(a .< 2) == [true, false, false])
    #expect(try bools(2 .<= a) == [false, true, true])
    #expect(try bools(a .== a) == [true, true, true])
    #expect(try bools(.!(a .!= 2)) == [false, true, false])
    #expect(try ints(.!Tensor([0, -1, 5])) == [-1, 0, -6])
    // A quotient is one op, rounded once: 1 / 49 · 49 would be less than 1.
    #expect(try (Tensor(49.0 as Double) / 49).scalar(as: Double.self) == 1)
  }

  @Test("G3 functions and reductions along one axis, several or all, keeping axes or not")
  func functionsAndReductions() throws {
    #expect(try floats(Tensor([0, 1] as [Float]).exp().log()) == [0, 1])
    #expect(try floats(maximum(Tensor([1, 5] as [Float]), Tensor([3, 2] as [Float]))) == [3, 5])
    #expect(try floats(minimum(Tensor([1, 5] as [Float]), Tensor([3, 2] as [Float]))) == [1, 2])
    #expect(try floats(x.mean()) == [3.5])
    #expect(try floats(x.mean(axis: 0)) == [2.5, 3.5, 4.5])
    #expect(try floats(x.mean(axis: -1)) == [2, 5])
    #expect(try floats(x.max(axes: 0, 1)) == [6])
    #expect(try floats(x.min(axis: 1)) == [1, 4])
    #expect(try x.sum(axis: 1, keepingDims: true).shape == [2, 1])
    #expect(try x.sum(axes: [0, 1], keepingDims: true).shape == [1, 1])
    let y = Tensor([[1, 3], [3, 2]] as [[Float]])
    #expect(try floats(y.mean(axis: 0).gradient(withRespectTo: y)) == [0.5, 0.5, 0.5, 0.5])
    #expect(try floats(y.max().gradient(withRespectTo: y)) == [0, 0.5, 0.5, 0])
  }

  @Test("G4 reshape with -1, transpose, swapped axes, squeeze, unsqueeze")
  func shapes() throws {
    #expect(try x.reshaped(to: 3, -1).shape == [3, 2])
    #expect(try floats(x.transposed()) == [1, 4, 2, 5, 3, 6])
    #expect(try floats(x.swappingAxes(0, 1)) == [1, 4, 2, 5, 3, 6])
    let wide = x.expandingDims(at: 1)
    #expect(try wide.shape == [2, 1, 3])
    #expect(try wide.squeezed().shape == [2, 3])
    let operand = x
    let weights = Tensor([[1, 2], [3, 4], [5, 6]] as [[Float]])
    let y = (operand.transposed() * weights).reshaped(to: -1)
    #expect(try floats(y.gradient(withRespectTo: operand)) == [1, 3, 5, 2, 4, 6])
  }

  @Test("G5 indices of every kind, gradients that accumulate, functional updates")
  func indexing() throws {
    let x = x
    #expect(try floats(x[1]) == [4, 5, 6])
    #expect(try floats(x[0..., 1..<3]) == [2, 3, 5, 6])
    #expect(try floats(x[0, stride(from: 0, to: 3, by: 2)]) == [1, 3])
    #expect(try floats(x[Tensor([true, false])]) == [1, 2, 3])
    #expect(try floats(x[x .> 4]) == [5, 6])
    #expect(try floats(x[Tensor([1, 0]), Tensor([2, -1])]) == [6, 3])
    let picks = Tensor([0, 0, 1])
    let rows = x[picks]
    #expect(try floats(rows) == [1, 2, 3, 1, 2, 3, 4, 5, 6])
    #expect(try floats(rows.gradient(withRespectTo: x)) == [2, 2, 2, 1, 1, 1])
    let chosen = x[x .> 4] * 3
    #expect(try floats(chosen.gradient(withRespectTo: x)) == [0, 0, 0, 0, 3, 3])
    #expect(try floats(x.at[0].set(9)) == [9, 9, 9, 4, 5, 6])
    #expect(try floats(x.at[Tensor([1, 1])].add(1)) == [1, 2, 3, 6, 7, 8])
    #expect(try floats(x) == [1, 2, 3, 4, 5, 6])
  }

  @Test("G6 gradients undo broadcasts")
  func broadcasts() throws {
    let x = x
    let row = Tensor([1, 2, 3] as [Float])
    let column = Tensor([[10], [20]] as [[Float]])
    let scalar = Tensor(2 as Float)
    let y = x * row + column * scalar
    let found = try y.gradients(withRespectTo: [row, column, scalar])
    #expect(try floats(found[0]) == [5, 7, 9])
    #expect(try floats(found[1]) == [6, 6])
    #expect(try floats(found[2]) == [90])
    #expect(try found.map { try $0.shape } == [[3], [2, 1], []])
  }

  @Test("G7 a seed where one is given; a result that is no scalar is an error for grad")
  func seeds() throws {
    let a = Tensor([1, 2, 3] as [Float])
    let y = a * a
    let seed = Tensor([1, 10, 100] as [Float])
    #expect(try floats(y.gradient(withRespectTo: a, seed: seed)) == [2, 40, 600])
    let (_, pullback) = try vjp(of: { (a: Tensor) in a * a }, at: a)
    #expect(try floats(pullback(seed)) == [2, 40, 600])
    #expect(
      throws: TensorError.noGradient("grad needs a function with one value, found f32[3]")
    ) {
      try grad(of: { (a: Tensor) in a * a })(a)
    }
  }

  @Test("G14 the figures of micrograd")
  func micrograd() throws {
    let x = Tensor(-4.0 as Double)
    let z = 2 * x + 2 + x
    let q = z.relu() + z * x
    let h = (z * z).relu()
    let y = h + q + q * x
    #expect(try y.scalar(as: Double.self) == -20)
    #expect(try y.gradient(withRespectTo: x).scalar(as: Double.self) == 46)

    let a = Tensor(-4.0 as Double)
    let b = Tensor(2.0 as Double)
    var c = a + b
    var d = a * b + b.power(3)
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    let f = (c - d).power(2)
    let g = f / 2 + 10 / f
    let found = try g.gradients(withRespectTo: [a, b])
    #expect(try abs(g.scalar(as: Double.self) - 24.70408163265306) < 1e-13)
    #expect(try abs(found[0].scalar(as: Double.self) - 138.83381924198252) < 1e-12)
    #expect(try abs(found[1].scalar(as: Double.self) - 645.5772594752186) < 1e-12)
  }
}
