import ScalarIR
import TapeIR

/// What surrounds the operand of a convolution: zeros, as if there were more of it.
public enum ConvolutionPadding: Hashable, Sendable {
  /// Nothing: the kernel stays inside.
  case valid
  /// As much as makes ⌈size / stride⌉ places along each axis, an odd one behind.
  case same
  /// As much before and behind each spatial axis, or one number for all of them; negative numbers crop.
  case symmetric([Int])
  /// So much before and so much behind each spatial axis; negative numbers crop.
  case sizes(low: [Int], high: [Int])
}

/// The order of a convolution's axes.
public enum ConvolutionLayout: Hashable, Sendable {
  /// Batch, features, space, and a kernel of output features, input features, space: `NCHW`, `OIHW`.
  case channelsFirst
  /// Batch, space, features, and a kernel of space, input features, output features: `NHWC`, `HWIO`.
  case channelsLast
  /// A letter for each axis: `N` and `C`, in a kernel `O` and `I`, and `W`, `HW` or `DHW`, in any order.
  case named(operand: String, kernel: String, result: String)
}

extension Tensor {
  /// The convolution with a kernel, as neural networks have it: for each place, output feature and batch
  /// entry the sum of products of the kernel with what lies under it.
  ///
  /// Numbers for spatial axes (depth, height, width, as far as there are) are one for each, or one for
  /// all. Operands that do not fit make a tensor that carries the error.
  ///
  /// - Parameters:
  ///   - kernel: of this tensor's element type; its input features times `groups` are this tensor's.
  ///   - bias: added to each output feature, if there is one.
  ///   - stride: how far apart the kernel's places are.
  ///   - dilation: how far apart the positions are that one place of the kernel sees.
  ///   - operandDilation: how far apart this tensor's elements are put, with zeros between them, as in
  ///     a transposed convolution.
  ///   - groups: features are cut into as many groups, each with its own part of the kernel.
  ///   - reversingKernel: whether the kernel is turned around in space, as mathematics has it.
  public func convolution(
    with kernel: Tensor, bias: Tensor? = nil, stride: [Int] = [1],
    padding: ConvolutionPadding = .valid,
    dilation: [Int] = [1], operandDilation: [Int] = [1], groups: Int = 1,
    reversingKernel: Bool = false, layout: ConvolutionLayout = .channelsFirst
  ) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let (type, kernelType) = (try tensorType, try kernel.tensorType)
      let count = Swift.max(0, type.rank - 2)
      let letters = layout.letters(count)
      let window = ConvolutionWindow(
        stride: stride.forAxes(count), dilation: dilation.forAxes(count),
        operandDilation: operandDilation.forAxes(count))
      let (low, high) = padding.sizes(
        window, operand: type.spatialSizes(letters[0]), kernel: kernelType.spatialSizes(letters[1]))
      var attributes: Attributes = [
        .stride: .integers(window.stride), .low: .dims(low), .high: .dims(high),
        .layout: .symbols(letters),
      ]
      if operandDilation != [1] { attributes[.lhsDilation] = .integers(window.operandDilation) }
      if dilation != [1] { attributes[.rhsDilation] = .integers(window.dilation) }
      if groups != 1 { attributes[.groups] = .integer(groups) }
      if reversingKernel { attributes[.reverse] = .boolean(true) }
      let product = Tensor.apply(.conv, self, kernel, attributes: attributes)
      guard let bias else { return product }
      // One axis for each that follows the features.
      let following = letters[2].drop { $0 != "C" }.dropFirst().map { _ in 1 }
      return product + bias.reshaped(to: try bias.shape + following)
    }
  }
}

/// How a kernel moves, one number a spatial axis.
private struct ConvolutionWindow {
  let stride: [Int]
  let dilation: [Int]
  let operandDilation: [Int]
}

extension [Int] {
  /// The numbers, or the only one for each of so many axes.
  fileprivate func forAxes(_ axes: Int) -> [Int] {
    count == 1 ? [Int](repeating: self[0], count: axes) : self
  }
}

extension ConvolutionLayout {
  /// The letters of the axes of operand, kernel and result, for so many spatial axes.
  fileprivate func letters(_ spatial: Int) -> [String] {
    let space = String("DHW".suffix(spatial))
    switch self {
    case .channelsFirst: return ["NC" + space, "OI" + space, "NC" + space]
    case .channelsLast: return ["N" + space + "C", space + "IO", "N" + space + "C"]
    case .named(let operand, let kernel, let result): return [operand, kernel, result]
    }
  }
}

extension TensorType {
  /// The sizes of the axes that letters call D, H and W, in this order.
  fileprivate func spatialSizes(_ letters: String) -> [Dim] {
    "DHW".compactMap { letter in
      letters.firstIndex(of: letter)
        .map { letters.distance(from: letters.startIndex, to: $0) }
        .flatMap { shape.dims.indices.contains($0) ? shape[$0] : nil }
    }
  }
}

extension ConvolutionPadding {
  /// The padding before and behind each spatial axis.
  fileprivate func sizes(
    _ window: ConvolutionWindow, operand: [Dim], kernel: [Dim]
  ) -> (low: [Dim], high: [Dim]) {
    switch self {
    case .valid:
      let zeros = [Dim](repeating: 0, count: operand.count)
      return (zeros, zeros)
    case .symmetric(let sizes):
      let both = sizes.forAxes(operand.count).map { Dim.constant($0) }
      return (both, both)
    case .sizes(let low, let high):
      return (
        low.forAxes(operand.count).map { .constant($0) },
        high.forAxes(operand.count).map { .constant($0) }
      )
    case .same:
      var (low, high): ([Dim], [Dim]) = ([], [])
      for axis in operand.indices {
        guard
          [window.stride, window.dilation, window.operandDilation].allSatisfy({
            $0.indices.contains(axis) && $0[axis] >= 1
          }), kernel.indices.contains(axis)
        else { continue }
        let size = operand[axis].dilated(by: window.operandDilation[axis])
        let stride = window.stride[axis]
        let places = (size + .constant(stride - 1)).floorDivided(by: stride)
        let reach = kernel[axis].dilated(by: window.dilation[axis])
        let total = Dim.maximum((places - 1) * .constant(stride) + reach - size, 0)
        low.append(total.floorDivided(by: 2))
        high.append(total - total.floorDivided(by: 2))
      }
      return (low, high)
    }
  }
}
