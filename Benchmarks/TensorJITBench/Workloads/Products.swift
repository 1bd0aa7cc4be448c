import TensorJIT

extension TensorWorkload {
  /// Products of matrices, alone and in a layer, and a layer of a convolutional network.
  static var products: [TensorWorkload] {
    [
      "matmul-256", "matmul-512", "matmul-1024", "matmul-2048", "matmul-128x128x64",
      "matmul-128x10x128",
    ].map { TensorWorkload($0) { [$0[0].matmul($0[1])] } } + [
      TensorWorkload("linear-gelu") { [gelu($0[0].matmul($0[1]) + $0[2])] },
      TensorWorkload("convolution") { [$0[0].convolution(with: $0[1], padding: .same)] },
    ]
  }
}
