import Glibc
import ScalarIR
import TapeIR

// Samples of discrete distributions and shuffles: the choices of `jax.random` for the same key, but
// where rounding decides.

extension Tensor {
  /// Truth values, each true with the given probability: those of `jax.random.bernoulli`.
  ///
  /// - Parameter probability: `f32` or `f64`, of a shape that broadcasts to `shape`; a literal is
  ///   `f32`. Another element type, and shapes that do not fit, make a tensor that carries the error.
  public static func bernoulli(
    _ shape: [Int], probability: Tensor = 0.5, key: RandomKey
  ) -> Tensor {
    carryingError { () throws(TensorError) in
      let isLiteral = probability.handle.literal != nil
      let type = isLiteral ? .f32 : ElementType(try probability.tensorType.dtype)
      return uniform(shape, key: key, elementType: type) .< probability
    }
  }

  /// Truth values, each true with a probability that is a variable's value.
  @_disfavoredOverload
  public static func bernoulli(
    _ shape: [Int], probability: some TensorScalar, key: RandomKey
  ) -> Tensor {
    bernoulli(shape, probability: Tensor(probability), key: key)
  }

  /// Positions along an axis of `logits`, each drawn with a probability proportional to the
  /// exponential of its logit: those of `jax.random.categorical`.
  ///
  /// - Parameters:
  ///   - logits: `f32` or `f64`; −∞ for what is never drawn.
  ///   - samples: the shape of what is drawn from each distribution.
  /// - Returns: an `i32` tensor of the shape `samples`, then that of `logits` without the axis.
  public static func categorical(
    logits: Tensor, samples: [Int] = [], axis: Int = -1, key: RandomKey
  ) -> Tensor {
    carryingError { () throws(TensorError) in
      let type = try logits.tensorType
      let axis = try type.resolvedAxis(axis, "categorical")
      let noise = gumbel(
        samples + (try logits.shape), key: key, elementType: ElementType(type.dtype))
      return (noise + logits).argmax(axis: samples.count + axis)
    }
  }

  /// Random numbers of the standard Gumbel distribution, of type `f32` or `f64`: those of
  /// `jax.random.gumbel`.
  public static func gumbel(
    _ shape: [Int], key: RandomKey, elementType: ElementType = .f32
  ) -> Tensor {
    let least =
      elementType == .f64 ? Double.leastNormalMagnitude : Double(Float.leastNormalMagnitude)
    return -(-uniform(shape, key: key, in: least..<1, elementType: elementType).log()).log()
  }

  /// The numbers from 0 up to, not including, `count` in random order, all orders equally likely, as
  /// `i32`: those of `jax.random.permutation`.
  public static func permutation(_ count: Int, key: RandomKey) -> Tensor {
    guard (0...Int(Int32.max)).contains(count) else {
      return Tensor(failure: .invalidData("a permutation of \(count) numbers"))
    }
    var order = Tensor.iota(.i32, Shape([count]), axis: 0)
    // Random words may be equal; with this many rounds, that is as good as never what decides.
    let rounds = Int(
      (3 * Glibc.log(Double(Swift.max(1, count))) / Glibc.log(4_294_967_295)).rounded(.up))
    var key = key
    for _ in 0..<rounds {
      let keys = key.split()
      key = keys[0]
      order =
        Tensor.record(
          .sort, [keys[1].bits(.u32, Shape([count])), order], [.axis: .integer(0)]
        ).last ?? order
    }
    return order
  }

  /// The parts of the tensor along an axis in random order.
  public func shuffled(axis: Int = 0, key: RandomKey) -> Tensor {
    Tensor.carryingError { () throws(TensorError) in
      let type = try tensorType
      let axis = try type.resolvedAxis(axis, "shuffle")
      guard let count = type.shape[axis].constant else {
        throw .violation("shuffle", [type], "C1", "shuffle of \(type) needs a known size")
      }
      return take(Tensor.permutation(count, key: key), axis: axis)
    }
  }
}
