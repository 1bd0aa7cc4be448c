extension [Statement] {
  /// The statements with other arrays or places in their accesses.
  func mappingAccesses(
    _ transform: (String, LoopIR.Index) -> (String, LoopIR.Index)
  ) -> [Statement] {
    map { $0.mappingAccesses(transform) }
  }
}

extension Statement {
  fileprivate func mappingAccesses(_ transform: (String, Index) -> (String, Index)) -> Statement {
    switch self {
    case .loop(var loop):
      loop.body = loop.body.mappingAccesses(transform)
      return .loop(loop)
    case .define(let variable, let dtype, .load(let array, let index, let condition, let otherwise)):
      let place = transform(array, index)
      return .define(
        variable, dtype,
        .load(array: place.0, index: place.1, condition: condition, otherwise: otherwise))
    case .store(let array, let index, let value):
      let place = transform(array, index)
      return .store(array: place.0, index: place.1, value: value)
    case .conditional(let condition, let then, let otherwise):
      return .conditional(
        condition, then: then.mappingAccesses(transform),
        else: otherwise.mappingAccesses(transform))
    case .define, .scratch, .barrier: return self
    }
  }
}
