import CLLVM
import LoopIR

// Loops. Each is tested once before it is entered and once at its end, so that what does not change
// in it can be moved before it.

extension KernelEmitter {
  func emit(_ loop: Loop) throws(CodeGenError) {
    guard scope == nil else { throw invalid("a vector loop holds a loop") }
    if grid != nil { bounds.enter(loop) }
    switch loop.mark {
    case .serial: try emitSerial(loop)
    case .unrolled:
      guard let extent = loop.extent.constant else {
        throw invalid("the extent of the unrolled loop over '\(loop.variable.name)' varies")
      }
      for value in 0..<max(0, extent) {
        counters[loop.variable] = constantCounter(value)
        try emit(loop.body)
      }
    case .vector(let width):
      guard width > 0, width <= 64, width.nonzeroBitCount == 1 else {
        throw invalid("vectors of \(width) lanes: not a power of two up to 64")
      }
      let lanes = grid == nil ? width : min(width, vectorLanes(loop))
      try lanes == 1 ? emitSerial(loop) : emitVector(loop, lanes)
    case .parallel: throw invalid("a parallel loop is not the whole of the kernel's body")
    case .block(let axis): try emitBlocks(loop, axis)
    case .thread(let axis): try emitThreads(loop, axis)
    }
  }

  func constantCounter(_ value: Int) -> Counter {
    Counter(raw: builder.index(value), factor: factor(of: .constant(value)))
  }

  func emitSerial(_ loop: Loop) throws(CodeGenError) {
    if loop.extent == 1 {
      counters[loop.variable] = constantCounter(0)
      return try emit(loop.body)
    }
    try emitCountedLoop(
      loop.variable, from: builder.index(0), to: emit(loop.extent), step: 1
    ) { () throws(CodeGenError) in try emit(loop.body) }
  }

  /// A loop that runs its body for the counter from `start`, by `step`, while it is below `end`.
  func emitCountedLoop(
    _ variable: Variable, from start: LLVMValueRef, to end: LLVMValueRef, step: Int,
    body emitBody: () throws(CodeGenError) -> Void
  ) throws(CodeGenError) {
    let before = builder.block
    let body = builder.makeBlock("loop")
    let after = builder.makeBlock("done")
    builder.branch(if: builder.compare(LLVMIntSLT, start, end), to: body, else: after)
    builder.position(atEndOf: body)
    let counter = builder.phi(builder.i64)
    LLVMSetValueName2(counter, variable.name, variable.name.utf8.count)
    builder.addIncoming(start, from: before, to: counter)
    counters[variable] = Counter(raw: counter, factor: step)
    try emitBody()
    let next: LLVMValueRef = LLVMBuildNSWAdd(builder.raw, counter, builder.index(step), "")
    builder.addIncoming(next, from: builder.block, to: counter)
    builder.branch(if: builder.compare(LLVMIntSLT, next, end), to: body, else: after)
    builder.position(atEndOf: after)
  }
}

// Vector loops.
extension KernelEmitter {
  private func emitVector(_ loop: Loop, _ width: Int) throws(CodeGenError) {
    let extent = try emit(loop.extent)
    if let count = loop.extent.constant {
      if count > 0 { try emitVector(loop, width, extent) }
      return
    }
    let body = builder.makeBlock("vector")
    let after = builder.makeBlock("done")
    builder.branch(
      if: builder.compare(LLVMIntSGT, extent, builder.index(0)), to: body, else: after)
    builder.position(atEndOf: body)
    try emitVector(loop, width, extent)
    builder.branch(to: after)
    builder.position(atEndOf: after)
  }

  /// A vector loop with at least one iteration.
  private func emitVector(
    _ loop: Loop, _ width: Int, _ extent: LLVMValueRef
  ) throws(CodeGenError) {
    let hoisted = LaneVariance(of: loop).uniformDefinitions
    for position in hoisted.sorted() { try emit([loop.body[position]]) }
    let size = loop.body.statementCount
    if let count = loop.extent.constant, let pieces = pieces(of: count, width, loop, size) {
      for piece in pieces {
        counters[loop.variable] = constantCounter(piece.start)
        try emitLanes(loop, piece.lanes, mask: piece.mask, skipping: hoisted)
      }
    } else if size > KernelEmitter.largeBody, factor(of: loop.extent) < width {
      try emitMasked(loop, width, extent, skipping: hoisted)
    } else {
      try emitWithTail(loop, width, extent, skipping: hoisted)
    }
  }

  /// Whole vectors, then one under a mask for what is left over.
  private func emitWithTail(
    _ loop: Loop, _ width: Int, _ extent: LLVMValueRef, skipping hoisted: Set<Int>
  ) throws(CodeGenError) {
    let hasTail = factor(of: loop.extent) < width
    let end = hasTail ? builder.and(extent, builder.index(-width)) : extent
    try emitCountedLoop(loop.variable, from: builder.index(0), to: end, step: width) {
      () throws(CodeGenError) in
      try emitLanes(loop, width, mask: nil, skipping: hoisted)
    }
    if !hasTail { return }
    let tail = builder.makeBlock("tail")
    let after = builder.makeBlock("done")
    let rest = builder.sub(extent, end)
    builder.branch(
      if: builder.compare(LLVMIntSGT, rest, builder.index(0)), to: tail, else: after)
    builder.position(atEndOf: tail)
    counters[loop.variable] = Counter(raw: end, factor: width)
    try emitLanes(loop, width, mask: mask(belowLaneNumber: rest, width), skipping: hoisted)
    builder.branch(to: after)
    builder.position(atEndOf: after)
  }

  /// All vectors under a mask, so that a large body is there once only.
  private func emitMasked(
    _ loop: Loop, _ width: Int, _ extent: LLVMValueRef, skipping hoisted: Set<Int>
  ) throws(CodeGenError) {
    try emitCountedLoop(loop.variable, from: builder.index(0), to: extent, step: width) {
      () throws(CodeGenError) in
      let rest = builder.sub(extent, try emit(.variable(loop.variable)))
      try emitLanes(loop, width, mask: mask(below: rest, width), skipping: hoisted)
    }
  }

  /// The body for one vector of iterations, which begins at the loop's counter.
  private func emitLanes(
    _ loop: Loop, _ lanes: Int, mask: LLVMValueRef?, skipping hoisted: Set<Int>
  ) throws(CodeGenError) {
    if lanes > 1 { scope = LaneScope(variable: loop.variable, lanes: lanes, mask: mask) }
    try emit(loop.body, skipping: hoisted)
    scope = nil
  }

  /// A run of iterations of a loop that is written out.
  private struct Piece {
    var start: Int
    var lanes: Int
    var mask: LLVMValueRef?
  }

  /// The vectors into which a loop of few iterations is cut to be written out; nil for a loop that
  /// stays one.
  ///
  /// With constant indices, what a scratch array holds can live in registers. It cannot where it is
  /// accessed under a mask, so what is left over is then cut into smaller vectors.
  private func pieces(of count: Int, _ width: Int, _ loop: Loop, _ size: Int) -> [Piece]? {
    let usesScratch = loop.body.containsAccess { arrays[$0]?.isScratch == true }
    let copies = (count + width - 1) / width
    guard count <= 16 * width, usesScratch || copies == 1 || copies * size <= 64 else { return nil }
    var pieces = stride(from: 0, to: count - width + 1, by: width).map {
      Piece(start: $0, lanes: width)
    }
    var start = count - count % width
    if start < count, !usesScratch, (count - start).nonzeroBitCount > 1 {
      let mask = mask(belowLaneNumber: builder.index(count - start), width)
      return pieces + [Piece(start: start, lanes: width, mask: mask)]
    }
    while start < count {
      let rest = count - start
      let lanes = 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
      pieces.append(Piece(start: start, lanes: lanes))
      start += lanes
    }
    return pieces
  }

  /// The number of statements from which on a loop's body is not emitted twice.
  private static let largeBody = 48
}

extension [Statement] {
  /// The number of statements, those in bodies too.
  fileprivate var statementCount: Int {
    reduce(0) { count, statement in
      switch statement {
      case .loop(let loop): count + 1 + loop.body.statementCount
      case .conditional(_, let then, let otherwise):
        count + 1 + then.statementCount + otherwise.statementCount
      case .define(_, _, .rarely(let path)): count + 1 + path.body.statementCount
      case .define, .store, .scratch, .barrier: count + 1
      }
    }
  }

  /// Whether an array of which `predicate` holds is read or written.
  fileprivate func containsAccess(_ predicate: (String) -> Bool) -> Bool {
    contains { statement in
      switch statement {
      case .loop(let loop): loop.body.containsAccess(predicate)
      case .conditional(_, let then, let otherwise):
        then.containsAccess(predicate) || otherwise.containsAccess(predicate)
      case .define(_, _, .load(let array, _, _, _)): predicate(array)
      case .store(let array, _, _): predicate(array)
      case .define, .scratch, .barrier: false
      }
    }
  }
}
