import CLLVM
import LLVMCodeGen

/// The type of the function that `vectorAddModule` builds: two operands, the result, the count.
typealias VectorAdd =
  @convention(c) (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
  ) -> Void

/// A module with one function, which adds two arrays of a multiple of 16 floats by vectors of 16.
func vectorAddModule(
  named name: String, on machine: borrowing LLVMTargetMachineHandle, calling callee: String? = nil
) -> LLVMModuleHandle {
  let module = machine.makeModule(named: "vector-add")
  let context = module.context
  let pointer = LLVMPointerTypeInContext(context, 0)
  let i64 = LLVMInt64TypeInContext(context)
  let float = LLVMFloatTypeInContext(context)
  let vector = LLVMVectorType(float, 16)
  let void = LLVMVoidTypeInContext(context)
  var parameters = [pointer, pointer, pointer, i64]
  let type = LLVMFunctionType(void, &parameters, 4, 0)
  guard let function = LLVMAddFunction(module.raw, name, type) else { return module }
  module.setHostAttributes(of: function, for: .current)

  let builder = LLVMBuilderHandle(for: module)
  let entry = LLVMAppendBasicBlockInContext(context, function, "entry")
  let body = LLVMAppendBasicBlockInContext(context, function, "body")
  let exit = LLVMAppendBasicBlockInContext(context, function, "exit")
  LLVMPositionBuilderAtEnd(builder.raw, entry)
  if let callee {
    let calleeType = LLVMFunctionType(void, nil, 0, 0)
    LLVMBuildCall2(
      builder.raw, calleeType, LLVMAddFunction(module.raw, callee, calleeType), nil, 0, "")
  }
  LLVMBuildBr(builder.raw, body)

  LLVMPositionBuilderAtEnd(builder.raw, body)
  let index = LLVMBuildPhi(builder.raw, i64, "i")
  func element(_ parameter: UInt32) -> LLVMValueRef? {
    var indices = [index]
    return LLVMBuildInBoundsGEP2(
      builder.raw, float, LLVMGetParam(function, parameter), &indices, 1, "")
  }
  func load(_ parameter: UInt32) -> LLVMValueRef? {
    let value = LLVMBuildLoad2(builder.raw, vector, element(parameter), "")
    LLVMSetAlignment(value, 4)
    return value
  }
  let sum = LLVMBuildFAdd(builder.raw, load(0), load(1), "sum")
  LLVMSetAlignment(LLVMBuildStore(builder.raw, sum, element(2)), 4)
  let next = LLVMBuildAdd(builder.raw, index, LLVMConstInt(i64, 16, 0), "next")
  let more = LLVMBuildICmp(builder.raw, LLVMIntSLT, next, LLVMGetParam(function, 3), "more")
  LLVMBuildCondBr(builder.raw, more, body, exit)
  var values: [LLVMValueRef?] = [LLVMConstInt(i64, 0, 0), next]
  var blocks: [LLVMBasicBlockRef?] = [entry, body]
  LLVMAddIncoming(index, &values, &blocks, 2)

  LLVMPositionBuilderAtEnd(builder.raw, exit)
  LLVMBuildRetVoid(builder.raw)
  return module
}

/// A module whose one function has a block without an end.
func brokenModule(on machine: borrowing LLVMTargetMachineHandle) -> LLVMModuleHandle {
  let module = machine.makeModule(named: "broken")
  let type = LLVMFunctionType(LLVMVoidTypeInContext(module.context), nil, 0, 0)
  let function = LLVMAddFunction(module.raw, "broken", type)
  LLVMAppendBasicBlockInContext(module.context, function, "entry")
  return module
}

/// A module with a function that copies a count of bytes by LLVM's memory intrinsic.
func copyModule(on machine: borrowing LLVMTargetMachineHandle) -> LLVMModuleHandle {
  let module = machine.makeModule(named: "copy")
  let context = module.context
  let pointer = LLVMPointerTypeInContext(context, 0)
  var parameters = [pointer, pointer, LLVMInt64TypeInContext(context)]
  let type = LLVMFunctionType(LLVMVoidTypeInContext(context), &parameters, 3, 0)
  let function = LLVMAddFunction(module.raw, "copy", type)
  let builder = LLVMBuilderHandle(for: module)
  LLVMPositionBuilderAtEnd(
    builder.raw, LLVMAppendBasicBlockInContext(context, function, "entry"))
  LLVMBuildMemCpy(
    builder.raw, LLVMGetParam(function, 0), 1, LLVMGetParam(function, 1), 1,
    LLVMGetParam(function, 2))
  LLVMBuildRetVoid(builder.raw)
  return module
}
