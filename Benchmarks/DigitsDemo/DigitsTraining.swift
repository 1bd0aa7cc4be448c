import TensorJIT

/// What training changes.
package struct TrainingState: TensorRecord, Sendable {
  package var model: DigitsModel
  package var optimizer: Momentum<DigitsModel>

  package init(key: RandomKey) {
    model = DigitsModel(key: key)
    optimizer = Momentum(for: model)
  }

  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("model", &model)
    visitor.visit("optimizer", &optimizer)
  }

  /// The state after one step on a batch, and the loss before it: forward, backward and update,
  /// recorded.
  package func advanced(
    on batch: DigitsBatch, learningRate: Tensor
  ) throws -> (state: TrainingState, loss: Tensor) {
    let (loss, gradient) = try valueAndGrad(of: { (model: DigitsModel) in model.loss(batch) })(
      model)
    var next = self
    next.optimizer.update(&next.model, gradient: gradient, learningRate: learningRate)
    return (next, loss)
  }
}

/// A network that is being trained; its steps and its predictions are compiled programs.
package struct DigitsTraining {
  package private(set) var state: TrainingState
  private let step: (TrainingState, DigitsBatch, Tensor) throws -> Pair<TrainingState, Tensor>
  private let predict: (DigitsModel, Tensor) throws -> Tensor

  /// Starts from random parameters, which the seed decides.
  package init(seed: Int) throws {
    state = TrainingState(key: RandomKey(seed))
    try eval(state.tensors)
    step = jit { state, batch, learningRate in
      let (next, loss) = try state.advanced(on: batch, learningRate: learningRate)
      return Pair(next, loss)
    }
    predict = jit { model, images in model.predictions(images) }
  }

  /// Takes one step on a batch, one evaluation; its loss before the step.
  package mutating func advance(on batch: DigitsBatch, learningRate: Float) throws -> Float {
    let result = try step(state, batch, Tensor(learningRate))
    state = result.first
    return try result.second.scalar(as: Float.self)
  }

  /// The digits that the network reads.
  package func predictions(for digits: DigitsData) throws -> [Int32] {
    try predict(state.model, DigitsBatch(digits).images).scalars(as: Int32.self)
  }

  /// The share of digits that the network reads as their labels say, 0 to 1.
  package func accuracy(on digits: DigitsData) throws -> Double {
    let right = zip(try predictions(for: digits), digits.labels).filter { $0 == $1 }
    return Double(right.count) / Double(digits.count)
  }
}
