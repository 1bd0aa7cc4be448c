import CTensorJIT
import Testing

/// Random layouts of memory against one element after the other.
@Suite struct LayoutTests {
  /// Where the elements of an array lie in a block of bytes.
  private struct Layout {
    var sizes: [Int]
    var strides: [Int] = []
    var offset = 0
    var byteCount = 0

    /// A layout in which axes follow each other in any order and direction, with gaps.
    init(_ sizes: [Int], width: Int, using generator: inout SystemRandomNumberGenerator) {
      self.sizes = sizes
      strides = sizes.map { _ in 0 }
      var reach = width
      for axis in sizes.indices.shuffled(using: &generator) {
        let stride = reach + [0, 0, 1, width].randomElement(using: &generator, default: 0)
        let isReversed = Bool.random(using: &generator)
        strides[axis] = isReversed ? -stride : stride
        if isReversed { offset += stride * max(0, sizes[axis] - 1) }
        reach = stride * max(1, sizes[axis])
      }
      let gap = Int.random(in: 0...9, using: &generator)
      offset += gap
      byteCount = reach + gap
    }

    /// The offsets of all elements in row-major order.
    var elements: [Int] {
      var offsets = [offset]
      for (size, stride) in zip(sizes, strides) {
        offsets = offsets.flatMap { base in (0..<size).map { base + $0 * stride } }
      }
      return offsets
    }
  }

  @Test(arguments: engines) func anyLayoutOfParametersAndResults(engine: String) throws {
    var generator = SystemRandomNumberGenerator()
    for (code, name, width) in [(TJ_I8, "i8", 1), (TJ_I16, "i16", 2), (TJ_I64, "i64", 8)] {
      let program = try Program(
        "(tape t [(x \(name)[A,B,C])] (y (not x)) (return y))", engine: engine)
      for _ in 0..<40 {
        let sizes = (0..<3).map { _ in [0, 1, 2, 2, 3].randomElement(using: &generator, default: 1)
        }
        let from = Layout(sizes, width: width, using: &generator)
        let to = Layout(sizes, width: width, using: &generator)
        let bytes = (0..<from.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let x = CArray(code, bytes: bytes, sizes, strides: from.strides, offset: from.offset)
        let y = CArray(
          code, bytes: [UInt8](repeating: 7, count: to.byteCount), sizes, strides: to.strides,
          offset: to.offset)
        try program.run([x], [y])
        var expected = [UInt8](repeating: 7, count: to.byteCount)
        for (source, target) in zip(from.elements, to.elements) {
          for byte in 0..<width { expected[target + byte] = ~bytes[source + byte] }
        }
        #expect(y.elements(UInt8.self) == expected, "\(from) \(to)")
        #expect(x.elements(UInt8.self) == bytes)
      }
    }
  }
}

extension RandomAccessCollection {
  fileprivate func randomElement(
    using generator: inout SystemRandomNumberGenerator, default missing: Element
  ) -> Element {
    randomElement(using: &generator) ?? missing
  }
}
