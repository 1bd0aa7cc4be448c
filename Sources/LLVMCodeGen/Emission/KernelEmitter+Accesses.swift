import CLLVM
import LoopIR
import ScalarIR

// Loads and stores. How the index moves from lane to lane decides the instruction: by 0 a scalar
// one, by 1 a vector, by −1 a vector with its lanes reversed, else a gather or a scatter.

extension KernelEmitter {
  private func array(_ name: String) throws(CodeGenError) -> Array {
    guard let array = arrays[name] else { throw invalid("there is no array '\(name)'") }
    return array
  }

  private func address(_ array: Array, _ index: LLVMValueRef) -> LLVMValueRef {
    builder.element(builder.memory(array.dtype), array.pointer, index)
  }

  /// The bytes to which the element at `index` is aligned for sure.
  private func alignment(_ array: Array, _ index: Index) -> Int {
    min(array.alignment, factor(of: index) * array.dtype.byteWidth)
  }

  /// The element at the index; `otherwise`, without a read, where the condition does not hold.
  func load(
    _ name: String, at index: Index, where condition: Condition, otherwise: ScalarValue
  ) throws(CodeGenError) -> EmittedValue {
    let array = try array(name)
    guard let scope else {
      if condition.isAlways { return try loadScalar(array, index) }
      return try loadScalar(array, index, if: emitScalar(condition), otherwise)
    }
    let motion = motion(of: index)
    if motion == .still {
      return try loadUniform(array, index, where: condition, otherwise, in: scope)
    }
    let mask = try condition.isAlways ? scope.mask : activeMask(where: condition, in: scope)
    let alignment = alignment(array, index)
    let loaded: LLVMValueRef
    switch motion {
    case .forward:
      loaded = loadVector(array, address(array, try emit(index)), alignment, mask, otherwise, scope)
    case .backward:
      let last = builder.add(try emit(index), builder.index(1 - scope.lanes))
      let vector = loadVector(
        array, address(array, last), array.dtype.byteWidth,
        mask.map { builder.reversed($0, scope.lanes) }, otherwise, scope)
      loaded = builder.reversed(vector, scope.lanes)
    case .still, .irregular:
      loaded = builder.gather(
        builder.memory(array.dtype, scope.lanes), address(array, try emitLanes(index)),
        alignment: array.dtype.byteWidth, mask: mask ?? allLanes(scope.lanes),
        otherwise: inMemory(builder.constant(otherwise, scope.lanes)))
    }
    return inRegister(loaded, array.dtype, scope.lanes)
  }

  private func loadScalar(_ array: Array, _ index: Index) throws(CodeGenError) -> EmittedValue {
    let loaded = builder.load(
      builder.memory(array.dtype), address(array, try emit(index)),
      alignment: alignment(array, index))
    return inRegister(loaded, array.dtype, 1)
  }

  /// A load behind a branch.
  private func loadScalar(
    _ array: Array, _ index: Index, if condition: LLVMValueRef, _ otherwise: ScalarValue
  ) throws(CodeGenError) -> EmittedValue {
    let origin = builder.block
    let read = builder.makeBlock("read")
    let join = builder.makeBlock("join")
    builder.branch(if: condition, to: read, else: join)
    builder.position(atEndOf: read)
    let value = try loadScalar(array, index)
    let end = builder.block
    builder.branch(to: join)
    builder.position(atEndOf: join)
    let phi = builder.phi(builder.type(of: value.raw))
    builder.addIncoming(value.raw, from: end, to: phi)
    builder.addIncoming(builder.constant(otherwise).raw, from: origin, to: phi)
    return value.with(phi)
  }

  /// A load of one element for all lanes.
  private func loadUniform(
    _ array: Array, _ index: Index, where condition: Condition, _ otherwise: ScalarValue,
    in scope: LaneScope
  ) throws(CodeGenError) -> EmittedValue {
    guard isUniform(condition) else {
      let mask = try activeMask(where: condition, in: scope)
      let value = try loadScalar(array, index, if: builder.isAny(mask), otherwise)
      return builder.select(
        EmittedValue(raw: mask, dtype: .bool, lanes: scope.lanes),
        builder.splat(value, scope.lanes), builder.constant(otherwise, scope.lanes))
    }
    var holds: LLVMValueRef?
    if scope.mayBeIdle, let mask = scope.mask { holds = builder.isAny(mask) }
    if !condition.isAlways {
      let clause = try emitScalar(condition)
      holds = holds.map { builder.and($0, clause) } ?? clause
    }
    guard let holds else { return try loadScalar(array, index) }
    return try loadScalar(array, index, if: holds, otherwise)
  }

  private func loadVector(
    _ array: Array, _ address: LLVMValueRef, _ alignment: Int, _ mask: LLVMValueRef?,
    _ otherwise: ScalarValue, _ scope: LaneScope
  ) -> LLVMValueRef {
    let type = builder.memory(array.dtype, scope.lanes)
    guard let mask else { return builder.load(type, address, alignment: alignment) }
    return builder.maskedLoad(
      type, address, alignment: alignment, mask: mask,
      otherwise: inMemory(builder.constant(otherwise, scope.lanes)))
  }

  func store(_ value: EmittedValue, to name: String, at index: Index) throws(CodeGenError) {
    let array = try array(name)
    let alignment = alignment(array, index)
    guard let scope else {
      builder.store(inMemory(value), address(array, try emit(index)), alignment: alignment)
      return
    }
    let stored = inMemory(builder.splat(value, scope.lanes))
    switch motion(of: index) {
    case .forward:
      let address = address(array, try emit(index))
      if let mask = scope.mask {
        builder.maskedStore(stored, address, alignment: alignment, mask: mask)
        return
      }
      let isWhole = alignment >= min(arrayAlignment, scope.lanes * array.dtype.byteWidth)
      builder.store(
        stored, address, alignment: alignment, isStreamed: array.isStreamed && isWhole)
    case .backward:
      let last = builder.add(try emit(index), builder.index(1 - scope.lanes))
      let turned = builder.reversed(stored, scope.lanes)
      let address = address(array, last)
      if let mask = scope.mask {
        builder.maskedStore(
          turned, address, alignment: array.dtype.byteWidth,
          mask: builder.reversed(mask, scope.lanes))
      } else {
        builder.store(turned, address, alignment: array.dtype.byteWidth)
      }
    case .still, .irregular:
      // Lanes that meet in one element are stored in order, as the serial loop would.
      builder.scatter(
        stored, address(array, try emitLanes(index)), alignment: array.dtype.byteWidth,
        mask: scope.mask ?? allLanes(scope.lanes))
    }
  }

  /// The lanes that run and in which the condition holds.
  private func activeMask(
    where condition: Condition, in scope: LaneScope
  ) throws(CodeGenError) -> LLVMValueRef {
    let mask = try emitMask(condition)
    return scope.mask.map { builder.and($0, mask) } ?? mask
  }

  private func allLanes(_ lanes: Int) -> LLVMValueRef {
    builder.constant(1, builder.vector(builder.integer(1), lanes))
  }

  /// A value as arrays hold it.
  private func inMemory(_ value: EmittedValue) -> LLVMValueRef {
    if value.dtype != .bool { return value.raw }
    return builder.zeroExtended(value.raw, to: builder.memory(.bool, value.lanes))
  }

  /// What an array held, as a value.
  private func inRegister(_ raw: LLVMValueRef, _ dtype: DType, _ lanes: Int) -> EmittedValue {
    let value =
      dtype == .bool
      ? builder.compare(LLVMIntNE, raw, builder.constant(0, builder.type(of: raw))) : raw
    return EmittedValue(raw: value, dtype: dtype, lanes: lanes)
  }
}
