extension Kernel {
  /// Checks that the kernel is a grid as GPUs run one.
  ///
  /// 1. The body is empty, or one block loop, the outermost of at most three that stand directly in
  ///    each other; their extents depend on sizes alone.
  /// 2. In the innermost one stand scratch arrays, which are the block's shared memory, and then
  ///    thread loops.
  /// 3. Thread loops stand directly in each other; their extents are constants whose product is at
  ///    most 1024, and the same in all thread loops of the kernel.
  /// 4. In the innermost thread loop is no further loop over blocks, threads or a CPU's threads.
  ///
  /// - Throws: `LoopError.invalid` for the first rule that is broken.
  package func verifyGrid() throws(LoopError) {
    guard !body.isEmpty else { return }
    guard body.count == 1, case .loop(let outermost) = body[0], case .block = outermost.mark else {
      throw invalid(expected: "one loop over blocks", found: "\(body.count) statements")
    }
    var next = outermost
    while true {
      try verifySize(next.extent)
      guard next.body.count == 1, case .loop(let inner) = next.body[0], case .block = inner.mark
      else { break }
      next = inner
    }
    var extents: [Int]?
    for statement in next.body {
      switch statement {
      case .scratch where extents == nil: continue
      case .loop(let loop):
        guard case .thread = loop.mark else { fallthrough }
        let found = try threadExtents(loop)
        guard extents == nil || extents == found else {
          throw invalid(expected: "thread loops of the same extents", found: "\(found)")
        }
        extents = found
      case .scratch, .define, .store, .conditional, .barrier:
        throw invalid(
          expected: "scratch, then loops over threads, in a block", found: statement.summary)
      }
    }
    guard extents != nil else {
      throw invalid(expected: "a loop over threads in the blocks", found: "none")
    }
  }

  private func invalid(expected: String, found: String) -> LoopError {
    .invalid(place: "kernel \(name)", expected: expected, found: found)
  }

  private func verifySize(_ extent: Index) throws(LoopError) {
    for leaf in extent.leaves {
      if case .symbol = leaf { continue }
      throw invalid(expected: "a number of blocks made of sizes", found: "\(extent)")
    }
  }

  private func threadExtents(_ loop: Loop) throws(LoopError) -> [Int] {
    var extents: [Int] = []
    var next = loop
    while true {
      guard let extent = next.extent.constant, extent > 0 else {
        throw invalid(expected: "a constant number of threads", found: "\(next.extent)")
      }
      extents.append(extent)
      guard next.body.count == 1, case .loop(let inner) = next.body[0], case .thread = inner.mark
      else { break }
      next = inner
    }
    guard extents.reduce(1, { min($0, GridShape.threadLimit) * $1 }) <= GridShape.threadLimit else {
      throw invalid(
        expected: "at most \(GridShape.threadLimit) threads in a block", found: "\(extents)")
    }
    var inner: Loop?
    next.body.visit { statement, _ in
      guard case .loop(let loop) = statement else { return }
      switch loop.mark {
      case .block, .thread, .parallel: inner = loop
      case .serial, .vector, .unrolled: break
      }
    }
    if let inner {
      throw invalid(
        expected: "no loop over blocks or threads in a thread", found: "loop \(inner.variable)")
    }
    return extents
  }
}

extension LoopProgram {
  /// Checks the program and that every kernel is a grid.
  package func verifyGrids() throws(LoopError) {
    try verify()
    for kernel in kernels { try kernel.verifyGrid() }
  }
}
