extension Tape {
  /// Whether an op is among the nodes, or in their bodies, that is there for its gradient alone.
  var hasTransparentOps: Bool {
    nodes.contains { node in
      node.op.isTransparent
        || node.attributes.entries.contains { entry in
          if case .tape(let body) = entry.value { body.hasTransparentOps } else { false }
        }
    }
  }

  /// The tape with the operands of such ops in place of their results.
  var withoutTransparentOps: Tape {
    var rewriter = TapeBuilder(name: name)
    var values = [Value](repeating: Value(index: 0), count: types.count)
    for (parameter, description) in zip(parameters, parameterList) {
      values[parameter.index] = rewriter.parameter(description.name, description.type)
    }
    for node in nodes {
      let operands = node.operands.map { values[$0.index] }
      let results =
        node.op.isTransparent
        ? operands
        : rewriter.add(
          node.op, operands, node.attributes.withoutTransparentOps,
          types: node.results.map(type(of:)), provenance: node.provenance)
      for (old, new) in zip(node.results, results) { values[old.index] = new }
    }
    return rewriter.finish(results.map { Result(name: $0.name, value: values[$0.value.index]) })
  }
}

extension Attributes {
  /// The attributes with bodies as they are evaluated: without ops that are there for their gradients
  /// alone.
  package var withoutTransparentOps: Attributes {
    var result = self
    for entry in entries {
      if case .tape(let body) = entry.value, body.hasTransparentOps {
        result[entry.key] = .tape(Body(body.tape.withoutTransparentOps))
      }
    }
    return result
  }
}
