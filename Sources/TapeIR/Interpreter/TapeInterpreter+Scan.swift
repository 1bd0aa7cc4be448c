import ScalarIR

extension TapeInterpreter {
  /// A scan in the order that `CumulativeScan` says.
  static func scan(_ scan: CumulativeScan, _ operands: [Tensor], _ result: inout Tensor) {
    let sizes = result.sizes
    if result.bits.isEmpty { return }
    let strides = result.strides
    let others = sizes.indices.filter { $0 != scan.axis }
    let rows = Counter.offsets(others.map { sizes[$0] }, others.map { strides[$0] })
    let count = sizes[scan.axis]
    let segment = scan.combine == nil ? count : CumulativeScan.segmentElements
    var step = ScalarFunction(scan.fold.step)
    var finish = ScalarFunction(scan.fold.finish)
    var combine = scan.combine.map { ScalarFunction($0) }
    let start = scan.fold.start.map(\.bits)
    for row in rows {
      var (before, within) = (start, start)
      for number in 0..<count {
        if number > 0, number % segment == 0 {
          before = combine?(before + within) ?? within
          within = start
        }
        let place = scan.isReversed ? count - 1 - number : number
        let offset = row + place * strides[scan.axis]
        within = step(within + operands.map { $0.bits[offset] })
        let state = number < segment ? within : combine?(before + within) ?? within
        result.bits[offset] = finish(state)[0]
      }
    }
  }
}
