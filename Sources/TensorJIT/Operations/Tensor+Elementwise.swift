import ScalarIR
import TapeIR

extension Tensor {
  /// An elementwise op; on literals alone its result is a literal again.
  static func elementwise(_ op: Op, _ operands: Tensor...) -> Tensor {
    if operands.allSatisfy({ $0.handle.literal != nil }),
      let folded = LiteralScalar.folding(op, operands.compactMap(\.handle.literal))
    {
      return Tensor(literal: folded)
    }
    return record(op, operands)[0]
  }

  /// An elementwise op of a tensor and the value of a variable.
  static func elementwise(_ op: Op, _ a: Tensor, _ b: some TensorScalar) -> Tensor {
    elementwise(op, a, Tensor(b, besides: a, op))
  }

  /// An elementwise op of the value of a variable and a tensor.
  static func elementwise(_ op: Op, _ a: some TensorScalar, _ b: Tensor) -> Tensor {
    elementwise(op, Tensor(a, besides: b, op), b)
  }

  /// The value of a variable as an input of rank 0, in the element type of the operand beside it.
  ///
  /// It is never looked at when programs are compiled, so another value compiles nothing. A floating
  /// value beside integers, an integer that their type does not hold, and a truth value beside
  /// numbers (or the other way round) make a tensor that carries the error.
  init(_ scalar: some TensorScalar, besides other: Tensor, _ op: Op) {
    do throws(TensorError) {
      guard let value = scalar.scalarValue else {
        throw .elementType(expected: "an element type", found: "\(type(of: scalar))")
      }
      if other.handle.literal != nil {
        self.init(Literal(splat: value))
        return
      }
      let type = try other.tensorType
      guard let converted = value.converted(losslessly: type.dtype) else {
        throw .mismatch(op, type, "the value \(scalar) of type \(value.dtype)")
      }
      self.init(Literal(splat: converted))
    } catch {
      self.init(failure: error)
    }
  }
}

extension ScalarValue {
  /// The value in another element type: floating types round; nil where an integer type would have
  /// to drop a fraction or wrap, and between numbers and `bool`.
  fileprivate func converted(losslessly target: DType) -> ScalarValue? {
    if target == dtype { return self }
    guard dtype.isNumber, target.isNumber else { return nil }
    if target.isFloating { return converted(to: target) }
    guard dtype.isInteger else { return nil }
    let result = converted(to: target)
    let isNegative = dtype.isSignedInteger && signedInteger < 0
    let becomesNegative = target.isSignedInteger && result.signedInteger < 0
    return result.converted(to: dtype) == self && isNegative == becomesNegative ? result : nil
  }
}

extension TensorError {
  /// The error for an operand whose value the other operand's type does not hold.
  static func mismatch(_ op: Op, _ type: TensorType, _ found: String) -> TensorError {
    .invalidOperands(
      op: op.name, operands: [type.description, found], constraint: "C2",
      message: "\(op.name) of \(type) needs values that are \(type.dtype), found \(found)",
      location: nil)
  }
}
