/// How a kernel is spread over the blocks and threads of a grid, read off its marked loops.
///
///     (for b N :block 0              block loops, perfectly nested; extents are constants or sizes
///       (scratch s f32 128)          memory that the block's threads share
///       (for t 128 :thread 0 …)      thread loops, perfectly nested; extents are constants
///       (for t 128 :thread 0 …))     each waits for the one before it
///
/// A kernel without marks runs on one thread of one block.
package struct GridShape: Hashable, Sendable {
  /// The extents of the block loops along axes 0, 1 and 2; 1 where there is none.
  package private(set) var blocks: [Index] = [1, 1, 1]
  /// The threads of a block along each axis.
  package private(set) var threads: [Int] = [1, 1, 1]
  /// Whether there are thread loops.
  package private(set) var hasThreads = false
  /// Where each array that a block's threads share begins, in bytes.
  package private(set) var sharedOffsets: [String: Int] = [:]
  /// The bytes of those arrays.
  package private(set) var sharedBytes = 0

  /// The most threads of a block.
  package static let threadLimit = 1024
  /// The most blocks along axes 0, 1 and 2; kernels go through more than these in several steps.
  package static let blockLimits = [Int(Int32.max), 65_535, 65_535]
  /// The bytes of shared memory that a kernel has without asking for more at its launch.
  package static let staticSharedLimit = 48 << 10
  /// Shared arrays begin at multiples of it, so that their elements can be moved 16 bytes at a time.
  package static let sharedAlignment = 16

  /// - Throws: `LoopError.invalid` where the loops are not nested as a grid needs them.
  package init(of kernel: Kernel) throws(LoopError) {
    let place = "kernel \(kernel.name)"
    var body = kernel.body
    while body.count == 1, case .loop(let loop) = body[0], case .block(let axis) = loop.mark {
      guard loop.extent.leaves.allSatisfy(\.isSize) else {
        throw .invalid(
          place: place, expected: "an extent of blocks made of sizes", found: "\(loop.extent)")
      }
      blocks[axis] = loop.extent
      body = loop.body
    }
    body.visit { statement, _ in
      if case .loop(let loop) = statement, case .thread = loop.mark { hasThreads = true }
    }
    try readBlock(body, place)
    guard threads.reduce(1, *) <= GridShape.threadLimit else {
      throw .invalid(
        place: place, expected: "at most \(GridShape.threadLimit) threads a block",
        found: threads.map(String.init).joined(separator: " x "))
    }
  }

  /// Reads what all threads of a block do together.
  private mutating func readBlock(_ body: [Statement], _ place: String) throws(LoopError) {
    for statement in body {
      switch statement {
      case .loop(let loop):
        switch loop.mark {
        case .block:
          throw .invalid(
            place: place, expected: "block loops that hold each other and nothing else",
            found: statement.summary)
        case .thread: try readThreads(loop, place)
        case .serial, .parallel, .vector, .unrolled: try readBlock(loop.body, place)
        }
      case .conditional(_, let then, let otherwise):
        try readBlock(then, place)
        try readBlock(otherwise, place)
      case .store where hasThreads:
        throw .invalid(
          place: place, expected: "stores in thread loops only", found: statement.summary)
      case .scratch(let name, let dtype, let count) where hasThreads:
        sharedOffsets[name] = sharedBytes
        sharedBytes += count * dtype.byteWidth
        sharedBytes +=
          (GridShape.sharedAlignment - sharedBytes % GridShape.sharedAlignment)
          % GridShape.sharedAlignment
      case .define, .store, .scratch, .barrier: break
      }
    }
  }

  private mutating func readThreads(_ loop: Loop, _ place: String) throws(LoopError) {
    let nest = try ThreadNest(loop, place)
    for axis in 0..<3 { threads[axis] = max(threads[axis], nest.extents[axis]) }
  }
}

/// Thread loops that hold each other, and what each thread does.
package struct ThreadNest {
  /// The extents along axes 0, 1 and 2; 1 where there is no loop.
  package private(set) var extents = [1, 1, 1]
  package private(set) var containsBarrier = false

  /// - Throws: `LoopError.invalid` where an extent varies, or other statements stand between.
  package init(_ outermost: Loop, _ place: String) throws(LoopError) {
    var body = [Statement.loop(outermost)]
    while body.count == 1, case .loop(let loop) = body[0], case .thread(let axis) = loop.mark {
      guard let extent = loop.extent.constant, extent >= 1 else {
        throw .invalid(
          place: place, expected: "a constant number of threads, 1 or more",
          found: "\(loop.extent)")
      }
      extents[axis] = extent
      body = loop.body
    }
    var stray: Statement?
    var hasBarrier = false
    body.visit { statement, _ in
      switch statement {
      case .barrier: hasBarrier = true
      case .loop(let loop):
        switch loop.mark {
        case .block, .thread: stray = stray ?? statement
        case .serial, .parallel, .vector, .unrolled: break
        }
      case .define, .store, .conditional, .scratch: break
      }
    }
    if let stray {
      throw .invalid(
        place: place, expected: "thread loops that hold each other and nothing else",
        found: stray.summary)
    }
    containsBarrier = hasBarrier
  }
}

extension Index {
  /// Whether the leaf is the same for a whole run.
  fileprivate var isSize: Bool {
    switch self {
    case .constant, .symbol: true
    case .variable, .value: false
    case .sum, .product, .quotient, .remainder, .minimum, .maximum: true
    }
  }
}
