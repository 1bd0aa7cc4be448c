import ScalarIR
import TapeIR

extension Tensor {
  /// Whether both tensors have one element type, one shape and equal elements; NaN equals nothing.
  ///
  /// - Throws: the error that one of them carries, or what goes wrong when they are computed.
  public func allEqual(_ other: Tensor) throws(TensorError) -> Bool {
    let other = try settled(other)
    guard try tensorType == other.tensorType else { return false }
    return try (self .== other).all().scalar(as: Bool.self)
  }

  /// Whether the floating elements of two tensors, which broadcast, are close: NumPy's allclose.
  ///
  /// Two elements are close where |a − b| ≤ absolute tolerance + relative tolerance · |b|, or where
  /// they are equal; NaN is close to nothing.
  ///
  /// - Throws: where the tensors have different element types or their shapes do not broadcast, and
  ///   what goes wrong when they are computed.
  public func isClose(
    to other: Tensor, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8
  ) throws(TensorError) -> Bool {
    let other = try settled(other)
    let distance = (self - other).abs()
    let isFinite = other.abs() .< Double.infinity
    let tolerance = absoluteTolerance + relativeTolerance * other.abs()
    let isNear = isFinite .& (distance .<= tolerance)
    return try ((self .== other) .| isNear).all().scalar(as: Bool.self)
  }

  /// The other tensor, in this one's element type where it is a literal.
  private func settled(_ other: Tensor) throws(TensorError) -> Tensor {
    guard let literal = other.handle.literal, handle.literal == nil else { return other }
    return Tensor(constant: try literal.value(as: try tensorType.dtype))
  }
}
