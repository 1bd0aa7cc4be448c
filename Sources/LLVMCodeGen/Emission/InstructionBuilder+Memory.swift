import CLLVM

// Instructions that read and write memory.

extension InstructionBuilder {
  /// The addresses of array elements, from a scalar or a vector of `i64` indices.
  func element(
    _ element: LLVMTypeRef, _ base: LLVMValueRef, _ index: LLVMValueRef
  ) -> LLVMValueRef {
    var indices: [LLVMValueRef?] = [index]
    return LLVMBuildGEP2(raw, element, base, &indices, 1, "")
  }

  func load(
    _ type: LLVMTypeRef, _ address: LLVMValueRef, alignment: Int
  ) -> LLVMValueRef {
    let value: LLVMValueRef = LLVMBuildLoad2(raw, type, address, "")
    LLVMSetAlignment(value, UInt32(alignment))
    return value
  }

  /// A load of the element at a constant position.
  func load(
    _ type: LLVMTypeRef, _ base: LLVMValueRef, _ position: Int, alignment: Int
  ) -> LLVMValueRef {
    load(type, element(type, base, index(position)), alignment: alignment)
  }

  /// A store; a streamed one bypasses the caches and must be of an aligned vector.
  func store(
    _ value: LLVMValueRef, _ address: LLVMValueRef, alignment: Int, isStreamed: Bool = false
  ) {
    let instruction: LLVMValueRef = LLVMBuildStore(raw, value, address)
    LLVMSetAlignment(instruction, UInt32(alignment))
    guard isStreamed else { return }
    var one = LLVMValueAsMetadata(constant(1, i32))
    let node = LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, &one, 1))
    let name = "nontemporal"
    LLVMSetMetadata(
      instruction, LLVMGetMDKindIDInContext(context, name, UInt32(name.utf8.count)), node)
  }

  /// Makes streamed stores visible before whatever is stored after them.
  func streamFence() {
    #if arch(x86_64)
      _ = intrinsic("llvm.x86.sse.sfence", overloads: [], [])
    #else
      LLVMBuildFence(raw, LLVMAtomicOrderingSequentiallyConsistent, 0, "")
    #endif
  }

  /// A vector load of the lanes in `mask`; the others have the lanes of `otherwise`.
  func maskedLoad(
    _ type: LLVMTypeRef, _ address: LLVMValueRef, alignment: Int, mask: LLVMValueRef,
    otherwise: LLVMValueRef
  ) -> LLVMValueRef {
    intrinsic(
      "llvm.masked.load", overloads: [type, self.type(of: address)],
      [address, constant(alignment, i32), mask, otherwise])
  }

  func maskedStore(
    _ value: LLVMValueRef, _ address: LLVMValueRef, alignment: Int, mask: LLVMValueRef
  ) {
    _ = intrinsic(
      "llvm.masked.store", overloads: [type(of: value), type(of: address)],
      [value, address, constant(alignment, i32), mask])
  }

  /// Loads from a vector of addresses, in the lanes of `mask`.
  func gather(
    _ type: LLVMTypeRef, _ addresses: LLVMValueRef, alignment: Int, mask: LLVMValueRef,
    otherwise: LLVMValueRef
  ) -> LLVMValueRef {
    intrinsic(
      "llvm.masked.gather", overloads: [type, self.type(of: addresses)],
      [addresses, constant(alignment, i32), mask, otherwise])
  }

  /// Stores to a vector of addresses, in the lanes of `mask`, first lane first.
  func scatter(
    _ value: LLVMValueRef, _ addresses: LLVMValueRef, alignment: Int, mask: LLVMValueRef
  ) {
    _ = intrinsic(
      "llvm.masked.scatter", overloads: [type(of: value), type(of: addresses)],
      [value, addresses, constant(alignment, i32), mask])
  }

  /// Whether any lane of a mask is set.
  func isAny(_ mask: LLVMValueRef) -> LLVMValueRef { intrinsic("llvm.vector.reduce.or", mask) }
}
