import ScalarIR
import TapeIR

/// Sums of products over named axes, in Einstein's notation: NumPy's einsum.
///
///     einsum("ij,jk->ik", a, b)        // a matrix product
///     einsum("bhqd,bhkd->bhqk", q, k)  // scores of attention
///     einsum("ii->i", a)               // a diagonal
///
/// A letter names an axis; axes of the same letter have one size (or 1). Letters that the result does
/// not have are summed over. `...` stands for the axes that are not named, which broadcast. Without
/// `->` the result has the letters that stand once, in alphabetical order. Operands are multiplied
/// from left to right, each two by `dot`.
///
/// An equation that is malformed, or that the operands do not fit, makes a tensor that carries the
/// error.
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
  einsum(equation, operands)
}

/// Sums of products over named axes, for an array of operands.
public func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
  Tensor.carryingError { () throws(TensorError) in
    let einsum = try Einsum(equation, operands)
    return try einsum.result()
  }
}

/// An equation and the operands that it is about.
private struct Einsum {
  /// An axis: a letter, or one of those that `...` stands for, counted from the last.
  enum Label: Hashable {
    case letter(Character)
    case unnamed(Int)
  }

  /// A tensor with a name for each of its axes.
  struct Term {
    var labels: [Label]
    var tensor: Tensor
  }

  let equation: String
  var terms: [Term] = []
  var output: [Label] = []
  let types: [TensorType]

  init(_ equation: String, _ operands: [Tensor]) throws(TensorError) {
    self.equation = equation
    var types: [TensorType] = []
    for operand in operands { types.append(try operand.tensorType) }
    self.types = types
    let text = equation.filter { $0 != " " }
    let sides = text.components(of: "->")
    let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard sides.count <= 2, inputs.count == operands.count else {
      throw failure("needs a list of axes for each of the \(operands.count) operands")
    }
    var unnamedCount = 0
    for (list, operand) in zip(inputs, zip(operands, types)) {
      let labels = try labels(list, rank: operand.1.rank)
      unnamedCount = Swift.max(
        unnamedCount, labels.count { if case .unnamed = $0 { true } else { false } })
      terms.append(Term(labels: labels, tensor: operand.0))
    }
    let unnamed = (0..<unnamedCount).reversed().map(Label.unnamed)
    if sides.count == 2 {
      output = try labels(sides[1], unnamed: unnamed)
      guard Set(output).count == output.count else {
        throw failure("names an axis of the result twice")
      }
    } else {
      let all = terms.flatMap(\.labels)
      let letters = Set(all).compactMap { label -> Character? in
        guard case .letter(let letter) = label, all.count(where: { $0 == label }) == 1 else {
          return nil
        }
        return letter
      }
      output = unnamed + letters.sorted().map(Label.letter)
    }
    let known = Set(terms.flatMap(\.labels))
    for label in output where !known.contains(label) {
      throw failure("names an axis of the result that no operand has")
    }
  }

  private func failure(_ message: String) -> TensorError {
    .violation("einsum", types, "C1", "einsum \"\(equation)\" \(message)")
  }

  /// The labels of an operand of the given rank.
  private func labels(_ list: String, rank: Int) throws(TensorError) -> [Label] {
    let named = list.count(where: { $0 != "." })
    let hasUnnamed = list.contains(".")
    guard hasUnnamed ? named <= rank : named == rank else {
      throw failure("names \(named) axes of an operand that has \(rank)")
    }
    return try labels(list, unnamed: (0..<(rank - named)).reversed().map(Label.unnamed))
  }

  private func labels(_ list: String, unnamed: [Label]) throws(TensorError) -> [Label] {
    var labels: [Label] = []
    let parts = list.components(of: "...")
    guard parts.count <= 2 else { throw failure("has ... twice in one list") }
    for (number, part) in parts.enumerated() {
      if number == 1 { labels += unnamed }
      for character in part {
        guard character.isASCII, character.isLetter else {
          throw failure("needs letters, found '\(character)'")
        }
        labels.append(.letter(character))
      }
    }
    return labels
  }

  func result() throws(TensorError) -> Tensor {
    var remaining = try terms.map { (term) throws(TensorError) in try withDistinctLabels(term) }
    guard var product = remaining.first else { throw failure("needs an operand") }
    remaining.removeFirst()
    while let next = remaining.first {
      remaining.removeFirst()
      let needed = Set(output + remaining.flatMap(\.labels))
      product = try multiply(
        try summed(product, except: needed.union(next.labels)),
        try summed(next, except: needed.union(product.labels)), needed)
    }
    product = try summed(product, except: Set(output))
    var order: [Int] = []
    for label in output {
      guard let axis = product.labels.firstIndex(of: label) else {
        throw failure("lost an axis of the result")
      }
      order.append(axis)
    }
    return product.tensor.transposed(axes: order)
  }

  /// Takes diagonals where an operand has a letter twice.
  private func withDistinctLabels(_ term: Term) throws(TensorError) -> Term {
    var term = term
    while let (first, second) = repeatedLabel(term.labels) {
      let shape = try term.tensor.tensorType.shape
      guard shape[first] == shape[second] else {
        throw failure("has axes of the sizes \(shape[first]) and \(shape[second]) of one name")
      }
      let others = term.labels.indices.filter { $0 != first && $0 != second }
      term.tensor = term.tensor.transposed(axes: others + [first, second]).diagonal()
      term.labels = others.map { term.labels[$0] } + [term.labels[first]]
    }
    return term
  }

  private func repeatedLabel(_ labels: [Label]) -> (Int, Int)? {
    for (second, label) in labels.enumerated() {
      if let first = labels[..<second].firstIndex(of: label) { return (first, second) }
    }
    return nil
  }

  /// The term without the axes that nothing needs any more.
  private func summed(_ term: Term, except needed: Set<Label>) throws(TensorError) -> Term {
    let axes = term.labels.indices.filter { !needed.contains(term.labels[$0]) }
    if axes.isEmpty { return term }
    return Term(
      labels: term.labels.filter(needed.contains), tensor: term.tensor.sum(axes: axes))
  }

  /// The product of two terms, summed over the common axes that are not needed.
  private func multiply(
    _ a: Term, _ b: Term, _ needed: Set<Label>
  ) throws(TensorError) -> Term {
    let (a, b) = try withCommonSizes(a, b)
    let common = a.labels.filter(b.labels.contains)
    let batch = common.filter(needed.contains)
    let contracted = common.filter { !needed.contains($0) }
    func axes(_ labels: [Label], _ term: Term) -> [Int] {
      labels.compactMap { term.labels.firstIndex(of: $0) }
    }
    let product = Tensor.apply(
      .dot, a.tensor, b.tensor,
      attributes: [
        .lhsBatch: .integers(axes(batch, a)), .rhsBatch: .integers(axes(batch, b)),
        .lhsContract: .integers(axes(contracted, a)), .rhsContract: .integers(axes(contracted, b)),
      ])
    let free = (a.labels + b.labels).filter { !common.contains($0) }
    return Term(labels: batch + free, tensor: product)
  }

  /// The terms with common axes of one size: one of size 1 is repeated.
  private func withCommonSizes(_ a: Term, _ b: Term) throws(TensorError) -> (Term, Term) {
    var (shapeA, shapeB) = (try a.tensor.tensorType.shape, try b.tensor.tensorType.shape)
    for (axis, label) in a.labels.enumerated() {
      guard let other = b.labels.firstIndex(of: label), shapeA[axis] != shapeB[other] else {
        continue
      }
      guard shapeA[axis] == 1 || shapeB[other] == 1 else {
        throw failure("has axes of the sizes \(shapeA[axis]) and \(shapeB[other]) of one name")
      }
      if shapeA[axis] == 1 { shapeA[axis] = shapeB[other] } else { shapeB[other] = shapeA[axis] }
    }
    return (
      Term(labels: a.labels, tensor: a.tensor.broadcast(toShape: shapeA)),
      Term(labels: b.labels, tensor: b.tensor.broadcast(toShape: shapeB))
    )
  }
}

extension String {
  /// The parts between occurrences of `separator`.
  fileprivate func components(of separator: String) -> [String] {
    var parts = [""]
    var rest = self[...]
    while let next = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(next)
        rest = rest.dropFirst()
      }
    }
    return parts
  }
}
