import CLLVM
import LoopIR
import ScalarIR

// Blocks, threads, barriers and shared memory.

extension KernelEmitter {
  /// A loop over the blocks of a grid.
  ///
  /// The host starts as many blocks as the loop has iterations. Where there may be more than a grid
  /// holds, each block goes on to the iteration that lies a grid's width behind.
  func emitBlocks(_ loop: Loop, _ axis: Int) throws(CodeGenError) {
    guard let grid else { throw mappedForGrid(loop) }
    let limit = GridShape.blockLimits[axis]
    if let extent = loop.extent.constant, extent <= limit {
      counters[loop.variable] =
        extent == 1
        ? constantCounter(0)
        : Counter(raw: sreg("ctaid", axis, below: max(1, extent)), factor: 1)
      return try emit(loop.body)
    }
    let end = try emit(loop.extent)
    let start = sreg("ctaid", axis, below: limit)
    let step = sreg("nctaid", axis, below: limit + 1)
    let before = builder.block
    let body = builder.makeBlock("block")
    let after = builder.makeBlock("done")
    builder.branch(if: builder.compare(LLVMIntSLT, start, end), to: body, else: after)
    builder.position(atEndOf: body)
    let counter = builder.phi(builder.i64)
    builder.addIncoming(start, from: before, to: counter)
    counters[loop.variable] = Counter(raw: counter, factor: 1)
    try emit(loop.body)
    // The next iteration does not overwrite shared memory before all have read it.
    if !grid.sharedOffsets.isEmpty { barrier() }
    let next: LLVMValueRef = LLVMBuildNSWAdd(builder.raw, counter, step, "")
    builder.addIncoming(next, from: builder.block, to: counter)
    builder.branch(if: builder.compare(LLVMIntSLT, next, end), to: body, else: after)
    builder.position(atEndOf: after)
  }

  /// A loop over the threads of a block.
  func emitThreads(_ loop: Loop, _ axis: Int) throws(CodeGenError) {
    guard let grid else { throw mappedForGrid(loop) }
    let extent = grid.threads[axis]
    counters[loop.variable] =
      extent == 1
      ? constantCounter(0) : Counter(raw: sreg("tid", axis, below: extent), factor: 1)
    try emit(loop.body)
  }

  /// Waits for all threads of the block.
  func emitBarrier() throws(CodeGenError) {
    guard grid != nil else { throw invalid("a barrier is mapped for a grid, not for a CPU") }
    barrier()
  }

  /// What the thread in a lane of the same warp has; what is wider than 32 bits goes in two halves.
  func emitShuffle(
    _ value: EmittedValue, from lane: LLVMValueRef
  ) throws(CodeGenError) -> EmittedValue {
    guard grid != nil else { throw invalid("a shuffle is mapped for a grid, not for a CPU") }
    func cast(_ word: LLVMValueRef, _ type: LLVMTypeRef) -> LLVMValueRef {
      LLVMBuildIntCast2(builder.raw, word, type, 0, "")
    }
    let (lane, all) = (cast(lane, builder.i32), builder.constant(-1, builder.i32))
    func moved(_ word: LLVMValueRef) -> LLVMValueRef {
      builder.intrinsic(
        "llvm.nvvm.shfl.sync.idx.i32", overloads: [],
        [all, word, lane, builder.constant(Expression.warpThreads - 1, builder.i32)])
    }
    let bits = builder.integer(value.dtype.bitWidth)
    var word = builder.bitcast(value.raw, to: bits)
    let low = moved(cast(word, builder.i32))
    if value.dtype.bitWidth > 32 {
      let half = builder.constant(32, bits)
      let high = moved(cast(LLVMBuildLShr(builder.raw, word, half, ""), builder.i32))
      let shifted: LLVMValueRef = LLVMBuildShl(builder.raw, cast(high, bits), half, "")
      word = builder.or(cast(low, bits), shifted)
    } else {
      word = cast(low, bits)
    }
    return value.with(builder.bitcast(word, to: builder.register(value.dtype)))
  }

  private func barrier() { _ = builder.intrinsic("llvm.nvvm.barrier0", overloads: [], []) }

  private func mappedForGrid(_ loop: Loop) -> CodeGenError {
    invalid("the loop over '\(loop.variable.name)' is mapped for a grid, not for a CPU")
  }

  /// A special register of the axis, whose value is known to be below a bound, as an `i64`.
  private func sreg(_ name: String, _ axis: Int, below bound: Int) -> LLVMValueRef {
    let value = builder.intrinsic(
      "llvm.nvvm.read.ptx.sreg.\(name).\(["x", "y", "z"][axis])", overloads: [], [])
    var ends = [0, bound].map {
      LLVMValueAsMetadata(builder.constant($0, builder.i32)) as LLVMMetadataRef?
    }
    let range = LLVMMetadataAsValue(
      builder.context, LLVMMDNodeInContext2(builder.context, &ends, 2))
    LLVMSetMetadata(value, LLVMGetMDKindIDInContext(builder.context, "range", 5), range)
    return builder.zeroExtended(value, to: builder.i64)
  }
}

// Memory that a block's threads share.
extension KernelEmitter {
  /// Whether a scratch array is one of a block.
  func isShared(_ name: String) -> Bool { grid?.sharedOffsets[name] != nil }

  /// An array in the memory that the kernel's block has, at its place there.
  func declareShared(_ name: String, _ dtype: DType, _ count: Int) throws(CodeGenError) {
    guard let grid, let offset = grid.sharedOffsets[name] else {
      throw invalid("the shared array '\(name)' has no place")
    }
    let pointer = builder.element(
      builder.integer(8), sharedMemory(grid), builder.index(offset))
    declare(
      name,
      Array(
        pointer: pointer, dtype: dtype, isScratch: true, alignment: GridShape.sharedAlignment,
        isStreamed: false))
  }

  /// The kernel's block of shared memory: of known size, or, where that is more than a kernel may
  /// have by itself, whatever the launch gives it.
  private func sharedMemory(_ grid: GridShape) -> LLVMValueRef {
    let name = kernel.name + "_shared"
    if let known = LLVMGetNamedGlobal(builder.module, name) { return known }
    let isDynamic = grid.sharedBytes > GridShape.staticSharedLimit
    let type: LLVMTypeRef = LLVMArrayType2(
      builder.integer(8), isDynamic ? 0 : UInt64(grid.sharedBytes))
    let memory: LLVMValueRef = LLVMAddGlobalInAddressSpace(
      builder.module, type, name, GPUAddressSpace.shared)
    LLVMSetAlignment(memory, UInt32(GridShape.sharedAlignment))
    if isDynamic {
      LLVMSetLinkage(memory, LLVMExternalLinkage)
    } else {
      LLVMSetLinkage(memory, LLVMInternalLinkage)
      LLVMSetInitializer(memory, LLVMGetUndef(type))
    }
    return memory
  }

  /// How many elements a thread moves at once: 16 bytes of the widest array in the loop.
  func vectorLanes(_ loop: Loop) -> Int {
    var widest = 1
    loop.body.visit { statement, _ in
      switch statement {
      case .define(_, _, .load(let name, _, _, _)), .store(let name, _, _):
        widest = max(widest, arrays[name]?.dtype.byteWidth ?? 1)
      case .define, .loop, .conditional, .scratch, .barrier: break
      }
    }
    return 16 / widest
  }
}
