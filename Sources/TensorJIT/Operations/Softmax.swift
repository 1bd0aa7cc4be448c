import TapeIR

extension Tensor {
  /// exp(x) divided by its sum along an axis; computed without overflow.
  public func softmax(axis: Int = -1) -> Tensor {
    let powers = (self - shift(axis)).exp()
    return powers / powers.sum(axis: axis, keepingDims: true)
  }

  /// The logarithm of `softmax`; computed without overflow and without loss.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    let shifted = self - shift(axis)
    return shifted - shifted.exp().sum(axis: axis, keepingDims: true).log()
  }

  /// The logarithm of the sum of exp(x) along an axis; computed without overflow.
  public func logSumExp(axis: Int = -1, keepingDims: Bool = false) -> Tensor {
    let maximum = shift(axis)
    // An infinite maximum would leave ∞ − ∞ behind.
    let shift = TensorJIT.select(maximum.abs() .< Tensor(floatLiteral: .infinity), maximum, 0)
    let sum = (self - shift).exp().sum(axis: axis, keepingDims: true).log() + shift
    return keepingDims ? sum : sum.squeezed(axis)
  }

  /// The maximum along an axis, which the results do not depend on but for rounding.
  ///
  /// So gradients need not go through it; only where nobody retains what they will need must they be
  /// able to, because the maximum is gone once the result is evaluated.
  private func shift(_ axis: Int) -> Tensor {
    let maximum = max(axis: axis, keepingDims: true)
    return handle.tracking.isEmpty ? maximum : maximum.detached()
  }
}
