import ScalarIR
import TapeIR

// Appends to a tape the derivatives of some of its values, written in the same ops: so a gradient
// has a gradient, and every engine runs it.
//
// BEFORE  (tape t [(x f32[4])]
//           (y (exp x) f32[4])
//           (return y))
// AFTER   (tape t [(x f32[4])]
//           (y (exp x)                   f32[4])
//           (c (constant 1 :type f32[4]) f32[4])
//           (g (mul c y)                 f32[4])
//           (return y grad-x))                      ; g is returned as grad-x
//
// The walk goes once from the last node to the first and looks only at nodes that lie on a path of
// floating values from what is differentiated to what it is differentiated by. A value that is used
// more than once has the sum of its users' cotangents, added from the last user to the first.
// Integers and booleans carry no derivative, so a path ends at them.
//
// Where a cotangent is zero because a `select`, a maximum or a slice did not take an element, the
// element's own derivative may be infinite or NaN, and zero times that is NaN. Such a product is
// replaced by zero (`CotangentMasking.swift`); cotangents that nothing masks are left alone.

extension Tape {
  /// The tape with the gradients of its first result's sum as further results, `grad-NAME` each.
  ///
  /// A gradient has its parameter's type, and is zero where the result does not depend on it.
  ///
  /// - Parameter names: the parameters to differentiate by; nil for all floating ones, in order.
  /// - Throws: `TapeError.gradient` where the first result is not floating, or a name is not that of
  ///   a floating parameter or stands twice, or a result has the gradient's name already.
  /// - Complexity: linear in the size of the tape.
  package func appendingGradient(
    withRespectTo names: [String]? = nil
  ) throws(TapeError) -> Tape {
    guard let output = results.first else {
      throw .gradient("a gradient needs a result, and \(name) has none", provenance: .unknown)
    }
    let outputType = type(of: output.value)
    guard outputType.dtype.isFloating else {
      throw .gradient(
        "a gradient needs a floating first result, found \(output.name) \(outputType)",
        provenance: provenance(of: output.value))
    }
    let chosen = try differentiableParameters(names)
    let (extended, gradients) = try appendingVJP(
      outputs: [output.value], seeds: [.ones], withRespectTo: chosen.map(\.value))
    var builder = TapeBuilder(extending: extended)
    var all = results
    for (parameter, gradient) in zip(chosen, gradients) {
      let value = try builder.orZeros(gradient, of: builder.type(of: parameter.value))
      all.append(Result(name: "grad-\(parameter.name)", value: value))
    }
    return builder.finish(all)
  }

  /// The parameters of the given names, checked; all floating ones without names.
  private func differentiableParameters(
    _ names: [String]?
  ) throws(TapeError) -> [(name: String, value: Value)] {
    let all = zip(parameterList, parameters).map { (name: $0.name, type: $0.type, value: $1) }
    var chosen: [(name: String, value: Value)] = []
    for name in names ?? all.filter(\.type.dtype.isFloating).map(\.name) {
      guard let parameter = all.first(where: { $0.name == name }) else {
        let known = all.map(\.name).joined(separator: ", ")
        throw .gradient(
          "there is no parameter \(name) to differentiate by; \(self.name) has [\(known)]",
          provenance: .unknown)
      }
      guard parameter.type.dtype.isFloating else {
        throw .gradient(
          "a gradient needs a floating parameter, found \(name) \(parameter.type)",
          provenance: .unknown)
      }
      if chosen.contains(where: { $0.name == name }) {
        throw .gradient("the parameter \(name) is named twice", provenance: .unknown)
      }
      let taken = "grad-\(name)"
      if results.contains(where: { $0.name == taken }) || all.contains(where: { $0.name == taken })
      {
        throw .gradient(
          "the gradient by \(name) needs the name \(taken), which \(self.name) uses already",
          provenance: .unknown)
      }
      chosen.append((name, parameter.value))
    }
    return chosen
  }

  private func provenance(of value: Value) -> Provenance {
    producer(of: value).map { nodes[$0].provenance } ?? .unknown
  }
}

/// The cotangent with which differentiation starts at an output.
package enum Seed: Hashable, Sendable {
  /// One everywhere, which makes it the derivative of the output's sum.
  case ones
  /// A value of the tape, of the output's type.
  case value(Value)
}

extension Tape {
  /// The tape with the cotangents of some of its values, given those of `outputs`: the
  /// vector-Jacobian product.
  ///
  /// Values keep their numbers and the tape its results; what is new comes after them. An output
  /// that is not floating takes no part.
  ///
  /// - Parameters:
  ///   - outputs: the values that are differentiated.
  ///   - seeds: the cotangent of each output.
  ///   - sources: the values to differentiate by, parameters or not.
  ///   - seedsAreMasked: whether seeds may be zero because something was not taken.
  /// - Returns: the tape, and for each source its cotangent, of its type; nil where no path of
  ///   floating values leads from the source to an output.
  /// - Throws: `TapeError.gradient` where a seed has not its output's type.
  /// - Complexity: linear in the size of the tape.
  package func appendingVJP(
    outputs: [Value], seeds: [Seed], withRespectTo sources: [Value],
    seedsAreMasked: Bool = false
  ) throws(TapeError) -> (tape: Tape, gradients: [Value?]) {
    var pass = ReverseWalk(self, outputs: outputs, sources: sources)
    for (output, seed) in zip(outputs, seeds) {
      try pass.start(at: output, with: seed)
      if seedsAreMasked, case .value(let value) = seed { pass.masking.mask(value) }
    }
    for number in nodes.indices.reversed() { try pass.visit(number) }
    var gradients: [Value?] = []
    for source in sources { gradients.append(try pass.gradient(of: source)) }
    return (pass.builder.finish(results), gradients)
  }
}

/// The state of differentiation on its way from the last node to the first.
private struct ReverseWalk {
  let tape: Tape
  var builder: TapeBuilder
  /// Whether a path of floating values leads from a source to each value.
  let dependsOnSource: [Bool]
  /// Whether a path of floating values leads from each value to an output.
  let reachesOutput: [Bool]
  /// The sum of the cotangents that each value has been given so far.
  var cotangents: [Value?]
  var masking: CotangentMasking

  init(_ tape: Tape, outputs: [Value], sources: [Value]) {
    self.tape = tape
    builder = TapeBuilder(extending: tape)
    masking = CotangentMasking(firstNode: tape.nodes.count)
    cotangents = [Value?](repeating: nil, count: tape.types.count)
    let isFloating = tape.types.map(\.dtype.isFloating)

    var depends = [Bool](repeating: false, count: tape.types.count)
    for source in sources { depends[source.index] = isFloating[source.index] }
    for node in tape.nodes where node.operands.contains(where: { depends[$0.index] }) {
      for result in node.results where isFloating[result.index] { depends[result.index] = true }
    }
    dependsOnSource = depends

    var reaches = [Bool](repeating: false, count: tape.types.count)
    for output in outputs { reaches[output.index] = isFloating[output.index] }
    for node in tape.nodes.reversed() where node.results.contains(where: { reaches[$0.index] }) {
      for operand in node.operands where isFloating[operand.index] { reaches[operand.index] = true }
    }
    reachesOutput = reaches
  }

  mutating func start(at output: Value, with seed: Seed) throws(TapeError) {
    let type = tape.type(of: output)
    guard dependsOnSource[output.index], reachesOutput[output.index] else { return }
    switch seed {
    case .ones: try accumulate(builder.splat(.one(type.dtype), type.shape), for: output)
    case .value(let value):
      let seedType = tape.type(of: value)
      guard seedType == type else {
        throw .gradient(
          "the seed of a gradient needs its output's type \(type), found \(seedType)",
          provenance: .unknown)
      }
      try accumulate(value, for: output)
    }
  }

  /// Adds a cotangent to what the value has been given already.
  private mutating func accumulate(_ cotangent: Value, for value: Value) throws(TapeError) {
    guard let sum = cotangents[value.index] else {
      cotangents[value.index] = cotangent
      return
    }
    cotangents[value.index] = try builder.op(.add, sum, cotangent)
  }

  /// Hands the cotangents of a node's results on to its operands.
  mutating func visit(_ number: Int) throws(TapeError) {
    let node = tape.nodes[number]
    let given = node.results.map { cotangents[$0.index] }
    let isWanted = node.operands.map { dependsOnSource[$0.index] }
    guard given.contains(where: { $0 != nil }), isWanted.contains(true) else { return }
    switch node.op.gradient {
    case .zero: return
    case .rule(let rule):
      builder.provenance = Provenance(
        location: node.provenance.location,
        origin: "grad of \(node.provenance.origin ?? node.op.name)")
      let found = try rule(
        &builder,
        GradientContext(
          operands: node.operands, results: node.results, attributes: node.attributes,
          cotangents: given, isWanted: isWanted, differentiate: differentiation(given)))
      try handOn(found, to: node, given: given)
    }
  }

  /// How the rule of a node is to differentiate bodies, given the cotangents of the node's results.
  private mutating func differentiation(_ given: [Value?]) -> VectorJacobianProduct {
    let isMasked = given.contains { cotangent in
      cotangent.map { masking.isMasked($0, in: builder.tape) } ?? false
    }
    return { (tape, outputs, cotangents, sources) throws(TapeError) in
      try tape.appendingVJP(
        outputs: outputs, seeds: cotangents.map(Seed.value), withRespectTo: sources,
        seedsAreMasked: isMasked)
    }
  }

  private mutating func handOn(
    _ found: [Value?], to node: Node, given: [Value?]
  ) throws(TapeError) {
    guard found.count == node.operands.count else {
      throw .malformed(
        "the gradient of \(node.op.name) gave \(found.count) cotangents for "
          + "\(node.operands.count) operands")
    }
    for (operand, cotangent) in zip(node.operands, found) where dependsOnSource[operand.index] {
      guard let cotangent else { continue }
      let (type, needed) = (builder.type(of: cotangent), tape.type(of: operand))
      guard type == needed else {
        throw .malformed(
          "the gradient of \(node.op.name) gave \(type) for an operand of type \(needed)")
      }
      try accumulate(unmasked(cotangent, of: node, given: given), for: operand)
    }
  }

  /// The cotangent, with zero instead of NaN where it comes from a masked zero.
  private mutating func unmasked(
    _ cotangent: Value, of node: Node, given: [Value?]
  ) throws(TapeError) -> Value {
    guard let source = given[0], masking.isMasked(source, in: builder.tape),
      case .elementwise = tape.family(of: node)
    else { return cotangent }
    return try masking.unmasked(cotangent, from: source, &builder)
  }

  /// The cotangent that the value has in the end: zeros where the paths from it are all flat.
  mutating func gradient(of source: Value) throws(TapeError) -> Value? {
    guard dependsOnSource[source.index], reachesOutput[source.index] else { return nil }
    return try builder.orZeros(cotangents[source.index], of: tape.type(of: source))
  }
}
