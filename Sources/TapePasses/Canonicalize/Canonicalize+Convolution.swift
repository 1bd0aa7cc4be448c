import ScalarIR
import TapeIR

// BEFORE  (t (transpose x :axes [0 3 1 2])                          f32[1,2,8,8])  ; x is f32[1,8,8,2]
//         (y (conv t k … :layout [NCHW OIHW NCHW])                  f32[1,4,8,8])
//         (z (transpose y :axes [0 2 3 1])                          f32[1,8,8,4])
// AFTER   (z (conv x k … :layout [NHWC OIHW NHWC])                  f32[1,8,8,4])
//
// A convolution names its axes, so a transpose of an operand or of its result is only another set of
// names; sums run in the same order. The latter is done only where the convolution has no other user,
// which would have it computed twice.

extension Canonicalization {
  /// The convolution of what the operands are transposes of, where there is such a one.
  mutating func absorbingTransposes(
    _ operands: [Value], _ convolution: Convolution
  ) throws(TapeError) -> Value? {
    let x = transposeSource(operands[0])
    let k = transposeSource(operands[1])
    if x == nil, k == nil { return nil }
    return try rewriter.builder.convolve(
      x?.value ?? operands[0], k?.value ?? operands[1],
      Convolution(
        lhs: x.map { convolution.lhs.mapped($0.axes) } ?? convolution.lhs,
        kernel: k.map { convolution.kernel.mapped($0.axes) } ?? convolution.kernel,
        result: convolution.result, windows: convolution.windows, groups: convolution.groups,
        isReversed: convolution.isReversed))
  }

  /// What the value is a transpose of, and which axis of that each of its axes is.
  private mutating func transposeSource(_ value: Value) -> (value: Value, axes: [Int])? {
    guard let (node, family) = producer(of: value), case .movement(let movement) = family,
      let map = MovementMap(
        movement, of: node.operands[0], shape: shape(of: node.operands[0]), to: shape(of: value)),
      case .transpose(let axes) = map.form
    else { return nil }
    return (node.operands[0], axes)
  }

  /// The transpose of a convolution, which is one too.
  mutating func transposedConvolution(_ value: Value, axes: [Int]) throws(TapeError) -> Value? {
    guard let (node, family) = producer(of: value), case .convolution(let convolution) = family
    else { return nil }
    let places = axes.indices.compactMap { axes.firstIndex(of: $0) }
    return try rewriter.builder.convolve(
      node.operands[0], node.operands[1],
      Convolution(
        lhs: convolution.lhs, kernel: convolution.kernel,
        result: convolution.result.mapped(places), windows: convolution.windows,
        groups: convolution.groups, isReversed: convolution.isReversed))
  }
}

extension Convolution.Axes {
  /// The axes where axis i has become axis `places[i]`.
  fileprivate func mapped(_ places: [Int]) -> Convolution.Axes {
    Convolution.Axes(
      outer: places[outer], feature: places[feature], spatial: spatial.map { places[$0] })
  }
}
