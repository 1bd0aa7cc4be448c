import ScalarIR

extension Op {
  /// The sum over each window, from zero.
  package static let windowSum: Op = window(
    "window-sum", summary: "sum over each window",
    fold: { dtype in Accumulation(.sum(dtype), start: [.zero(dtype.computeType)]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      guard let cotangent = context.cotangents[0] else { return [nil] }
      let shape = builder.shape(of: context.operands[0])
      let axes = windowAxes(context.attributes, rank: shape.rank)
      let spaced = try builder.spaced(cotangent, axes)
      let sum = try builder.window(
        .windowSum, spaced, axes: axes.transposed(shape, builder.shape(of: cotangent)))
      return [try builder.settled(sum, shape)]
    })
}

extension [Window.Axis] {
  /// The windows of results that hold each position of operands of that shape.
  func transposed(_ shape: Shape, _ result: Shape) -> [Window.Axis] {
    enumerated().map { axis, window in
      window.transposed(extent: shape[axis], count: result[axis])
    }
  }
}
