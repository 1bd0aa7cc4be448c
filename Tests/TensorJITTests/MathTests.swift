import TensorJIT
import Testing

@Suite struct MathTests {
  let x = Tensor([-1, 0, 2] as [Double])

  private func check(_ y: Tensor, _ expected: [Double], _ tolerance: Double = 1e-14) throws {
    let found = try y.scalars(as: Double.self)
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) {
      #expect(a == b || abs(a - b) <= tolerance * max(1, abs(b)), "\(found) is not \(expected)")
    }
  }

  @Test func functionsOfEachElement() throws {
    try check(x.exp(), [0.36787944117144233, 1, 7.38905609893065])
    try check(exp(x), [0.36787944117144233, 1, 7.38905609893065])
    try check(log(x + 2), [0, 0.6931471805599453, 1.3862943611198906])
    try check(sqrt(x + 2), [1, 1.4142135623730951, 2])
    try check(tanh(x), [-0.7615941559557649, 0, 0.9640275800758169])
    try check(sigmoid(x), [0.2689414213699951, 0.5, 0.8807970779778823])
    try check(abs(x), [1, 0, 2])
    try check(sign(x), [-1, 0, 1])
    try check(relu(x), [0, 0, 2])
    try check(square(x), [1, 0, 4])
    #expect(
      failure(exp(Tensor([1, 2])))
        == "C1: exp needs a floating operand, found i32[2] (exp of i32[2])")
  }

  @Test func functionsOfLiterals() throws {
    try check(x * sqrt(2), [-1.4142135623730951, 0, 2.8284271247461903])
    try check(x + exp(1.0), [1.718281828459045, 2.718281828459045, 4.718281828459045])
  }

  @Test func softmaxOfRows() throws {
    let rows = Tensor([[1, 2, 3], [1000, 1000, 1000]] as [[Double]])
    try check(
      rows.softmax(),
      [0.09003057317038046, 0.24472847105479767, 0.6652409557748219]
        + [Double](repeating: 1.0 / 3, count: 3))
    try check(rows.softmax(axis: 0), [0, 0, 0, 1, 1, 1])
    try check(
      rows.logSoftmax()[0],
      [-2.4076059644443806, -1.4076059644443804, -0.4076059644443804])
    try check(rows.logSumExp(), [3.4076059644443806, 1001.0986122886682])
    #expect(try rows.logSumExp(axis: 0, keepingDims: true).shape == [1, 3])
  }

  @Test func logSumExpOfInfinities() throws {
    let infinity = Double.infinity
    let rows = Tensor([[-infinity, -infinity], [infinity, 0], [-infinity, 1]] as [[Double]])
    try check(rows.logSumExp(), [-infinity, infinity, 1])
  }

  @Test func softmaxHasTheGradientThatItHas() throws {
    let row = Tensor([1, 2, 3] as [Double])
    let weights = Tensor([1, 0, -2] as [Double])
    let p = [0.09003057317038046, 0.24472847105479767, 0.6652409557748219]
    let mean = p[0] - 2 * p[2]
    let expected = [p[0] * (1 - mean), p[1] * -mean, p[2] * (-2 - mean)]
    let loss = (row.softmax() * weights).sum()
    try check(loss.gradient(withRespectTo: row), expected, 1e-12)
    try eval(loss)
    try check(loss.gradient(withRespectTo: row), expected, 1e-12)
    try check(grad(of: { (x: Tensor) in (x.softmax() * weights).sum() })(row), expected, 1e-12)
    try check(grad(of: { (x: Tensor) in x.logSumExp() })(row), p, 1e-12)
    try check(
      grad(of: { (x: Tensor) in x.logSoftmax()[2] })(row), [-p[0], -p[1], 1 - p[2]], 1e-12)
  }
}
