import ScalarIR

extension TapeInterpreter {
  /// A gather or a scatter, whose indices are checked first where they may be wrong.
  static func index(
    _ indexing: Indexing, _ operands: [Tensor], _ result: inout Tensor, name: String
  ) throws(TapeError) {
    let limits = try Addressing(indexing.axes, operands).limits
    if let check = indexing.check {
      try verify(operands[check.operand], check, limits, name: name)
    }
    switch indexing {
    case .gather(let gather): try take(gather, operands, &result)
    case .scatter(let scatter): try combine(scatter, operands, &result)
    }
  }

  /// Fails for the first index, in row-major order, that is out of bounds.
  private static func verify(
    _ indices: Tensor, _ check: Indexing.Check, _ limits: [Int], name: String
  ) throws(TapeError) {
    var counter = Counter(indices.sizes)
    for position in indices.bits.indices {
      let component = check.vectorAxis.map { counter.coordinates[$0] } ?? 0
      let value = ScalarValue(indices.dtype, bits: indices.bits[position])
      guard value.index >= 0, value.index <= limits[check.axes[component]] else {
        throw .index(
          IndexViolation(
            op: name, index: value.description, at: position, of: indices.sizes,
            vectorAxis: check.vectorAxis, limits: check.axes.map { limits[$0] }))
      }
      counter.advance()
    }
  }

  private static func take(
    _ gather: Gather, _ operands: [Tensor], _ result: inout Tensor
  ) throws(TapeError) {
    let addressing = try Addressing(gather.axes, operands)
    let missing = ScalarValue.outOfBounds(result.dtype).bits
    var counter = Counter(result.sizes)
    for position in result.bits.indices {
      let offset = addressing.offset(
        at: counter.coordinates, isClipped: gather.bounds != .ignore)
      result.bits[position] = offset.map { operands[0].bits[$0] } ?? missing
      counter.advance()
    }
  }

  private static func combine(
    _ scatter: Scatter, _ operands: [Tensor], _ result: inout Tensor
  ) throws(TapeError) {
    let addressing = try Addressing(scatter.axes, operands)
    let dtype = result.dtype
    let wide = scatter.accumulator(dtype)
    func converted(_ bits: UInt64, _ from: DType, _ to: DType) -> UInt64 {
      from == to ? bits : ScalarValue(from, bits: bits).converted(to: to).bits
    }
    let updates = operands[scatter.updates]
    let strides = updates.strides
    result.bits = operands[0].bits.map { converted($0, dtype, wide) }
    // Windows in row-major order, and in each its elements.
    let order = scatter.windowsAxes + scatter.windowAxes
    var counter = Counter(order.map { updates.sizes[$0] })
    var coordinates = [Int](repeating: 0, count: order.count)
    var registers = Elements(repeating: 0, count: scatter.combine?.nodes.count ?? 0)
    for _ in updates.bits.indices {
      var position = 0
      for (axis, coordinate) in zip(order, counter.coordinates) {
        coordinates[axis] = coordinate
        position += coordinate * strides[axis]
      }
      counter.advance()
      guard
        let target = addressing.offset(at: coordinates, isClipped: scatter.bounds == .clip)
      else { continue }
      let update = converted(updates.bits[position], dtype, wide)
      guard let combine = scatter.combine else {
        result.bits[target] = update
        continue
      }
      combine.evaluate([result.bits[target], update], &registers)
      result.bits[target] = registers[combine.results[0].index]
    }
    for position in result.bits.indices {
      result.bits[position] = converted(result.bits[position], wide, dtype)
    }
  }
}

/// How elements of windows find their places in operand 0, with sizes known.
private struct Addressing {
  /// The greatest start of a window along each axis.
  let limits: [Int]
  private let axes: [Indexing.Axis]
  private let operands: [TapeInterpreter.Tensor]
  private let strides: [[Int]]

  init(_ axes: [Indexing.Axis], _ operands: [TapeInterpreter.Tensor]) throws(TapeError) {
    self.axes = axes
    self.operands = operands
    strides = operands.map(\.strides)
    limits = try axes.indices.map { axis throws(TapeError) in
      operands[0].sizes[axis] - (try TapeInterpreter.number(axes[axis].window))
    }
  }

  /// The position in operand 0 of the window element at `coordinates`; nil where its window does not
  /// fit and is not to be clipped, or where it could not be clipped.
  func offset(at coordinates: [Int], isClipped: Bool) -> Int? {
    var offset = 0
    for (axis, address) in axes.enumerated() {
      var coordinate = position(address.coordinate, coordinates)
      if let start = address.start {
        var value = index(start, coordinates)
        if isClipped { value = max(0, min(value, limits[axis])) }
        guard value >= 0, value <= limits[axis] else { return nil }
        coordinate += value
      }
      offset += coordinate * strides[0][axis]
    }
    return offset
  }

  private func index(_ start: Indexing.Start, _ coordinates: [Int]) -> Int {
    var offset = 0
    for (coordinate, stride) in zip(start.coordinates, strides[start.operand]) {
      offset += position(coordinate, coordinates) * stride
    }
    let operand = operands[start.operand]
    return ScalarValue(operand.dtype, bits: operand.bits[offset]).index
  }

  private func position(_ coordinate: Movement.Coordinate, _ coordinates: [Int]) -> Int {
    (coordinate.offset.constant ?? 0)
      + (coordinate.axis.map { coordinates[$0] * coordinate.stride } ?? 0)
  }
}
