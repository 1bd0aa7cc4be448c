import TensorJIT

/// Products of matrices.
var products: [Workload] {
  [
    Workload(name: "sgemm 1024", work: .operations(2 * 0x1p30)) {
      let size = 1024
      let (left, right) = (Inputs(8, in: 0...1), Inputs(9, in: 0...1))
      let (a, b) = (left.tensor(size, size), right.tensor(size, size))
      return Job {
        try eval(a.matmul(b))
      } floors: {
        [Floor.arithmetic(operations: 2 * 0x1p30)]
      } check: {
        try expect(try a.matmul(b).scalars(as: Float.self)) { position in
          let (row, column) = (position / size, position % size)
          return (0..<size).reduce(0) {
            $0 + Double(left[row * size + $1]) * Double(right[$1 * size + column])
          }
        }
      }
    }
  ]
}
