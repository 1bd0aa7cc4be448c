import TensorJIT

/// A layer of a convolutional network.
var convolutions: [Workload] {
  let (batch, features, size) = (4, 64, 56)
  let operations = 2 * Double(batch * features * features * 9 * size * size)
  return [
    Workload(name: "conv 3×3, 64 features, 4×56×56", work: .operations(operations)) {
      let (left, right) = (Inputs(10, in: 0...1), Inputs(11, in: 0...1))
      let images = left.tensor(batch * features, size * size)
        .reshaped(to: batch, features, size, size)
      let kernel = right.tensor(features * features, 9).reshaped(to: features, features, 3, 3)
      try eval(images, kernel)
      return Job {
        try eval(images.convolution(with: kernel, padding: .same))
      } floors: {
        [Floor.arithmetic(operations: operations)]
      } check: {
        let result = images.convolution(with: kernel, padding: .same)
        try expect(try result.scalars(as: Float.self)) { position in
          let (row, column) = (position / size % size, position % size)
          let (output, image) = (
            position / (size * size) % features, position / (size * size * features)
          )
          var sum = 0.0
          for input in 0..<features {
            for step in 0..<9 {
              let (y, x) = (row + step / 3 - 1, column + step % 3 - 1)
              guard (0..<size).contains(y), (0..<size).contains(x) else { continue }
              sum +=
                Double(left[((image * features + input) * size + y) * size + x])
                * Double(right[(output * features + input) * 9 + step])
            }
          }
          return sum
        }
      }
    }
  ]
}
