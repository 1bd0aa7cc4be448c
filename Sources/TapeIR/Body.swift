import ScalarIR

/// A tape inside an op: a branch, a step of a loop, a function of scalars.
///
/// A body is closed: it sees its parameters, and the symbolic sizes of the tape around it. Bodies are
/// equal when they compute the same; what they and their values are called does not count.
package struct Body: Sendable {
  package let tape: Tape
  /// The hash, made once, because a body is hashed wherever the tape around it is looked at.
  private let digest: Int
  /// Whether an op is in it that is there for its gradient alone.
  let hasTransparentOps: Bool

  package init(_ tape: Tape) {
    self.tape = tape
    var hasher = Hasher()
    for result in tape.results { hasher.combine(result.value) }
    tape.hashNodes(into: &hasher)
    digest = hasher.finalize()
    hasTransparentOps = tape.hasTransparentOps
  }

  package var parameterTypes: [TensorType] { tape.parameters.map(tape.type(of:)) }

  package var resultTypes: [TensorType] { tape.results.map { tape.type(of: $0.value) } }

  /// The body with sizes for symbols.
  package func substituting(_ sizes: [String: Dim]) throws(TapeError) -> Body {
    Body(try tape.substituting(sizes))
  }

  /// The body with other results, values of its tape, whose names are those of no other value.
  package func giving(_ results: [Tape.Result]) -> Body {
    var tape = tape
    tape.results = results
    return Body(tape)
  }

  /// Whether the result of that number is the parameter of the same number.
  package func passesThrough(_ number: Int) -> Bool {
    tape.results[number].value == tape.parameters[number]
  }
}

extension Body: Hashable {
  package static func == (a: Body, b: Body) -> Bool {
    a.digest == b.digest && a.tape.results.map(\.value) == b.tape.results.map(\.value)
      && a.tape.hasSameNodes(as: b.tape)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension Tape {
  /// The bodies in the attributes of a node.
  package static func bodies(of node: Node) -> [Body] {
    node.attributes.entries.compactMap { entry in
      if case .tape(let body) = entry.value { return body }
      return nil
    }
  }
}

extension TapeBuilder {
  /// The tape as a body with the given results, named `r0`, `r1`, ….
  package consuming func body(_ results: [Value]) -> Body {
    Body(
      finish(results.enumerated().map { Tape.Result(name: "r\($0.offset)", value: $0.element) }))
  }

  /// Parameters of the given types, named after `prefix`.
  package mutating func parameters(_ prefix: String, _ types: [TensorType]) -> [Value] {
    types.enumerated().map { parameter("\(prefix)\($0.offset)", $0.element) }
  }
}
