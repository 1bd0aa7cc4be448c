import ScalarIR

// Kernels that are one nest of loops, and long enough, are split among threads.
//
// BEFORE                                    AFTER
//     (for i 512                                (for i 512 :parallel
//       (for j 128 …))                            (for j 128 …))
//
//     (for i n :vector 16                       (for i.block (floordiv (add n 4095) 4096) :parallel
//       (let v f32 (load x i)) …)                 (for i (min 4096 (add n (mul i.block -4096))) :vector 16
//                                                   (let v f32 (load x (add (mul i.block 4096) i))) …))
//
//     (for i 2                                  (for j 500 :parallel
//       (for j 500                                (for i 2
//         (for k 64 …)))                            (for k 64 …)))
//
// A kernel stays as it is where another iteration of the loop might touch an element that one writes,
// and where it is over sooner than threads are woken.

/// What makes splitting a kernel among threads worth its cost.
package struct ParallelGrain: Hashable, Sendable {
  /// The fewest statements that a kernel executes for threads to pay off. As vectors of 16 lanes
  /// these take about a microsecond, which waking a thread takes too.
  package var statements = 1 << 15
  /// The iterations of a one-dimensional loop that one block runs: a multiple of every vector width,
  /// and few enough that a handful of arrays of one block stay in the nearest cache.
  package var block = 4096
  /// An outermost loop shorter than this is not split itself if the loop in it can be.
  package var shortExtent = 4

  package init() {}
}

extension LoopProgram {
  /// The program with loops marked `.parallel`.
  package func parallelized(grain: ParallelGrain = ParallelGrain()) -> LoopProgram {
    let splitter = Splitter(grain: grain)
    var program = self
    for index in kernels.indices {
      guard case .loop(let loop)? = kernels[index].body.first, kernels[index].body.count == 1,
        loop.mark == .serial || loop.isVector,
        Statement.loop(loop).executions.map({ $0 >= grain.statements }) ?? true,
        let parallel = splitter.parallelized(
          loop, taken: kernels[index].variables.union(symbols.map(Variable.init)))
      else { continue }
      program.kernels[index].body = [.loop(parallel)]
    }
    return program
  }
}

private struct Splitter {
  let grain: ParallelGrain

  /// A kernel's only loop split among threads; nil where it cannot be. New variables are not among
  /// those `taken`.
  func parallelized(_ loop: Loop, taken: Set<Variable>) -> Loop? {
    if loop.isInnermost {
      guard loop.isVector || loop.hasIndependentIterations else { return nil }
      return blocks(of: loop, taken) { $0 }
    }
    guard loop.hasIndependentIterations else { return nil }
    if let extent = loop.extent.constant, extent < grain.shortExtent {
      if let exchanged = exchanged(loop, taken) { return exchanged }
      guard extent > 1 else { return nil }
    }
    var loop = loop
    loop.mark = .parallel
    return loop
  }

  /// A loop as a parallel loop over blocks, whose body is what `body` makes of the loop that runs one
  /// of them; nil where the loop is no longer than a block.
  private func blocks(of loop: Loop, _ taken: Set<Variable>, body: (Loop) -> Loop) -> Loop? {
    let size = Index.constant(grain.block)
    if let extent = loop.extent.constant, extent <= grain.block { return nil }
    var block = Variable("\(loop.variable.name).block")
    while taken.contains(block) { block = Variable(block.name + "+") }
    let start = Index.variable(block) * size
    var rest = loop
    rest.extent = .minimum(of: size, loop.extent - start)
    if let extent = loop.extent.constant, extent % grain.block == 0 { rest.extent = size }
    rest.body = loop.body.mappingIndices {
      $0.substituting(loop.variable, by: start + .variable(loop.variable))
    }
    return Loop(
      block, loop.extent.quotientRoundedUp(by: size), .parallel, [.loop(body(rest))])
  }

  /// A short loop around one long loop with the long loop, or its blocks, outside.
  ///
  /// All iterations of both loops are independent of each other, so any order will do.
  private func exchanged(_ outer: Loop, _ taken: Set<Variable>) -> Loop? {
    guard outer.body.count == 1, case .loop(var inner) = outer.body[0],
      inner.mark == .serial || inner.isVector,
      !inner.extent.contains(.variable(outer.variable)),
      inner.extent.constant.map({ $0 >= grain.shortExtent }) ?? true,
      inner.isVector || inner.hasIndependentIterations
    else { return nil }
    var outer = outer
    if inner.isInnermost {
      return blocks(of: inner, taken) { rest in
        outer.body = [.loop(rest)]
        return outer
      }
    }
    outer.body = inner.body
    inner.body = [.loop(outer)]
    inner.mark = .parallel
    return inner
  }
}

extension Kernel {
  /// The variables of the kernel's loops and definitions.
  package var variables: Set<Variable> {
    var variables = body.definitions
    body.visit { statement, _ in
      if case .loop(let loop) = statement { variables.insert(loop.variable) }
    }
    return variables
  }
}

extension Loop {
  fileprivate var isVector: Bool {
    if case .vector = mark { true } else { false }
  }

  /// Whether no loop stands in the body.
  fileprivate var isInnermost: Bool {
    var isInnermost = true
    body.visit { statement, _ in
      if case .loop = statement { isInnermost = false }
    }
    return isInnermost
  }
}

extension Statement {
  /// About how many statements are executed; nil where that depends on symbols.
  fileprivate var executions: Int? {
    switch self {
    case .define, .store, .scratch, .barrier: 1
    case .conditional(_, let then, let otherwise): (then + otherwise).executions
    case .loop(let loop):
      if let extent = loop.extent.constant, let inner = loop.body.executions {
        max(0, extent).saturatingProduct(inner)
      } else {
        loop.extent == 0 ? 0 : nil
      }
    }
  }
}

extension [Statement] {
  fileprivate var executions: Int? {
    var sum = 0
    for statement in self {
      guard let count = statement.executions else { return nil }
      sum = Swift.min(sum + count, Int.max / 2)
    }
    return sum
  }
}

extension Int {
  fileprivate func saturatingProduct(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? Int.max / 2 : Swift.min(product, Int.max / 2)
  }
}
