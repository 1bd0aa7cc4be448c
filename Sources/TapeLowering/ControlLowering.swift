import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// Control flow becomes steps with steps in them; what bodies compute is fused and lowered like any
// tape, into the same program.
//
// BEFORE  ([c ys] (scan c0 xs :body b :length 5 :carry 1))
// AFTER   (copy c0 a)
//         (for n0 5
//           … reads a and the slice xs.n0, writes the next carry to b and a slice of ys
//           (exchange a b))
//         (copy a c)
//
// A carry that its body hands on as it is needs no buffers of its own: the body reads the operand.

extension Lowering {
  mutating func lowerControl(_ group: FusionGroup) {
    for number in group.nodes {
      let node = fused.tape.nodes[number]
      guard case .control(let control) = fused.tape.family(of: node) else { continue }
      let operands = node.operands.compactMap { buffers[$0] }
      let results = node.results.map { buffers[$0] }
      switch control {
      case .cond:
        let arguments = Array(operands.dropFirst())
        let then = steps(of: group.bodies[0], arguments, results)
        let otherwise = steps(of: group.bodies[1], arguments, results)
        steps.append(.branch(Branch(operands[0], then: then, otherwise: otherwise)))
      case .whileLoop(_, let body):
        lowerWhile(group, operands, results, body)
      case .scan(let scan): lowerScan(group, scan, operands, results)
      }
    }
  }

  private mutating func lowerWhile(
    _ group: FusionGroup, _ operands: [BufferID], _ results: [BufferID?], _ body: Body
  ) {
    let carries = makeCarries(operands, body)
    let predicate = buffers.declare(nil, .bool, count: 1)
    let condition = steps(of: group.bodies[0], carries.map(\.current), [predicate])
    let step =
      steps(of: group.bodies[1], carries.map(\.current), carries.map(\.next))
      + exchanges(carries)
    steps.append(
      .whileLoop(WhileLoop(condition: condition, predicate: predicate, body: step)))
    handOut(carries, results)
  }

  private mutating func lowerScan(
    _ group: FusionGroup, _ scan: Scan, _ operands: [BufferID], _ results: [BufferID?]
  ) {
    let tape = scan.body.tape
    let carries = makeCarries(Array(operands[..<scan.carryCount]), scan.body)
    let counter = newCounter()
    var parameters = carries.map(\.current)
    for (operand, parameter) in zip(operands, tape.parameters).dropFirst(scan.carryCount) {
      parameters.append(
        buffers.declare(
          tape.names[parameter.index], tape.type(of: parameter),
          role: .slice(of: operand, at: counter)))
    }
    var targets = carries.map(\.next)
    for (target, result) in zip(results, tape.results).dropFirst(scan.carryCount) {
      let type = tape.type(of: result.value)
      targets.append(
        target.map { buffers.declare(result.name, type, role: .slice(of: $0, at: counter)) })
    }
    let step = steps(of: group.bodies[0], parameters, targets) + exchanges(carries)
    steps.append(
      .countedLoop(
        CountedLoop(counter, Index(scan.length), isReversed: scan.isReversed, step)))
    handOut(carries, results)
  }

  /// The buffers of a value that a body takes from one iteration and gives to the next.
  private struct Carry {
    /// What the body reads.
    let current: BufferID
    /// What it writes; nil where it hands the value on.
    let next: BufferID?
  }

  /// Buffers for carries, holding the operands.
  private mutating func makeCarries(_ operands: [BufferID], _ body: Body) -> [Carry] {
    let tape = body.tape
    var carries: [Carry] = []
    for (number, operand) in operands.enumerated() {
      if body.passesThrough(number) {
        carries.append(Carry(current: operand, next: nil))
        continue
      }
      let parameter = tape.parameters[number]
      let type = tape.type(of: parameter)
      let current = buffers.declare(tape.names[parameter.index], type)
      let next = buffers.declare(tape.results[number].name, type)
      steps.append(.copy(Copy(from: operand, to: current)))
      carries.append(Carry(current: current, next: next))
    }
    return carries
  }

  private func exchanges(_ carries: [Carry]) -> [Step] {
    carries.compactMap { carry in
      carry.next.map { .exchange(Exchange(carry.current, $0)) }
    }
  }

  /// Copies the last carries to where results are wanted.
  private mutating func handOut(_ carries: [Carry], _ results: [BufferID?]) {
    for (carry, result) in zip(carries, results) {
      if let result { steps.append(.copy(Copy(from: carry.current, to: result))) }
    }
  }
}
