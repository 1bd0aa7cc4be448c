import ScalarIR

/// Copies the elements of an array between a caller's layout and row-major order without gaps.
struct StridedCopy {
  /// Bytes that are contiguous in the caller's memory, too: an element or more.
  private let run: Int
  /// The axes along which runs repeat, outermost first, and how far apart they are.
  private let sizes: [Int]
  private let strides: [Int]
  private let start: UnsafeMutableRawPointer?
  private let isEmpty: Bool

  init(_ view: ArrayView) {
    // Axes of size 1 do not count, and inner axes without gaps are part of the run.
    var axes = zip(view.sizes, view.strides).filter { $0.0 != 1 }
    var run = view.dtype.byteWidth
    while let (size, stride) = axes.last, stride == run {
      run *= size
      axes.removeLast()
    }
    self.run = run
    sizes = axes.map(\.0)
    strides = axes.map(\.1)
    start = view.start
    isEmpty = view.count == 0
  }

  /// Copies out of the caller's memory.
  func gather(to target: UnsafeMutableRawPointer) {
    var next = target
    forEachRow { row, count, stride in
      copy(next, run, row, stride, count)
      next += count * run
    }
  }

  /// Copies into the caller's memory.
  func scatter(from source: UnsafeRawPointer) {
    var next = source
    forEachRow { row, count, stride in
      copy(row, stride, next, run, count)
      next += count * run
    }
  }

  /// Visits the rows of runs in row-major order: their start, number of runs and stride.
  private func forEachRow(_ body: (UnsafeMutableRawPointer, Int, Int) -> Void) {
    guard !isEmpty, let start else { return }
    guard let rowLength = sizes.last, let rowStride = strides.last else {
      return body(start, 1, run)
    }
    var position = [Int](repeating: 0, count: sizes.count - 1)
    var row = start
    while true {
      body(row, rowLength, rowStride)
      var axis = position.count - 1
      while axis >= 0 {
        position[axis] += 1
        row += strides[axis]
        if position[axis] < sizes[axis] { break }
        row -= position[axis] * strides[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Copies runs; elements may lie at any address, so they are moved as bytes.
  private func copy(
    _ target: UnsafeMutableRawPointer, _ targetStride: Int,
    _ source: UnsafeRawPointer, _ sourceStride: Int, _ count: Int
  ) {
    func move<Word: BitwiseCopyable>(_ type: Word.Type) {
      var (to, from) = (target, source)
      for _ in 0..<count {
        to.storeBytes(of: from.loadUnaligned(as: type), as: type)
        to += targetStride
        from += sourceStride
      }
    }
    switch run {
    case 1: move(UInt8.self)
    case 2: move(UInt16.self)
    case 4: move(UInt32.self)
    case 8: move(UInt64.self)
    default:
      for position in 0..<count {
        (target + position * targetStride)
          .copyMemory(from: source + position * sourceStride, byteCount: run)
      }
    }
  }
}
