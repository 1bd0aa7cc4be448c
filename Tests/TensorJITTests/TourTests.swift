import TensorJIT
import Testing

/// The README's tour.
@Suite struct TourTests {
  let x = Tensor([[1, 2], [3, 4]] as [[Float]])
  let w = Tensor([0.5, -1])

  @Test func values() throws {
    let y = (x.matmul(w) + 1).tanh()
    #expect("\(y)" == "[-0.46211717 -0.90514827]")
    let rate: Float = 0.1
    let z = x - rate * (2 - x) / 4
    #expect("\(z)" == "[[0.975 2.   ]\n [3.025 4.05 ]]")
    let scaled = (x - x.mean(axis: 0)) / x.standardDeviation(axis: 0, keepingDims: true)
    #expect("\(scaled)" == "[[-1. -1.]\n [ 1.  1.]]")
    let columns = x[0..., 1..<2].squeezed(-1).reshaped(to: -1, 1)
    #expect("\(columns)" == "[[2.]\n [4.]]")
    let best = select(x .> 2, x, 0).argmax(axis: -1)
    #expect("\(best)" == "[0 1]")
    #expect("\(x + Tensor([1.5, 2, 3]))".hasPrefix("error: C2: add needs operands whose shapes"))
  }

  @Test func gradients() throws {
    let loss = (x.matmul(w) - 1).square().mean()
    let slope = try loss.gradient(withRespectTo: w)
    let (value, gradient) = try valueAndGrad(of: { (w: Tensor) in
      (x.matmul(w) - 1).square().mean()
    })(w)
    #expect("\(slope)" == "[-13. -19.]")
    #expect("\(gradient)" == "[-13. -19.]")
    #expect("\(value)" == "9.25")
    let step = jit { (w: Tensor) in w - 0.1 * (try grad(of: { x.matmul($0).square().mean() })(w)) }
    #expect(try step(w).isClose(to: Tensor([1.4, 0.3])))
  }
}
