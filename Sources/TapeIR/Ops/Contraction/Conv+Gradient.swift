import ScalarIR

// The cotangents of a convolution's operands are convolutions. With
//
//     y[i] = Σ_j k[j] · x̂[i·stride + j·rhsDilation],   x̂[m·lhsDilation + low] = x[m], else 0,
//
// that of x moves the kernel, turned around, over the cotangent, whose neighbours have been moved
// `stride` apart; that of k moves the cotangent, its positions `stride` apart, over x̂. Padding is
// chosen so that the places are those of the operand. Of a kernel that is turned around already, the
// cotangent moves x over the cotangent instead.

extension TapeBuilder {
  /// The cotangent of the first operand.
  mutating func operandCotangent(
    _ convolution: Convolution, _ x: Value, _ k: Value, _ cotangent: Value
  ) throws(TapeError) -> Value {
    if isEmpty(x) || isEmpty(k) || isEmpty(cotangent) { return try splat(0, like: x) }
    let windows = windows(convolution, x, k, cotangent) { window, n, kernel, places in
      let reach = kernel.dilated(by: window.rhsDilation)
      let low = reach - 1 - window.low
      let (step, spread) = (window.lhsDilation, window.stride)
      return Convolution.Window(
        stride: step, low: low,
        high: (n - 1) * .constant(step) + reach - places.dilated(by: spread) - low,
        lhsDilation: spread, rhsDilation: window.rhsDilation)
    }
    // A kernel's O is cut into groups, its I counts within one: after the exchange likewise.
    let kernel = try regrouped(
      k, from: convolution.kernel.outer, to: convolution.kernel.feature, convolution.groups)
    let product = try convolve(
      cotangent, kernel,
      Convolution(
        lhs: convolution.result, kernel: convolution.kernel.exchanged, result: convolution.lhs,
        windows: windows, groups: convolution.groups, isReversed: !convolution.isReversed))
    return try checked(product, like: x)
  }

  /// The cotangent of the kernel.
  mutating func kernelCotangent(
    _ convolution: Convolution, _ x: Value, _ k: Value, _ cotangent: Value
  ) throws(TapeError) -> Value {
    if isEmpty(x) || isEmpty(k) || isEmpty(cotangent) { return try splat(0, like: k) }
    if convolution.isReversed {
      return try reversedKernelCotangent(convolution, x, k, cotangent)
    }
    let windows = windows(convolution, x, k, cotangent) { window, n, kernel, places in
      Convolution.Window(
        stride: window.rhsDilation, low: window.low,
        high: (kernel - 1) * .constant(window.rhsDilation) + places.dilated(by: window.stride)
          - n.dilated(by: window.lhsDilation) - window.low,
        lhsDilation: window.lhsDilation, rhsDilation: window.stride)
    }
    let operand = try regrouped(
      x, from: convolution.lhs.feature, to: convolution.lhs.outer, convolution.groups)
    let product = try convolve(
      operand, cotangent,
      Convolution(
        lhs: convolution.lhs.exchanged, kernel: convolution.result.exchanged,
        result: convolution.kernel.exchanged, windows: windows, groups: convolution.groups,
        isReversed: false))
    return try checked(product, like: k)
  }

  private mutating func reversedKernelCotangent(
    _ convolution: Convolution, _ x: Value, _ k: Value, _ cotangent: Value
  ) throws(TapeError) -> Value {
    let windows = windows(convolution, x, k, cotangent) { window, n, kernel, places in
      let low = kernel.dilated(by: window.rhsDilation) - 1 - window.low
      return Convolution.Window(
        stride: window.rhsDilation, low: low,
        high: (kernel - 1) * .constant(window.rhsDilation) + n.dilated(by: window.lhsDilation)
          - places.dilated(by: window.stride) - low,
        lhsDilation: window.stride, rhsDilation: window.lhsDilation)
    }
    let operand = try regrouped(
      cotangent, from: convolution.result.feature, to: convolution.result.outer,
      convolution.groups)
    let product = try convolve(
      operand, x,
      Convolution(
        lhs: convolution.result.exchanged, kernel: convolution.lhs.exchanged,
        result: convolution.kernel, windows: windows, groups: convolution.groups,
        isReversed: false))
    let gathered = try regrouped(
      product, from: convolution.kernel.feature, to: convolution.kernel.outer, convolution.groups)
    return try checked(gathered, like: k)
  }

  /// The cotangent, whose type is that of the operand where sizes are known well enough.
  private func checked(_ cotangent: Value, like operand: Value) throws(TapeError) -> Value {
    guard type(of: cotangent) == type(of: operand) else {
      throw .gradient(
        "the gradient of conv needs sizes that are known not to be negative, found "
          + "\(type(of: operand))", provenance: provenance)
    }
    return cotangent
  }

  private func isEmpty(_ value: Value) -> Bool { shape(of: value).dims.contains(0) }

  /// A window for each spatial axis, from the window there, the sizes of x and k, and the number of
  /// places.
  private func windows(
    _ convolution: Convolution, _ x: Value, _ k: Value, _ cotangent: Value,
    _ make: (Convolution.Window, Dim, Dim, Dim) -> Convolution.Window
  ) -> [Convolution.Window] {
    convolution.windows.enumerated().map { number, window in
      make(
        window, shape(of: x)[convolution.lhs.spatial[number]],
        shape(of: k)[convolution.kernel.spatial[number]],
        shape(of: cotangent)[convolution.result.spatial[number]])
    }
  }

  /// The value with the groups, which stand first in one axis, moved to the front of another axis.
  private mutating func regrouped(
    _ value: Value, from source: Int, to target: Int, _ groups: Int
  ) throws(TapeError) -> Value {
    if groups == 1 { return value }
    var split = shape(of: value)
    split[source] = split[source].floorDivided(by: groups)
    var joined = split
    joined[target] = joined[target] * .constant(groups)
    split.dims.insert(.constant(groups), at: source)
    // The axes of `split` but the groups', which stand at `source`, then with it before `target`.
    var axes = split.dims.indices.filter { $0 != source }
    axes.insert(source, at: target)
    return try reshape(transpose(reshape(value, to: split), axes: axes), to: joined)
  }
}
