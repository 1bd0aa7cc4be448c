import CLLVM
import ScalarIR

// Conversions between element types, by the rules of `ScalarValue.converted(to:)`.
//
// Conversions that have no instruction are made of those that have one, because LLVM would call a
// library function for them. Where a value passes through a narrower type on its way, it is rounded
// to odd there: that keeps enough of what was cut off for the second rounding to be exact.

extension InstructionBuilder {
  func converted(_ a: EmittedValue, to target: DType) -> EmittedValue {
    if a.dtype == target { return a }
    switch target {
    case .bool: return isNonzero(a)
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8: return convertedToInteger(a, target)
    case .f64, .f32: return convertedToFloat(a, target)
    case .f16: return convertedToHalf(a)
    case .bf16: return convertedToBrainFloat(a)
    }
  }

  private func value(_ raw: LLVMValueRef, _ dtype: DType, like a: EmittedValue) -> EmittedValue {
    EmittedValue(raw: raw, dtype: dtype, lanes: a.lanes)
  }

  /// Whether the value differs from zero; a NaN does.
  private func isNonzero(_ a: EmittedValue) -> EmittedValue {
    let holds: LLVMValueRef =
      switch a.dtype {
      case .f64, .f32: compare(LLVMRealUNE, a.raw, floating(0, like: a))
      case .f16, .bf16:
        compare(
          LLVMIntNE, and(a.raw, constant(0x7FFF, type(of: a.raw))),
          constant(0, type(of: a.raw)))
      case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
        compare(LLVMIntNE, a.raw, constant(0, type(of: a.raw)))
      }
    return value(holds, .bool, like: a)
  }

  /// Integers wrap; floats are truncated and saturate, NaN gives 0.
  private func convertedToInteger(_ a: EmittedValue, _ target: DType) -> EmittedValue {
    let type = register(target, a.lanes)
    switch a.dtype {
    case .f16, .bf16: return convertedToInteger(converted(a, to: .f32), target)
    case .f64, .f32:
      let name = target.isSignedInteger ? "llvm.fptosi.sat" : "llvm.fptoui.sat"
      return value(
        intrinsic(name, overloads: [type, self.type(of: a.raw)], [a.raw]), target, like: a)
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
      return value(
        LLVMBuildIntCast2(raw, a.raw, type, a.dtype.isSignedInteger ? 1 : 0, ""), target, like: a)
    }
  }

  /// Conversions to `f32` and `f64`, of which each is one instruction.
  private func convertedToFloat(_ a: EmittedValue, _ target: DType) -> EmittedValue {
    let type = register(target, a.lanes)
    switch a.dtype {
    case .f32: return value(LLVMBuildFPExt(raw, a.raw, type, ""), target, like: a)
    case .f64: return value(LLVMBuildFPTrunc(raw, a.raw, type, ""), target, like: a)
    case .f16:
      let half = bitcast(a.raw, to: vector(LLVMHalfTypeInContext(context), a.lanes))
      // LLVM would narrow comparisons and extrema of extended halves, which it then splits into
      // scalars, and wrongly for an extremum of an extremum with NaN (LLVM 19); not past a fence.
      let wide: LLVMValueRef = LLVMBuildFPExt(raw, half, register(.f32, a.lanes), "")
      let single = value(intrinsic("llvm.arithmetic.fence", wide), .f32, like: a)
      return converted(single, to: target)
    case .bf16:
      let bits = shiftedLeft(zeroExtended(a.raw, to: vector(i32, a.lanes)), 16)
      return converted(bitcast(value(bits, .u32, like: a), to: .f32), to: target)
    case .i64, .i32, .i16, .i8:
      return value(LLVMBuildSIToFP(raw, a.raw, type, ""), target, like: a)
    case .u64, .u32, .u16, .u8:
      return value(LLVMBuildUIToFP(raw, a.raw, type, ""), target, like: a)
    case .bool:
      return constant(.one(target), a.lanes).with(
        select(a.raw, constant(.one(target), a.lanes).raw, constant(.zero(target), a.lanes).raw))
    }
  }

  private func convertedToHalf(_ a: EmittedValue) -> EmittedValue {
    switch a.dtype {
    case .f32:
      let half: LLVMValueRef = LLVMBuildFPTrunc(
        raw, a.raw, vector(LLVMHalfTypeInContext(context), a.lanes), "")
      return value(bitcast(half, to: register(.f16, a.lanes)), .f16, like: a)
    case .f64: return convertedToHalf(roundedToOdd(a))
    case .f16, .bf16, .bool, .i16, .i8, .u16, .u8:
      return convertedToHalf(converted(a, to: .f32))
    case .i64, .i32, .u64, .u32:
      // Beyond the greatest `f16` all integers give an infinity, and up to it `f32` is exact.
      let bound = 1 << 17
      let type = type(of: a.raw)
      let clamped: LLVMValueRef =
        if a.dtype.isSignedInteger {
          intrinsic(
            "llvm.smax", intrinsic("llvm.smin", a.raw, constant(bound, type)),
            constant(-bound, type))
        } else {
          intrinsic("llvm.umin", a.raw, constant(bound, type))
        }
      return convertedToHalf(converted(a.with(clamped), to: .f32))
    }
  }

  private func convertedToBrainFloat(_ a: EmittedValue) -> EmittedValue {
    switch a.dtype {
    case .f32:
      let wide = vector(i32, a.lanes)
      let bits = bitcast(a.raw, to: wide)
      let isOdd = and(shiftedRight(bits, 16), constant(1, wide))
      let rounded = shiftedRight(add(add(bits, constant(0x7FFF, wide)), isOdd), 16)
      let isNaN = compare(LLVMRealUNO, a.raw, a.raw)
      let chosen = select(isNaN, constant(0x7FC0, wide), rounded)
      return value(truncated(chosen, to: register(.bf16, a.lanes)), .bf16, like: a)
    case .f64: return convertedToBrainFloat(roundedToOdd(a))
    case .f16, .bf16, .bool, .i16, .i8, .u16, .u8:
      return convertedToBrainFloat(converted(a, to: .f32))
    case .i32, .u32: return convertedToBrainFloat(converted(a, to: .f64))
    case .i64, .u64:
      return convertedToBrainFloat(converted(a.with(roundedToOddWord(a)), to: .f64))
    }
  }

  /// An `f64` rounded to odd in `f32`.
  private func roundedToOdd(_ a: EmittedValue) -> EmittedValue {
    let nearest = converted(a, to: .f32)
    let back = converted(nearest, to: .f64)
    let isInexact = compare(LLVMRealONE, back.raw, a.raw)
    let isAbove = compare(
      LLVMRealOGT, intrinsic("llvm.fabs", back.raw), intrinsic("llvm.fabs", a.raw))
    let wide = vector(i32, a.lanes)
    let bits = bitcast(nearest.raw, to: wide)
    let truncated = select(isAbove, sub(bits, constant(1, wide)), bits)
    let odd = select(isInexact, or(truncated, constant(1, wide)), bits)
    return bitcast(value(odd, .u32, like: a), to: .f32)
  }

  /// A 64-bit integer as one that `f64` holds: beyond 2^53, rounded to odd multiples of 2^12.
  private func roundedToOddWord(_ a: EmittedValue) -> LLVMValueRef {
    let type = type(of: a.raw)
    let low = and(a.raw, constant(0xFFF, type))
    let isInexact = compare(LLVMIntNE, low, constant(0, type))
    let odd = or(
      sub(a.raw, low), select(isInexact, constant(0x1000, type), constant(0, type)))
    let isSmall: LLVMValueRef =
      if a.dtype.isSignedInteger {
        compare(LLVMIntULT, add(a.raw, constant(1 << 53, type)), constant(1 << 54, type))
      } else {
        compare(LLVMIntULT, a.raw, constant(1 << 53, type))
      }
    return select(isSmall, a.raw, odd)
  }
}
