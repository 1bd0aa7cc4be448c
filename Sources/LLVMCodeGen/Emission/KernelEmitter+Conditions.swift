import CLLVM
import LoopIR

// Conditions, as one truth or as masks of lanes, and rare paths.

extension KernelEmitter {
  /// Whether the condition is the same in all lanes.
  func isUniform(_ condition: Condition) -> Bool { condition.clauses.allSatisfy(isUniform) }

  private func isUniform(_ clause: Condition.Clause) -> Bool {
    switch clause {
    case .less(let a, let b): isUniform(a) && isUniform(b)
    case .holds(let variable): scalars[variable]?.isVector != true
    }
  }

  /// The truth of a uniform condition.
  func emitScalar(_ condition: Condition) throws(CodeGenError) -> LLVMValueRef {
    var result = builder.constant(1, builder.integer(1))
    for clause in condition.clauses {
      result = builder.and(result, try emitScalar(clause))
    }
    return result
  }

  private func emitScalar(_ clause: Condition.Clause) throws(CodeGenError) -> LLVMValueRef {
    switch clause {
    case .less(let a, let b):
      return builder.compare(LLVMIntSLT, try emit(a), try emit(b))
    case .holds(let variable): return try scalar(variable).raw
    }
  }

  /// The lanes in which the condition holds.
  func emitMask(_ condition: Condition) throws(CodeGenError) -> LLVMValueRef {
    guard let lanes = scope?.lanes else { return try emitScalar(condition) }
    var result = builder.constant(1, builder.vector(builder.integer(1), lanes))
    for clause in condition.clauses {
      let mask =
        isUniform(clause)
        ? builder.splat(try emitScalar(clause), lanes) : try emitMask(clause, lanes)
      result = builder.and(result, mask)
    }
    return result
  }

  private func emitMask(
    _ clause: Condition.Clause, _ lanes: Int
  ) throws(CodeGenError) -> LLVMValueRef {
    switch clause {
    case .holds(let variable): return try scalar(variable).raw
    case .less(let a, let b):
      let (motionA, motionB) = (motion(of: a), motion(of: b))
      if motionA == .forward, motionB == .still {
        return mask(below: builder.sub(try emit(b), try emit(a)), lanes)
      }
      if motionA == .still, motionB == .forward {
        // a < b + lane where not lane < a - b + 1.
        let distance = builder.sub(try emit(a), try emit(b))
        return builder.not(mask(below: builder.add(distance, builder.index(1)), lanes))
      }
      return builder.compare(LLVMIntSLT, try emitLanes(a), try emitLanes(b))
    }
  }

  /// The lanes whose numbers are less than `count`, an `i64`.
  func mask(below count: LLVMValueRef, _ lanes: Int) -> LLVMValueRef {
    mask(
      belowLaneNumber: builder.intrinsic(
        "llvm.smax", builder.intrinsic("llvm.smin", count, builder.index(lanes)),
        builder.index(0)), lanes)
  }

  /// The lanes whose numbers are less than `count`, which is in 0 ... lanes.
  func mask(belowLaneNumber count: LLVMValueRef, _ lanes: Int) -> LLVMValueRef {
    let element = builder.integer(min(32, max(8, 512 / lanes)))
    let bound = builder.splat(builder.truncated(count, to: element), lanes)
    return builder.compare(LLVMIntSLT, builder.laneNumbers(element, lanes), bound)
  }
}

// Rare paths.
extension KernelEmitter {
  /// Branches around the path where no lane takes it. What it computes in the other lanes is not
  /// used; lanes under a mask may take it, too.
  func emit(_ path: RarePath) throws(CodeGenError) -> EmittedValue {
    let lanes = scope?.lanes ?? 1
    let condition = try scalar(path.condition)
    let fast = builder.splat(try scalar(path.fast), lanes)
    let slowBlock = builder.makeBlock("rare")
    let join = builder.makeBlock("join")
    let origin = builder.block
    builder.branch(
      if: condition.isVector ? builder.isAny(condition.raw) : condition.raw, to: slowBlock,
      else: join, isRare: true)
    builder.position(atEndOf: slowBlock)
    try emit(path.body)
    let slow = builder.select(
      builder.splat(condition, lanes), builder.splat(try scalar(path.slow), lanes), fast)
    let end = builder.block
    builder.branch(to: join)
    builder.position(atEndOf: join)
    let phi = builder.phi(builder.type(of: fast.raw))
    builder.addIncoming(slow.raw, from: end, to: phi)
    builder.addIncoming(fast.raw, from: origin, to: phi)
    return fast.with(phi)
  }
}
