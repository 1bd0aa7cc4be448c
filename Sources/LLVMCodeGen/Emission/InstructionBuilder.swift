import CLLVM
import ScalarIR

/// A scalar, or a vector of scalars of one type, in a register of the emitted code.
///
/// `f16` and `bf16` are held as their bits, in `i16`; `bool` is held as `i1`.
struct EmittedValue {
  let raw: LLVMValueRef
  let dtype: DType
  /// The number of lanes of a vector; 1 for a scalar.
  let lanes: Int

  var isVector: Bool { lanes > 1 }

  /// A value of the same type and lanes.
  func with(_ raw: LLVMValueRef) -> EmittedValue {
    EmittedValue(raw: raw, dtype: dtype, lanes: lanes)
  }
}

/// Appends instructions to the functions of one module.
///
/// Every instruction means the same on scalars and on the lanes of vectors, carries no fast-math
/// flag, and neither traps nor calls a library.
struct InstructionBuilder: ~Copyable {
  let raw: LLVMBuilderRef
  let context: LLVMContextRef
  let module: LLVMModuleRef
  /// Whether the code is for a GPU, whose vectors are a way to access memory only.
  let isForGPU: Bool
  private let owner: LLVMBuilderHandle

  /// A builder for `module`, which outlives it.
  init(for module: borrowing LLVMModuleHandle, isForGPU: Bool = false) {
    self.isForGPU = isForGPU
    owner = LLVMBuilderHandle(for: module)
    raw = owner.raw
    context = module.context
    self.module = module.raw
  }
}

// Types.
extension InstructionBuilder {
  var pointer: LLVMTypeRef { LLVMPointerTypeInContext(context, 0) }
  var i64: LLVMTypeRef { LLVMInt64TypeInContext(context) }
  var i32: LLVMTypeRef { LLVMInt32TypeInContext(context) }

  func integer(_ bits: Int) -> LLVMTypeRef { LLVMIntTypeInContext(context, UInt32(bits)) }

  func vector(_ element: LLVMTypeRef, _ lanes: Int) -> LLVMTypeRef {
    lanes == 1 ? element : LLVMVectorType(element, UInt32(lanes))
  }

  /// The type that values of `dtype` have in registers.
  func register(_ dtype: DType, _ lanes: Int = 1) -> LLVMTypeRef {
    let element: LLVMTypeRef =
      switch dtype {
      case .f64: LLVMDoubleTypeInContext(context)
      case .f32: LLVMFloatTypeInContext(context)
      case .f16, .bf16, .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool:
        integer(dtype.bitWidth)
      }
    return vector(element, lanes)
  }

  /// The type that elements of `dtype` have in arrays.
  func memory(_ dtype: DType, _ lanes: Int = 1) -> LLVMTypeRef {
    dtype == .bool ? vector(integer(8), lanes) : register(dtype, lanes)
  }
}

// Constants, splats and lanes.
extension InstructionBuilder {
  /// The integer constant of an integer type, in every lane.
  func constant(_ value: Int, _ type: LLVMTypeRef) -> LLVMValueRef {
    if LLVMGetTypeKind(type) == LLVMVectorTypeKind {
      let element = constant(value, LLVMGetElementType(type))
      return splat(element, Int(LLVMGetVectorSize(type)))
    }
    return LLVMConstInt(type, UInt64(bitPattern: Int64(value)), 1)
  }

  func index(_ value: Int) -> LLVMValueRef { constant(value, i64) }

  /// A constant scalar.
  func constant(_ value: ScalarValue) -> EmittedValue {
    let bits = LLVMConstInt(integer(value.dtype.bitWidth), value.bits, 0)
    return EmittedValue(
      raw: LLVMConstBitCast(bits, register(value.dtype)), dtype: value.dtype, lanes: 1)
  }

  /// A constant in every lane.
  func constant(_ value: ScalarValue, _ lanes: Int) -> EmittedValue {
    splat(constant(value), lanes)
  }

  /// The floating constant `value`, which the type holds exactly, in every lane.
  func floating(_ value: Double, like other: EmittedValue) -> LLVMValueRef {
    constant(ScalarValue(other.dtype, rounding: value), other.lanes).raw
  }

  func splat(_ scalar: LLVMValueRef, _ lanes: Int) -> LLVMValueRef {
    if lanes == 1 { return scalar }
    if LLVMIsConstant(scalar) != 0 {
      var elements = [LLVMValueRef?](repeating: scalar, count: lanes)
      return LLVMConstVector(&elements, UInt32(lanes))
    }
    let type = vector(LLVMTypeOf(scalar), lanes)
    let poison: LLVMValueRef = LLVMGetPoison(type)
    let first = LLVMBuildInsertElement(raw, poison, scalar, index(0), "")
    let zeros: LLVMValueRef = LLVMConstNull(LLVMVectorType(i32, UInt32(lanes)))
    return LLVMBuildShuffleVector(raw, first, poison, zeros, "")
  }

  /// The value in `lanes` lanes: itself, or a scalar repeated.
  func splat(_ value: EmittedValue, _ lanes: Int) -> EmittedValue {
    if value.lanes == lanes { return value }
    return EmittedValue(raw: splat(value.raw, lanes), dtype: value.dtype, lanes: lanes)
  }

  /// The vector 0, 1, 2, … of an integer type.
  func laneNumbers(_ element: LLVMTypeRef, _ lanes: Int) -> LLVMValueRef {
    if lanes == 1 { return constant(0, element) }
    var numbers = (0..<lanes).map { constant($0, element) as LLVMValueRef? }
    return LLVMConstVector(&numbers, UInt32(lanes))
  }

  /// The lanes in the opposite order.
  func reversed(_ value: LLVMValueRef, _ lanes: Int) -> LLVMValueRef {
    var order = (0..<lanes).reversed().map { constant($0, i32) as LLVMValueRef? }
    return LLVMBuildShuffleVector(
      raw, value, LLVMGetPoison(LLVMTypeOf(value)), LLVMConstVector(&order, UInt32(lanes)), "")
  }
}

// Instructions on raw values.
extension InstructionBuilder {
  func type(of value: LLVMValueRef) -> LLVMTypeRef { LLVMTypeOf(value) }

  func add(_ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef { LLVMBuildAdd(raw, a, b, "") }
  func sub(_ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef { LLVMBuildSub(raw, a, b, "") }
  func mul(_ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef { LLVMBuildMul(raw, a, b, "") }
  func and(_ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef { LLVMBuildAnd(raw, a, b, "") }
  func or(_ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef { LLVMBuildOr(raw, a, b, "") }
  func not(_ a: LLVMValueRef) -> LLVMValueRef { LLVMBuildNot(raw, a, "") }

  func compare(
    _ predicate: LLVMIntPredicate, _ a: LLVMValueRef, _ b: LLVMValueRef
  ) -> LLVMValueRef {
    LLVMBuildICmp(raw, predicate, a, b, "")
  }

  func compare(
    _ predicate: LLVMRealPredicate, _ a: LLVMValueRef, _ b: LLVMValueRef
  ) -> LLVMValueRef {
    LLVMBuildFCmp(raw, predicate, a, b, "")
  }

  func select(_ condition: LLVMValueRef, _ a: LLVMValueRef, _ b: LLVMValueRef) -> LLVMValueRef {
    LLVMBuildSelect(raw, condition, a, b, "")
  }

  /// The operand shifted right by a constant, zeros coming in.
  func shiftedRight(_ value: LLVMValueRef, _ count: Int) -> LLVMValueRef {
    LLVMBuildLShr(raw, value, constant(count, type(of: value)), "")
  }

  func shiftedLeft(_ value: LLVMValueRef, _ count: Int) -> LLVMValueRef {
    LLVMBuildShl(raw, value, constant(count, type(of: value)), "")
  }

  func zeroExtended(_ value: LLVMValueRef, to type: LLVMTypeRef) -> LLVMValueRef {
    LLVMBuildZExt(raw, value, type, "")
  }

  func truncated(_ value: LLVMValueRef, to type: LLVMTypeRef) -> LLVMValueRef {
    LLVMBuildTrunc(raw, value, type, "")
  }

  func bitcast(_ value: LLVMValueRef, to type: LLVMTypeRef) -> LLVMValueRef {
    LLVMBuildBitCast(raw, value, type, "")
  }

  /// A call of LLVM's intrinsic function `name`, overloaded on the given types.
  func intrinsic(
    _ name: String, overloads: [LLVMTypeRef], _ arguments: [LLVMValueRef]
  ) -> LLVMValueRef {
    let identifier = LLVMLookupIntrinsicID(name, name.utf8.count)
    var types = overloads as [LLVMTypeRef?]
    var operands = arguments as [LLVMValueRef?]
    let function = LLVMGetIntrinsicDeclaration(module, identifier, &types, types.count)
    return LLVMBuildCall2(
      raw, LLVMGlobalGetValueType(function), function, &operands, UInt32(operands.count), "")
  }

  /// A call of an intrinsic that is overloaded on the type of its operands.
  func intrinsic(_ name: String, _ arguments: LLVMValueRef...) -> LLVMValueRef {
    intrinsic(name, overloads: [type(of: arguments[0])], arguments)
  }
}

// Blocks.
extension InstructionBuilder {
  var block: LLVMBasicBlockRef { LLVMGetInsertBlock(raw) }

  /// A new block, without instructions, in the current function.
  func makeBlock(_ name: String) -> LLVMBasicBlockRef {
    LLVMAppendBasicBlockInContext(context, LLVMGetBasicBlockParent(block), name)
  }

  /// Continues at the end of `block`.
  func position(atEndOf block: LLVMBasicBlockRef) { LLVMPositionBuilderAtEnd(raw, block) }

  func branch(to block: LLVMBasicBlockRef) { LLVMBuildBr(raw, block) }

  /// A conditional branch; where it is said to be taken rarely, the code of `taken` is laid elsewhere.
  func branch(
    if condition: LLVMValueRef, to taken: LLVMBasicBlockRef, else other: LLVMBasicBlockRef,
    isRare: Bool = false
  ) {
    let branch = LLVMBuildCondBr(raw, condition, taken, other)
    if isRare { LLVMSetMetadata(branch, metadataKind("prof"), branchWeights(1, 1 << 16)) }
  }

  private func metadataKind(_ name: String) -> UInt32 {
    LLVMGetMDKindIDInContext(context, name, UInt32(name.utf8.count))
  }

  /// How often each way of a branch is taken, as LLVM's metadata.
  private func branchWeights(_ taken: Int, _ other: Int) -> LLVMValueRef? {
    let name = "branch_weights"
    var parts = [LLVMMDStringInContext2(context, name, name.utf8.count)]
    parts += [taken, other].map { LLVMValueAsMetadata(constant($0, i32)) }
    return LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, &parts, parts.count))
  }

  func phi(_ type: LLVMTypeRef) -> LLVMValueRef { LLVMBuildPhi(raw, type, "") }

  func addIncoming(_ value: LLVMValueRef, from block: LLVMBasicBlockRef, to phi: LLVMValueRef) {
    var values: [LLVMValueRef?] = [value]
    var blocks: [LLVMBasicBlockRef?] = [block]
    LLVMAddIncoming(phi, &values, &blocks, 1)
  }
}
