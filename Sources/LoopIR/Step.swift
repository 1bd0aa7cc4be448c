import ScalarIR

/// One step of a program.
package indirect enum Step: Hashable, Sendable {
  case launch(Launch)
  case call(LibraryCall)
  /// Ends the run with an error where a kernel has found an index out of bounds.
  case check(ProgramCheck)
  case copy(Copy)
  case exchange(Exchange)
  case branch(Branch)
  case whileLoop(WhileLoop)
  case countedLoop(CountedLoop)
}

/// Copies all elements of a buffer to another, which has as many.
package struct Copy: Hashable, Sendable {
  package var source: BufferID
  package var target: BufferID

  package init(from source: BufferID, to target: BufferID) {
    self.source = source
    self.target = target
  }
}

/// Lets two temporaries of equal size change places: what was written to one is read from the other,
/// and nothing moves. So an iteration of a loop writes what the next one reads.
package struct Exchange: Hashable, Sendable {
  package var first: BufferID
  package var second: BufferID

  package init(_ first: BufferID, _ second: BufferID) {
    self.first = first
    self.second = second
  }
}

/// Steps that are done only where a predicate holds, and others where it does not.
///
/// Whoever drives the device reads the predicate, a buffer of one `bool`, when all steps before are
/// done.
package struct Branch: Hashable, Sendable {
  package var predicate: BufferID
  package var then: [Step]
  package var otherwise: [Step]

  package init(_ predicate: BufferID, then: [Step], otherwise: [Step]) {
    self.predicate = predicate
    self.then = then
    self.otherwise = otherwise
  }
}

/// `condition`, which writes the predicate, and where that holds `body`, again and again.
package struct WhileLoop: Hashable, Sendable {
  package var condition: [Step]
  package var predicate: BufferID
  package var body: [Step]

  package init(condition: [Step], predicate: BufferID, body: [Step]) {
    self.condition = condition
    self.predicate = predicate
    self.body = body
  }
}

/// `body` once for each value of a counter from 0 up to, not including, `extent`, or downwards from
/// `extent − 1`.
///
/// Buffers may be slices of others at the counter (`BufferDeclaration.Role.slice`).
package struct CountedLoop: Hashable, Sendable {
  package var counter: Variable
  package var extent: Index
  package var isReversed: Bool
  package var body: [Step]

  package init(_ counter: Variable, _ extent: Index, isReversed: Bool = false, _ body: [Step]) {
    self.counter = counter
    self.extent = extent
    self.isReversed = isReversed
    self.body = body
  }
}

extension [Step] {
  /// All launches, also those in the bodies of other steps.
  package var launches: [Launch] {
    flatMap { step -> [Launch] in
      switch step {
      case .launch(let launch): [launch]
      case .call, .check, .copy, .exchange: []
      case .branch(let branch): branch.then.launches + branch.otherwise.launches
      case .whileLoop(let loop): loop.condition.launches + loop.body.launches
      case .countedLoop(let loop): loop.body.launches
      }
    }
  }

  /// Whether a library call is among them, also in the bodies of other steps.
  package var containsCalls: Bool {
    contains { step in
      switch step {
      case .call: true
      case .launch, .check, .copy, .exchange: false
      case .branch(let branch): branch.then.containsCalls || branch.otherwise.containsCalls
      case .whileLoop(let loop): loop.condition.containsCalls || loop.body.containsCalls
      case .countedLoop(let loop): loop.body.containsCalls
      }
    }
  }

  /// Whether a step is among them that data or sizes can make fail, also in the bodies of other steps.
  package var mayFail: Bool {
    contains { step in
      switch step {
      case .check, .call(.host), .call(.matrixRoutine): true
      case .launch, .call(.matrixProduct), .copy, .exchange: false
      case .branch(let branch): branch.then.mayFail || branch.otherwise.mayFail
      case .whileLoop(let loop): loop.condition.mayFail || loop.body.mayFail
      case .countedLoop(let loop): loop.body.mayFail
      }
    }
  }
}
