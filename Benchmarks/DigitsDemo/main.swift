import Glibc
import TensorJIT

/// The share of held out images that the demo promises to read correctly.
let promisedAccuracy = 0.97

/// Trains and shows the results; whether the promise was kept.
func runDemo(_ options: DemoOptions) throws -> Bool {
  let digits = try DigitsData(contentsOf: options.dataPath)
  let (training, test) = digits.split(seed: 1)
  if training.count == 0 {
    complain("\(options.dataPath): error: one image alone is too few to train and to test")
    return false
  }
  print("\(digits.count) images: \(training.count) to train, \(test.count) held out to test")

  Runtime.shared.resetCounters()
  var plan = TrainingPlan()
  plan.epochs = options.epochs
  plan.seed = options.seed
  let clock = ContinuousClock()
  let start = clock.now
  var stepSeconds: [Double] = []
  var network = try DigitsTraining(seed: options.seed)
  try network.train(on: training, plan: plan) { epoch in
    print(epoch)
    fflush(nil)
    stepSeconds += epoch.stepSeconds
  }
  let elapsed = (clock.now - start).inSeconds
  let accuracy = try network.accuracy(on: test)
  print("test accuracy: \((accuracy * 100).fixed(1)) %, after \(elapsed.fixed(2)) s of training\n")

  let predictions = try network.predictions(for: test)
  let wrong = predictions.indices.filter { predictions[$0] != test.labels[$0] }
  let right = predictions.indices.filter { predictions[$0] == test.labels[$0] }
  let shown = (right.prefix(4) + wrong.prefix(1)).sorted()
  print(
    DigitsPicture(test.selecting(shown), predictions: shown.map { predictions[$0] }),
    terminator: "\n\n")

  print("what the compiler did:")
  print(CompilerReport(Runtime.shared.counters, stepSeconds: stepSeconds))
  if accuracy < promisedAccuracy {
    complain(
      "error: test accuracy is \((accuracy * 100).fixed(1)) %, below \((promisedAccuracy * 100).fixed(0)) %"
    )
  }
  return accuracy >= promisedAccuracy
}

/// Writes a line where errors go.
func complain(_ line: String) {
  fflush(nil)
  var text = line + "\n"
  _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

do {
  let options = try DemoOptions(Array(CommandLine.arguments.dropFirst()))
  if options.showsHelp {
    print(DemoOptions.help)
  } else if options.showsTape {
    print(try DigitsTraining.stepText(batchSize: TrainingPlan().batchSize), terminator: "")
  } else if try !runDemo(options) {
    exit(1)
  }
} catch let error as DigitsFileError {
  complain("\(error)")
  exit(1)
} catch {
  complain("error: \(error)")
  exit(1)
}
