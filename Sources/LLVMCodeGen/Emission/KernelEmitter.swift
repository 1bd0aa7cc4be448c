import CLLVM
import LoopIR
import ScalarIR

/// Emits the function of one kernel: `void NAME(void** arrays, const int64_t* symbols, int64_t
/// begin, int64_t end)`.
///
/// Vectors are made here, from the loops that are marked for it; later passes only clean up. No two
/// arrays are claimed to be distinct, because a launch may bind one buffer twice.
final class KernelEmitter {
  /// Where an array lives.
  struct Array {
    let pointer: LLVMValueRef
    let dtype: DType
    let isScratch: Bool
    /// The bytes to which its first element is aligned.
    let alignment: Int
    /// Whether whole vectors of it are stored past the caches.
    let isStreamed: Bool
  }

  /// The value of a loop variable: in a vector loop, that of the first lane.
  struct Counter {
    let raw: LLVMValueRef
    /// A power of two that divides the value.
    let factor: Int
  }

  /// The vector loop whose body is being emitted.
  struct LaneScope {
    let variable: Variable
    let lanes: Int
    /// The lanes that run; nil where all do.
    var mask: LLVMValueRef?
    /// Whether there may be no lane that runs.
    var mayBeIdle = false
  }

  let kernel: Kernel
  let builder: InstructionBuilder
  private let entry: LLVMBasicBlockRef
  private(set) var arrays: [String: Array] = [:]
  private(set) var symbols: [String: LLVMValueRef] = [:]
  var scalars: [Variable: EmittedValue] = [:]
  var counters: [Variable: Counter] = [:]
  var scope: LaneScope?
  /// What is known of loop variables.
  var bounds = IndexBounds()
  /// How the kernel is spread over a GPU; nil on a CPU.
  let grid: GridShape?
  private var scratchBytes = 0

  /// More would endanger the stacks of worker threads.
  static let scratchLimit = 4 << 20
  /// What a thread of a GPU may have.
  static let threadLimit = 512 << 10

  private init(
    _ kernel: Kernel, in module: borrowing LLVMModuleHandle, function: LLVMValueRef,
    symbols: [String], streamed: Set<String>, alignments: [Int]
  ) {
    self.kernel = kernel
    grid = nil
    builder = InstructionBuilder(for: module)
    entry = LLVMAppendBasicBlockInContext(module.context, function, "entry")
    builder.position(atEndOf: entry)
    for (position, parameter) in kernel.parameters.enumerated() {
      let pointer = builder.load(
        builder.pointer, LLVMGetParam(function, 0), position, alignment: 8)
      LLVMSetValueName2(pointer, parameter.name, parameter.name.utf8.count)
      arrays[parameter.name] = Array(
        pointer: pointer, dtype: parameter.dtype, isScratch: false,
        alignment: alignments[position],
        isStreamed: streamed.contains(parameter.name))
    }
    for (position, symbol) in symbols.enumerated() {
      let size = builder.load(builder.i64, LLVMGetParam(function, 1), position, alignment: 8)
      LLVMSetValueName2(size, symbol, symbol.utf8.count)
      self.symbols[symbol] = size
    }
    let body = builder.makeBlock("body")
    builder.branch(to: body)
    builder.position(atEndOf: body)
  }

  /// An emitter of a kernel for a GPU, whose function has the arrays and then the symbols as
  /// parameters.
  init(
    _ kernel: Kernel, mapped grid: GridShape, in module: borrowing LLVMModuleHandle,
    function: LLVMValueRef, symbols: [String], alignments: [Int]
  ) {
    self.kernel = kernel
    self.grid = grid
    builder = InstructionBuilder(for: module, isForGPU: true)
    entry = LLVMAppendBasicBlockInContext(module.context, function, "entry")
    builder.position(atEndOf: entry)
    for (position, parameter) in kernel.parameters.enumerated() {
      arrays[parameter.name] = Array(
        pointer: LLVMGetParam(function, UInt32(position)), dtype: parameter.dtype,
        isScratch: false, alignment: alignments[position], isStreamed: false)
    }
    for (position, symbol) in symbols.enumerated() {
      self.symbols[symbol] = LLVMGetParam(
        function, UInt32(kernel.parameters.count + position))
    }
    let body = builder.makeBlock("body")
    builder.branch(to: body)
    builder.position(atEndOf: body)
  }

  /// Adds the function of `kernel` to `module`.
  static func emit(
    _ kernel: Kernel, into module: borrowing LLVMModuleHandle, symbols: [String],
    for cpu: HostCPU, streamed: Set<String>, alignments: [Int]
  ) throws(CodeGenError) {
    let pointer: LLVMTypeRef = LLVMPointerTypeInContext(module.context, 0)
    let i64: LLVMTypeRef = LLVMInt64TypeInContext(module.context)
    var parameters: [LLVMTypeRef?] = [pointer, pointer, i64, i64]
    let type = LLVMFunctionType(LLVMVoidTypeInContext(module.context), &parameters, 4, 0)
    guard let function = LLVMAddFunction(module.raw, kernel.name, type) else {
      throw .invalidKernel(kernel.name, "it could not be added")
    }
    module.setHostAttributes(of: function, for: cpu)
    let emitter = KernelEmitter(
      kernel, in: module, function: function, symbols: symbols, streamed: streamed,
      alignments: alignments)
    if case .loop(let loop)? = kernel.body.first, loop.mark == .parallel, kernel.body.count == 1 {
      try emitter.emitCountedLoop(
        loop.variable, from: LLVMGetParam(function, 2), to: LLVMGetParam(function, 3), step: 1
      ) { () throws(CodeGenError) in try emitter.emit(loop.body) }
    } else {
      try emitter.emit(kernel.body)
    }
    if !streamed.isEmpty { emitter.builder.streamFence() }
    LLVMBuildRetVoid(emitter.builder.raw)
  }

  func invalid(_ message: String) -> CodeGenError { .invalidKernel(kernel.name, message) }
}

// Statements.
extension KernelEmitter {
  /// Emits statements in order, but those at the positions in `skipped`.
  func emit(_ body: [Statement], skipping skipped: Set<Int> = []) throws(CodeGenError) {
    for (position, statement) in body.enumerated() where !skipped.contains(position) {
      switch statement {
      case .loop(let loop): try emit(loop)
      case .define(let variable, let dtype, let expression):
        scalars[variable] = try emit(expression, dtype)
      case .store(let array, let index, let value):
        try store(scalar(value), to: array, at: index)
      case .conditional(let condition, let then, let otherwise):
        try emitConditional(condition, then, otherwise)
      case .scratch(let name, let dtype, let count):
        try declareScratch(name, dtype, count)
      case .barrier: try emitBarrier()
      }
    }
  }

  private func declareScratch(
    _ name: String, _ dtype: DType, _ count: Int
  ) throws(CodeGenError) {
    if isShared(name) { return try declareShared(name, dtype, count) }
    scratchBytes += count * dtype.byteWidth
    let limit = grid == nil ? KernelEmitter.scratchLimit : KernelEmitter.threadLimit
    guard scratchBytes <= limit else {
      throw invalid("its scratch arrays take more than \(limit) bytes")
    }
    let block = builder.block
    LLVMPositionBuilderBefore(builder.raw, LLVMGetBasicBlockTerminator(entry))
    let pointer: LLVMValueRef = LLVMBuildAlloca(
      builder.raw, LLVMArrayType2(builder.memory(dtype), UInt64(max(1, count))), name)
    LLVMSetAlignment(pointer, UInt32(arrayAlignment))
    builder.position(atEndOf: block)
    declare(
      name,
      Array(
        pointer: pointer, dtype: dtype, isScratch: true, alignment: arrayAlignment,
        isStreamed: false))
  }

  /// Makes an array known under its name.
  func declare(_ name: String, _ array: Array) { arrays[name] = array }

  /// Branches; or, where the lanes of a vector loop differ, runs both bodies under masks. That is
  /// all there is to it, since what a body defines is visible in that body only.
  private func emitConditional(
    _ condition: Condition, _ then: [Statement], _ otherwise: [Statement]
  ) throws(CodeGenError) {
    guard isUniform(condition) else {
      let outer = scope
      let mask = try emitMask(condition)
      try emit(then, under: mask)
      if !otherwise.isEmpty { try emit(otherwise, under: builder.not(mask)) }
      scope = outer
      return
    }
    let thenBlock = builder.makeBlock("then")
    let elseBlock = builder.makeBlock("else")
    let join = builder.makeBlock("join")
    builder.branch(if: try emitScalar(condition), to: thenBlock, else: elseBlock)
    builder.position(atEndOf: thenBlock)
    try emit(then)
    builder.branch(to: join)
    builder.position(atEndOf: elseBlock)
    try emit(otherwise)
    builder.branch(to: join)
    builder.position(atEndOf: join)
  }

  private func emit(_ body: [Statement], under mask: LLVMValueRef) throws(CodeGenError) {
    let outer = scope
    scope?.mask = outer?.mask.map { builder.and($0, mask) } ?? mask
    scope?.mayBeIdle = true
    try emit(body)
    scope = outer
  }
}

// Expressions.
extension KernelEmitter {
  func scalar(_ variable: Variable) throws(CodeGenError) -> EmittedValue {
    guard let value = scalars[variable] else {
      throw invalid("'\(variable.name)' is used before it is defined")
    }
    return value
  }

  /// The operands, all with as many lanes as the widest.
  private func operands(_ variables: Variable...) throws(CodeGenError) -> [EmittedValue] {
    var values: [EmittedValue] = []
    for variable in variables { values.append(try scalar(variable)) }
    let lanes = values.reduce(1) { max($0, $1.lanes) }
    return values.map { builder.splat($0, lanes) }
  }

  private func emit(
    _ expression: Expression, _ dtype: DType
  ) throws(CodeGenError) -> EmittedValue {
    switch expression {
    case .constant(let value): return builder.constant(value)
    case .load(let array, let index, let condition, let otherwise):
      return try load(array, at: index, where: condition, otherwise: otherwise ?? .zero(dtype))
    case .index(let index): return try emitNumber(index, dtype)
    case .shuffle(let a, let lane):
      return try emitShuffle(try scalar(a), from: try emit(lane))
    case .unary(let op, let a): return builder.unary(op, try scalar(a))
    case .binary(let op, let a, let b):
      let values = try operands(a, b)
      return builder.binary(op, values[0], values[1])
    case .compare(let op, let a, let b):
      let values = try operands(a, b)
      return builder.compare(op, values[0], values[1])
    case .fma(let a, let b, let c):
      let values = try operands(a, b, c)
      return builder.fma(values[0], values[1], values[2])
    case .select(let a, let b, let c):
      let values = try operands(a, b, c)
      return builder.select(values[0], values[1], values[2])
    case .convert(let a): return builder.converted(try scalar(a), to: dtype)
    case .bitcast(let a): return builder.bitcast(try scalar(a), to: dtype)
    case .rarely(let path): return try emit(path)
    }
  }
}

/// The bytes to which every array is aligned.
let arrayAlignment = 64
