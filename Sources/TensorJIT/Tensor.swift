import DeviceRuntime
import ScalarIR
import TapeIR

/// An array of numbers of any rank, computed when its values are asked for.
///
/// A tensor is a value. Operations on tensors are recorded; printing, reading scalars and `eval`
/// compile what was recorded and run it. A tensor that was computed from wrong operands carries an
/// error, which everything that asks for its value throws.
public struct Tensor: Sendable {
  let handle: TensorHandle

  init(_ handle: TensorHandle) { self.handle = handle }

  /// A tensor that carries an error, which happens in the call that is going on.
  init(failure: TensorError) {
    handle = TensorHandle(Slot(nil, .failed(failure.located { _ in CallSite()?.description })))
  }

  /// A tensor whose value is there.
  init(_ buffer: Buffer, _ type: TensorType) {
    handle = TensorHandle(Slot(type, .value(buffer), device: buffer.device))
  }

  /// A tensor of a value in the computer's memory, on the device on which tensors are made.
  init(made buffer: Buffer, _ type: TensorType) throws(TensorError) {
    self.init(try Runtime.shared.transfer(buffer, to: DefaultDevice.current), type)
  }

  /// A constant that is one value everywhere, part of the programs that use it.
  init(constant value: ScalarValue, _ shape: Shape = .scalar, literal: LiteralScalar? = nil) {
    handle = TensorHandle(
      Slot(TensorType(value.dtype, shape), .constant(value)), literal: literal)
  }

  /// A tensor of known values, as an input of what is recorded on it.
  init(_ literal: Literal) {
    do {
      let bytes = literal.bytes
      let buffer = try Runtime.shared.allocate(byteCount: bytes.count)
      buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
      try self.init(made: buffer, TensorType(literal.dtype, literal.shape))
    } catch {
      self.init(failure: error)
    }
  }

  /// The element type and shape.
  var tensorType: TensorType {
    get throws(TensorError) {
      if let type = handle.slot.type { return type }
      if case .failed(let error) = handle.slot.current { throw error }
      throw .traced
    }
  }

  /// The value's memory, computed now if it was not before.
  func forced() throws(TensorError) -> (buffer: Buffer, type: TensorType) {
    let type = try tensorType
    if !handle.slot.wasEvaluated { try Runtime.shared.evaluate([handle.slot]) }
    switch handle.slot.current {
    case .value(let buffer): return (buffer, type)
    case .failed(let error): throw error
    case .abstract: throw .traced
    case .pending, .constant, .released: throw .failure("evaluation left a value behind")
    }
  }

  /// The value in the computer's memory, wherever it was computed.
  func read() throws(TensorError) -> (buffer: Buffer, type: TensorType) {
    let (buffer, type) = try forced()
    return (try Runtime.shared.transfer(buffer, to: .cpu), type)
  }

  /// The value as host data.
  func literal() throws(TensorError) -> Literal {
    let (buffer, type) = try read()
    let sizes = type.shape.sizes ?? []
    let byteCount = sizes.reduce(1, *) * type.dtype.byteWidth
    let bytes = buffer.withUnsafeBytes { Array($0.prefix(byteCount)) }
    return Literal(dtype: type.dtype, sizes: sizes, bytes: bytes)
  }
}

/// Computes the tensors now, together, in one compiled program.
///
/// - Throws: the error of the first tensor that carries one, or what went wrong.
public func eval(_ tensors: Tensor...) throws(TensorError) { try eval(tensors) }

/// Computes the tensors now, together, in one compiled program.
///
/// - Throws: the error of the first tensor that carries one, or what went wrong.
public func eval(_ tensors: [Tensor]) throws(TensorError) {
  if tensors.allSatisfy({ $0.handle.slot.wasEvaluated }) { return }
  try Runtime.shared.evaluate(tensors.map(\.handle.slot))
  for tensor in tensors {
    if case .failed(let error) = tensor.handle.slot.current { throw error }
  }
}
