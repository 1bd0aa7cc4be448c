import TensorJIT

/// How a network is trained.
package struct TrainingPlan: Sendable {
  package var epochs = 30
  package var batchSize = 128
  /// The learning rate of the first step; it falls in a straight line to 0 after the last.
  package var learningRate: Float = 0.2
  /// Decides the order of the images.
  package var seed = 1

  package init() {}

  /// The learning rate of a step, counted from 0, of so many.
  package func learningRate(step: Int, of count: Int) -> Float {
    learningRate * Float(count - step) / Float(count)
  }
}

/// What happened in an epoch, one pass over all images.
package struct EpochReport: Sendable {
  /// Counted from 1.
  package var epoch: Int
  /// The mean over the images of the loss before their step.
  package var loss: Double
  /// After the epoch, on the images that it trained on, 0 to 1.
  package var accuracy: Double
  /// The time of the whole epoch, without that of measuring the accuracy.
  package var seconds: Double
  /// The time of each step, from parameters, batch and learning rate to new parameters and loss.
  package var stepSeconds: [Double]
}

extension EpochReport: CustomStringConvertible {
  package var description: String {
    "epoch \(epoch.padded(to: 3))  loss \(loss.fixed(4))"
      + "  train accuracy \((accuracy * 100).fixed(1).padded(to: 5)) %"
      + "  \((seconds * 1e3).fixed(1).padded(to: 5)) ms"
  }
}

extension DigitsTraining {
  /// Trains as planned, on shuffled batches, the last of which holds what remains, and reports each
  /// epoch.
  package mutating func train(
    on digits: DigitsData, plan: TrainingPlan, report: (EpochReport) throws -> Void
  ) throws {
    let stepsPerEpoch = (digits.count + plan.batchSize - 1) / plan.batchSize
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(plan.seed)))
    let clock = ContinuousClock()
    var step = 0
    for epoch in 0..<plan.epochs {
      let start = clock.now
      var total = 0.0
      var times: [Double] = []
      let order = random.permutation(count: digits.count)
      for first in stride(from: 0, to: digits.count, by: plan.batchSize) {
        let positions = Array(order[first..<min(first + plan.batchSize, digits.count)])
        let batch = DigitsBatch(digits.selecting(positions))
        let rate = plan.learningRate(step: step, of: plan.epochs * stepsPerEpoch)
        let stepStart = clock.now
        let loss = try advance(on: batch, learningRate: rate)
        times.append((clock.now - stepStart).inSeconds)
        total += Double(loss) * Double(positions.count)
        step += 1
      }
      let elapsed = (clock.now - start).inSeconds
      try report(
        EpochReport(
          epoch: epoch + 1, loss: total / Double(digits.count), accuracy: accuracy(on: digits),
          seconds: elapsed, stepSeconds: times))
    }
  }
}

extension Duration {
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
