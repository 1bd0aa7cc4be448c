import Foundation
import TensorJIT
import Testing

/// Expressions that mix tensors with literals, variables and Foundation's functions of numbers: that
/// they compile is most of the test.
@Suite struct ExpressionTests {
  let a = Tensor([0.5, 1] as [Float])
  let b = Tensor([2, 3] as [Float])
  let c = Tensor([-1, 1] as [Float])
  let d = Tensor([0.25, 4] as [Float])
  let rate: Float = 0.5

  private func check(_ y: Tensor, _ expected: (Int) -> Double) throws {
    for (number, found) in try floats(y).enumerated() {
      #expect(abs(Double(found) - expected(number)) < 1e-5 * max(1, abs(expected(number))))
    }
  }

  @Test func longExpressions() throws {
    let (x, y, z, w) = ([0.5, 1], [2.0, 3], [-1.0, 1], [0.25, 4])
    try check(tanh(a * b + c) * exp(-d * d) + sqrt(abs(a))) {
      tanh(x[$0] * y[$0] + z[$0]) * exp(-w[$0] * w[$0]) + sqrt(abs(x[$0]))
    }
    try check(a - rate * (2 * b / (1 + exp(-c)) - 1) * 0.5 + (1 - rate) * d) {
      let gate = 2 * y[$0] / (1 + exp(-z[$0])) - 1
      return x[$0] - 0.5 * gate * 0.5 + 0.5 * w[$0]
    }
    try check(0.9 * a + (1 - 0.9) * b * b - rate * c / (sqrt(d) + 1e-8)) {
      0.9 * x[$0] + 0.1 * y[$0] * y[$0] - 0.5 * z[$0] / (sqrt(w[$0]) + 1e-8)
    }
  }

  @Test func functionsOfNumbersStayNumbers() throws {
    let root: Double = sqrt(2)
    let power: Float = exp(rate)
    #expect(Double("\(sqrt(2))") == root)
    #expect(abs(-3) == 3)
    try check(sqrt(rate) * a + exp(2.0) * b + sqrt(2) * c) {
      0.5.squareRoot() * [0.5, 1][$0] + 7.38905609893065 * [2.0, 3][$0] + root * [-1.0, 1][$0]
    }
    try check(a * power) { 1.6487212707 * [0.5, 1][$0] }
  }
}
