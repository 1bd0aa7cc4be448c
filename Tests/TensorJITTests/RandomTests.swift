import TensorJIT
import Testing

@Suite struct RandomTests {
  let key = RandomKey(42)

  /// The numbers of `jax.random.uniform(jax.random.key(42), (4,))`.
  @Test func uniformNumbers() throws {
    #expect(
      try floats(.uniform([4], key: key))
        == [0.48870956897735596, 0.6797971725463867, 0.6162714958190918, 0.5610160827636719])
    let wide = try Tensor.uniform([2], key: key, elementType: .f64).scalars(as: Double.self)
    #expect(abs(wide[0] - 0.42672757) < 1e-8)
    #expect(try floats(.uniform([2, 2], key: key)) == floats(.uniform([4], key: key)))
  }

  @Test func uniformNumbersOfARange() throws {
    let numbers = try floats(.uniform([2000], key: key, in: -3 ..< -1))
    #expect(numbers.allSatisfy { (-3...(-1)).contains($0) })
    let mean = numbers.reduce(0, +) / 2000
    #expect(abs(mean + 2) < 0.05)
  }

  /// The numbers of `jax.random.normal(jax.random.key(42), (4,))` but for rounding.
  @Test func normalNumbers() throws {
    let expected: [Double] = [
      -0.028304617857317818, 0.4671317841128463, 0.2957029439217769, 0.15354592738396647,
    ]
    let found = try floats(.normal([4], key: key))
    for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 2e-6 * abs(b)) }
    let wide: [Double] = [
      -0.18471174528191164, -2.1698245603977546, 0.18693555179382587, 0.612265357051096,
    ]
    let foundWide = try Tensor.normal([4], key: key, elementType: .f64).scalars(as: Double.self)
    for (a, b) in zip(foundWide, wide) { #expect(abs(a - b) < 1e-14 * abs(b)) }
  }

  @Test func normalNumbersAreNormal() throws {
    let x = Tensor.normal([10_000], key: key)
    #expect(try abs(x.mean().scalar(as: Float.self)) < 0.03)
    #expect(try abs(x.variance().scalar(as: Float.self) - 1) < 0.05)
    #expect(try floats(x).allSatisfy(\.isFinite))
  }

  /// The first number of the second key of `jax.random.split(jax.random.key(42))`.
  @Test func splitKeys() throws {
    let keys = key.split()
    #expect(keys.count == 2)
    #expect(try floats(.uniform([2], key: keys[1])) == [0.7276642322540283, 0.787867546081543])
    #expect(key.split(into: 0).isEmpty)
  }

  @Test func keysAreArgumentsOfCompiledFunctions() throws {
    let draw = jit { (key: RandomKey) in Tensor.uniform([4], key: key) }
    #expect(try floats(draw(key)) == floats(.uniform([4], key: key)))
    #expect(try floats(draw(RandomKey(7))) == floats(.uniform([4], key: RandomKey(7))))
  }

  @Test func whatIsNotPossible() {
    #expect(failure(.uniform([2], key: key, elementType: .i32)) != nil)
    #expect(failure(.normal([-2], key: key)) != nil)
  }

  /// The values of `jax.random.bernoulli(jax.random.key(42), 0.4, (8,))`.
  @Test func truthValues() throws {
    let expected = [false, false, false, false, false, false, true, false]
    #expect(try bools(.bernoulli([8], probability: 0.4, key: key)) == expected)
    let probability: Float = 0.4
    #expect(try bools(.bernoulli([8], probability: probability, key: key)) == expected)
    let share = Tensor.bernoulli([10_000], probability: 0.3, key: key).converted(to: .f32).mean()
    #expect(try abs(share.scalar(as: Float.self) - 0.3) < 0.02)
  }

  /// The values of `jax.random.categorical` and `jax.random.gumbel` for `jax.random.key(42)`.
  @Test func categories() throws {
    let logits = Tensor([[0.1, 0.6, 0.3], [0.8, 0.1, 0.1]] as [[Float]]).log()
    #expect(try ints(.categorical(logits: logits, key: key)) == [1, 0])
    #expect(
      try ints(.categorical(logits: logits, samples: [5], key: key))
        == [1, 0, 1, 0, 1, 0, 1, 0, 1, 2])
    let columns = logits.transposed()
    #expect(
      try Tensor.categorical(logits: columns, samples: [2, 4], axis: 0, key: key).shape == [
        2, 4, 2,
      ])
    let expected: [Float] = [
      0.3340933918952942, 0.952019453048706, 0.7255305647850037, 0.5481715202331543,
    ]
    for (a, b) in zip(try floats(.gumbel([4], key: key)), expected) { #expect(abs(a - b) < 1e-6) }
  }

  /// The values of `jax.random.permutation(jax.random.key(42), …)`.
  @Test func permutations() throws {
    #expect(try ints(.permutation(10, key: key)) == [7, 4, 2, 5, 3, 6, 8, 9, 0, 1])
    let rows = Tensor.arange(12).reshaped(to: 4, 3).shuffled(key: key)
    #expect("\(rows)" == "[[ 6  7  8]\n [ 9 10 11]\n [ 0  1  2]\n [ 3  4  5]]")
    #expect(try Tensor.permutation(0, key: key).shape == [0])
    #expect(try ints(.permutation(1, key: key)) == [0])
    let large = try ints(.permutation(5000, key: key))
    #expect(large.sorted() == (0..<5000).map(Int32.init))
    #expect(failure(.permutation(-1, key: key)) != nil)
  }
}
