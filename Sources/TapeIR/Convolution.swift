import ScalarIR

/// The dimension numbers and the windows of a convolution: StableHLO's, with batch groups left out.
///
/// Along each spatial axis, the first operand has `lhsDilation − 1` zeros put between neighbours and is
/// padded with zeros; a window of the kernel's size, its positions `rhsDilation` apart, moves over it
/// by `stride`. Negative padding crops.
package struct Convolution: Hashable, Sendable {
  /// Which axes of a tensor are what.
  package struct Axes: Hashable, Sendable {
    /// The batch axis, or a kernel's output features.
    package let outer: Int
    /// The feature axis, or a kernel's input features.
    package let feature: Int
    /// The spatial axes, in the order depth, height, width.
    package let spatial: [Int]

    package init(outer: Int, feature: Int, spatial: [Int]) {
      self.outer = outer
      self.feature = feature
      self.spatial = spatial
    }

    package var rank: Int { spatial.count + 2 }

    /// The axes with batch and features (or a kernel's two features) in each other's place.
    package var exchanged: Axes { Axes(outer: feature, feature: outer, spatial: spatial) }
  }

  /// How the window moves along one spatial axis.
  package struct Window: Hashable, Sendable {
    package let stride: Int
    package let low: Dim
    package let high: Dim
    package let lhsDilation: Int
    package let rhsDilation: Int

    package init(stride: Int, low: Dim, high: Dim, lhsDilation: Int, rhsDilation: Int) {
      self.stride = stride
      self.low = low
      self.high = high
      self.lhsDilation = lhsDilation
      self.rhsDilation = rhsDilation
    }

    /// The number of the window's places, for an operand and a kernel of the given sizes.
    package func resultSize(lhs: Dim, kernel: Dim) -> Dim {
      let padded = lhs.dilated(by: lhsDilation) + low + high
      // StableHLO has no place for an empty window in nothing.
      if padded == 0 { return 0 }
      let places = padded - kernel.dilated(by: rhsDilation) + .constant(stride)
      return places.floorDivided(by: stride).atLeastZero
    }
  }

  package let lhs: Axes
  package let kernel: Axes
  package let result: Axes
  /// One for each spatial axis.
  package let windows: [Window]
  /// The features are cut into as many groups, of which each sees its own part of the kernel.
  package let groups: Int
  /// Whether the kernel is turned around along every spatial axis.
  package let isReversed: Bool

  package init(
    lhs: Axes, kernel: Axes, result: Axes, windows: [Window], groups: Int, isReversed: Bool
  ) {
    self.lhs = lhs
    self.kernel = kernel
    self.result = result
    self.windows = windows
    self.groups = groups
    self.isReversed = isReversed
  }
}
