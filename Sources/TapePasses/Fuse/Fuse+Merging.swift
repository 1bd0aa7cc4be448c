import TapeIR

// Groups that one node needs something from become one group.
//
// BEFORE  (t (tanh a) f32[8])         (group 0 :kind loops :domain [8] :nodes [t] :outputs [t])
//         (e (exp b) f32[8])          (group 1 :kind loops :domain [8] :nodes [e] :outputs [e])
//         (y (mul t e) f32[8])        group 2 of its own, or the end of group 1
// AFTER                               (group 0 :kind loops :domain [8] :nodes [t e y] :outputs [y])
//
// The earlier group moves to the place of the later one, so nothing between them may need it.

extension FusionPass {
  /// Makes one of the loop nests that compute what the node uses, where they run over the node's
  /// own domain.
  mutating func mergeGroups(feeding number: Int, _ uses: [PulledUse]) {
    guard case .elementwise = families[number] else { return }
    let shape = tape.type(of: tape.nodes[number].firstResult).shape
    let feeding = Set(uses.filter { isComputedInLoops($0.value) }.compactMap { home(of: $0.value) })
      .filter { groups[$0].domain == shape }
    for (earlier, later) in zip(feeding.sorted(), feeding.sorted().dropFirst()) {
      merge(earlier, into: later)
    }
  }

  /// Makes the earlier group part of the later one if that is right.
  private mutating func merge(_ earlier: Int, into later: Int) {
    guard groups[earlier].kind == .loops,
      groups[earlier].nodes.count + groups[later].nodes.count <= options.groupLimit,
      dependents[earlier].allSatisfy({ $0 >= later })
    else { return }
    switch groups[later].kind {
    case .loops, .rows: break
    case .reduction, .fold, .scan, .window, .contraction, .control, .scatter, .sort,
      .linearAlgebra, .host:
      return
    }
    let moved = groups[earlier].nodes
    for number in moved { roles[number] = .grouped(later) }
    guard isReachable(moved, in: later, from: groups[later].nodes) else {
      for number in moved { roles[number] = .grouped(earlier) }
      return
    }
    groups[later].nodes = (moved + groups[later].nodes).sorted()
    groups[earlier].nodes = []
    for number in moved {
      for use in tape.pulledUses(of: tape.nodes[number], isInlined: { isInlined[$0] })
      where lastReader[use.value] == earlier {
        lastReader[use.value] = later
      }
    }
    replaceDependences(of: earlier, by: later)
  }

  /// Whether the nodes of a group can use what nodes that moved to it compute.
  private func isReachable(_ moved: [Int], in group: Int, from nodes: [Int]) -> Bool {
    let moved = Set(moved)
    return nodes.allSatisfy { number in
      let node = tape.nodes[number]
      let level: FusionGroup.Level?
      if case .reduction = families[number] {
        level = .full
      } else {
        level = groups[group].level(of: tape.type(of: node.firstResult).shape)
      }
      return tape.pulledUses(of: node, isInlined: { isInlined[$0] }).allSatisfy { use in
        guard let producer = source(of: use.value), moved.contains(producer) else { return true }
        guard let level else { return false }
        return isReachable(use, from: level, in: groups[group], number: group)
      }
    }
  }

  /// The node that computes the value's buffer, aliases looked through.
  private func source(of value: Value) -> Int? {
    var value = value
    while let number = tape.producer(of: value) {
      guard roles[number] == .alias else { return number }
      value = tape.nodes[number].operands[0]
    }
    return nil
  }

  private mutating func replaceDependences(of earlier: Int, by later: Int) {
    for group in needs[earlier] {
      dependents[group].remove(earlier)
      dependents[group].insert(later)
    }
    for group in dependents[earlier] where group != later {
      needs[group].remove(earlier)
      needs[group].insert(later)
    }
    needs[later].formUnion(needs[earlier])
    needs[later].remove(earlier)
    dependents[later].formUnion(dependents[earlier])
    dependents[later].remove(later)
    needs[earlier] = []
    dependents[earlier] = []
  }

  /// Takes out the groups whose nodes have moved to others.
  mutating func dropEmptyGroups() {
    var numbers: [Int] = []
    var count = 0
    for group in groups {
      numbers.append(count)
      if !group.nodes.isEmpty { count += 1 }
    }
    for index in roles.indices {
      if case .grouped(let group) = roles[index] { roles[index] = .grouped(numbers[group]) }
    }
    groups.removeAll { $0.nodes.isEmpty }
  }
}
