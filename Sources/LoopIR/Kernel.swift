import ScalarIR

/// Loops over arrays: what one launch runs.
///
/// A kernel means what running its statements in order, every loop serially, means; marks on loops
/// only say how else they may be run. It assumes neither a CPU nor a GPU.
package struct Kernel: Hashable, Sendable {
  package var name: String
  /// The arrays that the kernel reads and writes, in the order in which a launch binds them. They do
  /// not overlap, unless a launch binds one buffer twice (see `Launch`) or a written array takes
  /// over a read one's memory; `canShare` says which two may lie in one place.
  package var parameters: [ArrayParameter]
  package var body: [Statement]
  /// The tape ops that the kernel carries out, for messages and profiles.
  package var origins: [String]

  package init(
    name: String, parameters: [ArrayParameter], body: [Statement], origins: [String] = []
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.origins = origins
  }
}

/// An array that a kernel is given.
package struct ArrayParameter: Hashable, Sendable {
  package enum Access: Hashable, Sendable {
    case read, write, readWrite
  }

  package var name: String
  package var dtype: DType
  package var access: Access

  package init(name: String, dtype: DType, access: Access) {
    self.name = name
    self.dtype = dtype
    self.access = access
  }
}

/// One step of a kernel.
package indirect enum Statement: Hashable, Sendable {
  case loop(Loop)
  /// Names a scalar, visible in the statements after it in the same body and in their bodies.
  case define(Variable, DType, Expression)
  /// Writes a scalar to an array element.
  case store(array: String, index: Index, value: Variable)
  case conditional(Condition, then: [Statement], else: [Statement])
  /// Declares an array of `count` elements that lives, with undefined contents, until the end of
  /// the enclosing body; each iteration of an enclosing loop has its own.
  case scratch(name: String, DType, count: Int)
  /// Waits until all threads of a block are here; legal only under uniform control flow.
  case barrier
}

/// Runs `body` for `variable` from 0 up to, not including, `extent` (nothing where that is ≤ 0).
package struct Loop: Hashable, Sendable {
  package var variable: Variable
  package var extent: Index
  package var mark: Mark
  package var body: [Statement]

  /// How the iterations may be run; what they compute is the same.
  package enum Mark: Hashable, Sendable {
    /// One after the other.
    case serial
    /// Independent of each other, split among threads. At most one, the only statement of the
    /// kernel's body.
    case parallel
    /// Independent of each other, `width` of them in the lanes of a vector; the iterations left over
    /// run under a mask. The body holds no loop, scratch or barrier.
    case vector(width: Int)
    /// One after the other, written out; the extent is constant.
    case unrolled
    /// Spread over the blocks or the threads of a grid, along axis 0, 1 or 2.
    case block(axis: Int)
    case thread(axis: Int)
  }

  package init(_ variable: Variable, _ extent: Index, _ mark: Mark = .serial, _ body: [Statement]) {
    self.variable = variable
    self.extent = extent
    self.mark = mark
    self.body = body
  }
}

/// The right side of a `define`. Operands are scalars defined before.
package enum Expression: Hashable, Sendable {
  case constant(ScalarValue)
  /// An array element; where `condition` does not hold, nothing is read and the value is `otherwise`.
  case load(
    array: String, index: Index, condition: Condition = .always, otherwise: ScalarValue? = nil)
  /// An index as a scalar of the defined (integer) type, wrapped to it.
  case index(Index)
  case unary(ScalarOp.Unary, Variable)
  case binary(ScalarOp.Binary, Variable, Variable)
  /// A comparison; the defined type is `bool`.
  case compare(ScalarOp.Comparison, Variable, Variable)
  case fma(Variable, Variable, Variable)
  case select(Variable, Variable, Variable)
  /// A conversion, or a reinterpretation of bits, to the defined type.
  case convert(Variable)
  case bitcast(Variable)
  /// The long way where a condition holds, which few iterations take.
  case rarely(RarePath)
  /// What another thread has in a scalar of the same type: the one that is `lane`-th of the
  /// `warpThreads` threads that run in step with this one. Threads meet here, as at a barrier, but
  /// what they wrote to arrays before need not be seen by the others.
  case shuffle(Variable, lane: Index)

  /// The threads that shuffles go between: those whose numbers in the block have the same quotient by
  /// it.
  package static let warpThreads = 32
}

/// A scalar of a body of its own where a condition holds, else one that is there already.
///
/// The body defines scalars and reads no array, so that it may run where its result is not wanted.
/// It runs where an iteration needs it: under a branch, on vectors under one on any lane.
package struct RarePath: Hashable, Sendable {
  /// A `bool`.
  package var condition: Variable
  package var body: [Statement]
  /// What stands where the condition holds, defined in the body or before …
  package var slow: Variable
  /// … and what stands elsewhere.
  package var fast: Variable

  package init(condition: Variable, body: [Statement], slow: Variable, fast: Variable) {
    self.condition = condition
    self.body = body
    self.slow = slow
    self.fast = fast
  }

  /// The scalars that are used but not defined in the path.
  package var operands: [Variable] {
    var defined: Set<Variable> = []
    var operands = [condition, fast]
    for case .define(let variable, _, let expression) in body {
      operands += expression.operands.filter { !defined.contains($0) }
      defined.insert(variable)
    }
    return operands + (defined.contains(slow) ? [] : [slow])
  }
}

/// A conjunction of comparisons of indices and of scalars; with no clauses it always holds.
package struct Condition: Hashable, Sendable {
  package enum Clause: Hashable, Sendable {
    /// The first index is less than the second.
    case less(Index, Index)
    /// The `bool` scalar is true.
    case holds(Variable)
  }

  package var clauses: [Clause]

  package init(_ clauses: [Clause]) { self.clauses = clauses }

  package static let always = Condition([])

  package var isAlways: Bool { clauses.isEmpty }
}
