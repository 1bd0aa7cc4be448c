import ScalarIR

// A reduction by a body is a scan over the reduced elements whose carries have the shape of the
// result and whose slices are what lies at one place along the reduced axes; its gradient is that
// scan's.

extension Op {
  static func reduceGradient(
    _ builder: inout TapeBuilder, _ context: GradientContext
  ) throws(TapeError) -> [Value?] {
    guard let body = context.attributes.body(.body) else {
      return context.operands.map { _ in nil }
    }
    let count = context.operands.count / 2
    let shape = builder.shape(of: context.operands[0])
    let reduced = context.attributes.integers(.axes).sorted()
    let kept = shape.dims.indices.filter { !reduced.contains($0) }
    let keptShape = Shape(kept.map { shape[$0] })
    let length = reduced.reduce(1 as Dim) { $0 * shape[$1] }
    var operands: [Value] = []
    for initial in context.operands[count...] {
      operands.append(try builder.broadcast(initial, to: keptShape))
    }
    for x in context.operands[..<count] {
      let turned = try builder.transpose(x, axes: reduced + kept)
      operands.append(try builder.reshape(turned, to: Shape([length] + keptShape.dims)))
    }
    let scan = Scan(
      body: try body.elementwise(over: keptShape), length: length, carryCount: count,
      isReversed: false)
    let wanted = context.isWanted
    let found = try scan.gradient(
      &builder,
      GradientContext(
        operands: operands, results: context.results, attributes: scan.attributes,
        cotangents: context.cotangents, isWanted: Array(wanted[count...] + wanted[..<count]),
        differentiate: context.differentiate))
    var cotangents: [Value?] = []
    for cotangent in found[count...] {
      guard let cotangent else {
        cotangents.append(nil)
        continue
      }
      let turned = try builder.reshape(
        cotangent, to: Shape((reduced + kept).map { shape[$0] }))
      let axes = shape.dims.indices.map { axis in (reduced + kept).firstIndex(of: axis) ?? axis }
      cotangents.append(try builder.transpose(turned, axes: axes))
    }
    for cotangent in found[..<count] {
      guard let cotangent else {
        cotangents.append(nil)
        continue
      }
      cotangents.append(try builder.sum(cotangent, axes: Array(keptShape.dims.indices)))
    }
    return cotangents
  }
}
