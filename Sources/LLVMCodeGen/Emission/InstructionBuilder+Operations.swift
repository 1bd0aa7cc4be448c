import CLLVM
import ScalarIR

// The scalar operations as instructions, lane by lane what `ScalarOp+Evaluate` says.

extension InstructionBuilder {
  func unary(_ op: ScalarOp.Unary, _ a: EmittedValue) -> EmittedValue {
    let x = a.raw
    let result: LLVMValueRef =
      switch op {
      case .neg: a.dtype.isFloating ? LLVMBuildFNeg(raw, x, "") : LLVMBuildNeg(raw, x, "")
      case .abs: magnitude(a)
      case .sqrt: intrinsic("llvm.sqrt", x)
      case .floor: intrinsic("llvm.floor", x)
      case .ceil: intrinsic("llvm.ceil", x)
      case .trunc: intrinsic("llvm.trunc", x)
      case .roundEven: intrinsic("llvm.roundeven", x)
      case .not: not(x)
      case .popcount: intrinsic("llvm.ctpop", x)
      case .countLeadingZeros: intrinsic("llvm.ctlz", overloads: [type(of: x)], [x, isFalse])
      }
    return a.with(result)
  }

  private var isFalse: LLVMValueRef { constant(0, integer(1)) }

  private func magnitude(_ a: EmittedValue) -> LLVMValueRef {
    if a.dtype.isFloating { return intrinsic("llvm.fabs", a.raw) }
    if a.dtype.isUnsignedInteger { return a.raw }
    return intrinsic("llvm.abs", overloads: [type(of: a.raw)], [a.raw, isFalse])
  }

  /// The operation on two values of the same type and lanes.
  func binary(_ op: ScalarOp.Binary, _ a: EmittedValue, _ b: EmittedValue) -> EmittedValue {
    let (x, y) = (a.raw, b.raw)
    let isFloating = a.dtype.isFloating
    let result: LLVMValueRef =
      switch op {
      case .add: isFloating ? LLVMBuildFAdd(raw, x, y, "") : add(x, y)
      case .sub: isFloating ? LLVMBuildFSub(raw, x, y, "") : sub(x, y)
      case .mul: isFloating ? LLVMBuildFMul(raw, x, y, "") : mul(x, y)
      case .div: isFloating ? LLVMBuildFDiv(raw, x, y, "") : quotient(a, b)
      case .rem: remainder(a, b)
      case .mulHigh: highProduct(a, b)
      case .minimum: extremum(a, b, isMaximum: false)
      case .maximum: extremum(a, b, isMaximum: true)
      case .and: and(x, y)
      case .or: or(x, y)
      case .xor: LLVMBuildXor(raw, x, y, "")
      case .shl: shift(a, b) { LLVMBuildShl(raw, $0, $1, "") }
      case .shrLogical: shift(a, b) { LLVMBuildLShr(raw, $0, $1, "") }
      case .shrArith where a.dtype.isSignedInteger: arithmeticShift(a, b)
      case .shrArith: shift(a, b) { LLVMBuildLShr(raw, $0, $1, "") }
      }
    return a.with(result)
  }

  private func extremum(
    _ a: EmittedValue, _ b: EmittedValue, isMaximum: Bool
  ) -> LLVMValueRef {
    switch a.dtype {
    case .bool: isMaximum ? or(a.raw, b.raw) : and(a.raw, b.raw)
    case .f64 where isForGPU: doubleExtremum(a, b, isMaximum: isMaximum)
    case .f64, .f32, .f16, .bf16:
      intrinsic(isMaximum ? "llvm.maximum" : "llvm.minimum", a.raw, b.raw)
    case .i64, .i32, .i16, .i8: intrinsic(isMaximum ? "llvm.smax" : "llvm.smin", a.raw, b.raw)
    case .u64, .u32, .u16, .u8: intrinsic(isMaximum ? "llvm.umax" : "llvm.umin", a.raw, b.raw)
    }
  }

  /// IEEE maximum and minimum of `f64`, for which GPUs have no instruction that keeps NaNs: of equal
  /// numbers, which differ in the signs of zeros alone, the bits in common or all bits.
  private func doubleExtremum(
    _ a: EmittedValue, _ b: EmittedValue, isMaximum: Bool
  ) -> LLVMValueRef {
    let bits = vector(i64, a.lanes)
    let (x, y) = (bitcast(a.raw, to: bits), bitcast(b.raw, to: bits))
    let equal = bitcast(isMaximum ? and(x, y) : or(x, y), to: type(of: a.raw))
    let isFirst = compare(isMaximum ? LLVMRealOGT : LLVMRealOLT, a.raw, b.raw)
    let ordered = select(
      compare(LLVMRealOEQ, a.raw, b.raw), equal, select(isFirst, a.raw, b.raw))
    let isNaN = compare(LLVMRealUNO, a.raw, b.raw)
    return select(isNaN, floating(.nan, like: a), ordered)
  }

  /// A comparison of two values of the same type and lanes, as a `bool`.
  func compare(
    _ op: ScalarOp.Comparison, _ a: EmittedValue, _ b: EmittedValue
  ) -> EmittedValue {
    let holds: LLVMValueRef
    switch a.dtype {
    case .f16, .bf16:
      return compare(op, converted(a, to: .f32), converted(b, to: .f32))
    case .f64, .f32: holds = compare(op.floatingPredicate, a.raw, b.raw)
    case .i64, .i32, .i16, .i8: holds = compare(op.signedPredicate, a.raw, b.raw)
    case .u64, .u32, .u16, .u8, .bool: holds = compare(op.unsignedPredicate, a.raw, b.raw)
    }
    return EmittedValue(raw: holds, dtype: .bool, lanes: a.lanes)
  }

  /// `a * b + c`, rounded once.
  func fma(_ a: EmittedValue, _ b: EmittedValue, _ c: EmittedValue) -> EmittedValue {
    a.with(intrinsic("llvm.fma", a.raw, b.raw, c.raw))
  }

  func select(
    _ condition: EmittedValue, _ a: EmittedValue, _ b: EmittedValue
  ) -> EmittedValue {
    a.with(select(condition.raw, a.raw, b.raw))
  }

  /// The bits read as another type of the same width.
  func bitcast(_ a: EmittedValue, to dtype: DType) -> EmittedValue {
    EmittedValue(
      raw: bitcast(a.raw, to: register(dtype, a.lanes)), dtype: dtype, lanes: a.lanes)
  }
}

extension ScalarOp.Comparison {
  fileprivate var floatingPredicate: LLVMRealPredicate {
    switch self {
    case .eq: LLVMRealOEQ
    case .ne: LLVMRealUNE
    case .lt: LLVMRealOLT
    case .le: LLVMRealOLE
    case .gt: LLVMRealOGT
    case .ge: LLVMRealOGE
    }
  }

  fileprivate var signedPredicate: LLVMIntPredicate {
    switch self {
    case .eq: LLVMIntEQ
    case .ne: LLVMIntNE
    case .lt: LLVMIntSLT
    case .le: LLVMIntSLE
    case .gt: LLVMIntSGT
    case .ge: LLVMIntSGE
    }
  }

  fileprivate var unsignedPredicate: LLVMIntPredicate {
    switch self {
    case .eq: LLVMIntEQ
    case .ne: LLVMIntNE
    case .lt: LLVMIntULT
    case .le: LLVMIntULE
    case .gt: LLVMIntUGT
    case .ge: LLVMIntUGE
    }
  }
}
