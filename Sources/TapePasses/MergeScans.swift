import TapeIR

// Scans that do the same and differ in what they give become one.
//
// BEFORE  ([c y] (scan c0 x :body b :length n :carry 1))
//         ([d z s] (scan c0 x :body b' :length n :carry 1))    ; b', but it also gives its carry
// AFTER   ([c y s] (scan c0 x :body b' :length n :carry 1))
//
// A gradient needs what the body of a scan was given in each step, and asks for it in a scan of its
// own, as it only adds to a tape.

extension Tape {
  /// The tape in which no two scans have the same steps on the same operands.
  ///
  /// - Complexity: linear in the size of the tape.
  func mergingScans() -> Tape {
    var groups: [MergedScan.Key: MergedScan] = [:]
    var keys: [Int: MergedScan.Key] = [:]
    for (number, node) in nodes.enumerated() where node.op.kind == .control {
      guard case .control(.scan(let scan)) = family(of: node) else { continue }
      let key = MergedScan.Key(scan, node.operands)
      keys[number] = key
      groups[key, default: MergedScan(scan)].add(scan)
    }
    guard groups.values.contains(where: { $0.count > 1 }) else { return self }
    var rewriter = TapeRewriter(self)
    for (number, node) in nodes.enumerated() {
      guard let group = keys[number].flatMap({ groups[$0] }), group.count > 1,
        case .control(.scan(let scan)) = family(of: node)
      else {
        rewriter.keep(node)
        continue
      }
      // The first of them builds it, the others find it built.
      let results = rewriter.builder.add(
        node.op, rewriter.operands(of: node), group.scan.attributes,
        types: group.resultTypes, provenance: node.provenance)
      rewriter.replace(node, with: group.positions(of: scan).map { results[$0] })
    }
    return rewriter.finish()
  }
}

/// Scans with the same steps, as one that gives all that each of them gives.
private struct MergedScan {
  /// What scans with the same steps have in common.
  struct Key: Hashable {
    let steps: Scan
    let operands: [Value]

    init(_ scan: Scan, _ operands: [Value]) {
      steps = scan.giving(Array(scan.body.tape.results.prefix(scan.carryCount)))
      self.operands = operands
    }
  }

  private(set) var scan: Scan
  private(set) var count = 0

  init(_ scan: Scan) { self.scan = scan }

  /// Adds what a scan gives besides its carries.
  mutating func add(_ other: Scan) {
    count += 1
    let tape = scan.body.tape
    var results = tape.results
    var taken = Set(results.map(\.name) + tape.parameterList.map(\.name))
    for result in other.body.tape.results.dropFirst(scan.carryCount)
    where !results.dropFirst(scan.carryCount).contains(where: { $0.value == result.value }) {
      var number = results.count
      while !taken.insert("r\(number)").inserted { number += 1 }
      results.append(Tape.Result(name: "r\(number)", value: result.value))
    }
    if results.count > tape.results.count { scan = scan.giving(results) }
  }

  /// For each result of one of the scans, which of the merged one's it is.
  func positions(of other: Scan) -> [Int] {
    let results = scan.body.tape.results
    return other.body.tape.results.enumerated().map { number, result in
      if number < scan.carryCount { return number }
      return results.indices.dropFirst(scan.carryCount)
        .first { results[$0].value == result.value } ?? number
    }
  }

  var resultTypes: [TensorType] {
    scan.body.resultTypes.enumerated().map { number, type in
      number < scan.carryCount ? type : type.stacked(scan.length)
    }
  }
}

extension Scan {
  /// The same steps with other results of the body.
  fileprivate func giving(_ results: [Tape.Result]) -> Scan {
    Scan(
      body: body.giving(results), length: length, carryCount: carryCount, isReversed: isReversed)
  }
}
