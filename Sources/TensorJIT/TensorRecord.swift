/// A value with tensors in it: a tensor, an array of records, or a type of the user's — a model's
/// parameters, an optimizer's state, a batch.
///
///     struct Linear: TensorRecord {
///       var weight: Tensor
///       var bias: Tensor
///       mutating func visitTensors(_ visitor: inout TensorVisitor) {
///         visitor.visit("weight", &weight)
///         visitor.visit("bias", &bias)
///       }
///     }
public protocol TensorRecord {
  /// Visits every part that holds tensors, always the same ones in the same order.
  mutating func visitTensors(_ visitor: inout TensorVisitor)
}

/// Walks over the tensors of a record: reads them, or puts others in their places.
public struct TensorVisitor {
  fileprivate private(set) var tensors: [Tensor] = []
  /// For each tensor its path, where paths are wanted.
  fileprivate private(set) var paths: [String] = []
  private let wantsPaths: Bool
  private var path: [String] = []
  private let replacements: [Tensor]?

  fileprivate init(wantsPaths: Bool = false, replacements: [Tensor]? = nil) {
    self.wantsPaths = wantsPaths
    self.replacements = replacements
  }

  /// Visits the part of a record called `name`.
  public mutating func visit(_ name: String, _ part: inout some TensorRecord) {
    if wantsPaths { path.append(name) }
    part.visitTensors(&self)
    if wantsPaths { path.removeLast() }
  }

  fileprivate mutating func visitLeaf(_ tensor: inout Tensor) {
    let position = tensors.count
    tensors.append(tensor)
    if wantsPaths { paths.append(path.joined(separator: ".")) }
    if let replacements, position < replacements.count { tensor = replacements[position] }
  }
}

extension TensorRecord {
  /// The tensors, with their paths: the names of the parts, joined by dots.
  public var namedTensors: [(path: String, tensor: Tensor)] {
    var copy = self
    var visitor = TensorVisitor(wantsPaths: true)
    copy.visitTensors(&visitor)
    return zip(visitor.paths, visitor.tensors).map { (path: $0, tensor: $1) }
  }

  /// The tensors, in the order in which they are visited.
  public var tensors: [Tensor] {
    var copy = self
    var visitor = TensorVisitor()
    copy.visitTensors(&visitor)
    return visitor.tensors
  }

  /// The same record with other tensors in it, in the order in which they are visited.
  public func replacingTensors(with tensors: [Tensor]) -> Self {
    var copy = self
    var visitor = TensorVisitor(replacements: tensors)
    copy.visitTensors(&visitor)
    return copy
  }

  /// The same record with each tensor transformed.
  public func mapTensors<Failure: Error>(
    _ transform: (Tensor) throws(Failure) -> Tensor
  ) throws(Failure) -> Self {
    var mapped: [Tensor] = []
    for tensor in tensors { mapped.append(try transform(tensor)) }
    return replacingTensors(with: mapped)
  }

  /// The same record with each tensor combined with the tensor at its place in `other`, such as a
  /// parameter with its gradient.
  public func mapTensors<Failure: Error>(
    with other: Self, _ transform: (Tensor, Tensor) throws(Failure) -> Tensor
  ) throws(Failure) -> Self {
    var mapped: [Tensor] = []
    for (tensor, partner) in zip(tensors, other.tensors) {
      mapped.append(try transform(tensor, partner))
    }
    return replacingTensors(with: mapped)
  }
}

extension Tensor: TensorRecord {
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visitLeaf(&self) }
}

extension Array: TensorRecord where Element: TensorRecord {
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in indices { visitor.visit(String(index), &self[index]) }
  }
}

extension Optional: TensorRecord where Wrapped: TensorRecord {
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    guard var wrapped = self else { return }
    wrapped.visitTensors(&visitor)
    self = wrapped
  }
}

/// Two records as one, where a function takes or returns several.
public struct Pair<First: TensorRecord, Second: TensorRecord>: TensorRecord {
  public var first: First
  public var second: Second

  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }
}

extension Pair: Sendable where First: Sendable, Second: Sendable {}
