import CTensorJIT
import Testing

/// Structs of the size of this header, of older and of newer ones.
@Suite struct StructTests {
  @Test func sizesThatNoHeaderHas() {
    for size in [0, 8, 39, 4097, -1, .max, .min] {
      var device = tj_device()
      device.struct_size = size
      expectFailure(TJ_INVALID_ARGUMENT, "expected sizeof(tj_device), which is 40") {
        () throws(CallFailure) in
        try check { tj_device_get(0, &device, $0) }
      }
    }
    let buffer = tj_buffer()
    expectFailure(TJ_INVALID_ARGUMENT, "tj_buffer.struct_size is 0") { () throws(CallFailure) in
      try check { error in
        withUnsafePointer(to: buffer) { tj_buffer_text($0, nil, 0, nil, error) }
      }
    }
  }

  /// A struct with members that this version does not know.
  private struct Newer<Known> {
    var known: Known
    var more: Int = 0
  }

  @Test func membersOfLaterVersionsMustBeZero() throws {
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    var newer = [Newer(known: x.buffer)]
    newer[0].known.struct_size = MemoryLayout<Newer<tj_buffer>>.size
    func length() throws(CallFailure) -> Int {
      var length = 0
      try check { error in
        newer.withUnsafeBytes {
          tj_buffer_text(
            $0.baseAddress?.assumingMemoryBound(to: tj_buffer.self), nil, 0, &length, error)
        }
      }
      return length
    }
    #expect(try length() == "[1 2]".utf8.count)
    newer[0].more = 1
    expectFailure(TJ_INVALID_ARGUMENT, "tj_buffer has members that version") {
      () throws(CallFailure) in _ = try length()
    }
  }

  @Test func whatLaterVersionsWouldWriteIsZero() throws {
    var newer = Newer(known: tj_device(), more: 77)
    newer.known.struct_size = MemoryLayout<Newer<tj_device>>.size
    try check { error in
      withUnsafeMutableBytes(of: &newer) {
        tj_device_get(0, $0.baseAddress?.assumingMemoryBound(to: tj_device.self), error)
      }
    }
    #expect(newer.more == 0)
    #expect(newer.known.struct_size == MemoryLayout<Newer<tj_device>>.size)
    #expect(String(cString: newer.known.name) == "cpu")
    #expect(newer.known.memory_bytes > 0 && newer.known.thread_count > 0)
  }

  @Test func arraysHaveElementsOfOneSize() throws {
    let program = try Program("(tape t [(x f32[2]) (y f32[2])] (return x))")
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    var inputs = [x.buffer, x.buffer]
    inputs[1].struct_size += 8
    expectFailure(TJ_INVALID_ARGUMENT, "parameters[1].struct_size differs") {
      () throws(CallFailure) in
      try check { tj_program_run(program.handle, inputs, 2, inputs, 1, nil, $0) }
    }
  }

  @Test func flagsThatDoNotExist() throws {
    var options = loadOptions()
    options.flags = 2
    expectFailure(TJ_INVALID_ARGUMENT, "flags that do not exist") { () throws(CallFailure) in
      _ = try Program("(tape t [(x f32[])] (return x))", options)
    }
    let program = try Program("(tape t [(x f32[])] (return x))")
    let x = CArray(TJ_F32, [1] as [Float], [])
    var run = sized(tj_run_options(), \.struct_size)
    run.reserved = 1
    let inputs = [x.buffer]
    expectFailure(TJ_INVALID_ARGUMENT, "reserved is not 0") { () throws(CallFailure) in
      try check { tj_program_run(program.handle, inputs, 1, inputs, 1, &run, $0) }
    }
  }

  @Test func namesMustBeUTF8() {
    let bytes: [CChar] = [-1, 0]
    bytes.withUnsafeBufferPointer { bytes in
      for path in [\tj_load_options.file, \.entry, \.engine] {
        var options = loadOptions()
        options[keyPath: path] = bytes.baseAddress
        expectFailure(TJ_INVALID_ARGUMENT, "is no UTF-8") { () throws(CallFailure) in
          _ = try Program("(tape t [(x f32[])] (return x))", options)
        }
      }
    }
    var options = loadOptions()
    options.model_type_count = 3
    expectFailure(TJ_INVALID_ARGUMENT, "model_types is NULL") { () throws(CallFailure) in
      _ = try Program("(tape t [(x f32[])] (return x))", options)
    }
    var nothing: UnsafePointer<CChar>?
    withUnsafePointer(to: &nothing) { nothing in
      options.model_types = nothing
      for count in [-1, .max] {
        options.model_type_count = count
        expectFailure(TJ_INVALID_ARGUMENT, "too many") { () throws(CallFailure) in
          _ = try Program("(tape t [(x f32[])] (return x))", options)
        }
      }
      options.model_type_count = 1
      expectFailure(TJ_INVALID_ARGUMENT, "model_types[0] is NULL") { () throws(CallFailure) in
        _ = try Program("(tape t [(x f32[])] (return x))", options)
      }
    }
  }
}
