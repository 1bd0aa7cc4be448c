import ScalarIR
import TapeIR
import TapePasses

extension Tape {
  /// The tape whose only result is the sum, in f64, of all gradients of this one.
  ///
  /// BEFORE  (tape t [(x f32[4])] … (return y))
  /// AFTER   (tape t [(x f32[4])] … grad-x …
  ///           (w (convert grad-x :to f64)  f64[4])
  ///           (s (reduce-sum w :axes [0])  f64[])
  ///           (return s))
  ///
  /// Its gradient holds the second derivatives of the first result's sum, summed over one axis: the
  /// Hessian times a vector of ones.
  func sumOfGradients() throws(TapeError) -> Tape {
    let extended = try appendingGradient()
    var builder = TapeBuilder(extending: extended)
    var sum = try builder.splat(ScalarValue(.f64, rounding: 0), [])
    for gradient in extended.results.dropFirst(results.count) {
      let wide = try builder.convert(gradient.value, to: .f64)
      let axes = Array(builder.type(of: wide).shape.dims.indices)
      sum = try builder.op(.add, sum, try builder.sum(wide, axes: axes))
    }
    return builder.finish([Result(name: "sum-of-gradients", value: sum)])
  }
}
