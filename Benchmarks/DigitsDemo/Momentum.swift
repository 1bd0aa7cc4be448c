import TensorJIT

/// Gradient descent that keeps moving: each step adds the gradient to a velocity that decays by a
/// tenth, and moves the parameters against the velocity.
///
/// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
/// learning", ICML 2013.
package struct Momentum<Parameters: TensorRecord>: TensorRecord {
  package var velocity: Parameters

  /// At rest.
  package init(for parameters: Parameters) {
    velocity = parameters.mapTensors { $0 * 0 }
  }

  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("velocity", &velocity)
  }

  /// Takes one step.
  package mutating func update(
    _ parameters: inout Parameters, gradient: Parameters, learningRate: Tensor
  ) {
    velocity = velocity.mapTensors(with: gradient) { $0 * 0.9 + $1 }
    parameters = parameters.mapTensors(with: velocity) { $0 - learningRate * $1 }
  }
}

extension Momentum: Sendable where Parameters: Sendable {}
