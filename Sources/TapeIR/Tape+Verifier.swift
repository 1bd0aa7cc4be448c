import ScalarIR

extension Tape {
  /// Checks that the tape keeps its rules:
  ///
  /// - parameters are the first values, with distinct names;
  /// - each node's operands come before it, its results follow those of the node before;
  /// - each node's attributes are in canonical form, its bodies keep these rules too, and its types
  ///   are those that its op infers;
  /// - there is a result; results exist and have distinct names, none that of another parameter.
  ///
  /// - Throws: `TapeError.malformed`, naming what breaks which rule.
  /// - Complexity: O(nodes), and the work of inferring each.
  package func verify() throws(TapeError) {
    guard types.count == names.count, types.count == producers.count else {
      throw malformed("its tables of values differ in length")
    }
    try verifyParameters()
    var next = parameters.count
    for (number, node) in nodes.enumerated() {
      try verify(node, number, next)
      next += node.resultCount
    }
    guard next == types.count else {
      throw malformed("it has \(types.count) values, of which \(next) have a producer")
    }
    if results.isEmpty { throw malformed("it returns nothing") }
    var resultNames: Set<String> = []
    for result in results {
      guard types.indices.contains(result.value.index) else {
        throw malformed("its result \(result.name) is no value")
      }
      guard TapeNames.isName(result.name), resultNames.insert(result.name).inserted else {
        throw malformed("its result '\(result.name)' needs a name of its own")
      }
      let namesake = parameters.first { names[$0.index] == result.name }
      if let namesake, namesake != result.value {
        throw malformed("its result \(result.name) has the name of a parameter")
      }
    }
  }

  private func verifyParameters() throws(TapeError) {
    if !TapeNames.isName(name) { throw malformed("its name is none") }
    var taken: Set<String> = []
    for (number, parameter) in parameters.enumerated() {
      guard parameter.index == number, types.indices.contains(number) else {
        throw malformed("its parameters are not its first values")
      }
      guard producers[number] == -1 else {
        throw malformed("its parameter \(number) has a producer")
      }
      guard let name = names[number], TapeNames.isName(name), taken.insert(name).inserted else {
        throw malformed("its parameter \(number) needs a name of its own")
      }
    }
  }

  private func verify(_ node: Node, _ number: Int, _ next: Int) throws(TapeError) {
    let place = "its node \(number), \(node.op.name),"
    guard node.firstResult.index == next, node.resultCount > 0,
      next + node.resultCount <= types.count
    else {
      throw malformed("\(place) has results that do not follow those before")
    }
    for result in node.results where producers[result.index] != number {
      throw malformed("\(place) is not the producer of its results")
    }
    for operand in node.operands where !(0..<next).contains(operand.index) {
      throw malformed("\(place) uses the value \(operand.index) before it is there")
    }
    for body in Tape.bodies(of: node) { try body.tape.verify() }
    guard node.op.canonical(node.attributes) == node.attributes else {
      throw malformed("\(place) has attributes that are not canonical")
    }
    let inferred: [TensorType]
    do {
      inferred = try node.op.checkedTypes(operandTypes(of: node), node.attributes)
    } catch {
      throw malformed("\(place) breaks \(error.constraint): \(error.message)")
    }
    let stored = node.results.map(type(of:))
    guard inferred == stored else {
      throw malformed(
        "\(place) has the type \(TensorType.list(stored)), but \(TensorType.list(inferred)) "
          + "is inferred")
    }
  }

  private func malformed(_ message: String) -> TapeError { .malformed("tape \(name): \(message)") }
}
