/// How a kernel is spread over the blocks and threads of a grid, read off its marked loops. This is
/// what makes a kernel a mapped one:
///
///     (for b N :block 0              one to three block loops, each the only statement of the one
///                                    around it; their extents are made of sizes
///       (scratch s f32 128)          any number of arrays that the threads of a block share
///       (for t 128 :thread 0         one to three thread loops, each the only statement of the one
///         …))                        around it; constant extents, their product at most 1024
///
/// In the innermost thread loop stands what a thread does, which holds no further loop over blocks or
/// threads. A kernel that does nothing has no loops.
package struct GridShape: Hashable, Sendable {
  /// The extents of the block loops along axes 0, 1 and 2; 1 where there is none.
  package private(set) var blocks: [Index] = [1, 1, 1]
  /// The threads of a block along each axis.
  package private(set) var threads: [Int] = [1, 1, 1]
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

  /// Reads the loops of a kernel that `verify` passes.
  ///
  /// - Throws: `LoopError.invalid` where the kernel is not mapped.
  package init(of kernel: Kernel) throws(LoopError) {
    func invalid(_ expected: String, found: String) -> LoopError {
      .invalid(place: "kernel \(kernel.name)", expected: expected, found: found)
    }
    guard !kernel.body.isEmpty else { return }
    var body = kernel.body[...]
    var depth = 0
    while body.count == 1, case .loop(let loop)? = body.first, case .block(let axis) = loop.mark {
      guard loop.extent.leaves.allSatisfy(\.isSize) else {
        throw invalid("a number of blocks made of sizes", found: "\(loop.extent)")
      }
      blocks[axis] = loop.extent
      body = loop.body[...]
      depth += 1
    }
    guard depth > 0 else { throw invalid("one loop over blocks", found: body.summary) }

    while case .scratch(let name, let dtype, let count)? = body.first {
      share(name, byteCount: count * dtype.byteWidth)
      body.removeFirst()
    }

    depth = 0
    while body.count == 1, case .loop(let loop)? = body.first, case .thread(let axis) = loop.mark {
      guard let extent = loop.extent.constant, extent >= 1 else {
        throw invalid("a constant number of threads, 1 or more", found: "\(loop.extent)")
      }
      threads[axis] = extent
      body = loop.body[...]
      depth += 1
    }
    guard depth > 0 else {
      throw invalid("scratch, then one loop over threads, in a block", found: body.summary)
    }
    guard threads.allSatisfy({ $0 <= GridShape.threadLimit }),
      threads.reduce(1, *) <= GridShape.threadLimit
    else {
      throw invalid(
        "at most \(GridShape.threadLimit) threads in a block",
        found: threads.map(String.init).joined(separator: " x "))
    }
    if let loop = Array(body).firstGridLoop {
      throw invalid("no loop over blocks or threads in a thread", found: "loop \(loop.variable)")
    }
  }

  private mutating func share(_ name: String, byteCount: Int) {
    sharedOffsets[name] = sharedBytes
    let alignment = GridShape.sharedAlignment
    sharedBytes += (byteCount + alignment - 1) / alignment * alignment
  }
}

extension Kernel {
  /// Whether a loop of the kernel is spread over a grid.
  package var isMapped: Bool { body.firstGridLoop != nil }
}

extension LoopProgram {
  /// Checks the program and that every kernel is mapped to a grid.
  package func verifyGrids() throws(LoopError) {
    try verify()
    for kernel in kernels { _ = try GridShape(of: kernel) }
  }
}

extension [Statement] {
  /// A loop over blocks or threads among the statements or in their bodies.
  fileprivate var firstGridLoop: Loop? {
    var found: Loop?
    visit { statement, _ in
      guard found == nil, case .loop(let loop) = statement else { return }
      switch loop.mark {
      case .block, .thread: found = loop
      case .serial, .parallel, .vector, .unrolled: break
      }
    }
    return found
  }
}

extension ArraySlice<Statement> {
  /// What stands here, in few words.
  fileprivate var summary: String {
    guard let first else { return "nothing" }
    return count == 1 ? first.summary : "\(first.summary) and \(count - 1) more"
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
