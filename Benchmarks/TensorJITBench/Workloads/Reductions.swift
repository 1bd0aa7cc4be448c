import Glibc
import TensorJIT

/// Rows that are reduced and walked again.
var softmax: [Workload] {
  [
    Workload(name: "softmax 4096x1024", work: .bytes(2 * 4 << 22)) {
      let (rows, columns) = (4096, 1024)
      let input = Inputs(6)
      let x = input.tensor(rows, columns)
      return Job {
        try eval(x.softmax(axis: 1))
      } floors: {
        Floor.streams(reads: 1, readBytes: 4 * rows * columns, writeBytes: 4 * rows * columns)
      } check: {
        let found = try x.softmax(axis: 1).scalars(as: Float.self)
        try expect(found, tolerance: 1e-7, samples: 100) { position in
          let row = position / columns
          let sum = (0..<columns).reduce(0) { $0 + exp(Double(input[row * columns + $1])) }
          return exp(Double(input[position])) / sum
        }
      }
    }
  ]
}

/// Sums of a square matrix, along different axes.
var sums: [Workload] {
  let size = 4096
  let input = Inputs(7, in: 0...1)
  func workload(
    _ name: String, _ sum: @escaping (Tensor) -> Tensor,
    toBe expected: @escaping (_ position: Int) -> Double
  ) -> Workload {
    Workload(name: name, work: .bytes(4 * size * size)) {
      let x = input.tensor(size, size)
      return Job {
        try eval(sum(x))
      } floors: {
        [Floor.read(4 * size * size)]
      } check: {
        try expect(try sum(x).scalars(as: Float.self), samples: 100, expected)
      }
    }
  }
  return [
    workload("sum 4096x4096, all") {
      $0.sum()
    } toBe: { _ in
      (0..<size * size).reduce(0) { $0 + Double(input[$1]) }
    },
    workload("sum 4096x4096, rows") {
      $0.sum(axis: 1)
    } toBe: { row in
      (0..<size).reduce(0) { $0 + Double(input[row * size + $1]) }
    },
    workload("sum 4096x4096, columns") {
      $0.sum(axis: 0)
    } toBe: { column in
      (0..<size).reduce(0) { $0 + Double(input[$1 * size + column]) }
    },
  ]
}
