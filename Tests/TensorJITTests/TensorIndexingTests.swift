import TensorJIT
import Testing

/// Indices that are tensors; expected values are NumPy's and JAX's.
@Suite struct TensorIndexingTests {
  let x = Tensor.arange(24).reshaped(to: 2, 3, 4)
  let z = Tensor([0, 1, 2, 3, 4, 5] as [Float]).reshaped(to: 2, 3)

  private func indices(_ values: [Int32]) -> Tensor { Tensor(values) }

  @Test func rowsByOneTensor() throws {
    let part = x[0..., Tensor([[0, 2], [-1, 1]])]
    #expect(try part.shape == [2, 2, 2, 4])
    #expect(
      try ints(part) == [
        0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 20, 21,
        22, 23, 16, 17, 18, 19,
      ])
    #expect(try ints(z.converted(to: .i32)[indices([-1])]) == [3, 4, 5])
    #expect(try ints(x[0, indices([2, 0]), 1..<3]) == [9, 10, 1, 2])
    #expect(try ints(x[1, -1, Tensor([3, 0] as [UInt8])]) == [23, 20])
  }

  @Test func severalTensors() throws {
    let paired = x[indices([0, 1]), indices([2, -1])]
    #expect(try ints(paired) == [8, 9, 10, 11, 20, 21, 22, 23])
    let apart = x[indices([0, 1]), 0..., indices([2, -1])]
    #expect(try apart.shape == [2, 3])
    #expect(try ints(apart) == [2, 6, 10, 15, 19, 23])
    let crossed = x[Tensor([[0], [1]]), indices([1, 2])]
    #expect(try crossed.shape == [2, 2, 4])
    #expect(
      try ints(crossed) == [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23])
  }

  /// Where a range stands between a position and a tensor, the tensor's axes come first.
  @Test func axesApartComeFirst() throws {
    let part = x[1, 0..., indices([0, 3])]
    #expect(try part.shape == [2, 3])
    #expect(try ints(part) == [12, 16, 20, 15, 19, 23])
  }

  @Test func masks() throws {
    let whole = x[x - x / 5 * 5 .== 0]
    #expect(try ints(whole) == [0, 5, 10, 15, 20])
    let rows = x[Tensor([false, true])]
    #expect(try rows.shape == [1, 3, 4])
    #expect(try ints(rows) == [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    let middle = x[0..., Tensor([true, false, true]), 0]
    #expect(try middle.shape == [2, 2])
    #expect(try ints(middle) == [0, 8, 12, 20])
    #expect(try x[x .> 100].shape == [0])
    #expect(
      failure(x[Tensor([true, false, true])])?.hasPrefix("C3: a mask needs the sizes") == true)
  }

  @Test func taking() throws {
    #expect(try x.take(indices([-1, 0]), axis: -1).shape == [2, 3, 2])
    #expect(
      try ints(x.take(indices([-1, 0]), axis: -1)) == [3, 0, 7, 4, 11, 8, 15, 12, 19, 16, 23, 20])
    #expect(try ints(x.take(1, axis: 0)[0]) == [12, 13, 14, 15])
    let row = Tensor([1, 2, 3] as [Float])
    let filled = try floats(row.take(indices([3, -1, -4]), axis: 0, outOfBounds: .fill))
    #expect(filled[0].isNaN && filled[1] == 3 && filled[2].isNaN)
    #expect(
      try floats(row.take(indices([3, -1, -4]), axis: 0, outOfBounds: .clip)) == [3, 3, 1])
    let y = Tensor([[3, 1, 2], [9, 7, 8]])
    #expect(try ints(y.takeAlongAxis(y.argsort(axis: 1), axis: 1)) == [1, 2, 3, 7, 8, 9])
    #expect(try ints(y.takeAlongAxis(Tensor([[-1, 0, 1]]), axis: 0)) == [9, 1, 8])
    #expect(failure(y.takeAlongAxis(indices([0]), axis: 0)) != nil)
  }

  @Test func outOfBoundsThrows() throws {
    let bad = x[indices([0, 5])]
    #expect(throws: TensorError.indexOutOfBounds(op: "take", index: "5", position: [1], limit: 1)) {
      try eval(bad)
    }
    #expect(
      failure(x.take(indices([-3]), axis: 0))
        == "take: index -3 at position [0] of its indices is out of bounds, expected one in 0 ... 1"
    )
    #expect(
      failure(x[indices([0, 1]), indices([0, 3])])
        == "gather: index 3 at position [1 1] of its indices is out of bounds, expected one in 0 ... 2"
    )
    #expect(failure(z.at[indices([2])].set(1))?.hasPrefix("scatter: index 2") == true)
    // Of several the first, and none that nobody needs.
    let both = x.take(indices([7]), axis: 0).sum() + x.take(indices([8]), axis: 0).sum()
    #expect(failure(both)?.hasPrefix("take: index 7") == true)
    #expect(try ints(x[0, 0]) == [0, 1, 2, 3])
    #expect(failure(x[Tensor([0.5])])?.hasPrefix("C1") == true)
  }

  @Test func updates() throws {
    #expect(try floats(z.at[0].set(9)) == [9, 9, 9, 3, 4, 5])
    #expect(try floats(z.at[indices([0, 1, 0])].add(1)) == [2, 3, 4, 4, 5, 6])
    #expect(
      try floats(z.at[0..., 1...].multiply(Tensor([[2.0], [3.0]]))) == [0, 2, 4, 3, 12, 15])
    #expect(try floats(z.at[z .> 2].set(-1)) == [0, 1, 2, -1, -1, -1])
    #expect(try floats(z.at[Tensor([true, false])].add(5)) == [5, 6, 7, 3, 4, 5])
    #expect(try floats(z.at[z .> 3].set(Tensor([8.0, 9.0]))) == [0, 1, 2, 3, 8, 9])
    #expect(failure(z.at[Tensor([true, false, true])].set(1)) != nil)
    #expect(try floats(z.at[1, indices([0, 2])].min(3.5)) == [0, 1, 2, 3, 4, 3.5])
    #expect(try floats(z.at[..., 0].max(2)) == [2, 1, 2, 3, 4, 5])
    let added = z.at[indices([0, 1, 1]), indices([2, 0, 0])].add(Tensor([10.0, 20.0, 30.0]))
    #expect(try floats(added) == [0, 1, 12, 53, 4, 5])
    #expect(
      try floats(z.at[0..., stride(from: 0, to: 3, by: 2)].add(100))
        == [100, 1, 102, 103, 4, 105])
    #expect(try floats(z.at[indices([-1])].set(Tensor([7.0, 8.0, 9.0]))) == [0, 1, 2, 7, 8, 9])
    #expect(
      try floats(z.at[0..., indices([2, 0])].set(Tensor([[7.0, 8.0], [9.0, 10.0]])))
        == [8, 1, 7, 10, 4, 9])
    // The last of several wins.
    #expect(
      try floats(Tensor([0, 0] as [Float]).at[indices([1, 1])].set(Tensor([3.0, 4.0]))) == [0, 4])
    let value: Float = 2.5
    #expect(try floats(z.at[0, 0].add(value)) == [2.5, 1, 2, 3, 4, 5])
    #expect(try floats(z) == [0, 1, 2, 3, 4, 5])
    #expect(failure(z.at[0].set(Tensor([1, 2, 3] as [Int32])))?.hasPrefix("C5") == true)
    #expect(failure(z.at[0].set(Tensor([1.0, 2.0]))) != nil)
  }

  @Test func gradients() throws {
    let g = try grad(of: { (z: Tensor) in
      let rows = z[Tensor([1, 1, -2])]
      return (rows * rows).sum()
    })(z)
    #expect(try floats(g) == [0, 2, 4, 12, 16, 20])
    let h = try grad(of: { (z: Tensor) in (z.at[0].set(1) * z).sum() })(z)
    #expect(try floats(h) == [1, 1, 1, 6, 8, 10])
    let s = try grad(of: { (z: Tensor) in
      (z.sorted(descending: true)[..., 0] * Tensor([2.0, 3.0])).sum()
    })(z)
    #expect(try floats(s) == [0, 0, 2, 0, 0, 3])
  }

  @Test func order() throws {
    let y = Tensor([[3, 1, 2], [9, 7, 8]])
    #expect(try ints(y.sorted()) == [1, 2, 3, 7, 8, 9])
    #expect(try ints(y.sorted(axis: 0, descending: true)) == [9, 7, 8, 3, 1, 2])
    #expect(try ints(y.argsort(axis: 1)) == [1, 2, 0, 1, 2, 0])
    #expect(try ints(Tensor([2, 1, 2, 3]).argsort(descending: true)) == [3, 0, 2, 1])
    let (values, places) = y.topK(2)
    #expect(try ints(values) == [3, 2, 9, 8])
    #expect(try ints(places) == [0, 2, 0, 2])
    let (columns, rows) = y.topK(1, axis: 0)
    #expect(try columns.shape == [1, 3])
    #expect(try ints(columns) == [9, 7, 8])
    #expect(try ints(rows) == [1, 1, 1])
    #expect(failure(y.topK(4).indices)?.hasPrefix("C2: top-k of i32[2,3]") == true)
    #expect(failure(Tensor(1.0).argsort()) != nil)
  }

  @Test func oneHot() throws {
    let hot = Tensor([1, 0, 3, -1]).oneHot(3)
    #expect(try hot.shape == [4, 3])
    #expect(try floats(hot) == [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try bools(Tensor([1]).oneHot(2, elementType: .bool)) == [false, true])
  }

  @Test func insideJit() throws {
    let pick = jit { (x: Tensor, i: Tensor) in x[i] * 2 }
    #expect(try floats(pick(z, indices([1]))) == [6, 8, 10])
    #expect(throws: TensorError.self) { try eval(pick(z, indices([2]))) }
    let clamped = jit { (x: Tensor) in x.at[x .> 1].multiply(10) }
    #expect(try floats(clamped(z)) == [0, 1, 20, 30, 40, 50])
    let masked = jit { (x: Tensor) in x[x .> 1] }
    #expect(throws: TensorError.traced) { try eval(masked(z)) }
  }
}
