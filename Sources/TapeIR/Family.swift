import ScalarIR

/// What an op is to everything that is not its own file: passes, interpreter and lowering match on
/// families and their payloads, and never on an op.
package enum Family: Hashable, Sendable {
  /// Values from nothing, or from a few scalars.
  case source(Source)
  /// One function of the operands' elements at the same position, all of one shape.
  case elementwise(ScalarExpr)
  /// Elements moved, repeated or left out, none computed.
  case movement(Movement)
  /// Elements combined along axes.
  case reduction(Reduction)
  /// Elements combined one after the other along axes, by any function.
  case fold(Fold)
  /// Elements combined with all before them along an axis.
  case scan(CumulativeScan)
  /// Elements of windows combined.
  case window(Window)
  /// Sums of products over axes of two operands.
  case contraction(Contraction)
  /// Bodies carried out as data decide.
  case control(Control)
  /// Windows at positions that other tensors hold.
  case indexing(Indexing)
  /// Elements of several tensors put in order along an axis.
  case sorting(Sorting)
  /// Sums of products of a kernel that is moved over an operand.
  case convolution(Convolution)
  /// A routine of linear algebra on matrices, the last two axes of the operands.
  case linearAlgebra(MatrixRoutine)
  /// A function of the user's on whole arrays in host memory.
  case host(HostFunction)
}

extension Family {
  /// A family without its payload.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case source, elementwise, movement, reduction, fold, scan, window, contraction, control,
      indexing
    case sorting
    case linearAlgebra = "linear-algebra"
    case host
  }

  package var kind: Kind {
    switch self {
    case .source: .source
    case .elementwise: .elementwise
    case .movement: .movement
    case .reduction: .reduction
    case .fold: .fold
    case .scan: .scan
    case .window: .window
    case .contraction, .convolution: .contraction
    case .control: .control
    case .indexing: .indexing
    case .sorting: .sorting
    case .linearAlgebra: .linearAlgebra
    case .host: .host
    }
  }
}

package enum Source: Hashable, Sendable {
  /// Known values; a literal of rank 0 fills any shape.
  case constant(Literal)
  /// Each element is its coordinate along the axis.
  case iota(axis: Int)
  /// Each element is a function of its row-major position (`u64`) and of all the elements of the
  /// operands, which are small.
  case generated(ScalarExpr)
}

package enum Movement: Hashable, Sendable {
  /// The same elements in the same row-major order, in another shape.
  case reinterpreted
  /// Each result element comes from the first piece in whose domains it lies; pieces cover the
  /// result. What comes last without domains, such as a padding's value, fills what is left.
  case mapped([Piece])

  /// Where part of a result comes from.
  package struct Piece: Hashable, Sendable {
    /// The operand's number.
    package let operand: Int
    /// The operand's coordinate along each of its axes.
    package let coordinates: [Coordinate]
    /// The part of the result: the positions that lie in all of these, all positions without any.
    package let domains: [Domain]

    package init(operand: Int, coordinates: [Coordinate], domains: [Domain] = []) {
      self.operand = operand
      self.coordinates = coordinates
      self.domains = domains
    }
  }

  /// `offset + stride ·` (the result's coordinate along `axis`), divided by `divisor`, which leaves
  /// no remainder within the piece's domains; or just `offset` without an axis.
  package struct Coordinate: Hashable, Sendable {
    package let axis: Int?
    package let stride: Int
    package let offset: Dim
    package let divisor: Int

    package init(axis: Int?, stride: Int = 1, offset: Dim = 0, divisor: Int = 1) {
      self.axis = axis
      self.stride = stride
      self.offset = offset
      self.divisor = divisor
    }
  }

  /// Every `step`-th of the positions `lower ..< upper` along `axis`.
  package struct Domain: Hashable, Sendable {
    package let axis: Int
    package let lower: Dim
    package let upper: Dim
    package let step: Int

    package init(axis: Int, lower: Dim, upper: Dim, step: Int = 1) {
      self.axis = axis
      self.lower = lower
      self.upper = upper
      self.step = step
    }
  }
}

/// A reduction of one operand. The order is `ReductionTree`'s.
package struct Reduction: Hashable, Sendable {
  package let monoid: Monoid
  /// The reduced axes, ascending.
  package let axes: [Int]
  /// Whether the reduced axes stay, with size 1.
  package let keepsAxes: Bool

  package init(monoid: Monoid, axes: [Int], keepsAxes: Bool) {
    self.monoid = monoid
    self.axes = axes
    self.keepsAxes = keepsAxes
  }
}

/// A reduction of several operands of one shape, from initial values that follow them as operands of
/// rank 0: the step is applied to those and the first elements, then to what it gave and the next
/// ones, and so on in row-major order.
package struct Fold: Hashable, Sendable {
  /// From a state and one element of each operand to a state.
  package let step: ScalarExpr
  /// The reduced axes, ascending, which do not stay.
  package let axes: [Int]

  package init(step: ScalarExpr, axes: [Int]) {
    self.step = step
    self.axes = axes
  }
}

/// Which bodies are carried out, and how often. Operands and results are those of the ops.
package enum Control: Hashable, Sendable {
  /// One of two bodies, as the first operand says; both take the other operands.
  case cond(then: Body, otherwise: Body)
  /// `body` again and again, on its own results, as long as `condition` gives true for them.
  case whileLoop(condition: Body, body: Body)
  /// A body once for each slice along axis 0 of some operands.
  case scan(Scan)
}

extension Control {
  package var bodies: [Body] {
    switch self {
    case .cond(let then, let otherwise): [then, otherwise]
    case .whileLoop(let condition, let body): [condition, body]
    case .scan(let scan): [scan.body]
    }
  }
}

/// A body that takes carries and slices and gives carries and slices.
package struct Scan: Hashable, Sendable {
  package let body: Body
  /// How often the body is carried out.
  package let length: Dim
  /// How many operands and results are carries; the others are stacks of slices.
  package let carryCount: Int
  /// Whether the last slices come first.
  package let isReversed: Bool

  package init(body: Body, length: Dim, carryCount: Int, isReversed: Bool) {
    self.body = body
    self.length = length
    self.carryCount = carryCount
    self.isReversed = isReversed
  }
}

/// The dimension numbers of a product of two tensors; the result's axes are batch, free axes of the
/// first operand, free axes of the second.
package struct Contraction: Hashable, Sendable {
  package let lhsBatch: [Int]
  package let rhsBatch: [Int]
  package let lhsContract: [Int]
  package let rhsContract: [Int]

  package init(lhsBatch: [Int], rhsBatch: [Int], lhsContract: [Int], rhsContract: [Int]) {
    self.lhsBatch = lhsBatch
    self.rhsBatch = rhsBatch
    self.lhsContract = lhsContract
    self.rhsContract = rhsContract
  }

  package func lhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !lhsBatch.contains($0) && !lhsContract.contains($0) }
  }

  package func rhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rhsBatch.contains($0) && !rhsContract.contains($0) }
  }
}
