import ScalarIR
import TapeIR

/// Holds the gradient of the sum of a tape's first result against central differences, all in f64 on
/// the reference interpreter.
struct FiniteDifferences {
  /// An element of a gradient that differences do not confirm.
  struct Difference {
    let parameter: String
    let position: Int
    let gradient: Double
    let estimate: Double
  }

  /// How near a gradient must be, relative to its magnitude or, below 1, to 1.
  private static let tolerance = 1e-6

  /// Steps relative to the operand's magnitude, in the order in which they are tried: no step suits
  /// both smooth functions and those that bend within it.
  private static let steps = [0x1p-10, 0x1p-7, 0x1p-14, 0x1p-18]

  /// The magnitude that steps are relative to for operands of smaller ones.
  private static let leastScale = 0x1p-4

  private let tape: Tape
  private let inputs: [Literal]

  /// - Parameter tape: of floating and other types; it is widened to f64.
  init(_ tape: Tape, _ inputs: [Literal]) throws(TapeError) {
    self.tape = try tape.inDoublePrecision()
    self.inputs = inputs.map(\.inDoublePrecision)
  }

  /// The first element of a gradient that is neither confirmed by differences, nor at a place where
  /// they are no number (beyond a domain, or at infinity).
  func firstDifference() throws(TapeError) -> Difference? {
    let gradients = try TapeInterpreter.run(tape.appendingGradient(), inputs)
      .dropFirst(tape.results.count)
    let parameters = tape.parameterList.enumerated().filter { $0.element.type.dtype.isFloating }
    for ((number, parameter), gradient) in zip(parameters, gradients) {
      for position in 0..<gradient.count {
        let value = gradient[position].double
        let estimate = try nearestEstimate(to: value, number, position)
        if let estimate {
          return Difference(
            parameter: parameter.name, position: position, gradient: value, estimate: estimate)
        }
      }
    }
    return nil
  }

  /// The estimate of the smallest step where none is near `gradient`; nil where one is, or where
  /// there is none.
  private func nearestEstimate(
    to gradient: Double, _ parameter: Int, _ position: Int
  ) throws(TapeError) -> Double? {
    let operand = inputs[parameter][position].double
    guard operand.isFinite else { return nil }
    var last: Double?
    for step in FiniteDifferences.steps {
      let width = step * max(operand.magnitude, FiniteDifferences.leastScale)
      let estimate = try centralDifference(parameter, position, operand, width)
      guard estimate.isFinite else { continue }
      if (gradient - estimate).magnitude
        <= FiniteDifferences.tolerance * max(1, estimate.magnitude)
      {
        return nil
      }
      last = estimate
    }
    return last
  }

  /// The derivative by the five-point rule, whose error is of the fourth order in the step:
  /// (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h.
  private func centralDifference(
    _ parameter: Int, _ position: Int, _ operand: Double, _ width: Double
  ) throws(TapeError) -> Double {
    var sum = 0.0
    for (offset, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var bits = inputs[parameter].bits
      bits[position] = (operand + offset * width).bitPattern
      var moved = inputs
      moved[parameter] = Literal(dtype: .f64, sizes: inputs[parameter].sizes, bits: bits)
      sum += weight * (try firstResultSum(moved))
    }
    return sum / (12 * width)
  }

  private func firstResultSum(_ inputs: [Literal]) throws(TapeError) -> Double {
    guard let result = try TapeInterpreter.run(tape, inputs).first else { return 0 }
    return (0..<result.count).reduce(0) { $0 + result[$1].double }
  }
}
