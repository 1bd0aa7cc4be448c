import ScalarIR
import TapeIR

extension TapeGenerator {
  /// Adds a convolution of the value, its axes taken in any order, with a kernel of its choice.
  mutating func addConvolution(_ op: Op, _ value: Value) throws(TapeError) {
    let type = builder.type(of: value)
    guard 3...5 ~= type.rank else { return }
    // A difference of symbols may be negative for all that shape rules know.
    guard type.shape.dims.allSatisfy({ $0.constant != nil || $0.bareSymbol != nil }) else { return }
    let spatial = type.rank - 2
    let lhs = Array((0..<type.rank).shuffled(using: &random))
    let kernel = Array((0..<type.rank).shuffled(using: &random))
    let features = type.shape[lhs[1]]
    var groups = 1
    if let count = features.constant, count > 0, count % 3 == 0, random.chance(1, in: 2) {
      groups = 3
    }
    var dims = [Dim](repeating: 1, count: type.rank)
    dims[kernel[0]] = .constant(groups * random.pick([1, 2, 7]))
    dims[kernel[1]] = features.floorDivided(by: groups)
    for axis in kernel.dropFirst(2) { dims[axis] = random.pick([1, 2, 3]) }
    let places = type.shape.elementCount * Shape(dims).elementCount
    guard fits(Shape(dims)), places.constant ?? 0 <= options.contractionLimit else { return }
    var attributes: Attributes = [
      .stride: .integers(numbers(spatial, 1...3)),
      .low: .dims(numbers(spatial, -1...3).map { .constant($0) }),
      .high: .dims(numbers(spatial, -1...3).map { .constant($0) }),
      .layout: .symbols([
        layout(lhs, "NC"), layout(kernel, "OI"),
        layout(Array((0..<type.rank).shuffled(using: &random)), "NC"),
      ]),
    ]
    if groups > 1 { attributes[.groups] = .integer(groups) }
    if random.chance(1, in: 2) { attributes[.lhsDilation] = .integers(numbers(spatial, 1...2)) }
    if random.chance(1, in: 2) { attributes[.rhsDilation] = .integers(numbers(spatial, 1...3)) }
    if random.chance(1, in: 3) { attributes[.reverse] = .boolean(true) }
    let weights = try valueOf(TensorType(type.dtype, Shape(dims)))
    try add(op, [value, weights], attributes)
  }

  private mutating func numbers(_ count: Int, _ range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in random.number(range) }
  }

  /// The letters of axes that are listed as batch, features, and spatial ones.
  private func layout(_ axes: [Int], _ first: String) -> String {
    let names = Array(first + "DHW".suffix(axes.count - 2))
    var letters = [Character](repeating: "?", count: axes.count)
    for (axis, name) in zip(axes, names) { letters[axis] = name }
    return String(letters)
  }
}
