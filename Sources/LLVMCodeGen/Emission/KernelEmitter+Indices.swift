import CLLVM
import LoopIR
import ScalarIR

// Index arithmetic: what is known of an index, its value in the first lane, and in all lanes.

extension KernelEmitter {
  /// A power of two that divides the index in the first lane.
  func factor(of index: Index) -> Int {
    let limit = 1 << 30
    switch index {
    case .constant(let value):
      return value == 0 ? limit : min(limit, 1 << value.trailingZeroBitCount)
    case .variable(let name): return counters[name]?.factor ?? 1
    case .symbol, .value: return 1
    case .sum(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      return min(factor(of: a), factor(of: b))
    case .product(let a, let b): return min(limit, factor(of: a) * factor(of: b))
    case .quotient(let a, let b):
      guard let divisor = b.constant, divisor > 0, divisor.nonzeroBitCount == 1 else { return 1 }
      return max(1, factor(of: a) / divisor)
    case .remainder(let a, let b): return min(factor(of: a), factor(of: b))
    }
  }

  /// How much the index grows from one lane to the next; nil where that is not the same everywhere.
  func laneStride(of index: Index) -> Index? {
    guard let scope else { return 0 }
    switch index {
    case .constant, .symbol: return 0
    case .variable(let name): return name == scope.variable ? 1 : 0
    case .value(let name): return scalars[name]?.isVector == true ? nil : 0
    case .sum(let a, let b):
      guard let x = laneStride(of: a), let y = laneStride(of: b) else { return nil }
      return x + y
    case .product(let a, let b):
      guard let x = laneStride(of: a), let y = laneStride(of: b) else { return nil }
      if x == 0 { return a * y }
      return y == 0 ? x * b : nil
    case .quotient(let a, let b):
      return staysInQuotient(a, b) ? 0 : nil
    case .remainder(let a, let b):
      return staysInQuotient(a, b) ? laneStride(of: a) : nil
    case .minimum(let a, let b), .maximum(let a, let b):
      return isUniform(a) && isUniform(b) ? 0 : nil
    }
  }

  /// How an index moves from one lane to the next.
  enum LaneMotion: Hashable {
    /// By 0, by 1 or by −1 …
    case still, forward, backward
    /// … or in any other way.
    case irregular
  }

  func motion(of index: Index) -> LaneMotion {
    let stride = laneStride(of: index)?.constant
    if stride == 0 { return .still }
    if stride == 1 { return .forward }
    return stride == -1 ? .backward : .irregular
  }

  /// Whether the quotient of the two is the same in all lanes.
  ///
  /// So it is where the lanes' numerators fill an aligned run that divides the divisor.
  private func staysInQuotient(_ a: Index, _ b: Index) -> Bool {
    guard let scope, isUniform(b), let stride = laneStride(of: a)?.constant else { return false }
    if stride == 0 { return true }
    guard stride > 0, let divisor = b.constant else { return false }
    let run = stride * scope.lanes
    return divisor % run == 0 && factor(of: a) % run == 0
  }

  func isUniform(_ index: Index) -> Bool { laneStride(of: index) == 0 }

  /// Whether the index is at least 0 for sure; loop variables and sizes are.
  private func isNonnegative(_ index: Index) -> Bool {
    switch index {
    case .constant(let value): return value >= 0
    case .variable, .symbol, .remainder: return true
    case .value(let name):
      guard let dtype = scalars[name]?.dtype else { return false }
      return dtype.isUnsignedInteger && dtype.bitWidth < 64
    case .sum(let a, let b), .product(let a, let b), .minimum(let a, let b):
      return isNonnegative(a) && isNonnegative(b)
    case .quotient(let a, _): return isNonnegative(a)
    case .maximum(let a, let b): return isNonnegative(a) || isNonnegative(b)
    }
  }

  /// The value of the index in the first lane, as `i64`.
  func emit(_ index: Index) throws(CodeGenError) -> LLVMValueRef {
    if let narrow = try emitNarrow(index) { return narrow }
    switch index {
    case .constant(let value): return builder.index(value)
    case .variable(let name):
      guard let counter = counters[name] else {
        throw invalid("there is no loop over '\(name.name)' here")
      }
      return counter.raw
    case .symbol(let name):
      guard let size = symbols[name] else { throw invalid("there is no size '\(name)'") }
      return size
    case .value(let name):
      let value = try scalar(name)
      guard !value.isVector else { throw invalid("'\(name.name)' differs from lane to lane") }
      return builder.converted(value, to: .i64).raw
    case .sum(let a, let b):
      return LLVMBuildNSWAdd(builder.raw, try emit(a), try emit(b), "")
    case .product(let a, let b):
      return LLVMBuildNSWMul(builder.raw, try emit(a), try emit(b), "")
    case .quotient(let a, let b): return try emitDivision(a, b).quotient
    case .remainder(let a, let b): return try emitDivision(a, b).remainder
    case .minimum(let a, let b):
      return builder.intrinsic("llvm.smin", try emit(a), try emit(b))
    case .maximum(let a, let b):
      return builder.intrinsic("llvm.smax", try emit(a), try emit(b))
    }
  }

  /// Flooring division; a divisor below 1, which only code that does not run may have, counts as 1.
  private func emitDivision(
    _ a: Index, _ b: Index
  ) throws(CodeGenError) -> (quotient: LLVMValueRef, remainder: LLVMValueRef) {
    let numerator = try emit(a)
    if let divisor = b.constant, divisor > 0, divisor.nonzeroBitCount == 1 {
      return (
        LLVMBuildAShr(
          builder.raw, numerator, builder.index(divisor.trailingZeroBitCount), ""),
        builder.and(numerator, builder.index(divisor - 1))
      )
    }
    let divisor = builder.intrinsic("llvm.smax", try emit(b), builder.index(1))
    return divided(numerator, divisor, isNonnegative: isNonnegative(a))
  }

  /// Flooring division of scalars or vectors by positive divisors.
  func divided(
    _ numerator: LLVMValueRef, _ divisor: LLVMValueRef, isNonnegative: Bool
  ) -> (quotient: LLVMValueRef, remainder: LLVMValueRef) {
    if isNonnegative {
      let quotient: LLVMValueRef = LLVMBuildUDiv(builder.raw, numerator, divisor, "")
      return (quotient, builder.sub(numerator, builder.mul(quotient, divisor)))
    }
    let quotient: LLVMValueRef = LLVMBuildSDiv(builder.raw, numerator, divisor, "")
    let remainder = builder.sub(numerator, builder.mul(quotient, divisor))
    let zero = builder.constant(0, builder.type(of: numerator))
    let isBelow = builder.compare(LLVMIntSLT, remainder, zero)
    let floor = LLVMBuildSExt(builder.raw, isBelow, builder.type(of: numerator), "")
    return (
      LLVMBuildAdd(builder.raw, quotient, floor, ""),
      builder.add(remainder, builder.select(isBelow, divisor, zero))
    )
  }
}

// Indices in all lanes of a vector loop.
extension KernelEmitter {
  /// The values of the index, as a vector of `i64`.
  func emitLanes(_ index: Index) throws(CodeGenError) -> LLVMValueRef {
    guard let lanes = scope?.lanes else { return try emit(index) }
    if let stride = laneStride(of: index) {
      let first = builder.splat(try emit(index), lanes)
      if stride == 0 { return first }
      return builder.add(first, try laneOffsets(stride, builder.i64))
    }
    switch index {
    case .constant, .symbol, .variable: return builder.splat(try emit(index), lanes)
    case .value(let name):
      return builder.splat(builder.converted(try scalar(name), to: .i64), lanes).raw
    case .sum(let a, let b): return builder.add(try emitLanes(a), try emitLanes(b))
    case .product(let a, let b): return builder.mul(try emitLanes(a), try emitLanes(b))
    case .quotient(let a, let b): return try emitDivisionLanes(a, b).quotient
    case .remainder(let a, let b): return try emitDivisionLanes(a, b).remainder
    case .minimum(let a, let b):
      return builder.intrinsic("llvm.smin", try emitLanes(a), try emitLanes(b))
    case .maximum(let a, let b):
      return builder.intrinsic("llvm.smax", try emitLanes(a), try emitLanes(b))
    }
  }

  /// The lanes' distances from the first lane for a stride, as integers of a type.
  func laneOffsets(_ stride: Index, _ element: LLVMTypeRef) throws(CodeGenError) -> LLVMValueRef {
    guard let lanes = scope?.lanes else { return builder.constant(0, element) }
    if let distance = stride.constant {
      var offsets = (0..<lanes).map { builder.constant($0 &* distance, element) as LLVMValueRef? }
      return LLVMConstVector(&offsets, UInt32(lanes))
    }
    let scalar = LLVMBuildTrunc(builder.raw, try emit(stride), element, "")
    return builder.mul(
      builder.laneNumbers(element, lanes), builder.splat(scalar ?? builder.index(0), lanes))
  }

  /// Flooring division in all lanes.
  ///
  /// Where the numerator grows by a constant and the divisor is one, only the first lane is divided,
  /// and what the others differ from it is divided in narrow integers; vectors of `i64` cannot be.
  private func emitDivisionLanes(
    _ a: Index, _ b: Index
  ) throws(CodeGenError) -> (quotient: LLVMValueRef, remainder: LLVMValueRef) {
    let lanes = scope?.lanes ?? 1
    let wide = builder.vector(builder.i64, lanes)
    if let stride = laneStride(of: a)?.constant, let divisor = b.constant, stride > 0,
      stride < 1 << 20, divisor > 0, divisor < 1 << 30
    {
      let first = try emitDivision(a, b)
      let start = builder.splat(builder.truncated(first.remainder, to: builder.i32), lanes)
      let numerators = builder.add(start, try laneOffsets(.constant(stride), builder.i32))
      let divisors = builder.constant(divisor, builder.vector(builder.i32, lanes))
      let quotients: LLVMValueRef = LLVMBuildUDiv(builder.raw, numerators, divisors, "")
      let remainders = builder.sub(numerators, builder.mul(quotients, divisors))
      return (
        builder.add(
          builder.splat(first.quotient, lanes), builder.zeroExtended(quotients, to: wide)),
        builder.zeroExtended(remainders, to: wide)
      )
    }
    let divisor = builder.intrinsic(
      "llvm.smax", try emitLanes(b), builder.constant(1, wide))
    return divided(try emitLanes(a), divisor, isNonnegative: isNonnegative(a))
  }

  /// The index as a number of an integer type, wrapped to it.
  func emitNumber(_ index: Index, _ dtype: DType) throws(CodeGenError) -> EmittedValue {
    let stride = laneStride(of: index)
    guard let lanes = scope?.lanes, stride != 0 else {
      let value = EmittedValue(raw: try emit(index), dtype: .i64, lanes: 1)
      return builder.converted(value, to: dtype)
    }
    guard let stride, dtype.bitWidth < 64 else {
      let value = EmittedValue(raw: try emitLanes(index), dtype: .i64, lanes: lanes)
      return builder.converted(value, to: dtype)
    }
    let element = builder.register(dtype)
    let first = builder.splat(builder.truncated(try emit(index), to: element), lanes)
    return EmittedValue(
      raw: builder.add(first, try laneOffsets(stride, element)), dtype: dtype, lanes: lanes)
  }
}
