import TensorJIT

extension TensorWorkload {
  /// Steps of gradient descent: weights and biases of the layers, then images and labels.
  static var trainingSteps: [TensorWorkload] {
    [
      TensorWorkload("step-small", carried: 4, trainingStep),
      TensorWorkload("step-large", carried: 6, trainingStep),
    ]
  }
}

/// The parameters after a step, and the loss before it.
private func trainingStep(_ arguments: [Tensor]) throws -> [Tensor] {
  let parameters = Array(arguments.dropLast(2))
  let (images, labels) = (arguments[parameters.count], arguments[parameters.count + 1])
  let (loss, gradient) = try valueAndGrad(of: { (parameters: [Tensor]) in
    crossEntropy(of: scores(images, parameters), labels)
  })(parameters)
  return parameters.mapTensors(with: gradient) { $0 - 0.05 * $1 } + [loss]
}

/// A network of linear layers with relu between them.
private func scores(_ images: Tensor, _ parameters: [Tensor]) -> Tensor {
  var values = images
  for layer in stride(from: 0, to: parameters.count, by: 2) {
    if layer > 0 { values = values.relu() }
    values = values.matmul(parameters[layer]) + parameters[layer + 1]
  }
  return values
}

/// The mean cross-entropy of the labels and the softmax of the scores.
private func crossEntropy(of scores: Tensor, _ labels: Tensor) -> Tensor {
  let chosen = scores.logSoftmax(axis: 1).takeAlongAxis(labels.expandingDims(at: 1), axis: 1)
  return -chosen.mean()
}
