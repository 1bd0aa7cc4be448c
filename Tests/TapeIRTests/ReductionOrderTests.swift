import ScalarIR
import TapeIR
import TensorJITTestSupport
import Testing

/// The order of reductions, against a direct reading of its description.
@Suite struct ReductionOrderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let sizes: [Int]
    let axes: [Int]
    /// Extents of the innermost merged group and of the other reduced axes.
    let inner: Int
    let outer: Int
    let lanes: Int

    var testDescription: String { "\(sizes) along \(axes)" }
  }

  static let cases = [
    Case(sizes: [5], axes: [0], inner: 5, outer: 1, lanes: 128),
    Case(sizes: [3, 1023], axes: [1], inner: 1023, outer: 1, lanes: 128),
    Case(sizes: [2, 33_000], axes: [0, 1], inner: 66_000, outer: 1, lanes: 128),
    Case(sizes: [300, 2, 300], axes: [0, 2], inner: 300, outer: 300, lanes: 128),
    Case(sizes: [2, 2, 65_600], axes: [0, 2], inner: 65_600, outer: 2, lanes: 128),
    Case(sizes: [4, 5, 6], axes: [1, 2], inner: 30, outer: 1, lanes: 128),
    Case(sizes: [1000, 7], axes: [0], inner: 1000, outer: 1, lanes: 1),
    Case(sizes: [3, 33, 2], axes: [0, 1], inner: 99, outer: 1, lanes: 1),
    Case(sizes: [17, 2, 33, 3], axes: [0, 2], inner: 33, outer: 17, lanes: 1),
    Case(sizes: [3, 2, 600, 2], axes: [0, 2], inner: 600, outer: 3, lanes: 1),
  ]

  @Test(arguments: cases)
  func sumsFollowTheTree(_ example: Case) throws {
    var random = SplitMix64(seed: 7)
    let count = example.sizes.reduce(1, *)
    let values = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    let input = Literal(
      dtype: .f32, sizes: example.sizes, bits: values.map { UInt64($0.bitPattern) })
    var builder = TapeBuilder(name: "sum")
    let x = builder.parameter("x", TensorType(.f32, Shape(example.sizes)))
    let y = try builder.sum(x, axes: example.axes)
    let result = try TapeInterpreter.run(
      builder.finish([Tape.Result(name: "y", value: y)]), [input])
    let expected = example.rows(of: values).map(example.sum)
    #expect(result[0].bits == expected.map { UInt64($0.bitPattern) })
  }

  @Test func halvesAccumulateInSinglePrecision() throws {
    // 2048 + 1 is no f16, but the sum of 2048 and 64 ones is.
    let results = try run(
      """
      (tape f [(x f16[65,1])]
        (y (reduce-sum x :axes [0]))
        (return y))
      """, "[\((["2048"] + [String](repeating: "1", count: 64)).map { "[\($0)]" }.joined())]")
    #expect(results == ["2112"])
  }

  @Test func nothingGivesTheEmptyValue() throws {
    let results = try run(
      """
      (tape f [(x f32[2,0]) (n i32[0,3]) (p bool[0])]
        (a (reduce-sum x :axes [1])) (b (reduce-max x :axes [1])) (c (reduce-max n :axes [0]))
        (d (reduce-sum p :axes [0])) (e (reduce-sum x :axes [0])) (f (reduce-sum x :axes []))
        (return a b c d e f))
      """, "[[] []]", "[]", "[]")
    #expect(results == ["0", "-inf", "-2147483648", "false", "[]", "[[] []]"])
  }

  /// Negative zeros sum to negative zero: lanes without elements take no part.
  @Test func missingLanesDoNotCount() throws {
    let results = try run(
      "(tape f [(x f32[3])] (y (reduce-sum x :axes [0])) (return y))", "[-0.0 -0.0 -0.0]")
    #expect(results == ["-0.0"])
  }
}

extension ReductionOrderTests.Case {
  /// For each result, the reduced elements in row-major order.
  func rows(of values: [Float]) -> [[Float]] {
    var rows: [[Int]: [Float]] = [:]
    for (position, value) in values.enumerated() {
      var rest = position
      var coordinates: [Int] = []
      for size in sizes.reversed() {
        coordinates.insert(rest % size, at: 0)
        rest /= size
      }
      let kept = coordinates.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
      rows[kept, default: []].append(value)
    }
    return rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// The sum of one row, its runs of `inner` elements cut into segments as described.
  func sum(_ row: [Float]) -> Float {
    let limit = lanes == 1 ? 256 : 65_536
    let runs = (0..<outer).map { row[($0 * inner)..<(($0 + 1) * inner)] }
    var segments: [Float] = []
    if inner <= limit {
      let runsPerSegment = limit / inner
      for first in stride(from: 0, to: outer, by: runsPerSegment) {
        segments.append(segmentSum(Array(runs[first..<min(outer, first + runsPerSegment)])))
      }
    } else {
      for run in runs {
        for first in stride(from: run.startIndex, to: run.endIndex, by: limit) {
          segments.append(segmentSum([run[first..<min(run.endIndex, first + limit)]]))
        }
      }
    }
    while segments.count > 1 {
      var next: [Float] = []
      for index in stride(from: 0, to: segments.count, by: 2) {
        next.append(
          index + 1 < segments.count ? segments[index] + segments[index + 1] : segments[index])
      }
      segments = next
    }
    return segments[0]
  }

  private func segmentSum(_ runs: [ArraySlice<Float>]) -> Float {
    var sums = [Float?](repeating: nil, count: lanes)
    for run in runs {
      for (index, value) in run.enumerated() {
        let lane = index % lanes
        sums[lane] = sums[lane].map { $0 + value } ?? value
      }
    }
    while sums.count > 1 {
      let half = sums.count / 2
      sums = (0..<half).map { lane in
        guard let a = sums[lane] else { return sums[lane + half] }
        guard let b = sums[lane + half] else { return a }
        return a + b
      }
    }
    return sums[0] ?? .nan
  }
}
