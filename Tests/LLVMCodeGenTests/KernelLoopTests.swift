import LLVMCodeGen
import LoopIR
import ScalarIR
import TensorJITTestSupport
import Testing

/// Loops and accesses of kernels against plain Swift loops.
@Suite struct KernelLoopTests {
  private static let sizes = [0, 1, 3, 15, 16, 17, 31, 33, 1023]

  private func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(Int64(bitPattern: random.next()) >> 40) * 0x1p-10 }
  }

  private func load(_ array: String, _ index: Index) -> Expression {
    .load(array: array, index: index)
  }

  @Test(arguments: testedCPUs)
  func elementwiseOfAnySize(_ cpu: HostCPU) throws {
    let body: [Statement] = [
      .define("x", .f32, load("a", .variable("i"))),
      .define("y", .f32, load("b", .variable("i"))),
      .define("c", .f32, .constant(ScalarValue(Float(2.5)))),
      .define("p", .f32, .fma("x", "y", "c")),
      .store(array: "out0", index: .variable("i"), value: "p"),
      .define("q", .f32, .binary(.div, "p", "x")),
      .store(array: "out1", index: .variable("i"), value: "q"),
    ]
    let parameters: [(String, DType)] = [
      ("a", .f32), ("b", .f32), ("out0", .f32), ("out1", .f32),
    ]
    func kernel(_ name: String, _ extent: Index) -> Kernel {
      Kernel(name, parameters, [.loop(Loop("i", extent, .vector(width: 16), body))])
    }
    let kernels = try LoadedKernels(
      [kernel("any", .symbol("n"))] + KernelLoopTests.sizes.map { kernel("k\($0)", .constant($0)) },
      symbols: ["n"], for: cpu)
    for (position, size) in KernelLoopTests.sizes.enumerated() {
      let (a, b) = (numbers(size, seed: 2), numbers(size, seed: 3))
      let products = zip(a, b).map { Float(2.5).addingProduct($0, $1) }
      for kernel in [0, position + 1] {
        let outputs = [GuardedArray(.f32, count: size), GuardedArray(.f32, count: size)]
        kernels.run([GuardedArray(a), GuardedArray(b)] + outputs, kernel: kernel, symbols: [size])
        #expect(outputs[0].floats.map(\.bitPattern) == products.map(\.bitPattern))
        #expect(
          zip(outputs[1].floats, zip(products, a)).allSatisfy { found, operands in
            found.bitPattern == (operands.0 / operands.1).bitPattern
              || (found.isNaN && (operands.0 / operands.1).isNaN)
          })
      }
    }
  }

  /// A rare path that no lane takes, some, or all, or none knows of; in scalars and in vectors.
  @Test(arguments: testedCPUs)
  func rarePaths(_ cpu: HostCPU) throws {
    let inner = RarePath(
      condition: "q", body: [.define("f", .f32, .binary(.mul, "d", "x"))], slow: "f", fast: "d")
    let outer = RarePath(
      condition: "p",
      body: [
        .define("d", .f32, .binary(.mul, "x", "x")),
        .define("zero", .f32, .constant(ScalarValue(Float(0)))),
        .define("q", .bool, .compare(.lt, "x", "zero")),
        .define("e", .f32, .rarely(inner)),
      ], slow: "e", fast: "x")
    let body: [Statement] = [
      .define("x", .f32, load("a", .variable("i"))),
      .define("limit", .f32, load("b", 0)),
      .define("size", .f32, .unary(.abs, "x")),
      .define("p", .bool, .compare(.gt, "size", "limit")),
      .define("y", .f32, .rarely(outer)),
      .store(array: "out0", index: .variable("i"), value: "y"),
      // The same in all lanes.
      .define("one", .f32, .constant(ScalarValue(Float(1)))),
      .define("r", .bool, .compare(.gt, "limit", "one")),
      .define(
        "z", .f32,
        .rarely(
          RarePath(
            condition: "r", body: [.define("g", .f32, .unary(.neg, "y"))], slow: "g", fast: "limit")
        )),
      .store(array: "out1", index: .variable("i"), value: "z"),
    ]
    let parameters: [(String, DType)] = [
      ("a", .f32), ("b", .f32), ("out0", .f32), ("out1", .f32),
    ]
    func kernel(_ name: String, _ mark: Loop.Mark) -> Kernel {
      Kernel(name, parameters, [.loop(Loop("i", .symbol("n"), mark, body))])
    }
    let kernels = try LoadedKernels(
      [kernel("scalar", .serial), kernel("vector", .vector(width: 16))], symbols: ["n"], for: cpu)
    for size in KernelLoopTests.sizes {
      let a = numbers(size, seed: 4)
      for limit in [0, 4000, 8000, 1e9] as [Float] {
        let wanted = a.map { x in abs(x) > limit ? (x < 0 ? x * x * x : x * x) : x }
        for position in 0...1 {
          let outputs = [GuardedArray(.f32, count: size), GuardedArray(.f32, count: size)]
          kernels.run(
            [GuardedArray(a), GuardedArray([limit])] + outputs, kernel: position, symbols: [size])
          #expect(outputs[0].floats == wanted)
          #expect(outputs[1].floats == wanted.map { limit > 1 ? -$0 : limit })
        }
      }
    }
  }

  /// A body that is larger than what is emitted twice runs under masks throughout.
  @Test(arguments: testedCPUs)
  func largeBodies(_ cpu: HostCPU) throws {
    var body: [Statement] = [.define("v0", .f32, load("a", .variable("i")))]
    for step in 0..<500 {
      let (old, new) = (Variable("v\(step)"), Variable("v\(step + 1)"))
      body.append(.define(new, .f32, step % 3 == 0 ? .unary(.neg, old) : .binary(.add, old, "v0")))
    }
    body.append(.store(array: "out", index: .variable("i"), value: "v500"))
    let kernels = try LoadedKernels(
      [
        Kernel(
          "large", [("a", .f32), ("out", .f32)],
          [.loop(Loop("i", .symbol("n"), .vector(width: 16), body))])
      ], symbols: ["n"], for: cpu)
    for size in KernelLoopTests.sizes {
      let a = numbers(size)
      let out = GuardedArray(.f32, count: size)
      kernels.run([GuardedArray(a), out], symbols: [size])
      let expected = a.map { first in
        (0..<500).reduce(first) { value, step in step % 3 == 0 ? -value : value + first }
      }
      #expect(out.floats == expected)
    }
  }

  /// Reads a 2-d array in the ways in which movement ops do, and writes in those ways.
  @Test(arguments: testedCPUs)
  func accessPatterns(_ cpu: HostCPU) throws {
    let (i, j): (Index, Index) = (.variable("i"), .variable("j"))
    let (rows, columns): (Index, Index) = (.symbol("m"), .symbol("n"))
    let flat = i * columns + j
    let last = columns - 1
    let patterns: [(String, Index)] = [
      ("straight", flat),
      ("row", i),
      ("column", j),
      ("scalar", 0),
      ("transposed", j * rows + i),
      ("reversed", i * columns + last - j),
      ("rotated", i * columns + (j + 3).remainder(by: columns)),
      ("halved", i * columns + j.quotient(by: 2)),
      ("every5", flat.quotient(by: 5) * 5 + flat.remainder(by: 5)),
      ("blocked", flat.quotient(by: 64) * 64 + flat.remainder(by: 64)),
      ("tail", i * columns + last - (last - j)),
      ("clamped", i * columns + .minimum(of: j, 4) + .maximum(of: 0, j - 1000)),
      ("tripled", flat * 3),
      ("third", (flat * 3).quotient(by: 3)),
      ("negative", (j - columns).remainder(by: columns) + i * columns),
    ]
    func kernel(_ name: String, from: Index, to: Index) -> Kernel {
      Kernel(
        name, [("a", .f32), ("out", .f32)],
        [
          .loop(
            Loop(
              "i", rows, .serial,
              [
                .loop(
                  Loop(
                    "j", columns, .vector(width: 16),
                    [
                      .define("x", .f32, load("a", from)),
                      .store(array: "out", index: to, value: "x"),
                    ]))
              ]))
        ])
    }
    let kernels = try LoadedKernels(
      patterns.map { kernel("read-\($0.0)", from: $0.1, to: flat) }
        + patterns.map { kernel("write-\($0.0)", from: flat, to: $0.1) },
      symbols: ["m", "n"], for: cpu)
    for (m, n) in [(1, 1), (3, 15), (2, 16), (5, 17), (33, 3), (2, 67), (0, 4), (4, 0)] {
      let count = 3 * m * n + 1
      let a = numbers(count)
      for (position, pattern) in patterns.enumerated() {
        var (read, written) = (
          [Float](repeating: 0, count: m * n), [Float](repeating: 0, count: count)
        )
        for row in 0..<m {
          for column in 0..<n {
            let place = pattern.1.value(["i": row, "j": column, "m": m, "n": n])
            read[row * n + column] = a[place]
            written[place] = a[row * n + column]
          }
        }
        let out = GuardedArray([Float](repeating: 0, count: m * n))
        kernels.run([GuardedArray(a), out], kernel: position, symbols: [m, n])
        #expect(out.floats == read, "\(cpu.name): reading \(pattern.0) of \(m)×\(n)")
        let scattered = GuardedArray([Float](repeating: 0, count: count))
        kernels.run(
          [GuardedArray(a), scattered], kernel: position + patterns.count, symbols: [m, n])
        #expect(scattered.floats == written, "\(cpu.name): writing \(pattern.0) of \(m)×\(n)")
      }
    }
  }

  /// Loads under conditions read nothing where those do not hold.
  @Test(arguments: testedCPUs)
  func guardedLoads(_ cpu: HostCPU) throws {
    let i: Index = .variable("i")
    let otherwise = ScalarValue(Float(-7))
    func guarded(_ index: Index, _ clauses: [Condition.Clause]) -> Expression {
      .load(array: "a", index: index, condition: Condition(clauses), otherwise: otherwise)
    }
    let n: Index = .symbol("n")
    let conditions: [(Expression, (Int, Int, [Float]) -> Float)] = [
      // Padding on both sides.
      (
        guarded(i - 3, [.less(2, i), .less(i - 3, n)]),
        { i, n, a in i >= 3 && i - 3 < n ? a[i - 3] : -7 }
      ),
      (
        guarded(n - 1 - i, [.less(i, n)]), { i, n, a in i < n ? a[n - 1 - i] : -7 }
      ),
      // A gather, a uniform element, and conditions that are scalars.
      (guarded(i * 2, [.less(i * 2, n)]), { i, n, a in i * 2 < n ? a[i * 2] : -7 }),
      (guarded(0, [.less(i, n)]), { i, n, a in i < n ? a[0] : -7 }),
      (guarded(0, [.less(5, n)]), { i, n, a in 5 < n ? a[0] : -7 }),
      (
        guarded(i, [.holds("odd"), .less(i, n)]),
        { i, n, a in i % 2 == 1 && i < n ? a[i] : -7 }
      ),
      (
        guarded(.value("number"), [.less(.value("number"), n)]),
        { i, n, a in i < n ? a[i] : -7 }
      ),
    ]
    func kernel(_ position: Int, _ mark: Loop.Mark) -> Kernel {
      Kernel(
        "k\(position)-\(mark == .serial ? "serial" : "vector")", [("a", .f32), ("out", .f32)],
        [
          .loop(
            Loop(
              "i", .symbol("extent"), mark,
              [
                .define("number", .i32, .index(i)),
                .define("bit", .i32, .index(i.remainder(by: 2))),
                .define("odd", .bool, .convert("bit")),
                .define("x", .f32, conditions[position].0),
                .store(array: "out", index: i, value: "x"),
              ]))
        ])
    }
    let kernels = try LoadedKernels(
      conditions.indices.flatMap { [kernel($0, .serial), kernel($0, .vector(width: 16))] },
      symbols: ["n", "extent"], for: cpu)
    for (n, extent) in [(0, 5), (1, 16), (6, 40), (16, 16), (31, 100), (100, 17)] {
      let a = numbers(n)
      for (position, condition) in conditions.enumerated() {
        let expected = (0..<extent).map { condition.1($0, n, a) }
        for kernel in [2 * position, 2 * position + 1] {
          let out = GuardedArray(.f32, count: extent)
          kernels.run([GuardedArray(a), out], kernel: kernel, symbols: [n, extent])
          #expect(out.floats == expected, "\(cpu.name): \(position) with \(n), \(extent)")
        }
      }
    }
  }

  /// A masked tail that begins one element late crosses into a page that is not there.
  @Test(arguments: DType.allCases, testedCPUs)
  func idleLanesDoNotFault(_ dtype: DType, _ cpu: HostCPU) throws {
    let i: Index = .variable("i")
    let kernels = try LoadedKernels(
      [
        Kernel(
          "shift", [("a", dtype), ("out", dtype)],
          [
            .loop(
              Loop(
                "i", .symbol("n"), .vector(width: 16),
                [
                  .define("x", dtype, load("a", i + 1)),
                  .store(array: "out", index: i + 1, value: "x"),
                ]))
          ])
      ], symbols: ["n"], for: cpu)
    for size in [64, 128, 1024] {
      let bits = EdgeValues.sample(dtype, count: size, seed: 9)
      let out = GuardedArray(dtype, count: size, filledWith: 0)
      kernels.run([GuardedArray(dtype, bits), out], symbols: [size - 1])
      #expect(out.bits == [0] + bits.dropFirst())
    }
  }

  /// Conditionals with one outcome branch; with one for each lane they run under masks.
  @Test(arguments: testedCPUs)
  func conditionals(_ cpu: HostCPU) throws {
    let i: Index = .variable("i")
    func body(_ condition: Condition) -> [Statement] {
      [
        .define("x", .f32, load("a", i)),
        .define("zero", .f32, .constant(ScalarValue(Float(0)))),
        .define("positive", .bool, .compare(.gt, "x", "zero")),
        .conditional(
          condition,
          then: [
            .define("first", .f32, load("a", 0)),
            .define("y", .f32, .binary(.add, "x", "first")),
            .store(array: "out", index: i, value: "y"),
          ],
          else: [
            .conditional(
              Condition([.less(i, 20)]),
              then: [
                .define("z", .f32, .unary(.neg, "x")), .store(array: "out", index: i, value: "z"),
              ], else: [.store(array: "out", index: i, value: "zero")])
          ]),
      ]
    }
    let choices: [(Condition, (Float, Int) -> Bool)] = [
      (Condition([.holds("positive")]), { x, _ in x > 0 }),
      (Condition([.less(100, .symbol("n"))]), { _, n in n > 100 }),
    ]
    let marks: [Loop.Mark] = [.serial, .vector(width: 16)]
    let kernels = try LoadedKernels(
      choices.enumerated().flatMap { position, choice in
        marks.enumerated().map { variant, mark in
          Kernel(
            "k\(position)\(variant)", [("a", .f32), ("out", .f32)],
            [.loop(Loop("i", .symbol("n"), mark, body(choice.0)))])
        }
      }, symbols: ["n"], for: cpu)
    for size in [0, 1, 17, 50, 133] {
      let a = numbers(size)
      for position in 0..<4 {
        let expected = a.enumerated().map { i, x in
          choices[position / 2].1(x, size) ? x + a[0] : i < 20 ? -x : 0
        }
        let out = GuardedArray(.f32, count: size)
        kernels.run([GuardedArray(a), out], kernel: position, symbols: [size])
        #expect(out.floats == expected)
      }
    }
  }

  /// A parallel loop runs the iterations it is told to, and indices become numbers.
  @Test func partsOfParallelLoops() throws {
    let (b, i): (Index, Index) = (.variable("b"), .variable("i"))
    let kernels = try LoadedKernels(
      DType.allCases.filter(\.isInteger).map { dtype in
        Kernel(
          "iota-\(dtype)", [("out", dtype)],
          [
            .loop(
              Loop(
                "b", 10, .parallel,
                [
                  .loop(
                    Loop(
                      "i", .minimum(of: 100, .symbol("n") - b * 100), .vector(width: 16),
                      [
                        .define("x", dtype, .index(b * 1000 - i * 3)),
                        .store(array: "out", index: b * 100 + i, value: "x"),
                      ]))
                ]))
          ])
      }, symbols: ["n"])
    for (position, kernel) in kernels.program.kernels.enumerated() {
      let dtype = kernel.parameters[0].dtype
      let out = GuardedArray(dtype, count: 950, filledWith: 0)
      kernels.run([out], kernel: position, symbols: [950], begin: 3, end: 10)
      let expected = (0..<950).map { place in
        place < 300
          ? 0 : ScalarValue(dtype, wrapping: place / 100 * 1000 - place % 100 * 3).bits
      }
      #expect(out.bits == expected)
    }
  }

  /// An output in the place of an input, element by element.
  @Test func outputsInPlaceOfInputs() throws {
    let i: Index = .variable("i")
    let kernels = try LoadedKernels(
      [
        Kernel(
          "inPlace", [("a", .f32), ("b", .f32), ("out", .f32)],
          [
            .loop(
              Loop(
                "i", .symbol("n"), .vector(width: 16),
                [
                  .define("x", .f32, load("a", i)), .define("y", .f32, load("b", i)),
                  .define("z", .f32, .binary(.sub, "x", "y")),
                  .store(array: "out", index: i, value: "z"),
                ]))
          ])
      ], symbols: ["n"])
    for size in KernelLoopTests.sizes {
      let (a, b) = (numbers(size, seed: 4), numbers(size, seed: 5))
      let (first, second) = (GuardedArray(a), GuardedArray(b))
      kernels.run([first, second, first], symbols: [size])
      #expect(first.floats == zip(a, b).map { $0 - $1 })
      let (third, fourth) = (GuardedArray(a), GuardedArray(b))
      kernels.run([third, fourth, fourth], symbols: [size])
      #expect(fourth.floats == zip(a, b).map { $0 - $1 })
    }
  }
}

extension Index {
  /// The value where variables and sizes have the given values.
  fileprivate func value(_ values: [String: Int]) -> Int {
    replacingLeaves { leaf in
      switch leaf {
      case .variable(let name): .constant(values[name.name] ?? 0)
      case .symbol(let name): .constant(values[name] ?? 0)
      default: nil
      }
    }.constant ?? 0
  }
}
