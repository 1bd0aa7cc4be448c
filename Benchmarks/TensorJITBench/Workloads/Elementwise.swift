import Glibc
import TensorJIT

/// Long loops over elements.
var elementwise: [Workload] {
  [
    Workload(name: "chain 16M", work: .bytes(5 * 4 << 24)) {
      let count = 1 << 24
      let inputs = (1...4).map { Inputs($0) }
      let x = inputs.map { $0.tensor(count) }
      return Job {
        try eval(chain(x))
      } floors: {
        Floor.streams(reads: 4, readBytes: 4 * count, writeBytes: 4 * count)
      } check: {
        try expect(try chain(x).scalars(as: Float.self)) { position in
          chain(inputs.map { Double($0[position]) })
        }
      }
    },
    Workload(name: "exp 16M", work: .bytes(2 * 4 << 24)) {
      let count = 1 << 24
      let input = Inputs(5)
      let x = input.tensor(count)
      return Job {
        try eval(exp(x))
      } floors: {
        Floor.streams(reads: 1, readBytes: 4 * count, writeBytes: 4 * count)
      } check: {
        try expect(try exp(x).scalars(as: Float.self)) { exp(Double(input[$0])) }
      }
    },
  ]
}

/// tanh(a·b + c) · exp(−d²) + √|a|, of tensors a, b, c, d.
func chain(_ x: [Tensor]) -> Tensor {
  tanh(x[0] * x[1] + x[2]) * exp(-x[3] * x[3]) + sqrt(abs(x[0]))
}

/// The same of numbers.
func chain(_ x: [Double]) -> Double {
  tanh(x[0] * x[1] + x[2]) * exp(-x[3] * x[3]) + abs(x[0]).squareRoot()
}
