import ScalarIR

extension Kernel {
  /// Checks the kernel's names, types, accesses and loop marks.
  ///
  /// - Throws: `LoopError.invalid` for the first rule that is broken.
  package func verify(symbols: Set<String> = []) throws(LoopError) {
    var verifier = KernelVerifier(kernel: self, symbols: symbols)
    try verifier.verifyParameters()
    try verifier.verify(body)
  }
}

/// The names in scope at one place of a kernel, and what loops stand around it.
private struct KernelVerifier {
  let kernel: Kernel
  let symbols: Set<String>

  struct ArrayInfo {
    let dtype: DType
    let canRead: Bool
    let canWrite: Bool
  }

  /// What is in scope; restored at the end of a body.
  struct Scope {
    var arrays: [String: ArrayInfo] = [:]
    var scalars: [Variable: DType] = [:]
    var loops: [Variable: Loop.Mark] = [:]
    var isInVector = false
    /// Whether threads may disagree on coming here.
    var isDivergent = false
    var divergence = Divergence()
    var bounds = IndexBounds()
    /// The extents of the thread loops around.
    var threads: [Index] = []

    var isInThread: Bool { !threads.isEmpty }
  }

  var scope = Scope()
  var variables: Set<Variable> = []
  var arrays: Set<String> = []
  var place: String

  init(kernel: Kernel, symbols: Set<String>) {
    self.kernel = kernel
    self.symbols = symbols
    place = "kernel \(kernel.name)"
  }

  func invalid(expected: String, found: String) -> LoopError {
    .invalid(place: place, expected: expected, found: found)
  }

  mutating func verifyParameters() throws(LoopError) {
    for parameter in kernel.parameters {
      try declare(
        parameter.name,
        ArrayInfo(
          dtype: parameter.dtype, canRead: parameter.access != .write,
          canWrite: parameter.access != .read))
    }
  }

  private mutating func declare(_ name: String, _ array: ArrayInfo) throws(LoopError) {
    guard !name.isEmpty, arrays.insert(name).inserted else {
      throw invalid(expected: "an array name of its own", found: "\(name) twice")
    }
    scope.arrays[name] = array
  }

  private mutating func introduce(_ variable: Variable) throws(LoopError) {
    guard !variable.name.isEmpty, !symbols.contains(variable.name) else {
      throw invalid(
        expected: "a variable that is not named like a symbol", found: "\"\(variable)\"")
    }
    guard variables.insert(variable).inserted else {
      throw invalid(expected: "a variable name of its own", found: "\(variable) twice")
    }
  }

  mutating func verify(_ body: [Statement]) throws(LoopError) {
    let outer = scope
    for statement in body {
      place = "kernel \(kernel.name), \(statement.summary)"
      try verify(statement)
    }
    scope = outer
  }

  private mutating func verify(_ statement: Statement) throws(LoopError) {
    switch statement {
    case .loop(let loop): try verify(loop)
    case .define(let variable, let dtype, let expression):
      try verify(expression, dtype)
      try introduce(variable)
      scope.scalars[variable] = dtype
      scope.divergence.note(statement)
    case .store(let array, let index, let value):
      guard let target = scope.arrays[array], target.canWrite else {
        throw invalid(
          expected: "an array that may be written",
          found: scope.arrays[array] == nil ? "no array \(array) here" : "\(array), only read")
      }
      try verify(index)
      let dtype = try type(of: value)
      guard dtype == target.dtype else {
        throw invalid(expected: "a value of \(target.dtype)", found: "\(dtype)")
      }
    case .conditional(let condition, let then, let otherwise):
      try verify(condition)
      let outer = scope
      if scope.divergence.contains(condition) { scope.isDivergent = true }
      try verify(then)
      try verify(otherwise)
      scope = outer
    case .scratch(let name, let dtype, let count):
      guard !scope.isInVector, count >= 0 else {
        throw invalid(
          expected: "scratch of 0 or more elements, in no vector loop", found: "\(count)")
      }
      try declare(name, ArrayInfo(dtype: dtype, canRead: true, canWrite: true))
      scope.divergence.note(statement)
    case .barrier:
      try verifyMeeting("a barrier")
    }
  }

  /// Checks that all threads of a block come to a place together, if one does.
  private func verifyMeeting(_ statement: String) throws(LoopError) {
    guard scope.isInThread, !scope.isInVector, !scope.isDivergent else {
      throw invalid(
        expected: "\(statement) in a thread loop, under uniform control flow",
        found: scope.isInThread ? "divergent control flow" : "no thread loop")
    }
  }

  private mutating func verify(_ loop: Loop) throws(LoopError) {
    try verify(loop.extent)
    guard !scope.isInVector else {
      throw invalid(expected: "no loop in a vector loop", found: "loop \(loop.variable)")
    }
    switch loop.mark {
    case .serial: break
    case .parallel:
      guard kernel.body.count == 1, scope.loops.isEmpty, scope.scalars.isEmpty,
        case .loop(loop) = kernel.body[0]
      else {
        throw invalid(
          expected: "a parallel loop to be the kernel's only statement", found: "more around it")
      }
    case .vector(let width):
      guard width >= 1 else {
        throw invalid(expected: "a vector width of 1 or more", found: "\(width)")
      }
    case .unrolled:
      guard loop.extent.constant != nil else {
        throw invalid(expected: "a constant extent to unroll", found: "\(loop.extent)")
      }
    case .block(let axis), .thread(let axis):
      guard (0...2).contains(axis), !scope.loops.values.contains(loop.mark) else {
        throw invalid(expected: "an axis of its own in 0 ..< 3", found: "\(axis)")
      }
      if case .block = loop.mark, scope.isInThread {
        throw invalid(expected: "block loops around thread loops", found: "a block in a thread")
      }
      guard !scope.divergence.contains(loop.extent) else {
        throw invalid(expected: "an extent that threads agree on", found: "\(loop.extent)")
      }
    }
    try introduce(loop.variable)
    let outer = scope
    if scope.divergence.contains(loop.extent) { scope.isDivergent = true }
    scope.divergence.enter(loop)
    scope.bounds.enter(loop)
    scope.loops[loop.variable] = loop.mark
    if case .thread = loop.mark { scope.threads.append(loop.extent) }
    if case .vector = loop.mark { scope.isInVector = true }
    try verify(loop.body)
    scope = outer
  }

  // MARK: - Expressions

  private func type(of variable: Variable) throws(LoopError) -> DType {
    guard let dtype = scope.scalars[variable] else {
      throw invalid(expected: "a scalar defined before", found: "\(variable)")
    }
    return dtype
  }

  private func require(_ holds: Bool, _ expected: String, _ found: DType...) throws(LoopError) {
    guard holds else {
      throw invalid(expected: expected, found: found.map(\.name).joined(separator: ", "))
    }
  }

  private mutating func verify(_ expression: Expression, _ dtype: DType) throws(LoopError) {
    switch expression {
    case .constant(let value):
      try require(value.dtype == dtype, "a constant of \(dtype)", value.dtype)
    case .load(let array, let index, let condition, let otherwise):
      guard let source = scope.arrays[array], source.canRead else {
        throw invalid(
          expected: "an array that may be read",
          found: scope.arrays[array] == nil ? "no array \(array) here" : "\(array), only written")
      }
      try require(source.dtype == dtype, "an array of \(dtype)", source.dtype)
      try verify(index)
      try verify(condition)
      if let otherwise {
        try require(otherwise.dtype == dtype, "a value of \(dtype)", otherwise.dtype)
      } else if !condition.isAlways {
        throw invalid(expected: "a value where the condition does not hold", found: "none")
      }
    case .index(let index):
      try require(dtype.isInteger, "an integer type", dtype)
      try verify(index)
    case .unary(let op, let a):
      let type = try type(of: a)
      try require(type == dtype && op.accepts(type), "\(op.name) from \(dtype) to itself", type)
    case .binary(let op, let a, let b):
      let (x, y) = (try type(of: a), try type(of: b))
      try require(
        x == dtype && y == dtype && op.accepts(dtype), "two operands of \(dtype) for \(op.name)",
        x, y)
    case .compare(let op, let a, let b):
      let (x, y) = (try type(of: a), try type(of: b))
      try require(
        x == y && dtype == .bool, "operands of one type and a bool for \(op.name)", x, y, dtype)
    case .fma(let a, let b, let c):
      let (x, y, z) = (try type(of: a), try type(of: b), try type(of: c))
      try require(
        x == dtype && y == dtype && z == dtype && (dtype == .f32 || dtype == .f64),
        "three operands of \(dtype), f32 or f64", x, y, z)
    case .select(let p, let a, let b):
      let (x, y, z) = (try type(of: p), try type(of: a), try type(of: b))
      try require(
        x == .bool && y == dtype && z == dtype, "a bool and two operands of \(dtype)", x, y, z)
    case .convert(let a): _ = try type(of: a)
    case .bitcast(let a):
      let type = try type(of: a)
      try require(type.bitWidth == dtype.bitWidth, "an operand as wide as \(dtype)", type)
    case .rarely(let path): try verify(path, dtype)
    case .shuffle(let a, let lane): try verifyShuffle(of: try type(of: a), from: lane, dtype)
    }
  }

  private func verifyShuffle(
    of type: DType, from lane: Index, _ dtype: DType
  ) throws(LoopError) {
    try require(type == dtype, "a shuffled operand of \(dtype)", type)
    try verifyMeeting("a shuffle")
    guard scope.threads.count == 1, let threads = scope.threads[0].constant,
      threads % Expression.warpThreads == 0
    else {
      throw invalid(
        expected: "a shuffle in one thread loop, of a multiple of \(Expression.warpThreads)",
        found: scope.threads.map { "\($0)" }.joined(separator: " x "))
    }
    try verify(lane)
    guard let range = scope.bounds.range(of: lane), range.lowerBound >= 0,
      range.upperBound < Expression.warpThreads
    else {
      throw invalid(
        expected: "a lane in 0 ..< \(Expression.warpThreads)", found: "\(lane)")
    }
  }

  private mutating func verify(_ path: RarePath, _ dtype: DType) throws(LoopError) {
    let (outer, whole) = (scope, place)
    let (condition, fast) = (try type(of: path.condition), try type(of: path.fast))
    for statement in path.body {
      place = "kernel \(kernel.name), \(statement.summary)"
      switch statement {
      case .define(_, _, .load), .define(_, _, .index), .define(_, _, .shuffle), .loop, .store,
        .conditional, .scratch, .barrier:
        throw invalid(expected: "scalars made of scalars alone on a rare path", found: "more")
      case .define: try verify(statement)
      }
    }
    place = whole
    let slow = try type(of: path.slow)
    try require(
      condition == .bool && slow == dtype && fast == dtype, "a bool and two values of \(dtype)",
      condition, slow, fast)
    scope = outer
  }

  private func verify(_ condition: Condition) throws(LoopError) {
    for clause in condition.clauses {
      switch clause {
      case .less(let a, let b):
        try verify(a)
        try verify(b)
      case .holds(let variable):
        let dtype = try type(of: variable)
        try require(dtype == .bool, "a bool", dtype)
      }
    }
  }

  private func verify(_ index: Index) throws(LoopError) {
    for leaf in index.leaves {
      switch leaf {
      case .symbol(let name):
        guard symbols.contains(name) else {
          throw invalid(expected: "a declared symbol", found: name)
        }
      case .variable(let variable):
        guard scope.loops[variable] != nil else {
          throw invalid(expected: "the variable of a loop around it", found: "\(variable)")
        }
      case .value(let variable):
        let dtype = try type(of: variable)
        try require(dtype.isInteger, "an integer as index", dtype)
      case .constant, .sum, .product, .quotient, .remainder, .minimum, .maximum: break
      }
    }
    try index.verifyDivisors(place: place)
  }
}
