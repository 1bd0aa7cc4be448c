import TensorJIT

extension DigitsTraining {
  /// A file with a tape: a training step on a batch of so many images, which is what `advance` runs.
  package static func stepText(batchSize: Int) throws -> String {
    let digits = DigitsData(
      images: [Float](repeating: 0, count: batchSize * DigitsData.pixelCount),
      labels: [Int32](repeating: 0, count: batchSize))
    let input = StepInput(
      state: TrainingState(key: RandomKey(0)), batch: DigitsBatch(digits),
      learningRate: Tensor(Float(0)))
    try eval(input.tensors)
    let tape = try tracedTape(
      of: { (input: StepInput) in
        let (next, loss) = try input.state.advanced(
          on: input.batch, learningRate: input.learningRate)
        return StepOutput(next: next, loss: loss)
      }, named: "digits", at: input)
    return "; A training step of the digits demo, as `tensorjit-demo --tape` prints it.\n\n\(tape)"
  }
}

/// What a step takes.
private struct StepInput: TensorRecord {
  var state: TrainingState
  var batch: DigitsBatch
  var learningRate: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    state.visitTensors(&visitor)
    batch.visitTensors(&visitor)
    visitor.visit("rate", &learningRate)
  }
}

/// What a step gives.
private struct StepOutput: TensorRecord {
  var next: TrainingState
  var loss: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("next", &next)
    visitor.visit("loss", &loss)
  }
}
