import TensorJIT

// Workloads that mostly wait for memory.

extension TensorWorkload {
  static var elementwise: [TensorWorkload] {
    [
      TensorWorkload("chain", chain),
      TensorWorkload("gelu") { [gelu($0[0])] },
      TensorWorkload("sigmoid") { [$0[0].sigmoid()] },
      TensorWorkload("exp") { [$0[0].exp()] },
      TensorWorkload("log") { [$0[0].log()] },
    ]
  }

  /// Rows that are reduced and walked again.
  static var rows: [TensorWorkload] {
    [
      TensorWorkload("softmax") { [$0[0].softmax(axis: 1)] },
      TensorWorkload("layer-norm") { [layerNorm($0[0], $0[1], $0[2], epsilon: 1e-5)] },
    ]
  }

  static var sums: [TensorWorkload] {
    [
      TensorWorkload("sum-all") { [$0[0].sum()] },
      TensorWorkload("sum-rows") { [$0[0].sum(axis: 1)] },
      TensorWorkload("sum-columns") { [$0[0].sum(axis: 0)] },
      TensorWorkload("mean-variance") { [$0[0].mean(), $0[0].variance()] },
    ]
  }

  static var movements: [TensorWorkload] {
    [
      TensorWorkload("broadcast-relu") { [($0[0] + $0[1]).relu()] },
      TensorWorkload("transpose") { [$0[0].transposed()] },
    ]
  }
}

/// tanh(a·b + c) · exp(−d²) + √|a|, of tensors a, b, c, d.
private func chain(_ x: [Tensor]) -> [Tensor] {
  [tanh(x[0] * x[1] + x[2]) * exp(-x[3] * x[3]) + sqrt(abs(x[0]))]
}

/// The approximation of x Φ(x) that uses tanh.
func gelu(_ x: Tensor) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
}

/// The last axis, normalised, scaled and shifted.
func layerNorm(_ x: Tensor, _ scale: Tensor, _ shift: Tensor, epsilon: Float) -> Tensor {
  let centred = x - x.mean(axis: -1, keepingDims: true)
  let variance = x.variance(axis: -1, keepingDims: true)
  return centred * rsqrt(variance + epsilon) * scale + shift
}
