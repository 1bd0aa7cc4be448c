import TensorJIT

extension TensorWorkload {
  /// The encoder of MiniLM-L6: token ids, then its parameters.
  static var encoders: [TensorWorkload] {
    ["minilm-1", "minilm-8"].map { TensorWorkload($0, encode) }
  }
}

/// The sizes of the encoder.
private enum Encoder {
  static let (layers, heads, width) = (6, 12, 384)
  static let layerParameters = 16
  static let epsilon: Float = 1e-12
}

/// Reads parameters in their order.
private struct Parameters {
  var rest: ArraySlice<Tensor>

  mutating func next() -> Tensor { rest.popFirst() ?? Tensor.zeros([0]) }

  mutating func linear(_ x: Tensor) -> Tensor { x.matmul(next()) + next() }

  mutating func layerNorm(_ x: Tensor) -> Tensor {
    TensorJITBench.layerNorm(x, next(), next(), epsilon: Encoder.epsilon)
  }
}

private func encode(_ arguments: [Tensor]) throws -> [Tensor] {
  let ids = arguments[0]
  let sequence = try ids.shape[1]
  var parameters = Parameters(rest: arguments.dropFirst())
  let (words, positions, types) = (parameters.next(), parameters.next(), parameters.next())
  var x = parameters.layerNorm(words[ids] + positions[..<sequence] + types[0])
  for _ in 0..<Encoder.layers { x = try encodeLayer(x, &parameters) }
  return [x]
}

private func encodeLayer(_ x: Tensor, _ parameters: inout Parameters) throws -> Tensor {
  let (batch, sequence) = (try x.shape[0], try x.shape[1])
  let headWidth = Encoder.width / Encoder.heads
  func split(_ x: Tensor) -> Tensor {
    x.reshaped(to: batch, sequence, Encoder.heads, headWidth).transposed(axes: 0, 2, 1, 3)
  }
  let queries = split(parameters.linear(x))
  let keys = split(parameters.linear(x))
  let values = split(parameters.linear(x))
  let scores = queries.matmul(keys.swappingAxes(2, 3)) * Float(headWidth).squareRoot().reciprocal
  let mixed = scores.softmax(axis: -1).matmul(values)
    .transposed(axes: 0, 2, 1, 3).reshaped(to: batch, sequence, Encoder.width)
  let attended = parameters.layerNorm(parameters.linear(mixed) + x)
  let hidden = parameters.linear(attended)
  let active = 0.5 * hidden * (1 + erf(hidden * 0.7071067811865476))
  return parameters.layerNorm(parameters.linear(active) + attended)
}

extension Float {
  fileprivate var reciprocal: Float { 1 / self }
}
