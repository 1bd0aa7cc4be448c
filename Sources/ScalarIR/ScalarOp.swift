/// The closed set of operations on scalars, from which every elementwise meaning is made.
///
/// Floating operations are IEEE 754-2019 with rounding to nearest even and are defined on `f32` and
/// `f64` only: `f16` and `bf16` are converted. Integer operations are total: they wrap, and division
/// and shifts have the values below instead of undefined ones. Interpreter, CPU and GPU implement
/// exactly these, so that an expression has the same bits everywhere (any NaN equals any NaN).
package enum ScalarOp {
  /// Operations from one type to the same type.
  package enum Unary: UInt8, Hashable, Sendable, CaseIterable {
    /// Sign change: flips a float's sign bit, wraps on integers.
    case neg
    /// Magnitude: clears a float's sign bit, wraps on the least integer.
    case abs
    /// Square root of a float, correctly rounded.
    case sqrt
    /// A float rounded to a whole number: down, up, towards zero, to nearest even.
    case floor, ceil, trunc, roundEven
    /// All bits of an integer flipped; logical not of a `bool`.
    case not
    /// The number of one bits, and of leading zero bits, of an integer.
    case popcount, countLeadingZeros
  }

  /// Operations from two values of one type to the same type.
  package enum Binary: UInt8, Hashable, Sendable, CaseIterable {
    /// Sum, difference, product; integers wrap.
    case add, sub, mul
    /// Quotient. Integers truncate; x div 0 is −1 (unsigned: the greatest), least div −1 is least.
    case div
    /// Integer remainder with the dividend's sign; x rem 0 is x, least rem −1 is 0.
    case rem
    /// The upper half of the double-width product of two integers.
    case mulHigh
    /// IEEE 754-2019 minimum and maximum: NaN wins, −0 < +0. Also for integers and `bool`.
    case minimum, maximum
    /// Bits of integers, logic of `bool`.
    case and, or, xor
    /// Shift of an integer by an unsigned count: by the width or more gives 0 …
    case shl, shrLogical
    /// … or, for the arithmetic shift, the sign.
    case shrArith
  }

  /// Comparisons of two values of one type to `bool`; with NaN all are false but `ne`.
  package enum Comparison: UInt8, Hashable, Sendable, CaseIterable {
    case eq, ne, lt, le, gt, ge
  }
}

extension ScalarOp.Unary {
  package var name: String {
    switch self {
    case .neg: "neg"
    case .abs: "abs"
    case .sqrt: "sqrt"
    case .floor: "floor"
    case .ceil: "ceil"
    case .trunc: "trunc"
    case .roundEven: "round-even"
    case .not: "not"
    case .popcount: "popcount"
    case .countLeadingZeros: "clz"
    }
  }

  /// Whether the operation is defined on `dtype`.
  package func accepts(_ dtype: DType) -> Bool {
    switch self {
    case .neg, .abs: dtype.isInteger || dtype == .f32 || dtype == .f64
    case .sqrt, .floor, .ceil, .trunc, .roundEven: dtype == .f32 || dtype == .f64
    case .not: dtype.isInteger || dtype == .bool
    case .popcount, .countLeadingZeros: dtype.isInteger
    }
  }
}

extension ScalarOp.Binary {
  package var name: String {
    switch self {
    case .add: "add"
    case .sub: "sub"
    case .mul: "mul"
    case .div: "div"
    case .rem: "rem"
    case .mulHigh: "mul-high"
    case .minimum: "min"
    case .maximum: "max"
    case .and: "and"
    case .or: "or"
    case .xor: "xor"
    case .shl: "shl"
    case .shrLogical: "shr-logical"
    case .shrArith: "shr-arith"
    }
  }

  /// Whether the operation is defined on `dtype`.
  package func accepts(_ dtype: DType) -> Bool {
    switch self {
    case .add, .sub, .mul, .div: dtype.isInteger || dtype == .f32 || dtype == .f64
    case .rem, .mulHigh, .shl, .shrLogical, .shrArith: dtype.isInteger
    case .minimum, .maximum: dtype != .f16 && dtype != .bf16
    case .and, .or, .xor: dtype.isInteger || dtype == .bool
    }
  }
}

extension ScalarOp.Comparison {
  package var name: String {
    switch self {
    case .eq: "eq"
    case .ne: "ne"
    case .lt: "lt"
    case .le: "le"
    case .gt: "gt"
    case .ge: "ge"
    }
  }
}
