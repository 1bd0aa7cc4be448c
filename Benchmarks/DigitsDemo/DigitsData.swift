/// Images of handwritten digits, 8×8 pixels each, with the digits they show.
package struct DigitsData: Equatable, Sendable {
  package static let imageSide = 8
  package static let pixelCount = imageSide * imageSide

  /// `count × 64` pixels, image after image and row by row, from 0 (paper) to 1 (ink).
  package private(set) var images: [Float]
  /// The digit that each image shows, 0 to 9.
  package private(set) var labels: [Int32]

  package init(images: [Float] = [], labels: [Int32] = []) {
    precondition(images.count == labels.count * Self.pixelCount, "64 pixels a label")
    self.images = images
    self.labels = labels
  }

  package var count: Int { labels.count }

  /// The images and labels at `positions`, in that order.
  package func selecting(_ positions: [Int]) -> DigitsData {
    DigitsData(
      images: positions.flatMap { images[$0 * Self.pixelCount..<($0 + 1) * Self.pixelCount] },
      labels: positions.map { labels[$0] })
  }

  /// Shuffles with `SplitMix64(seed:)` and holds out the first fifth, rounded up, for testing: of
  /// 1,797 images 1,437 train and 360 test.
  package func split(seed: UInt64) -> (training: DigitsData, test: DigitsData) {
    var random = SplitMix64(seed: seed)
    let order = random.permutation(count: count)
    let heldOut = (count + 4) / 5
    return (selecting(Array(order[heldOut...])), selecting(Array(order[..<heldOut])))
  }
}
