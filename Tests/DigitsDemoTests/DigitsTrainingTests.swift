import DigitsDemo
import Foundation
import TensorJIT
import Testing

/// The repository's digits.
private func split() throws -> (training: DigitsData, test: DigitsData) {
  try DigitsData(contentsOf: DigitsData.repositoryFile).split(seed: 1)
}

/// The first digits of the training set as a batch.
private func firstBatch(_ count: Int, elementType: ElementType = .f32) throws -> DigitsBatch {
  DigitsBatch(try split().training.selecting(Array(0..<count)), elementType: elementType)
}

/// What the runtime counted while `body` ran.
private func counted(_ body: () throws -> Void) rethrows -> Runtime.Counters {
  Runtime.shared.resetCounters()
  try body()
  return Runtime.shared.counters
}

@Suite struct DigitsTrainingTests {
  @Test func threeEpochsLowerTheLossAndReadMostDigits() throws {
    let (training, test) = try split()
    var reports: [EpochReport] = []
    var plan = TrainingPlan()
    plan.epochs = 3
    var network = try DigitsTraining(seed: 1)
    let before = try network.accuracy(on: test)
    try network.train(on: training, plan: plan) { reports.append($0) }
    #expect(reports.map(\.epoch) == [1, 2, 3])
    #expect(reports.map(\.stepSeconds.count) == [12, 12, 12])
    #expect(reports[1].loss < reports[0].loss)
    #expect(reports[2].loss < reports[1].loss)
    #expect(reports[0].loss < 2.5)
    #expect(before < 0.5)
    #expect(reports[2].accuracy > 0.9)
    #expect(try network.accuracy(on: test) > 0.9)
  }

  @Test func theGradientIsThatOfFiniteDifferences() throws {
    let model = DigitsModel(key: RandomKey(3), elementType: .f64)
    let batch = try firstBatch(16, elementType: .f64)
    let gradient = try grad(of: { (model: DigitsModel) in model.loss(batch) })(model)
    let step = 1e-5
    for number in model.tensors.indices {
      let parameter = model.tensors[number]
      let direction = Tensor.normal(
        try parameter.shape, key: RandomKey(number), elementType: .f64)
      func loss(_ distance: Double) throws -> Double {
        var tensors = model.tensors
        tensors[number] = parameter + direction * distance
        return try model.replacingTensors(with: tensors).loss(batch).scalar()
      }
      let slope: Double = try (gradient.tensors[number] * direction).sum().scalar()
      let expected = try (loss(step) - loss(-step)) / (2 * step)
      #expect(
        abs(slope - expected) <= 1e-6 * max(abs(expected), 1e-2),
        "\(model.namedTensors[number].path): \(slope), finite differences say \(expected)")
    }
  }

  @Test func theLossIsThatOfItsDefinition() throws {
    let model = DigitsModel(key: RandomKey(1), elementType: .f64)
    let digits = try split().training.selecting(Array(0..<5))
    let batch = DigitsBatch(digits, elementType: .f64)
    let scores: [Double] = try model.scores(batch.images).scalars()
    var loss = 0.0
    for (image, label) in digits.labels.enumerated() {
      let powers: [Double] = try Tensor(Array(scores[image * 10..<image * 10 + 10])).exp().scalars()
      let surprise = Tensor(powers.reduce(0, +) / powers[Int(label)]).log()
      loss += try surprise.scalar(as: Double.self) / 5
    }
    #expect(abs(try model.loss(batch).scalar(as: Double.self) - loss) < 1e-12)
  }

  @Test func theLearningRateFallsToZero() {
    let plan = TrainingPlan()
    #expect(plan.learningRate(step: 0, of: 10) == plan.learningRate)
    #expect(plan.learningRate(step: 5, of: 10) == plan.learningRate / 2)
    #expect(plan.learningRate(step: 9, of: 10) > 0)
  }
}

/// What the compiler does for a step. The runtime's counters are the process's, so each test has a
/// process of its own.
@Suite struct DigitsCompilationTests {
  @Test func aStepIsOneEvaluationAndCompilesOnce() async {
    await #expect(processExitsWith: .success) {
      let batches = try [0, 1, 2].map { _ in try firstBatch(128) }
      var network = try DigitsTraining(seed: 1)
      let first = try counted { _ = try network.advance(on: batches[0], learningRate: 0.1) }
      #expect(first.evaluations == 1)
      #expect(first.traces == 1)
      #expect(first.compiles == 1)
      for (batch, rate) in zip(batches, [0.1, 0.05, 0.01] as [Float]) {
        let later = try counted { _ = try network.advance(on: batch, learningRate: rate) }
        #expect(later.evaluations == 1)
        #expect(later.cacheHits == 1)
        #expect(later.traces == 0)
        #expect(later.compiles == 0)
        #expect(later.kernels == 0)
      }
    }
  }

  @Test func theSmallerLastBatchCompilesOnce() async {
    await #expect(processExitsWith: .success) {
      let training = try split().training
      var plan = TrainingPlan()
      plan.epochs = 1
      var network = try DigitsTraining(seed: 1)
      let first = try counted { try network.train(on: training, plan: plan) { _ in } }
      // The step for batches of 128 and for the last of 29, and the predictions.
      #expect(first.compiles == 3)
      #expect(first.evaluations == 13)
      plan.epochs = 2
      let later = try counted { try network.train(on: training, plan: plan) { _ in } }
      #expect(later.compiles == 0)
      #expect(later.evaluations == 26)
      #expect(later.cacheHits == 26)
    }
  }

  @Test func aStepWithoutJitIsOneEvaluationToo() async {
    await #expect(processExitsWith: .success) {
      var state = TrainingState(key: RandomKey(1))
      try eval(state.tensors)
      let batch = try firstBatch(128)
      try eval(batch.tensors)
      var losses: [Float] = []
      for (step, rate) in ([0.1, 0.05, 0.02] as [Float]).enumerated() {
        let counters = try counted {
          let (next, loss) = try state.advanced(on: batch, learningRate: Tensor(rate))
          state = next
          try eval([loss] + state.tensors)
          losses.append(try loss.scalar())
        }
        #expect(counters.evaluations == 1)
        #expect(counters.compiles == (step == 0 ? 1 : 0))
        #expect(counters.cacheHits == (step == 0 ? 0 : 1))
      }
      #expect(losses[2] < losses[0])
      // The same with jit.
      var network = try DigitsTraining(seed: 1)
      for (rate, loss) in zip([0.1, 0.05, 0.02] as [Float], losses) {
        let compiled = try network.advance(on: batch, learningRate: rate)
        #expect(abs(compiled - loss) < 1e-4 * loss)
      }
    }
  }

  @Test(arguments: [1, 2])
  func theSameSeedGivesTheSameBits(threads: Int) async {
    await #expect(processExitsWith: .success) { [threads] in
      Runtime.shared.options.threads = threads
      let training = try split().training
      var plan = TrainingPlan()
      plan.epochs = 2
      let runs = try [5, 5, 6].map { seed in
        var network = try DigitsTraining(seed: seed)
        plan.seed = seed
        try network.train(on: training, plan: plan) { _ in }
        return try network.state.tensors.map { try $0.scalars(as: Float.self).map(\.bitPattern) }
      }
      #expect(runs[0] == runs[1])
      #expect(runs[0] != runs[2])
    }
  }

  @Test func theStoredTapeIsAStepOfTheDemo() throws {
    let path = (#filePath).replacing(
      "Tests/DigitsDemoTests/DigitsTrainingTests.swift", with: "Benchmarks/GPU/digits.tape")
    let stored = try String(contentsOfFile: path, encoding: .utf8)
    let text = try DigitsTraining.stepText(batchSize: TrainingPlan().batchSize)
    #expect(stored == text, "tensorjit-demo --tape > Benchmarks/GPU/digits.tape makes it anew")
  }
}
