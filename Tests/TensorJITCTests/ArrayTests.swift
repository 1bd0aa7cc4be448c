import CTensorJIT
import Testing

/// Arrays in the memory of devices.
@Suite struct ArrayTests {
  private let product = "(tape t [(x f32[N,3]) (k f32[])] (y (mul x k)) (z (neg x)) (return y z))"

  @Test func elementsGoToADeviceAndComeBack() throws {
    let x = CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3])
    let array = try DeviceArray(x)
    var buffer = sized(tj_buffer(), \.struct_size)
    var device = 7
    try check { tj_array_get(array.handle, &buffer, &device, $0) }
    #expect(device == 0 && buffer.data == nil && buffer.byte_count == 24)
    #expect(buffer.dtype == TJ_F32 && buffer.rank == 2)
    #expect(buffer.sizes[0] == 2 && buffer.sizes[1] == 3)
    try check { tj_array_get(array.handle, &buffer, nil, $0) }

    var moved: OpaquePointer?
    try check { tj_array_move(array.handle, 0, &moved, $0) }
    tj_array_destroy(array.handle)
    let back = DeviceArray(moved)
    // Columns of the caller's array lie behind each other.
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3], strides: [4, 8])
    try check { tj_array_read(back.handle, &y.buffer, $0) }
    #expect(y.elements(Float.self) == [1, 4, 2, 5, 3, 6])
  }

  @Test func oddTruthValuesAndNoElements() throws {
    let truths = CArray(TJ_BOOL, bytes: [0, 2, 255], [3])
    let array = try DeviceArray(truths)
    let back = CArray(TJ_BOOL, bytes: [9, 9, 9], [3])
    try check { tj_array_read(array.handle, &back.buffer, $0) }
    #expect(back.elements(UInt8.self) == [0, 1, 1])
    let none = CArray(TJ_F64, bytes: [], [0, 4])
    let empty = try DeviceArray(none)
    try check { tj_array_read(empty.handle, &none.buffer, $0) }
  }

  @Test func programsRunOnArrays() throws {
    let program = try Program(product)
    let x = try DeviceArray(CArray(TJ_F32, [1, 2, 3, 4, 5, 6] as [Float], [2, 3]))
    let k = try DeviceArray(CArray(TJ_F32, [2] as [Float], []))
    var results: [OpaquePointer?] = [nil, nil]
    let parameters = [x.handle, k.handle]
    try check { tj_program_run_arrays(program.handle, parameters, 2, &results, 2, nil, $0) }
    let y = CArray(TJ_F32, [Float](repeating: 0, count: 6), [2, 3])
    let held = results.map { DeviceArray($0) }
    try check { tj_array_read(held[0].handle, &y.buffer, $0) }
    #expect(y.elements(Float.self) == [2, 4, 6, 8, 10, 12])
    try check { tj_array_read(held[1].handle, &y.buffer, $0) }
    #expect(y.elements(Float.self) == [-1, -2, -3, -4, -5, -6])
    // A result is the next run's parameter, and what it came from stays what it was.
    let next = [held[0].handle, k.handle]
    try check { tj_program_run_arrays(program.handle, next, 2, &results, 2, nil, $0) }
    let last = results.map { DeviceArray($0) }
    try check { tj_array_read(last[0].handle, &y.buffer, $0) }
    #expect(y.elements(Float.self) == [4, 8, 12, 16, 20, 24])
    try check { tj_array_read(held[0].handle, &y.buffer, $0) }
    #expect(y.elements(Float.self) == [2, 4, 6, 8, 10, 12])
  }

  @Test func whatIsWrongIsAnError() throws {
    let program = try Program(product)
    let x = CArray(TJ_F32, [1, 2, 3] as [Float], [1, 3])
    let array = try DeviceArray(x)
    let integers = try DeviceArray(CArray(TJ_I32, [1, 2, 3] as [Int32], [1, 3]))
    var made: OpaquePointer?
    var results: [OpaquePointer?] = [nil, nil]
    var buffer = sized(tj_buffer(), \.struct_size)
    let short = CArray(TJ_F32, [0, 0] as [Float], [1, 2])
    let piled = CArray(TJ_F32, [0, 0, 0] as [Float], [1, 3], strides: [12, 0])
    let destroyed = try DeviceArray(x).destroyed
    let interpreter = try Program(product, engine: "interpreter")
    typealias Call = (OpaquePointer?) -> tj_status
    func run(_ program: Program, _ parameters: [OpaquePointer?], count: Int? = nil) -> Call {
      { error in
        tj_program_run_arrays(
          program.handle, parameters, count ?? parameters.count, &results, 2, nil, error)
      }
    }
    let calls: [(status: Int, words: String, call: Call)] = [
      (TJ_INVALID_ARGUMENT, "buffer is NULL", { tj_array_create(nil, 0, &made, $0) }),
      (TJ_INVALID_ARGUMENT, "array is NULL", { tj_array_create(&x.buffer, 0, nil, $0) }),
      (TJ_INVALID_ARGUMENT, "no device 500", { tj_array_create(&x.buffer, 500, &made, $0) }),
      (TJ_INVALID_ARGUMENT, "no device", { tj_array_create(&x.buffer, -1, &made, $0) }),
      (TJ_INVALID_ARGUMENT, "no device 500", { tj_array_move(array.handle, 500, &made, $0) }),
      (TJ_INVALID_ARGUMENT, "moved is NULL", { tj_array_move(array.handle, 0, nil, $0) }),
      (TJ_INVALID_ARGUMENT, "was destroyed", { tj_array_move(destroyed, 0, &made, $0) }),
      (TJ_INVALID_ARGUMENT, "array is NULL", { tj_array_get(nil, &buffer, nil, $0) }),
      (TJ_INVALID_ARGUMENT, "buffer is NULL", { tj_array_get(array.handle, nil, nil, $0) }),
      (TJ_INVALID_ARGUMENT, "buffer is NULL", { tj_array_read(array.handle, nil, $0) }),
      (TJ_INVALID_ARGUMENT, "was destroyed", { tj_array_read(destroyed, &x.buffer, $0) }),
      (TJ_INVALID_ARGUMENT, "no array", { tj_array_read(program.handle, &x.buffer, $0) }),
      (TJ_INVALID_DATA, "shape [1,3]", { tj_array_read(array.handle, &short.buffer, $0) }),
      (TJ_INVALID_DATA, "on each other", { tj_array_read(array.handle, &piled.buffer, $0) }),
      (TJ_INVALID_DATA, "a buffer of f32", { tj_array_read(integers.handle, &x.buffer, $0) }),
      (TJ_INVALID_ARGUMENT, "expected 2", run(program, [array.handle])),
      (TJ_INVALID_ARGUMENT, "parameter k is NULL", run(program, [array.handle, nil])),
      (TJ_INVALID_ARGUMENT, "k is no array", run(program, [array.handle, destroyed])),
      (TJ_INVALID_DATA, "the parameter k", run(program, [array.handle, array.handle])),
      (TJ_INVALID_DATA, "the parameter x", run(program, [integers.handle, array.handle])),
      (TJ_INVALID_ARGUMENT, "takes buffers", run(interpreter, [array.handle, array.handle])),
      (
        TJ_INVALID_ARGUMENT, "results are 1 arrays; expected 2",
        { tj_program_run_arrays(program.handle, [], 0, &results, 1, nil, $0) }
      ),
      (
        TJ_INVALID_ARGUMENT, "results is NULL",
        { tj_program_run_arrays(program.handle, [], 0, nil, 2, nil, $0) }
      ),
    ]
    for (status, words, call) in calls {
      expectFailure(status, words) { () throws(CallFailure) in try check(call) }
    }
    #expect(made == nil && results == [nil, nil])
  }

  @Test func devicesAreThoseOfTheMachine() throws {
    #expect(tj_device_count() >= 1)
    for index in 0..<tj_device_count() {
      var device = sized(tj_device(), \.struct_size)
      try check { tj_device_get(index, &device, $0) }
      #expect(String(cString: device.name) == (index == 0 ? "cpu" : "cuda:\(index - 1)"))
      #expect(device.memory_bytes > 0 && (device.thread_count > 0) == (index == 0))
    }
    if tj_device_count() == 1 {
      let x = CArray(TJ_F32, [1] as [Float], [1])
      var made: OpaquePointer?
      expectFailure(TJ_INVALID_ARGUMENT, "there is no device 1: the device cuda:0 is unavailable") {
        () throws(CallFailure) in try check { tj_array_create(&x.buffer, 1, &made, $0) }
      }
    }
  }
}

/// An array on a device, destroyed with this object.
private final class DeviceArray {
  let handle: OpaquePointer?

  init(_ handle: OpaquePointer?) { self.handle = handle }

  convenience init(_ array: CArray, device: Int = 0) throws(CallFailure) {
    var handle: OpaquePointer?
    try check { tj_array_create(&array.buffer, device, &handle, $0) }
    self.init(handle)
  }

  deinit { tj_array_destroy(handle) }

  /// The handle, once it is none any more.
  var destroyed: OpaquePointer? {
    tj_array_destroy(handle)
    return handle
  }
}
