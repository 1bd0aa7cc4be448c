import LoopIR
import ScalarIR
import TapeIR
import TapePasses

/// Writes the statements of one kernel: opens and closes loops, and computes values of the tape at
/// positions of the group's domain in the outermost loop that knows the position.
struct KernelEmitter {
  let fused: FusedTape
  let group: FusionGroup
  /// The buffer of each value that has one, by the value that owns it.
  let buffers: BufferPlan

  private(set) var parameters: [ArrayParameter] = []
  private(set) var arguments: [BufferID] = []
  private var scopes: [Scope] = [Scope()]
  private var names = 0
  /// The outermost scope in which anything is computed: inside the loop that threads share.
  var base = 0
  /// How positions of the domain are given at the moment.
  var axes: [AxisGroup] = []
  /// Added to the condition of every load: true only where the position exists.
  var loadGuard: Condition.Clause?
  /// Values of this group that are read from an array instead of computed again: the full-level
  /// values kept in scratch, by their position in the row.
  var cached: [Value: String] = [:]
  /// The index into the arrays of `cached`.
  var cacheIndex: Index = 0
  /// Whether `recordedForms` grows: a trial run that finds out how arrays are accessed.
  var isRecordingForms = false
  private(set) var recordedForms: Set<AffineForm> = []
  /// The loads that a trial run found, without those under conditions.
  private(set) var recordedLoads: [Load] = []
  /// Elements of arrays that were copied to scratch before, and where they are there.
  var tiles: [Load: String] = [:]
  var tileIndex: Index = 0
  /// The results of the group's reductions, once they are there.
  var reduced: [Value: Scalar] = [:]
  /// Written at every position of the domain instead of the group's outputs.
  var seed: Seed?
  /// The states of the group's reductions, before they are finished.
  var states: [Value: [Scalar]] = [:]

  /// The elements of an array at positions of the domain.
  struct Load: Hashable {
    let value: Value
    let position: AffineForm
  }

  /// A scalar and the loop inside which it is computed.
  struct Scalar {
    let variable: Variable
    let scope: Int
  }

  /// The statements of an open loop (or of the kernel) and what is known there.
  private struct Scope {
    var loop: (variable: Variable, extent: Index, mark: Loop.Mark)?
    var statements: [Statement] = []
    var values: [Key: Scalar] = [:]
    var constants: [ScalarValue: Scalar] = [:]
  }

  /// A value at a position, computed under a condition.
  private struct Key: Hashable {
    let value: Value
    let coordinates: [AffineForm]
    let guards: [Guard]
  }

  /// The condition under which part of an operand is read: the form is one of every `step`-th number
  /// in `lower ..< upper`.
  struct Guard: Hashable {
    let form: AffineForm
    let lower: Dim
    let upper: Dim
    var step = 1
  }

  init(fused: FusedTape, group: FusionGroup, buffers: BufferPlan) {
    self.fused = fused
    self.group = group
    self.buffers = buffers
  }

  var tape: Tape { fused.tape }
  var rank: Int { group.domain.rank }

  // MARK: Loops

  /// The scope of statements appended now.
  var depth: Int { scopes.count - 1 }

  mutating func freshVariable(_ prefix: String) -> Variable {
    names += 1
    return Variable("\(prefix)\(names - 1)")
  }

  mutating func append(_ statement: Statement, scope: Int? = nil) {
    scopes[scope ?? depth].statements.append(statement)
  }

  /// Runs `body` inside a loop from 0 up to `extent`.
  mutating func loop(
    _ extent: Index, mark: Loop.Mark = .serial, _ body: (inout KernelEmitter, Index) -> Void
  ) {
    let variable = freshVariable("i")
    scopes.append(Scope(loop: (variable, extent, mark)))
    body(&self, .variable(variable))
    let closed = scopes.removeLast()
    append(.loop(Loop(variable, extent, mark, closed.statements)))
  }

  /// Runs `body` under a condition.
  mutating func when(_ condition: Condition, _ body: (inout KernelEmitter) -> Void) {
    if condition.isAlways { return body(&self) }
    scopes.append(Scope())
    body(&self)
    let closed = scopes.removeLast()
    append(.conditional(condition, then: closed.statements, else: []))
  }

  /// Runs `body` inside the kernel's outermost loop, which threads may share; what does not change
  /// in it is computed in it.
  mutating func outerLoop(
    _ extent: Index, mark: Loop.Mark = .serial, _ body: (inout KernelEmitter, Index) -> Void
  ) {
    loop(extent, mark: mark) { emitter, index in
      emitter.base = emitter.depth
      body(&emitter, index)
      emitter.base = 0
    }
  }

  /// The finished kernel.
  consuming func finish(name: String) -> Kernel {
    let origins = group.nodes.map {
      fused.tape.nodes[$0].provenance.origin ?? fused.tape.nodes[$0].op.name
    }
    return Kernel(name: name, parameters: parameters, body: scopes[0].statements, origins: origins)
  }

  // MARK: Scalars

  mutating func define(_ dtype: DType, _ expression: Expression, scope: Int) -> Scalar {
    let variable = freshVariable("v")
    append(.define(variable, dtype, expression), scope: scope)
    return Scalar(variable: variable, scope: scope)
  }

  mutating func constant(_ value: ScalarValue) -> Scalar {
    if let known = scopes[base].constants[value] { return known }
    let scalar = define(value.dtype, .constant(value), scope: base)
    scopes[base].constants[value] = scalar
    return scalar
  }

  // MARK: Positions

  /// The index that a form is at the moment, and the loop inside which it is known.
  mutating func index(of form: AffineForm) -> (index: Index, scope: Int) {
    if isRecordingForms { recordedForms.insert(form) }
    var index = Index(form.offset)
    var scope = base
    for group in axes {
      let part = group.contribution(to: form, domain: self.group.domain)
      if part == 0 { continue }
      index = index + part
      scope = max(scope, group.scope)
    }
    for quotient in form.quotients {
      let dividend = self.index(of: quotient.dividend)
      index =
        index + dividend.index.quotient(by: .constant(quotient.divisor)) * Index(quotient.factor)
      scope = max(scope, dividend.scope)
    }
    return (index, scope)
  }

  /// The coordinates of the domain's position itself, for a value at the given level.
  func coordinates(at level: FusionGroup.Level) -> [AffineForm] {
    group.domainAxes(at: level).map { axis in
      let isReduced = group.reducedAxes?.contains(axis) ?? false
      return level == .keptWithOnes && isReduced
        ? .constant(0, rank: rank) : .axis(axis, rank: rank)
    }
  }

  // MARK: Arrays

  /// The name under which the kernel knows a buffer.
  mutating func array(_ buffer: BufferID, dtype: DType, access: ArrayParameter.Access) -> String {
    if let known = arguments.firstIndex(of: buffer) {
      if parameters[known].access != access { parameters[known].access = .readWrite }
      return parameters[known].name
    }
    let name = "a\(arguments.count)"
    arguments.append(buffer)
    parameters.append(ArrayParameter(name: name, dtype: dtype, access: access))
    return name
  }

  /// Writes a value of the group, at the domain's position, to its buffer.
  mutating func store(_ scalar: Scalar, to value: Value, at coordinates: [AffineForm]) {
    guard let buffer = buffers[value] else { return }
    let type = tape.type(of: value)
    let name = array(buffer, dtype: type.dtype, access: .write)
    let place = index(of: .position(coordinates, in: type.shape, rank: rank))
    append(.store(array: name, index: place.index, value: scalar.variable))
  }

  // MARK: Values

  /// Forgets what was computed in the loop of that scope and in those inside it, because the same
  /// coordinates now mean another position.
  mutating func forgetValues(inside scope: Int) {
    for index in scope..<scopes.count { scopes[index].values = [:] }
  }

  /// The element of `value` at `coordinates`, computed or loaded.
  mutating func pull(_ value: Value, at coordinates: [AffineForm]) -> Scalar {
    pull(value, at: coordinates, guards: [])
  }

  mutating func pull(
    _ value: Value, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    if let scalar = reduced[value] { return scalar }
    let key = Key(value: value, coordinates: coordinates, guards: guards)
    for scope in scopes.indices.reversed() {
      if let known = scopes[scope].values[key] { return known }
    }
    let scalar = compute(value, at: coordinates, guards: guards)
    scopes[scalar.scope].values[key] = scalar
    return scalar
  }

  private mutating func compute(
    _ value: Value, at coordinates: [AffineForm], guards: [Guard]
  ) -> Scalar {
    if let name = cached[value] {
      let dtype = tape.type(of: value).dtype
      // A row's last lanes may lie behind its end.
      let condition = loadGuard.map { Condition([$0]) } ?? .always
      return define(
        dtype,
        .load(
          array: name, index: cacheIndex, condition: condition,
          otherwise: condition.isAlways ? nil : .zero(dtype)), scope: depth)
    }
    guard let number = tape.producer(of: value), isComputedHere(number) else {
      return load(value, at: coordinates, guards: guards)
    }
    let node = tape.nodes[number]
    switch tape.family(of: node) {
    case .source(let source): return generate(source, node, at: coordinates)
    case .elementwise(let meaning):
      let operands = node.operands.map { pull($0, at: coordinates, guards: guards) }
      return apply(meaning, operands)[0]
    case .movement(let movement):
      return move(movement, node, at: coordinates, guards: guards)
    case .reduction(let reduction):
      // Along no axes: each element by itself.
      let element = pull(node.operands[0], at: coordinates, guards: guards)
      let monoid = reduction.monoid
      let state = apply(monoid.lift, [element, constant(.zero(.i64))])
      return apply(monoid.finish, state)[0]
    case .indexing(.gather(let meaning)):
      return gather(meaning, node, at: coordinates, guards: guards)
    case .indexing(.scatter(let meaning)):
      return replace(meaning, node, at: coordinates, guards: guards)
    case .fold, .scan, .window, .contraction, .convolution, .control, .sorting, .linearAlgebra,
      .host:
      return load(value, at: coordinates, guards: guards)
    }
  }

  /// Whether the node's value is computed by this kernel, because it is inlined or in the group.
  func isComputedHere(_ number: Int) -> Bool {
    switch fused.roles[number] {
    case .inlined: true
    case .alias, .constant: false
    case .grouped: group.nodes.contains(number)
    }
  }

  /// The element in the value's buffer; where the guards do not hold, nothing is read and the
  /// element is `otherwise`, or 0.
  mutating func load(
    _ value: Value, at coordinates: [AffineForm], guards: [Guard], otherwise: ScalarValue? = nil
  ) -> Scalar {
    let type = tape.type(of: value)
    guard let buffer = buffers[value] else {
      preconditionFailure("fusion left a value without a buffer")
    }
    let position = AffineForm.position(coordinates, in: type.shape, rank: rank)
    if guards.isEmpty {
      let load = Load(value: value, position: position)
      if isRecordingForms { recordedLoads.append(load) }
      if let tile = tiles[load] {
        return define(type.dtype, .load(array: tile, index: tileIndex), scope: depth)
      }
    }
    let name = array(buffer, dtype: type.dtype, access: .read)
    let place = index(of: position)
    var (clauses, scope) = conditions(guards)
    scope = max(scope, place.scope)
    if let loadGuard, scope == depth { clauses.append(loadGuard) }
    let condition = Condition(clauses)
    return define(
      type.dtype,
      .load(
        array: name, index: place.index, condition: condition,
        otherwise: condition.isAlways ? nil : otherwise ?? .zero(type.dtype)),
      scope: scope)
  }

  mutating func conditions(_ guards: [Guard]) -> (clauses: [Condition.Clause], scope: Int) {
    var clauses: [Condition.Clause] = []
    var scope = base
    for item in guards {
      let place = index(of: item.form)
      scope = max(scope, place.scope)
      var needed: [Condition.Clause] = [
        .less(Index(item.lower) - 1, place.index), .less(place.index, Index(item.upper)),
      ]
      if item.step > 1 {
        let rest = (place.index - Index(item.lower)).remainder(by: .constant(item.step))
        needed.append(.less(rest, 1))
      }
      clauses += needed.filter { !clauses.contains($0) }
    }
    return (clauses, scope)
  }

  private mutating func generate(
    _ source: Source, _ node: Node, at coordinates: [AffineForm]
  ) -> Scalar {
    let type = tape.type(of: node.firstResult)
    switch source {
    case .constant(let literal): return constant(literal[0])
    case .iota(let axis):
      let place = index(of: coordinates[axis])
      let wide = define(.i64, .index(place.index), scope: place.scope)
      return define(type.dtype, .convert(wide.variable), scope: place.scope)
    case .generated(let meaning):
      let place = index(of: .position(coordinates, in: type.shape, rank: rank))
      let position = define(.u64, .index(place.index), scope: place.scope)
      var arguments = [position]
      for operand in node.operands {
        guard let buffer = buffers[operand] else { continue }
        let operandType = tape.type(of: operand)
        let name = array(buffer, dtype: operandType.dtype, access: .read)
        for element in 0..<(operandType.shape.elementCount.constant ?? 0) {
          arguments.append(
            define(
              operandType.dtype, .load(array: name, index: .constant(element)), scope: base))
        }
      }
      return apply(meaning, arguments)[0]
    }
  }
}
