import Glibc
import TensorJIT

/// A training step of a small network that reads digits: forward, backward and update.
var digits: [Workload] {
  [
    Workload(name: "digits step", work: .operations(DigitsNetwork.stepOperations)) {
      let network = DigitsNetwork()
      let batch = DigitsNetwork.batch
      let images = Inputs(14, in: 0...1)
      let x = images.tensor(batch, DigitsNetwork.pixels)
      let labels = (0..<batch).map { Int32($0 * 7 % DigitsNetwork.digits) }
      let y = Tensor(labels)
      let step = jit { (network: DigitsNetwork, x: Tensor, y: Tensor) in
        try network.advanced(x, y)
      }
      var current = network
      return Job {
        current = try step(current, x, y).first
      } floors: {
        [Floor.arithmetic(operations: DigitsNetwork.stepOperations)]
      } check: {
        let result = try step(network, x, y)
        var reference = DigitsReference()
        let loss = reference.advance(images, labels)
        try expect([try result.second.scalar(as: Float.self)]) { _ in loss }
        for (found, wanted) in zip(result.first.tensors, reference.parameters) {
          try expect(try found.scalars(as: Float.self)) { wanted[$0] }
        }
      }
    }
  ]
}

/// 64 pixels, 128 hidden units, 10 digits.
private struct DigitsNetwork: TensorRecord {
  static let (batch, pixels, hidden, digits) = (128, 64, 128, 10)
  static let rate = 0.05
  static let inputs = [
    Inputs(15, in: -0.2...0.2), Inputs(16, in: -0.2...0.2), Inputs(17, in: -0.2...0.2),
    Inputs(18, in: -0.2...0.2),
  ]

  /// Those of the products: the first layer's two, the second layer's three.
  static let stepOperations = 2 * Double(batch * hidden) * Double(2 * pixels + 3 * digits)

  var weight1 = inputs[0].tensor(pixels, hidden)
  var bias1 = inputs[1].tensor(hidden)
  var weight2 = inputs[2].tensor(hidden, digits)
  var bias2 = inputs[3].tensor(digits)

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("weight1", &weight1)
    visitor.visit("bias1", &bias1)
    visitor.visit("weight2", &weight2)
    visitor.visit("bias2", &bias2)
  }

  /// The mean cross-entropy of the labels and the softmax of the scores.
  func loss(_ x: Tensor, _ labels: Tensor) -> Tensor {
    let hidden = (x.matmul(weight1) + bias1).relu()
    let scores = hidden.matmul(weight2) + bias2
    let isLabel = labels.expandingDims(at: 1) .== Tensor.arange(Self.digits)
    return -select(isLabel, scores.logSoftmax(axis: 1), 0).sum(axis: 1).mean()
  }

  /// The network after a step, and the loss before it.
  func advanced(_ x: Tensor, _ labels: Tensor) throws -> Pair<DigitsNetwork, Tensor> {
    let (loss, gradient) = try valueAndGrad(of: { (network: DigitsNetwork) in
      network.loss(x, labels)
    })(self)
    return Pair(mapTensors(with: gradient) { $0 - 0.05 * $1 }, loss)
  }
}

/// The same step in double precision, written out.
private struct DigitsReference {
  private typealias Network = DigitsNetwork

  private(set) var parameters: [[Double]] = zip(
    Network.inputs,
    [
      Network.pixels * Network.hidden, Network.hidden, Network.hidden * Network.digits,
      Network.digits,
    ]
  ).map { inputs, count in inputs.array(count).map(Double.init) }

  /// Takes the step and gives the loss before it.
  mutating func advance(_ images: Inputs, _ labels: [Int32]) -> Double {
    let (pixels, units, digits) = (Network.pixels, Network.hidden, Network.digits)
    let old = parameters
    let rate = Network.rate / Double(Network.batch)
    var loss = 0.0
    for image in 0..<Network.batch {
      let x = (0..<pixels).map { Double(images[image * pixels + $0]) }
      let hidden = (0..<units).map { unit in
        max(0, (0..<pixels).reduce(old[1][unit]) { $0 + x[$1] * old[0][$1 * units + unit] })
      }
      let scores = (0..<digits).map { digit in
        (0..<units).reduce(old[3][digit]) { $0 + hidden[$1] * old[2][$1 * digits + digit] }
      }
      let total = scores.reduce(0) { $0 + exp($1) }
      let label = Int(labels[image])
      loss += (log(total) - scores[label]) / Double(Network.batch)
      let slopes = (0..<digits).map { exp(scores[$0]) / total - ($0 == label ? 1 : 0) }
      for digit in 0..<digits { parameters[3][digit] -= rate * slopes[digit] }
      for unit in 0..<units where hidden[unit] > 0 {
        var slope = 0.0
        for digit in 0..<digits {
          parameters[2][unit * digits + digit] -= rate * hidden[unit] * slopes[digit]
          slope += old[2][unit * digits + digit] * slopes[digit]
        }
        parameters[1][unit] -= rate * slope
        for pixel in 0..<pixels { parameters[0][pixel * units + unit] -= rate * x[pixel] * slope }
      }
    }
    return loss
  }
}
