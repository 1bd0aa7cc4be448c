import ScalarIR
import TapeIR

extension Tensor: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  /// A constant of rank 0 whose element type is that of the tensors that it meets; `i32` alone.
  public init(integerLiteral value: Int) { self.init(literal: .integer(value)) }

  /// A constant of rank 0 whose element type is that of the tensors that it meets; `f32` alone.
  public init(floatLiteral value: Double) { self.init(literal: .floating(value)) }

  /// A constant of rank 0 of type `bool`.
  public init(booleanLiteral value: Bool) { self.init(literal: .boolean(value)) }

  /// A constant whose element type settles when it meets another operand.
  init(literal: LiteralScalar) {
    do {
      self.init(constant: try literal.value(as: literal.naturalType), literal: literal)
    } catch {
      // Beyond `i32`: fine beside an operand of a wider type, wrong alone.
      self.init(TensorHandle(Slot(nil, .failed(error)), literal: literal))
    }
  }
}

extension LiteralScalar {
  /// What an elementwise op makes of literals, as a literal: `2 * 3.5` is `7.0` and takes its type
  /// from what it meets just like `7.0` does.
  ///
  /// Nil where the op does not take such values. Arithmetic is done in `f64` where one of the
  /// literals has a fraction or the op needs it, else in `i64`.
  static func folding(_ op: Op, _ literals: [LiteralScalar]) -> LiteralScalar? {
    let natural = Set(literals.map(\.naturalType))
    let candidates: [DType] =
      natural == [.bool] ? [.bool] : natural == [.i32] ? [.i64, .f64] : [.f64]
    for dtype in candidates {
      let types = literals.map { _ in TensorType(dtype, .scalar) }
      let values = literals.compactMap { try? $0.value(as: dtype) }
      guard values.count == literals.count,
        (try? op.checkedTypes(types, .none)) != nil,
        case .elementwise(let meaning) = op.family(types, .none)
      else { continue }
      return meaning.evaluate(values).first.flatMap(LiteralScalar.init)
    }
    return nil
  }

  private init?(_ value: ScalarValue) {
    switch value.dtype {
    case .bool: self = .boolean(value.bits != 0)
    case .i64: self = .integer(Int(value.signedInteger))
    case .f64: self = .floating(value.double)
    case .f32, .f16, .bf16, .i32, .i16, .i8, .u64, .u32, .u16, .u8: return nil
    }
  }
}
