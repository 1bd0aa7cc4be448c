import CLLVM
import ScalarIR

// Integer operations that LLVM leaves undefined for some operands, or has no vector code for.

extension InstructionBuilder {
  /// The total quotient: x div 0 is −1 (unsigned: the greatest), least div −1 is least.
  func quotient(_ a: EmittedValue, _ b: EmittedValue) -> LLVMValueRef {
    let isZero = compare(LLVMIntEQ, b.raw, constant(0, type(of: b.raw)))
    return select(
      isZero, constant(-1, type(of: a.raw)),
      definedQuotient(a, b.with(safeDivisor(a, b, isZero: isZero))))
  }

  /// The total remainder: x rem 0 is x, least rem −1 is 0.
  func remainder(_ a: EmittedValue, _ b: EmittedValue) -> LLVMValueRef {
    let isZero = compare(LLVMIntEQ, b.raw, constant(0, type(of: b.raw)))
    let divisor = b.with(safeDivisor(a, b, isZero: isZero))
    let remainder: LLVMValueRef =
      if isDividedAsFloats(a) {
        sub(a.raw, mul(definedQuotient(a, divisor), divisor.raw))
      } else if a.dtype.isSignedInteger {
        LLVMBuildSRem(raw, a.raw, divisor.raw, "")
      } else {
        LLVMBuildURem(raw, a.raw, divisor.raw, "")
      }
    return select(isZero, a.raw, remainder)
  }

  /// The divisor, or 1 where the division would trap: least div 1 is least, as least div −1 is.
  private func safeDivisor(
    _ a: EmittedValue, _ b: EmittedValue, isZero: LLVMValueRef
  ) -> LLVMValueRef {
    let type = type(of: b.raw)
    guard a.dtype.isSignedInteger else { return select(isZero, constant(1, type), b.raw) }
    let isLeast = compare(LLVMIntEQ, a.raw, splat(constant(.lowest(a.dtype)), a.lanes).raw)
    let overflows = and(isLeast, compare(LLVMIntEQ, b.raw, constant(-1, type)))
    return select(or(isZero, overflows), constant(1, type), b.raw)
  }

  /// Vectors of integers that a float holds exactly are divided as floats; there is no vector
  /// instruction for integers.
  private func isDividedAsFloats(_ a: EmittedValue) -> Bool {
    a.isVector && a.dtype.bitWidth <= 32 && !isForGPU
  }

  /// The quotient by a divisor that makes it defined.
  ///
  /// The float quotient of whole numbers below 2^w lies at least 2^-w, relatively, below the next
  /// whole number unless it is one; so with more than w bits it truncates to the integer quotient.
  private func definedQuotient(_ a: EmittedValue, _ b: EmittedValue) -> LLVMValueRef {
    let isSigned = a.dtype.isSignedInteger
    guard isDividedAsFloats(a) else {
      return isSigned
        ? LLVMBuildSDiv(raw, a.raw, b.raw, "") : LLVMBuildUDiv(raw, a.raw, b.raw, "")
    }
    let float: DType = a.dtype.bitWidth == 32 ? .f64 : .f32
    let quotient: LLVMValueRef = LLVMBuildFDiv(
      raw, converted(a, to: float).raw, converted(b, to: float).raw, "")
    let type = type(of: a.raw)
    return isSigned
      ? LLVMBuildFPToSI(raw, quotient, type, "") : LLVMBuildFPToUI(raw, quotient, type, "")
  }

  /// A logical shift, 0 where the count is the width or more.
  func shift(
    _ a: EmittedValue, _ count: EmittedValue,
    _ shifted: (LLVMValueRef, LLVMValueRef) -> LLVMValueRef
  ) -> LLVMValueRef {
    let type = type(of: a.raw)
    let isInWidth = compare(LLVMIntULT, count.raw, constant(a.dtype.bitWidth, type))
    return select(isInWidth, shifted(a.raw, count.raw), constant(0, type))
  }

  /// An arithmetic shift of a signed integer; counts beyond the width shift as far as the sign.
  func arithmeticShift(_ a: EmittedValue, _ count: EmittedValue) -> LLVMValueRef {
    let last = constant(a.dtype.bitWidth - 1, type(of: a.raw))
    return LLVMBuildAShr(raw, a.raw, intrinsic("llvm.umin", count.raw, last), "")
  }

  /// The upper half of the double-width product.
  func highProduct(_ a: EmittedValue, _ b: EmittedValue) -> LLVMValueRef {
    if a.isVector && a.dtype.bitWidth == 64 && !isForGPU { return highProductOfWords(a, b) }
    let narrow = type(of: a.raw)
    let wide = vector(integer(2 * a.dtype.bitWidth), a.lanes)
    func extended(_ value: LLVMValueRef) -> LLVMValueRef {
      a.dtype.isSignedInteger
        ? LLVMBuildSExt(raw, value, wide, "") : zeroExtended(value, to: wide)
    }
    let product = mul(extended(a.raw), extended(b.raw))
    return truncated(shiftedRight(product, a.dtype.bitWidth), to: narrow)
  }

  /// The upper half of 64-bit lanes' products by their 32-bit halves, for which there is an
  /// instruction (Hacker's Delight, section 8-2).
  private func highProductOfWords(_ a: EmittedValue, _ b: EmittedValue) -> LLVMValueRef {
    let type = type(of: a.raw)
    let half = constant(0xFFFF_FFFF, type)
    let (aLow, aHigh) = (and(a.raw, half), shiftedRight(a.raw, 32))
    let (bLow, bHigh) = (and(b.raw, half), shiftedRight(b.raw, 32))
    let middle = add(mul(aHigh, bLow), shiftedRight(mul(aLow, bLow), 32))
    let other = add(mul(aLow, bHigh), and(middle, half))
    let unsigned = add(
      add(mul(aHigh, bHigh), shiftedRight(middle, 32)), shiftedRight(other, 32))
    guard a.dtype.isSignedInteger else { return unsigned }
    let zero = constant(0, type)
    let correctionA = select(compare(LLVMIntSLT, a.raw, zero), b.raw, zero)
    let correctionB = select(compare(LLVMIntSLT, b.raw, zero), a.raw, zero)
    return sub(sub(unsigned, correctionA), correctionB)
  }
}
