import CTensorJIT
import Testing

/// A call that failed: its status and message.
struct CallFailure: Error, Equatable {
  let status: tj_status
  let message: String
}

/// Makes a call with an error object, and throws what it says.
func check(_ call: (OpaquePointer?) -> tj_status) throws(CallFailure) {
  let error = tj_error_create()
  defer { tj_error_destroy(error) }
  let status = call(error)
  let message = String(cString: tj_error_message(error))
  guard tj_error_status(error) == status, (status == TJ_OK) == message.isEmpty else {
    throw CallFailure(status: status, message: "status and error object differ: \(message)")
  }
  if status != TJ_OK { throw CallFailure(status: status, message: message) }
}

/// What a call fails with; nil where it does not.
func failure(_ body: () throws(CallFailure) -> Void) -> CallFailure? {
  do throws(CallFailure) {
    try body()
    return nil
  } catch {
    return error
  }
}

/// Expects a call to fail with a status and words in its message.
func expectFailure(
  _ status: Int, _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws(CallFailure) -> Void
) {
  let found = failure(body)
  #expect(found?.status == tj_status(status), sourceLocation: sourceLocation)
  #expect(
    found?.message.contains(words) == true, "\(found?.message ?? "no failure")",
    sourceLocation: sourceLocation)
}

/// A struct of the interface with its size set.
func sized<Struct>(_ value: Struct, _ path: WritableKeyPath<Struct, Int>) -> Struct {
  var value = value
  value[keyPath: path] = MemoryLayout<Struct>.size
  return value
}

func loadOptions() -> tj_load_options { sized(tj_load_options(), \.struct_size) }

/// A loaded program, destroyed with this object.
final class Program: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer?

  init(_ text: String, _ options: tj_load_options? = nil) throws(CallFailure) {
    var handle: OpaquePointer?
    try check { error in
      guard var options else {
        return tj_program_load(text, text.utf8.count, nil, &handle, error)
      }
      return tj_program_load(text, text.utf8.count, &options, &handle, error)
    }
    self.handle = handle
  }

  /// A program on an engine.
  convenience init(_ text: String, engine: String) throws(CallFailure) {
    var options = loadOptions()
    let name = CText(engine)
    options.engine = name.pointer
    try self.init(text, options)
  }

  deinit { tj_program_destroy(handle) }

  func run(
    _ parameters: [CArray], _ results: [CArray], threads: UInt32 = 0
  ) throws(CallFailure) {
    let inputs = parameters.map(\.buffer)
    let outputs = results.map(\.buffer)
    var options = sized(tj_run_options(), \.struct_size)
    options.threads = threads
    try check { error in
      tj_program_run(
        handle, inputs, inputs.count, outputs, outputs.count, &options, error)
    }
    withExtendedLifetime((parameters, results)) {}
  }

  func value(_ index: Int, isResult: Bool = false) throws(CallFailure) -> tj_value {
    var value = sized(tj_value(), \.struct_size)
    try check { error in
      isResult
        ? tj_program_result(handle, index, &value, error)
        : tj_program_parameter(handle, index, &value, error)
    }
    return value
  }
}

/// A string that stays forever where C can see it.
struct CText {
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = text.utf8CString
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (position, byte) in bytes.enumerated() { (memory + position).initialize(to: byte) }
    pointer = UnsafePointer(memory)
  }
}

/// An array in memory of its own, as a caller of C has it.
final class CArray {
  let memory: UnsafeMutableRawPointer
  let byteCount: Int
  private let sizes: UnsafeMutablePointer<Int64>
  private let strides: UnsafeMutablePointer<Int64>
  /// What the library is given; tests change it to what is wrong.
  var buffer: tj_buffer

  /// - Parameters:
  ///   - strides: in bytes; nil for row-major order.
  ///   - skew: how far from an aligned address the memory begins.
  init(
    _ dtype: Int, bytes: [UInt8], _ sizes: [Int], strides: [Int]? = nil, offset: Int = 0,
    skew: Int = 0
  ) {
    byteCount = bytes.count
    memory =
      UnsafeMutableRawPointer.allocate(
        byteCount: max(1, bytes.count) + skew, alignment: Int(TJ_ALIGNMENT)) + skew
    self.skew = skew
    memory.copyMemory(from: bytes, byteCount: bytes.count)
    self.sizes = .allocate(capacity: max(1, sizes.count))
    self.strides = .allocate(capacity: max(1, sizes.count))
    for (axis, size) in sizes.enumerated() { self.sizes[axis] = Int64(size) }
    for (axis, stride) in (strides ?? []).enumerated() { self.strides[axis] = Int64(stride) }
    buffer = sized(tj_buffer(), \.struct_size)
    buffer.data = memory
    buffer.byte_count = bytes.count
    buffer.offset = offset
    buffer.dtype = tj_dtype(dtype)
    buffer.rank = UInt32(sizes.count)
    buffer.sizes = UnsafePointer(self.sizes)
    if strides != nil { buffer.strides = UnsafePointer(self.strides) }
  }

  /// Elements in row-major order or in the given layout.
  convenience init<Element: BitwiseCopyable>(
    _ dtype: Int, _ elements: [Element], _ sizes: [Int], strides: [Int]? = nil, offset: Int = 0,
    skew: Int = 0
  ) {
    self.init(
      dtype, bytes: elements.withUnsafeBytes { [UInt8]($0) }, sizes, strides: strides,
      offset: offset, skew: skew)
  }

  private let skew: Int

  deinit {
    (memory - skew).deallocate()
    sizes.deallocate()
    strides.deallocate()
  }

  /// All of the memory as elements of a type.
  func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
    (0..<byteCount / MemoryLayout<Element>.stride).map {
      memory.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: type)
    }
  }
}

func counters() throws(CallFailure) -> tj_counters {
  var counters = sized(tj_counters(), \.struct_size)
  try check { tj_counters_get(&counters, $0) }
  return counters
}

/// The engines that this machine has.
let engines = (0..<tj_engine_count()).map { String(cString: tj_engine_name($0)) }
  .filter { engine in
    failure { () throws(CallFailure) in
      _ = try Program("(tape t [(x f32[])] (return x))", engine: engine)
    }?.status != tj_status(TJ_UNAVAILABLE)
  }
