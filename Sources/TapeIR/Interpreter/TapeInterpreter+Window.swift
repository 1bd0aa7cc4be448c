import ScalarIR

extension TapeInterpreter {
  /// A fold over each window, position by position.
  static func fold(
    _ window: Window, _ operands: [Tensor], _ result: inout Tensor
  ) throws(TapeError) {
    var lows: [Int] = []
    for axis in window.axes {
      guard let low = axis.low.constant else { throw .data("the size \(axis.low) is symbolic") }
      lows.append(low)
    }
    let (sizes, strides) = (operands[0].sizes, operands[0].strides)
    var step = ScalarFunction(window.fold.step)
    var finish = ScalarFunction(window.fold.finish)
    var position = Counter(result.sizes)
    for number in result.bits.indices {
      var state = window.fold.start.map(\.bits)
      var place = Counter(window.axes.map(\.size))
      for _ in 0..<place.count {
        var offset: Int? = 0
        for (number, axis) in window.axes.enumerated() {
          let coordinate =
            position.coordinates[number] * axis.stride + place.coordinates[number] * axis.dilation
            - lows[number]
          let isInside = (0..<sizes[number]).contains(coordinate)
          offset = isInside ? offset.map { $0 + coordinate * strides[number] } : nil
        }
        if let offset {
          let elements = operands.enumerated().map { operand, tensor in
            tensor.bits[operand < window.windowedCount ? offset : number]
          }
          state = step(state + elements)
        }
        place.advance()
      }
      result.bits[number] = finish(state)[0]
      position.advance()
    }
  }
}
