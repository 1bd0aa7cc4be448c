import ScalarIR
import TapeIR

/// A tape and which of its nodes are carried out together.
package struct FusedTape: Hashable, Sendable {
  package var tape: Tape
  /// How each node is carried out.
  package var roles: [NodeRole]
  /// In the order in which they run: a group needs nothing from a later one.
  package var groups: [FusionGroup]

  package init(tape: Tape, roles: [NodeRole], groups: [FusionGroup]) {
    self.tape = tape
    self.roles = roles
    self.groups = groups
  }
}

/// How a node is carried out.
package enum NodeRole: Hashable, Sendable {
  /// Computed wherever it is used, as part of the loops there; it has no buffer.
  case inlined
  /// The buffer of its operand under another shape.
  case alias
  /// A buffer that is known when the program is made.
  case constant
  /// By the group of that number.
  case grouped(Int)
}

/// Nodes that become one kernel (or, for long reductions, two), or one library call.
package struct FusionGroup: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A loop nest over `domain`.
    case loops
    /// A loop nest over `domain` in which rows along `axes`, the innermost ones, are walked once for
    /// each step of the reductions; what is computed between them stays in the row.
    case rows(axes: [Int])
    /// Reductions of `domain` along `axes` with what feeds them, and what follows them at the kept
    /// positions.
    case reduction(axes: [Int])
    /// One reduction of `domain` along `axes`, element after element.
    case fold(axes: [Int])
    /// A scan of `domain` with what follows it at the same positions.
    case scan
    /// A fold over windows, with what follows it at the kept positions. The domain is the result's
    /// shape, then the sizes of a window: `axes`.
    case window(axes: [Int])
    /// One product of two tensors.
    case contraction
    /// The bodies of one node, as its family says.
    case control
    /// Windows of updates combined into one tensor.
    case scatter
    /// Elements of some tensors put in order along an axis.
    case sort
    /// One routine of linear algebra.
    case linearAlgebra
    /// One function of the user's.
    case host

    /// Whether all results of the group's node have buffers, also those that nobody reads.
    var fillsAllResults: Bool { self == .linearAlgebra || self == .host }

    /// Whether the group is a loop nest, which other nodes may become part of.
    var isLoops: Bool {
      switch self {
      case .loops, .rows, .reduction, .scan, .window: true
      case .fold, .contraction, .control, .scatter, .sort, .linearAlgebra, .host: false
      }
    }
  }

  package var kind: Kind
  /// The shape that the loops run over; for what is no loop nest, the first result's; for control
  /// flow, none.
  package var domain: Shape
  /// Positions in the tape's nodes, ascending.
  package var nodes: [Int]
  /// The values that get buffers, ascending.
  package var outputs: [Value]
  /// The bodies of control flow, in the order of `Control.bodies`.
  package var bodies: [FusedTape]

  package init(
    kind: Kind, domain: Shape, nodes: [Int], outputs: [Value] = [], bodies: [FusedTape] = []
  ) {
    self.kind = kind
    self.domain = domain
    self.nodes = nodes
    self.outputs = outputs
    self.bodies = bodies
  }

  /// The reduced axes, if any.
  package var reducedAxes: [Int]? {
    switch kind {
    case .loops, .scan, .contraction, .control, .scatter, .sort, .linearAlgebra, .host: nil
    case .rows(let axes), .reduction(let axes), .fold(let axes), .window(let axes): axes
    }
  }
}

extension FusionGroup {
  /// Where a value of the given shape stands in the group's loops.
  package enum Level: Hashable, Sendable {
    /// One value at each position of the domain.
    case full
    /// One value at each kept position, its axes those of the domain without the reduced ones …
    case kept
    /// … or with size 1 there.
    case keptWithOnes
  }

  package func level(of shape: Shape) -> Level? {
    if shape == domain { return .full }
    guard let axes = reducedAxes else { return nil }
    let ones = Shape(domain.dims.indices.map { axes.contains($0) ? 1 : domain[$0] })
    if shape == ones { return .keptWithOnes }
    let kept = Shape(domain.dims.indices.filter { !axes.contains($0) }.map { domain[$0] })
    return shape == kept ? .kept : nil
  }

  /// For each axis of a value at that level, the axis of the domain.
  package func domainAxes(at level: Level) -> [Int] {
    switch level {
    case .full, .keptWithOnes: Array(domain.dims.indices)
    case .kept: domain.dims.indices.filter { !(reducedAxes ?? []).contains($0) }
    }
  }
}
