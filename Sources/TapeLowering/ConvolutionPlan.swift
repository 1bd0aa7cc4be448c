import LoopIR
import ScalarIR
import TapeIR

/// The sizes of a convolution as a product of two matrices, and how it is cut into tiles.
///
/// One matrix is the kernel: output features by terms, a term being a position in the window and an
/// input feature. The other holds, for each term and each place of the window, the element of x under
/// it. Places are a run of the result's axes, those behind its feature axis or those before it, so
/// that a place's distance in the result is known; the other axes are taken one position at a time.
struct ConvolutionPlan {
  let convolution: Convolution
  let x: TensorType
  let k: TensorType
  let y: TensorType
  /// The result's axes that places run over, and the others, each in order.
  let placeAxes: [Int]
  let outerAxes: [Int]
  /// Whether windows of places that follow each other begin at elements of x that follow each other.
  let areNeighbours: Bool
  /// The most places of one phase, and the positions of the other axes.
  let places: Index
  let outer: Index
  /// The spatial axes.
  let axes: [ConvolutionAxis]
  /// Whether places are the axes behind the result's feature axis.
  let isPlaceInnermost: Bool
  let groups: Index
  /// Features of a group.
  let inputs: Index
  let outputs: Index
  let terms: Index

  /// Places that stand side by side in registers, two vectors of them.
  let lanes: Int
  /// Tiles of as many places whose terms are gathered together.
  let tiles: Int
  /// Whether the last places may be fewer than those that are gathered together.
  let hasPartialBlock: Bool
  /// Output features whose sums stand in registers together.
  let rows: Int
  /// Output features of one part of the work.
  let chunk: Int
  /// Terms that are gathered together.
  let depth: Int
  /// Whether there is enough work to share among threads.
  let isLarge: Bool

  init(
    _ convolution: Convolution, x: TensorType, k: TensorType, y: TensorType,
    options: LoweringOptions
  ) {
    self.convolution = convolution
    (self.x, self.k, self.y) = (x, k, y)
    let feature = convolution.result.feature
    let before = Array(0..<feature)
    let behind = Array((feature + 1)..<y.rank)
    let axes = convolution.windows.enumerated().map { number, window in
      ConvolutionAxis(
        window, x: x.shape[convolution.lhs.spatial[number]],
        k: k.shape[convolution.kernel.spatial[number]],
        y: y.shape[convolution.result.spatial[number]])
    }
    var placeShape = y.shape
    for (axis, spatial) in zip(axes, convolution.result.spatial) {
      placeShape[spatial] = axis.places
    }
    func extent(_ axes: [Int]) -> Dim { AxisGroup.extent(axes, in: placeShape) }
    self.axes = axes
    // As many places as possible, for full vectors; next to each other, if they can be.
    let registerBytes = options.vectorBits / 4
    let isBehind: Bool
    if behind.isEmpty {
      isBehind = false
    } else if let inner = extent(behind).constant, let others = extent(before).constant {
      isBehind = inner >= others || inner >= registerBytes / 2
    } else {
      isBehind = true
    }
    isPlaceInnermost = isBehind
    (placeAxes, outerAxes) = isBehind ? (behind, before) : (before, behind)
    areNeighbours = ConvolutionPlan.areNeighbours(convolution, placeAxes, x: x.shape, y: y.shape)
    let (placeCount, outerCount) = (extent(placeAxes), extent(outerAxes))
    (places, outer) = (Index(placeCount), Index(outerCount))
    let outputCount = k.shape[convolution.kernel.outer].floorDivided(by: convolution.groups)
    let inputCount = k.shape[convolution.kernel.feature]
    groups = .constant(convolution.groups)
    (inputs, outputs) = (Index(inputCount), Index(outputCount))
    let termCount = convolution.kernel.spatial.reduce(inputCount) { $0 * k.shape[$1] }
    terms = Index(termCount)

    let width = max(1, registerBytes / x.dtype.computeType.byteWidth)
    lanes = min(width, max(1, placeCount.constant ?? .max))
    let needed = placeCount.constant.map { max(1, ($0 - 1) / width + 1) } ?? .max
    tiles = min(options.gatheredTiles, needed)
    let block = lanes * tiles
    hasPartialBlock = placeCount.constant.map { $0 % block != 0 } ?? true
    // As many as divide the features, so that none is computed in vain.
    let most = options.vectorBits == 512 ? 12 : 6
    rows =
      outputCount.constant.map { count in
        (6...most).last { count % $0 == 0 } ?? min(6, max(1, count))
      } ?? 6
    depth = min(128, max(1, termCount.constant ?? .max))
    let blocks = Index.constant(lanes * tiles)
    let parts =
      axes.reduce(1) { $0 * $1.phases } * outer * groups * places.quotientRoundedUp(by: blocks)
    chunk = ConvolutionPlan.chunk(outputCount.constant, rows: rows, parts: parts.constant)
    isLarge =
      (termCount * y.shape.elementCount).constant.map { $0 >= options.sharedElements } ?? true
  }

  /// Whether x's elements at the windows' first positions are as far apart as the numbers of places that
  /// run over those axes.
  private static func areNeighbours(
    _ convolution: Convolution, _ placeAxes: [Int], x: Shape, y: Shape
  ) -> Bool {
    let strides = x.strides
    var distance: Dim = .constant(1)
    for axis in placeAxes.reversed() {
      var operandAxis = convolution.lhs.outer
      if let number = convolution.result.spatial.firstIndex(of: axis) {
        let window = convolution.windows[number]
        guard window.stride == 1, window.lhsDilation == 1 else { return false }
        operandAxis = convolution.lhs.spatial[number]
      }
      guard strides[operandAxis] == distance else { return false }
      distance = distance * y[axis]
    }
    return true
  }

  /// The most output features of one part, a multiple of `rows`; fewer where there are too few parts
  /// to share evenly.
  private static func chunk(_ outputs: Int?, rows: Int, parts: Int?) -> Int {
    guard let outputs, let parts else { return rows * 16 }
    let wanted = max(1, min(16 / max(1, parts), outputs / 32))
    let each = (max(1, outputs) - 1) / wanted / rows + 1
    return rows * min(each, 252 / rows)
  }

  /// Whether enough is computed with each weight that bringing the kernel into another order repays:
  /// the one in which the output features of a term lie side by side.
  var repaysArranging: Bool {
    guard rows > 1, k.shape.strides[convolution.kernel.outer] != 1 else { return false }
    return (places * outer).constant.map { $0 >= 4096 } ?? false
  }

  /// The kernel's axes in that order.
  var arrangedAxes: [Int] {
    convolution.kernel.spatial + [convolution.kernel.feature, convolution.kernel.outer]
  }

  /// The kernel's strides as the loops find it.
  var kernelStrides: [Dim] {
    guard repaysArranging else { return k.shape.strides }
    var strides = k.shape.strides
    var stride: Dim = .constant(1)
    for axis in arrangedAxes.reversed() {
      strides[axis] = stride
      stride = stride * k.shape[axis]
    }
    return strides
  }

  /// Whether places lie as far apart in the result as their numbers.
  var isDense: Bool { axes.allSatisfy { $0.period == 1 } }

  /// The phases of all axes together.
  var phases: Index { axes.reduce(1) { $0 * $1.phases } }

  /// Whether `rows` divides the output features, so that no row is computed in vain.
  var fillsRows: Bool { outputs.remainder(byAtLeastOne: .constant(rows)) == 0 }

  /// Places whose terms are gathered together.
  var width: Int { lanes * tiles }
  var blocks: Index { places.quotientRoundedUp(by: .constant(width)) }
  var chunks: Index { outputs.quotientRoundedUp(by: .constant(chunk)) }
}
