import ScalarIR

extension TapeInterpreter {
  /// Sums of products, from zero, in order over the window's positions (row-major) and within each
  /// over the input features, with the arithmetic of contractions. Zeros of padding take part, those
  /// between dilated elements do not.
  static func convolve(
    _ convolution: Convolution, _ x: Tensor, _ k: Tensor, _ result: inout Tensor
  ) throws(TapeError) {
    let (lhs, kernel) = (convolution.lhs, convolution.kernel)
    let spatial = convolution.windows.indices
    var low: [Int] = []
    for window in convolution.windows { low.append(try number(window.low)) }
    let (stridesX, stridesK) = (x.strides, k.strides)
    let outputs = k.sizes[kernel.outer] / convolution.groups
    let inputs = k.sizes[kernel.feature]
    let sum = ScalarExpr.multiplyAdd(result.dtype.computeType)
    let widen = ScalarExpr.conversion(result.dtype, to: result.dtype.computeType)
    let narrow = ScalarExpr.conversion(result.dtype.computeType, to: result.dtype)
    let (wideX, wideK) = (x.bits.map(widen), k.bits.map(widen))
    var registers = Elements(repeating: 0, count: sum.nodes.count)
    var place = Counter(result.sizes)
    for position in result.bits.indices {
      let output = place.coordinates[convolution.result.feature]
      let firstInput = outputs == 0 ? 0 : output / outputs * inputs
      var total: UInt64 = 0
      var window = Counter(kernel.spatial.map { k.sizes[$0] })
      for _ in 0..<window.count {
        var offsetX =
          place.coordinates[convolution.result.outer] * stridesX[lhs.outer]
          + firstInput * stridesX[lhs.feature]
        var offsetK = output * stridesK[kernel.outer]
        var isInside = true
        var isBetween = false
        for axis in spatial {
          let rule = convolution.windows[axis]
          let step = window.coordinates[axis]
          let dilated =
            place.coordinates[convolution.result.spatial[axis]] * rule.stride
            + step * rule.rhsDilation - low[axis]
          let coordinate = dilated / rule.lhsDilation
          if dilated % rule.lhsDilation != 0 {
            isBetween = true
          } else if dilated >= 0, coordinate < x.sizes[lhs.spatial[axis]] {
            offsetX += coordinate * stridesX[lhs.spatial[axis]]
          } else {
            isInside = false
          }
          let kernelStep = convolution.isReversed ? window.sizes[axis] - 1 - step : step
          offsetK += kernelStep * stridesK[kernel.spatial[axis]]
        }
        for input in 0..<(isBetween ? 0 : inputs) {
          let element = isInside ? wideX[offsetX + input * stridesX[lhs.feature]] : 0
          let weight = wideK[offsetK + input * stridesK[kernel.feature]]
          sum.evaluate([element, weight, total], &registers)
          total = registers[sum.results[0].index]
        }
        window.advance()
      }
      result.bits[position] = narrow(total)
      place.advance()
    }
  }
}
