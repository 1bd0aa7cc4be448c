import ScalarIR
import TapeIR
import TensorJIT
import TensorJITTestSupport
import Testing

/// Indexing and sorting of more than fits into one block, on several threads, against plain Swift.
@Suite struct LargeIndexingTests {
  private func run(
    _ text: String, _ inputs: [Literal], threads: Int
  ) throws -> [Literal] {
    let tape = try Tape(parsing: text)
    return try runTape(tape, inputs: inputs, engine: .cpu, threads: threads)
  }

  private func floats(_ sizes: [Int], seed: UInt64) -> Literal {
    var random = SplitMix64(seed: seed)
    let count = sizes.reduce(1, *)
    let bits = (0..<count).map { _ in
      UInt64((Float(random.number(-500...500)) / 8).bitPattern)
    }
    return Literal(dtype: .f32, sizes: sizes, bits: bits)
  }

  private func integers(_ count: Int, below bound: Int, seed: UInt64) -> Literal {
    var random = SplitMix64(seed: seed)
    return Literal(
      dtype: .i32, sizes: [count],
      bits: (0..<count).map { _ in UInt64(random.number(0...(bound - 1))) })
  }

  @Test(arguments: [1, 2, 3]) func sortIsStable(_ threads: Int) throws {
    for (length, lines) in [(33, 1), (64, 2), (65, 3), (1000, 7), (70001, 1)] {
      let x = floats([lines, length], seed: UInt64(length))
      let results = try run(
        """
        (tape t [(x f32[\(lines),\(length)])]
          ([y p] (sort x (iota :type i32[\(lines),\(length)] :axis 1) :axis 1)) (return y p))
        """, [x], threads: threads)
      for line in 0..<lines {
        let order = (0..<length).sorted { a, b in
          let (u, v) = (x[line * length + a].double, x[line * length + b].double)
          return u == v ? a < b : u < v
        }
        let found = (0..<length).map { Int(results[1][line * length + $0].signedInteger) }
        #expect(found == order, "\(length)")
      }
    }
  }

  @Test(arguments: [1, 2, 3]) func topKTakesTheFirstOfEquals(_ threads: Int) throws {
    for (length, lines, count) in [(33, 3, 32), (500, 40, 5), (65, 2, 40), (70001, 1, 17)] {
      let x = floats([lines, length], seed: UInt64(length))
      let results = try run(
        "(tape t [(x f32[\(lines),\(length)])] ([v p] (top-k x :k \(count))) (return v p))", [x],
        threads: threads)
      for line in 0..<lines {
        let order = (0..<length).sorted { a, b in
          let (u, v) = (x[line * length + a].double, x[line * length + b].double)
          return u == v ? a < b : u > v
        }
        let found = (0..<count).map { Int(results[1][line * count + $0].signedInteger) }
        #expect(found == Array(order.prefix(count)), "\(length)")
        #expect(results[0][line * count].double == x[line * length + order[0]].double)
      }
    }
  }

  @Test(arguments: [1, 2, 3]) func scatterAddsInOrder(_ threads: Int) throws {
    let (rows, columns, count) = (100, 70, 3000)
    let x = floats([rows, columns], seed: 1)
    let u = floats([count, columns], seed: 2)
    let i = integers(count, below: rows, seed: 3)
    var expected = (0..<x.count).map { Float(bitPattern: UInt32(x[$0].bits)) / 3 }
    for row in 0..<count {
      for column in 0..<columns {
        expected[Int(i[row].bits) * columns + column] +=
          Float(bitPattern: UInt32(u[row * columns + column].bits)) / 7
      }
    }
    let results = try run(
      """
      (tape t [(x f32[\(rows),\(columns)]) (i i32[\(count)]) (u f32[\(count),\(columns)])]
        (y (scatter (div x 3) i (div u 7) :update-window-dims [1] :inserted-window-dims [0]
          :scatter-dims-to-operand-dims [0] :index-vector-dim 1 :combine add))
        (return y))
      """, [x, i, u], threads: threads)
    for position in 0..<x.count where results[0][position].double != Double(expected[position]) {
      Issue.record("\(position): \(results[0][position]) instead of \(expected[position])")
      return
    }
  }

  @Test(arguments: [1, 2, 3]) func theFirstOfManyBadIndicesIsTold(_ threads: Int) throws {
    var indices = integers(100_000, below: 50, seed: 4)
    var bits = indices.bits
    for position in stride(from: 77_777, to: 100_000, by: 3) { bits[position] = 50 }
    bits[77_776] = UInt64(UInt32(bitPattern: -3))
    indices = Literal(dtype: .i32, sizes: [100_000], bits: bits)
    for engine in Engine.available {
      #expect(
        throws: TensorError.indexOutOfBounds(
          op: "take", index: "-3", position: [77_776], limit: 49)
      ) {
        let tape = try Tape(
          parsing: "(tape t [(x f32[50]) (i i32[100000])] (y (take x i :axis 0)) (return y))")
        _ = try runTape(
          tape, inputs: [floats([50], seed: 5), indices], engine: engine, threads: threads)
      }
    }
  }

  /// Of several ops, the first in program order fails, on every engine.
  @Test func theFirstOpIsTold() throws {
    let tape = try Tape(
      parsing: """
        (tape t [(x f32[4,3]) (i i32[2]) (j i32[2,2])]
          (a (take x i :axis 0))
          (b (gather x j :collapsed-slice-dims [0 1] :start-index-map [1 0] :slice-sizes [1 1]))
          (c (reduce-sum a :axes [0 1]))
          (y (add b (reduce-sum a :axes [0 1])))
          (unused (take x (add i 9) :axis 0))
          (return y))
        """)
    let x = floats([4, 3], seed: 6)
    func literal(_ values: [Int], _ sizes: [Int]) -> Literal {
      Literal(
        dtype: .i32, sizes: sizes,
        bits: values.map { UInt64(UInt32(bitPattern: Int32($0))) })
    }
    for engine in Engine.available {
      func expect(_ error: TensorError, _ i: [Int], _ j: [Int]) {
        #expect(throws: error) {
          _ = try runTape(
            tape, inputs: [x, literal(i, [2]), literal(j, [2, 2])], engine: engine)
        }
      }
      expect(
        .indexOutOfBounds(op: "take", index: "4", position: [1], limit: 3), [0, 4], [9, 9, 9, 9])
      expect(
        .indexOutOfBounds(op: "gather", index: "3", position: [0, 0], limit: 2), [0, 3],
        [3, 3, 0, 0])
      expect(
        .indexOutOfBounds(op: "gather", index: "-1", position: [1, 1], limit: 3), [0, 3],
        [2, 3, 0, -1])
      #expect(throws: Never.self) {
        _ = try runTape(
          tape, inputs: [x, literal([0, 3], [2]), literal([2, 3, 0, 0], [2, 2])], engine: engine)
      }
    }
  }
}
