import ScalarIR
import TapeIR

// Decides which nodes become one kernel.
//
// BEFORE  (m (reduce-max x :axes [1] :keep true) f32[4,1])
//         (b (broadcast m :shape [4 8]) f32[4,8])
//         (d (sub x b) f32[4,8])
//         (e (exp d) f32[4,8])
// AFTER   (group 0 :kind rows :axes [1] :domain [4 8] :nodes [m d e] :outputs [e])
//         b is inlined: computed where it is used.
//
// Nodes are taken in tape order. A node may join a group that is not earlier than any group that it
// needs something from, so groups never wait for each other in a circle, and no search is needed.
// Where a node needs something from several groups, they are made one first, if they can be.
// Movements, constants and cheap scalars are inlined; what crosses groups gets a buffer.

extension Tape {
  /// The tape with each node's role and the groups, in running order.
  package func fused(options: FusionOptions = FusionOptions()) -> FusedTape {
    var pass = FusionPass(tape: self, options: options)
    return pass.run()
  }
}

/// Limits of fusion.
package struct FusionOptions: Hashable, Sendable {
  /// The most nodes of a group, so that compile time grows linearly with a tape.
  package var groupLimit = 128
  /// The most scalar steps behind an inlined value, and the longest chain of inlined nodes.
  package var inlineLimit = 24
  /// False puts each node into a group of its own.
  package var isEnabled = true

  package init() {}
}

struct FusionPass {
  let tape: Tape
  let options: FusionOptions
  var families: [Family]
  var roles: [NodeRole]
  var groups: [FusionGroup] = []
  /// Nodes that use each value.
  var users: [[Int]]
  var isResult: [Bool]
  /// Whether each node is inlined; decided in a first walk.
  var isInlined: [Bool]
  /// Whether each node's value is its operand's buffer under another shape; decided there too.
  var isAlias: [Bool]
  /// Whether each node's value depends on a reduction of its own group.
  var followsReduction: [Bool]
  /// The last group that reads each value.
  var lastReader: [Value: Int] = [:]
  /// The last loops over a single element: such nodes stay together even if they share nothing, as a
  /// launch takes longer than what they do.
  private var lastScalarGroup: Int?
  /// For each group, the groups that it needs something from, and those that need something from it.
  var needs: [Set<Int>] = []
  var dependents: [Set<Int>] = []

  init(tape: Tape, options: FusionOptions) {
    self.tape = tape
    self.options = options
    families = tape.nodes.map { node in
      let family = tape.family(of: node)
      if case .reduction(let reduction) = family, reduction.axes.isEmpty {
        return .elementwise(reduction.monoid.withoutAxes)
      }
      return family
    }
    roles = [NodeRole](repeating: .inlined, count: tape.nodes.count)
    users = [[Int]](repeating: [], count: tape.types.count)
    isResult = [Bool](repeating: false, count: tape.types.count)
    isInlined = [Bool](repeating: false, count: tape.nodes.count)
    isAlias = isInlined
    followsReduction = isInlined
    for (number, node) in tape.nodes.enumerated() {
      for operand in node.operands { users[operand.index].append(number) }
    }
    for result in tape.results { isResult[result.value.index] = true }
  }

  mutating func run() -> FusedTape {
    chooseInlined()
    for number in tape.nodes.indices where !isInlined[number] { place(number) }
    dropEmptyGroups()
    chooseOutputs()
    return FusedTape(tape: tape, roles: roles, groups: groups)
  }

  /// The group after which the value's buffer is there, and the group that computes it.
  func home(of value: Value) -> Int? {
    var value = value
    while let number = tape.producer(of: value) {
      switch roles[number] {
      case .grouped(let group): return group
      case .alias: value = tape.nodes[number].operands[0]
      case .constant, .inlined: return nil
      }
    }
    return nil
  }

  private mutating func place(_ number: Int) {
    let node = tape.nodes[number]
    if isAlias[number] {
      roles[number] = .alias
      return
    }
    if case .source(.constant(let literal)) = families[number], literal.splatValue == nil {
      roles[number] = .constant
      return
    }
    let uses = tape.pulledUses(of: node) { isInlined[$0] }
    if options.isEnabled { mergeGroups(feeding: number, uses) }
    // An operand in a group may be used in that group; a whole buffer only after it.
    var floor = 0
    var candidates: [Int] = []
    for use in uses {
      guard let group = home(of: use.value) else { continue }
      if isComputedInLoops(use.value), !use.isWhole {
        floor = max(floor, group)
        candidates.append(group)
      } else {
        floor = max(floor, group + 1)
      }
    }
    if options.isEnabled, !startsGroup(number) {
      for use in uses {
        if let group = lastReader[use.value] { candidates.append(group) }
      }
      if let group = lastScalarGroup, groups[group].level(of: shape(number)) != nil {
        candidates.append(group)
      }
      for group in Set(candidates).sorted(by: >)
      where group >= floor && join(number, to: group, uses) {
        return finishPlacing(number, in: group, uses)
      }
    }
    groups.append(newGroup(for: number))
    needs.append([])
    dependents.append([])
    finishPlacing(number, in: groups.count - 1, uses)
  }

  private mutating func finishPlacing(_ number: Int, in group: Int, _ uses: [PulledUse]) {
    groups[group].nodes.append(number)
    roles[number] = .grouped(group)
    if groups[group].kind == .loops, groups[group].domain.rank == 0 { lastScalarGroup = group }
    for use in uses {
      lastReader[use.value] = group
      if let producer = home(of: use.value), producer != group {
        needs[group].insert(producer)
        dependents[producer].insert(group)
      }
    }
    if isCombined(number) {
      followsReduction[number] = true
    } else {
      followsReduction[number] = uses.contains { use in
        guard let producer = tape.producer(of: use.value) else { return false }
        return roles[producer] == .grouped(group) && followsReduction[producer]
      }
    }
  }

  private func shape(_ number: Int) -> Shape {
    tape.type(of: tape.nodes[number].firstResult).shape
  }

  /// Whether the node joins no group, but starts one, which others may join where it is made of
  /// loops.
  private func startsGroup(_ number: Int) -> Bool {
    switch families[number] {
    case .fold, .scan, .window, .contraction, .convolution, .control, .sorting, .linearAlgebra,
      .host:
      true
    case .indexing(.scatter(let scatter)): !scatter.isReplacement
    case .source, .elementwise, .movement, .reduction, .indexing(.gather): false
    }
  }

  /// Whether the node's elements are there only where its loops have come to them.
  private func isCombined(_ number: Int) -> Bool {
    switch families[number] {
    case .reduction, .scan, .window: true
    case .source, .elementwise, .movement, .fold, .contraction, .convolution, .control, .indexing,
      .sorting, .linearAlgebra, .host:
      false
    }
  }

  /// Whether the value is computed by a loop nest that a reader could become part of.
  func isComputedInLoops(_ value: Value) -> Bool {
    guard let number = tape.producer(of: value), case .grouped(let group) = roles[number] else {
      return false
    }
    return groups[group].kind.isLoops
  }

  private func newGroup(for number: Int) -> FusionGroup {
    let node = tape.nodes[number]
    let shape = tape.type(of: node.firstResult).shape
    switch families[number] {
    case .contraction, .convolution:
      return FusionGroup(kind: .contraction, domain: shape, nodes: [])
    case .linearAlgebra: return FusionGroup(kind: .linearAlgebra, domain: shape, nodes: [])
    case .host: return FusionGroup(kind: .host, domain: shape, nodes: [])
    case .fold(let fold):
      let domain = tape.type(of: node.operands[0]).shape
      return FusionGroup(kind: .fold(axes: fold.axes), domain: domain, nodes: [])
    case .control(let control):
      let bodies = control.bodies.map { $0.tape.fused(options: options) }
      return FusionGroup(kind: .control, domain: .scalar, nodes: [], bodies: bodies)
    case .reduction(let reduction):
      let domain = tape.type(of: node.operands[0]).shape
      let kind = FusionPass.kind(of: reduction, domain: domain)
      return FusionGroup(kind: kind, domain: domain, nodes: [])
    case .scan: return FusionGroup(kind: .scan, domain: shape, nodes: [])
    case .window(let window):
      let domain = Shape(shape.dims + window.axes.map { .constant($0.size) })
      return FusionGroup(
        kind: .window(axes: Array(shape.rank..<domain.rank)), domain: domain, nodes: [])
    case .sorting: return FusionGroup(kind: .sort, domain: shape, nodes: [])
    case .indexing(.scatter(let scatter)) where !scatter.isReplacement:
      return FusionGroup(kind: .scatter, domain: shape, nodes: [])
    case .source, .elementwise, .movement, .indexing:
      return FusionGroup(kind: .loops, domain: shape, nodes: [])
    }
  }

  /// Rows that fit one segment and lie along the innermost axes can stay in cache between steps.
  private static func kind(of reduction: Reduction, domain: Shape) -> FusionGroup.Kind {
    let tree = ReductionTree(shape: domain, axes: reduction.axes)
    if tree.lanes > 1, tree.outer == 1, let inner = tree.inner.constant,
      inner <= tree.segmentElements
    {
      return .rows(axes: reduction.axes)
    }
    return .reduction(axes: reduction.axes)
  }

  /// Makes the node part of the group if that is right, and says whether it was.
  private mutating func join(_ number: Int, to group: Int, _ uses: [PulledUse]) -> Bool {
    guard groups[group].kind.isLoops, groups[group].nodes.count < options.groupLimit else {
      return false
    }
    let node = tape.nodes[number]
    var joined = groups[group]
    let level: FusionGroup.Level
    if case .reduction(let reduction) = families[number] {
      guard tape.type(of: node.operands[0]).shape == joined.domain else { return false }
      let kind = FusionPass.kind(of: reduction, domain: joined.domain)
      switch joined.kind {
      case .loops:
        if case .reduction = kind, !isPrivate(group, besides: number) { return false }
        joined.kind = kind
      case .rows(let axes):
        if axes != reduction.axes { return false }
      case .reduction(let axes):
        if axes != reduction.axes { return false }
      case .fold, .scan, .window, .contraction, .control, .scatter, .sort, .linearAlgebra, .host:
        return false
      }
      level = .full
    } else {
      guard let found = joined.level(of: tape.type(of: node.firstResult).shape) else {
        return false
      }
      switch joined.kind {
      case .reduction, .window: if found == .full { return false }
      case .loops, .rows, .scan: break
      case .fold, .contraction, .control, .scatter, .sort, .linearAlgebra, .host: return false
      }
      level = found
    }
    for use in uses where home(of: use.value) == group {
      guard isReachable(use, from: level, in: joined, number: group) else { return false }
    }
    groups[group] = joined
    return true
  }

  /// Whether all values of the group are used in it or by the node only.
  private func isPrivate(_ group: Int, besides number: Int) -> Bool {
    var allowed = Set(groups[group].nodes)
    allowed.insert(number)
    var pending = groups[group].nodes
    while let member = pending.popLast() {
      let value = tape.nodes[member].firstResult
      if isResult[value.index] { return false }
      for user in users[value.index] where !allowed.contains(user) {
        if !isInlined[user] { return false }
        allowed.insert(user)
        pending.append(user)
      }
    }
    return true
  }

  /// Whether a value that the group computes can be had at the coordinates, without its buffer.
  func isReachable(
    _ use: PulledUse, from level: FusionGroup.Level, in group: FusionGroup, number: Int
  ) -> Bool {
    guard !use.isWhole, let producer = tape.producer(of: use.value),
      roles[producer] == .grouped(number)
    else { return false }
    let readerAxes = group.domainAxes(at: level)
    let shape = tape.type(of: use.value).shape
    guard let valueLevel = group.level(of: shape) else { return false }
    // What is computed along the row does not exist at the kept positions.
    let isReduced = isCombined(producer)
    if level != .full, valueLevel == .full, !isReduced { return false }
    let axes = group.domainAxes(at: valueLevel)
    let isInPlace = use.coordinates.indices.allSatisfy { axis in
      if shape[axis] == 1 { return true }
      let coordinate = use.coordinates[axis]
      guard let reader = coordinate.axis else { return false }
      return coordinate.stride == 1 && coordinate.offset == 0 && coordinate.divisor == 1
        && readerAxes[reader] == axes[axis]
    }
    if isInPlace { return true }
    // Elsewhere it has to be computed again, which only what is cheap is.
    guard valueLevel == .full, level == .full, !followsReduction[producer],
      case .elementwise(let meaning) = families[producer]
    else { return false }
    return meaning.nodes.count <= 6
      && tape.nodes[producer].operands.allSatisfy { operand in
        guard let inner = tape.producer(of: operand) else { return true }
        return roles[inner] != .grouped(number)
      }
  }

  /// What the caller, another group, an alias or a product reads gets a buffer, and all that a routine
  /// writes.
  private mutating func chooseOutputs() {
    var isRead = isResult
    for (number, node) in tape.nodes.enumerated() where !isInlined[number] {
      if roles[number] == .alias {
        isRead[node.operands[0].index] = true
        continue
      }
      for use in tape.pulledUses(of: node, isInlined: { isInlined[$0] }) {
        guard let producer = tape.producer(of: use.value) else { continue }
        if use.isWhole || roles[producer] != roles[number] { isRead[use.value.index] = true }
      }
    }
    for group in groups.indices {
      groups[group].outputs = groups[group].nodes
        .flatMap { tape.nodes[$0].results }
        .filter { isRead[$0.index] || groups[group].kind.fillsAllResults }
    }
  }
}

extension Monoid {
  /// What a reduction along no axes does to an element.
  fileprivate var withoutAxes: ScalarExpr {
    ScalarExpr([lift.parameters[0]]) { builder, inputs in
      let position = builder.constant(.zero(.i64))
      return builder.inline(finish, builder.inline(lift, [inputs[0], position]))
    }
  }
}
