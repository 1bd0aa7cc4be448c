import CTensorJIT
import Testing

/// Handles that are none, and null pointers: each an error, never the end of the process.
@Suite struct HandleTests {
  private let identity = "(tape t [(x f32[2])] (return x))"

  @Test func errorObjectsTellOfTheLastCall() {
    let error = tj_error_create()
    defer { tj_error_destroy(error) }
    #expect(tj_error_status(error) == TJ_OK)
    #expect(String(cString: tj_error_message(error)).isEmpty)
    var device = sized(tj_device(), \.struct_size)
    #expect(tj_device_get(500, &device, error) == TJ_INVALID_ARGUMENT)
    #expect(tj_error_status(error) == TJ_INVALID_ARGUMENT)
    #expect(String(cString: tj_error_message(error)).hasPrefix("there is no device 500"))
    #expect(tj_device_get(0, &device, error) == TJ_OK)
    #expect(String(cString: tj_error_message(error)).isEmpty)
  }

  @Test func errorsMayBeLeftOut() {
    var device = sized(tj_device(), \.struct_size)
    #expect(tj_device_get(0, &device, nil) == TJ_OK)
    #expect(tj_device_get(500, &device, nil) == TJ_INVALID_ARGUMENT)
  }

  @Test func whatIsNoErrorObject() {
    let destroyed = tj_error_create()
    tj_error_destroy(destroyed)
    tj_error_destroy(destroyed)
    tj_error_destroy(nil)
    var device = sized(tj_device(), \.struct_size)
    for error in [destroyed, OpaquePointer(bitPattern: 3), OpaquePointer(bitPattern: -16)] {
      #expect(tj_error_status(error) == TJ_INVALID_ARGUMENT)
      #expect(String(cString: tj_error_message(error)).contains("no error object"))
      #expect(tj_device_get(0, &device, error) == TJ_INVALID_ARGUMENT)
    }
    #expect(tj_error_status(nil) == TJ_INVALID_ARGUMENT)
    #expect(tj_error_message(nil) != nil)
  }

  @Test func whatIsNoProgram() throws {
    var destroyed: OpaquePointer?
    try check { tj_program_load(identity, identity.utf8.count, nil, &destroyed, $0) }
    tj_program_destroy(destroyed)
    tj_program_destroy(destroyed)
    tj_program_destroy(nil)
    let error = tj_error_create()
    defer { tj_error_destroy(error) }
    for handle in [nil, destroyed, OpaquePointer(bitPattern: 16), error] {
      #expect(tj_program_parameter_count(handle) == 0)
      #expect(tj_program_result_count(handle) == 0)
      var value = sized(tj_value(), \.struct_size)
      var index = 0
      var size: Int64 = 0
      let calls: [(OpaquePointer?) -> tj_status] = [
        { tj_program_parameter(handle, 0, &value, $0) },
        { tj_program_result(handle, 0, &value, $0) },
        { tj_program_find_parameter(handle, "x", &index, $0) },
        { tj_program_find_result(handle, "x", &index, $0) },
        { tj_program_result_sizes(handle, nil, 0, 0, &size, 1, $0) },
        { tj_program_prepare(handle, nil, 0, $0) },
        { tj_program_run(handle, nil, 0, nil, 0, nil, $0) },
        { tj_program_text(handle, "capture", nil, 0, nil, $0) },
      ]
      for call in calls {
        expectFailure(TJ_INVALID_ARGUMENT, handle == nil ? "program is NULL" : "no program") {
          () throws(CallFailure) in try check(call)
        }
      }
    }
  }

  @Test func nullPointers() throws {
    let program = try Program(identity)
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    let inputs = [x.buffer]
    var handle: OpaquePointer?
    let calls: [(role: String, call: (OpaquePointer?) -> tj_status)] = [
      ("text", { tj_program_load(nil, 0, nil, &handle, $0) }),
      ("program", { tj_program_load("", 0, nil, nil, $0) }),
      ("value", { tj_program_parameter(program.handle, 0, nil, $0) }),
      ("value", { tj_program_result(program.handle, 0, nil, $0) }),
      ("name", { tj_program_find_parameter(program.handle, nil, nil, $0) }),
      ("index", { tj_program_find_result(program.handle, "x", nil, $0) }),
      ("parameters", { tj_program_run(program.handle, nil, 1, inputs, 1, nil, $0) }),
      ("results", { tj_program_run(program.handle, inputs, 1, nil, 1, nil, $0) }),
      ("parameters", { tj_program_prepare(program.handle, nil, 1, $0) }),
      ("sizes", { tj_program_result_sizes(program.handle, inputs, 1, 0, nil, 1, $0) }),
      ("stage", { tj_program_text(program.handle, nil, nil, 0, nil, $0) }),
      ("text", { tj_program_text(program.handle, "plan", nil, 9, nil, $0) }),
      ("buffer", { tj_buffer_text(nil, nil, 0, nil, $0) }),
      ("text", { tj_buffer_text(inputs, nil, 4, nil, $0) }),
      ("device", { tj_device_get(0, nil, $0) }),
      ("counters", { tj_counters_get(nil, $0) }),
    ]
    for (role, call) in calls {
      expectFailure(TJ_INVALID_ARGUMENT, "\(role) is NULL") { () throws(CallFailure) in
        try check(call)
      }
    }
  }

  @Test func indicesAndNamesThatDoNotExist() throws {
    let program = try Program(identity)
    let x = CArray(TJ_F32, [1, 2] as [Float], [2])
    let inputs = [x.buffer]
    var value = sized(tj_value(), \.struct_size)
    var index = 0
    var size: Int64 = 0
    let calls: [(words: String, call: (OpaquePointer?) -> tj_status)] = [
      ("no parameter 1; it has 1", { tj_program_parameter(program.handle, 1, &value, $0) }),
      (
        "no result 18446744073709551615", { tj_program_result(program.handle, -1, &value, $0) }
      ),
      (
        "no parameter y; it has x", { tj_program_find_parameter(program.handle, "y", &index, $0) }
      ),
      ("no result y; it has x", { tj_program_find_result(program.handle, "y", &index, $0) }),
      ("no result 2", { tj_program_result_sizes(program.handle, inputs, 1, 2, &size, 1, $0) }),
      (
        "room for 0 sizes", { tj_program_result_sizes(program.handle, inputs, 1, 0, &size, 0, $0) }
      ),
      ("expected 1", { tj_program_run(program.handle, inputs, 2, inputs, 1, nil, $0) }),
      ("expected 1", { tj_program_run(program.handle, inputs, 1, inputs, -1, nil, $0) }),
      ("capacity", { tj_buffer_text(inputs, nil, -1, nil, $0) }),
    ]
    for (words, call) in calls {
      expectFailure(TJ_INVALID_ARGUMENT, words) { () throws(CallFailure) in try check(call) }
    }
  }

  @Test func statusesHaveNames() {
    #expect(tj_status_name(0).map { String(cString: $0) } == "TJ_OK")
    #expect(tj_status_name(tj_status(TJ_FAILURE)).map { String(cString: $0) } == "TJ_FAILURE")
    #expect(tj_status_name(9) == nil)
    #expect(tj_status_name(-1) == nil)
  }

  @Test func programsAndErrorsAreCounted() throws {
    let before = try counters()
    let program = try Program(identity)
    let during = try counters()
    #expect(during.live_programs >= 1 && during.live_errors >= 1)
    #expect(before.struct_size == MemoryLayout<tj_counters>.size)
    withExtendedLifetime(program) {}
  }
}
