import ScalarIR
import TapeIR

/// Where random numbers come from: equal keys give equal numbers, on every engine and for any number
/// of threads.
///
/// A key is used once; `split` makes new ones. Keys are tensors inside, so they pass through `jit` as
/// arguments, and another key compiles nothing.
///
/// Numbers are those of Threefry-2x32 with 20 rounds, the default of `jax.random`. Source: Salmon,
/// Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct RandomKey: Sendable, TensorRecord {
  /// Two words of type `u32`.
  var words: Tensor

  /// The key with the seed's high and low 32 bits as its words, that of `jax.random.key(seed)`.
  public init(_ seed: Int) {
    let bits = UInt64(bitPattern: Int64(seed))
    words = Tensor([UInt32(bits >> 32), UInt32(truncatingIfNeeded: bits)])
  }

  private init(words: Tensor) { self.words = words }

  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("words", &words)
  }

  /// New keys, whose numbers have nothing to do with each other's or with those of this key.
  public func split(into count: Int = 2) -> [RandomKey] {
    guard count > 0 else { return [] }
    let both = bits(.u64, Shape([count, 1]))
    let high = both / Tensor(constant: ScalarValue(.u64, wrapping: 1 << 32))
    let pairs = [high, both].concatenated(axis: 1).converted(to: .u32)
    return (0..<count).map { RandomKey(words: pairs[$0]) }
  }

  /// Random bits, all patterns equally likely.
  func bits(_ dtype: DType, _ shape: Shape) -> Tensor {
    Tensor.apply(.randomBits, words, attributes: [.type: .type(TensorType(dtype, shape))])
  }
}
