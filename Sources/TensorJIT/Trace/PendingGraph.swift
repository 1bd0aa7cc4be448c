import Locking
import Synchronization

/// Pending slots that hang together, and how many there are: what the budget of ops is about.
///
/// An op on pending operands makes one graph of theirs. Graphs that became part of another refer to
/// it, so that slots need not be told. Counts are close rather than exact where threads record on
/// the same pending tensors.
final class PendingGraph: Sendable {
  private let pendingCount = Atomic<Int>(0)
  private let containsMoves = Atomic<Bool>(false)
  /// The graph that this one became part of.
  private let whole = AtomicLazyReference<PendingGraph>()

  private static let joining = Lock(())

  private var root: PendingGraph {
    var graph = self
    while let whole = graph.whole.load() { graph = whole }
    return graph
  }

  /// The one graph of all operands, or a new one where none is pending.
  static func joining(_ operands: [Recipe.Operand]) -> PendingGraph {
    var joined: PendingGraph?
    for operand in operands {
      guard let graph = operand.slot.pendingGraph?.root else { continue }
      guard let other = joined, other !== graph else {
        joined = graph
        continue
      }
      joined = join(other, graph)
    }
    return joined ?? PendingGraph()
  }

  /// Makes the smaller graph part of the larger one, so that the way to the whole stays short.
  private static func join(_ a: PendingGraph, _ b: PendingGraph) -> PendingGraph {
    joining.withLock { _ in
      let (a, b) = (a.root, b.root)
      if a === b { return a }
      let isLarger = a.count >= b.count
      let (large, small) = isLarger ? (a, b) : (b, a)
      large.pendingCount.add(small.count, ordering: .relaxed)
      if small.containsMoves.load(ordering: .relaxed) { large.noteMove() }
      _ = small.whole.storeIfNil(large)
      return large
    }
  }

  private var count: Int { pendingCount.load(ordering: .relaxed) }

  /// Whether some of what hangs together is, or was, moved between devices.
  var hasMoves: Bool { root.containsMoves.load(ordering: .relaxed) }

  /// Notes a move among what hangs together.
  func noteMove() { root.containsMoves.store(true, ordering: .relaxed) }

  /// Counts a pending slot more, and says how many there are.
  func add() -> Int { root.pendingCount.add(1, ordering: .relaxed).newValue }

  /// Counts a pending slot less.
  func remove() { root.pendingCount.subtract(1, ordering: .relaxed) }
}
