import ScalarIR

extension TapeInterpreter {
  /// The results of an op of a family; messages call it `name`.
  static func evaluate(
    _ family: Family, _ operands: [Tensor], _ types: [TensorType], name: String
  ) throws(TapeError) -> [Tensor] {
    var results: [Tensor] = []
    for type in types {
      guard let sizes = type.shape.sizes else {
        throw .data("\(type) has symbolic sizes")
      }
      try checkMemory(type, besides: 0)
      results.append(
        Tensor(
          dtype: type.dtype, sizes: sizes, bits: Elements(repeating: 0, count: Counter(sizes).count)
        ))
    }
    switch family {
    case .source(let source): generate(source, operands, &results[0])
    case .elementwise(let expression): map(expression, operands, &results)
    case .movement(let movement): try move(movement, operands, &results[0])
    case .reduction(let reduction): try reduce(reduction, operands[0], &results[0])
    case .fold(let fold): Self.fold(fold, operands, &results)
    case .scan(let scan): self.scan(scan, operands, &results[0])
    case .window(let window): try fold(window, operands, &results[0])
    case .contraction(let numbers): contract(numbers, operands[0], operands[1], &results[0])
    case .control(let control): try run(control, operands, &results)
    case .indexing(let indexing): try index(indexing, operands, &results[0], name: name)
    case .sorting(let sorting): try sort(sorting, operands, &results)
    case .linearAlgebra(let routine): solve(routine, operands, &results)
    case .host(let function):
      do {
        let found = try function.evaluate(operands.map(\.bits))
        for (number, bits) in found.enumerated() { results[number].bits = bits }
      } catch {
        throw .host(error)
      }
    case .convolution(let convolution):
      try convolve(convolution, operands[0], operands[1], &results[0])
    }
    return results
  }

  private static func generate(_ source: Source, _ operands: [Tensor], _ result: inout Tensor) {
    switch source {
    case .constant(let literal):
      for position in result.bits.indices {
        result.bits[position] = literal[literal.sizes.isEmpty ? 0 : position].bits
      }
    case .iota(let axis):
      var counter = Counter(result.sizes)
      for position in result.bits.indices {
        result.bits[position] =
          ScalarValue(result.dtype, wrapping: counter.coordinates[axis]).bits
        counter.advance()
      }
    case .generated(let expression):
      let elements = operands.flatMap(\.bits)
      var registers = Elements(repeating: 0, count: expression.nodes.count)
      for position in result.bits.indices {
        expression.evaluate([UInt64(position)] + elements, &registers)
        result.bits[position] = registers[expression.results[0].index]
      }
    }
  }

  private static func map(
    _ expression: ScalarExpr, _ operands: [Tensor], _ results: inout [Tensor]
  ) {
    var registers = Elements(repeating: 0, count: expression.nodes.count)
    var arguments = Elements(repeating: 0, count: operands.count)
    for position in results[0].bits.indices {
      for number in operands.indices { arguments[number] = operands[number].bits[position] }
      expression.evaluate(arguments, &registers)
      for number in results.indices {
        results[number].bits[position] = registers[expression.results[number].index]
      }
    }
  }

  private static func move(
    _ movement: Movement, _ operands: [Tensor], _ result: inout Tensor
  ) throws(TapeError) {
    switch movement {
    case .reinterpreted: result.bits = operands[0].bits
    case .mapped(let pieces):
      // The first piece at a position counts, so it is written last.
      for piece in pieces.reversed() { try move(piece, operands[piece.operand], &result) }
    }
  }

  private static func move(
    _ piece: Movement.Piece, _ source: Tensor, _ result: inout Tensor
  ) throws(TapeError) {
    let domains = try piece.domains.map { domain throws(TapeError) in
      (axis: domain.axis, positions: try positions(of: domain))
    }
    let offsets = try piece.coordinates.map { coordinate throws(TapeError) in
      try number(coordinate.offset)
    }
    let strides = source.strides
    var counter = Counter(result.sizes)
    for position in result.bits.indices {
      defer { counter.advance() }
      let isHere = domains.allSatisfy { $0.positions.contains(counter.coordinates[$0.axis]) }
      guard isHere else { continue }
      var offset = 0
      for (axis, coordinate) in piece.coordinates.enumerated() {
        let steps = coordinate.axis.map { counter.coordinates[$0] * coordinate.stride } ?? 0
        offset += (offsets[axis] + steps) / coordinate.divisor * strides[axis]
      }
      result.bits[position] = source.bits[offset]
    }
  }

  private static func positions(
    of domain: Movement.Domain
  ) throws(TapeError) -> StrideTo<Int> {
    stride(from: try number(domain.lower), to: try number(domain.upper), by: domain.step)
  }

  static func number(_ dim: Dim) throws(TapeError) -> Int {
    guard let value = dim.constant else { throw .data("the size \(dim) is symbolic") }
    return value
  }
}
