import CLLVM
import LoopIR

// GPUs compute 64-bit integers in pieces. An index that, with all that it is made of, is known to fit
// 32 bits is computed in these, and widened where it is used.

extension KernelEmitter {
  /// The index as an `i64` that was computed in 32 bits; nil where it may not fit.
  func emitNarrow(_ index: Index) throws(CodeGenError) -> LLVMValueRef? {
    guard grid != nil, !index.isLeaf, fits(index), let range = bounds.range(of: index) else {
      return nil
    }
    let value = try narrow(index)
    return range.lowerBound >= 0
      ? builder.zeroExtended(value, to: builder.i64)
      : LLVMBuildSExt(builder.raw, value, builder.i64, "")
  }

  private func fits(_ index: Index) -> Bool {
    guard let range = bounds.range(of: index), range.lowerBound >= Int(Int32.min),
      range.upperBound <= Int(Int32.max)
    else { return false }
    switch index {
    case .constant, .variable: return true
    case .symbol, .value: return false
    case .quotient(let a, let b), .remainder(let a, let b):
      guard let divisors = bounds.range(of: b), divisors.lowerBound >= 1 else { return false }
      return fits(a) && fits(b)
    case .sum(let a, let b), .product(let a, let b), .minimum(let a, let b),
      .maximum(let a, let b):
      return fits(a) && fits(b)
    }
  }

  private func narrow(_ index: Index) throws(CodeGenError) -> LLVMValueRef {
    switch index {
    case .constant(let value): return builder.constant(value, builder.i32)
    case .variable, .symbol, .value:
      return builder.truncated(try emit(index), to: builder.i32)
    case .sum(let a, let b):
      return LLVMBuildNSWAdd(builder.raw, try narrow(a), try narrow(b), "")
    case .product(let a, let b):
      return LLVMBuildNSWMul(builder.raw, try narrow(a), try narrow(b), "")
    case .quotient(let a, let b): return try narrowDivision(a, b).quotient
    case .remainder(let a, let b): return try narrowDivision(a, b).remainder
    case .minimum(let a, let b):
      return builder.intrinsic("llvm.smin", try narrow(a), try narrow(b))
    case .maximum(let a, let b):
      return builder.intrinsic("llvm.smax", try narrow(a), try narrow(b))
    }
  }

  private func narrowDivision(
    _ a: Index, _ b: Index
  ) throws(CodeGenError) -> (quotient: LLVMValueRef, remainder: LLVMValueRef) {
    let isNonnegative = (bounds.range(of: a)?.lowerBound ?? -1) >= 0
    return divided(try narrow(a), try narrow(b), isNonnegative: isNonnegative)
  }
}

extension Index {
  fileprivate var isLeaf: Bool {
    switch self {
    case .constant, .variable, .symbol, .value: true
    case .sum, .product, .quotient, .remainder, .minimum, .maximum: false
    }
  }
}
