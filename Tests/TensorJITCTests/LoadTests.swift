import CTensorJIT
import Testing

/// What texts become programs, and which tape of a text is meant.
@Suite struct LoadTests {
  @Test func describesParametersAndResults() throws {
    let program = try Program(
      "(tape t [(x f32[N,4]) (n i64[])] (y (concat x x :axis 0)) (return y n))")
    #expect(tj_program_parameter_count(program.handle) == 2)
    #expect(tj_program_result_count(program.handle) == 2)
    let x = try program.value(0)
    #expect(String(cString: x.name) == "x")
    #expect(String(cString: x.type) == "f32[N,4]")
    #expect(x.dtype == TJ_F32)
    #expect(x.rank == 2)
    #expect(x.sizes[0] == -1 && x.sizes[1] == 4)
    #expect(x.size_texts[0].map { String(cString: $0) } == "N")
    #expect(x.size_texts[1].map { String(cString: $0) } == "4")
    let y = try program.value(0, isResult: true)
    #expect(y.size_texts[0].map { String(cString: $0) } == "2*N")
    let n = try program.value(1, isResult: true)
    #expect(n.rank == 0 && n.dtype == TJ_I64)
    var index = 7
    try check { tj_program_find_parameter(program.handle, "n", &index, $0) }
    #expect(index == 1)
    try check { tj_program_find_result(program.handle, "y", &index, $0) }
    #expect(index == 0)
  }

  @Test func choosesATape() throws {
    let text = """
      (tape first [(a f32[1])] (return a))
      (tape main [(b f32[2])] (return b))
      (tape last [(c f32[3])] (return c))
      """
    func parameter(_ entry: String?) throws -> String {
      var options = loadOptions()
      let name = entry.map(CText.init)
      options.entry = name?.pointer
      let program = try Program(text, options)
      return String(cString: try program.value(0).name)
    }
    #expect(try parameter(nil) == "b")
    #expect(try parameter("first") == "a")
    #expect(try parameter("last") == "c")
    expectFailure(TJ_INVALID_ARGUMENT, "no tape or model other; it has first, main, last") {
      () throws(CallFailure) in
      var options = loadOptions()
      let name = CText("other")
      options.entry = name.pointer
      _ = try Program(text, options)
    }
  }

  @Test(arguments: engines) func aModelBecomesAProgram(engine: String) throws {
    let text = "(defmodel line [x w line] (-> x (mul w) (add line)))"
    let types = ["f32[N]", "f32[]", "f32[]"].map(CText.init)
    let pointers = types.map { Optional($0.pointer) }
    let name = CText(engine)
    try pointers.withUnsafeBufferPointer { pointers in
      var options = loadOptions()
      options.engine = name.pointer
      options.model_types = pointers.baseAddress
      options.model_type_count = pointers.count
      options.flags = UInt32(TJ_LOAD_GRADIENT)
      let program = try Program(text, options)
      #expect(String(cString: try program.value(0, isResult: true).name) == "line-result")
      #expect(tj_program_result_count(program.handle) == 4)
      let results = [
        CArray(TJ_F32, [0, 0] as [Float], [2]), CArray(TJ_F32, [0, 0] as [Float], [2]),
        CArray(TJ_F32, [0] as [Float], []), CArray(TJ_F32, [0] as [Float], []),
      ]
      try program.run(
        [
          CArray(TJ_F32, [1, 2] as [Float], [2]), CArray(TJ_F32, [3] as [Float], []),
          CArray(TJ_F32, [1] as [Float], []),
        ], results)
      #expect(results.map { $0.elements(Float.self) } == [[4, 7], [3, 3], [3], [2]])
    }
    expectFailure(TJ_INVALID_ARGUMENT, "needs 3 model_types") { () throws(CallFailure) in
      _ = try Program(text)
    }
  }

  @Test func typesOfModelsAreChecked() {
    func load(_ type: String, _ text: String) throws(CallFailure) {
      let type = CText(type)
      var pointer: UnsafePointer<CChar>? = type.pointer
      var options = loadOptions()
      options.model_type_count = 1
      _ = try withUnsafePointer(to: &pointer) { pointer throws(CallFailure) in
        options.model_types = pointer
        return try Program(text, options)
      }
    }
    let model = "(defmodel m [x] (exp x))"
    expectFailure(TJ_INVALID_TEXT, "<type of x>:1:1: error") { () throws(CallFailure) in
      try load("f33[2]", model)
    }
    expectFailure(TJ_INVALID_TEXT, "<type of x>") { () throws(CallFailure) in
      try load("f32[2]) (y", model)
    }
    expectFailure(TJ_INVALID_TEXT, "<type of x>") { () throws(CallFailure) in try load("", model) }
    expectFailure(TJ_INVALID_TEXT, "exp needs a floating operand") { () throws(CallFailure) in
      try load("i32[2]", model)
    }
    expectFailure(TJ_INVALID_ARGUMENT, "model_types are for a model") { () throws(CallFailure) in
      try load("i32[2]", "(tape t [(x i32[])] (return x))")
    }
  }

  @Test func textErrorsHaveTheirPlace() {
    var options = loadOptions()
    let file = CText("broken.tape")
    options.file = file.pointer
    expectFailure(TJ_INVALID_TEXT, "broken.tape:2:6: error: unknown op exq") {
      () throws(CallFailure) in
      _ = try Program("(tape t [(x f32[2])]\n  (y (exq x))\n  (return y))", options)
    }
    for text in ["", "; nothing", "(tape", "(tape t [] (return))", "\u{0}", "(rule a (neg ?x) ?x)"]
    {
      expectFailure(TJ_INVALID_TEXT, "<text>:1:") { () throws(CallFailure) in
        _ = try Program(text)
      }
    }
  }

  @Test func textsMayBeNoUTF8() {
    let bytes: [CChar] = [40, -1, 41]
    var handle: OpaquePointer?
    expectFailure(TJ_INVALID_TEXT, "invalid UTF-8 at byte offset 1") { () throws(CallFailure) in
      try check { tj_program_load(bytes, bytes.count, nil, &handle, $0) }
    }
  }

  @Test func wholeStringsEndAtTheirNUL() throws {
    var handle: OpaquePointer?
    try check {
      tj_program_load("(tape t [(x f32[])] (return x))", -1, nil, &handle, $0)
    }
    #expect(tj_program_parameter_count(handle) == 1)
    tj_program_destroy(handle)
  }

  @Test func gradientsAreAppended() throws {
    let text = "(tape t [(x f64[2]) (k f64[]) (n i32[])] (y (mul (mul x x) k)) (return y))"
    var options = loadOptions()
    options.flags = UInt32(TJ_LOAD_GRADIENT)
    let whole = try Program(text, options)
    #expect(tj_program_result_count(whole.handle) == 3)

    func load(_ names: [String]) throws(CallFailure) -> Program {
      let texts = names.map(CText.init)
      let pointers = texts.map { Optional($0.pointer) }
      do {
        return try pointers.withUnsafeBufferPointer { pointers in
          options.gradient_names = pointers.baseAddress
          options.gradient_name_count = pointers.count
          return try Program(text, options)
        }
      } catch let error as CallFailure {
        throw error
      } catch {
        throw CallFailure(status: 0, message: "\(error)")
      }
    }
    let program = try load(["x"])
    let (y, g) = (
      CArray(TJ_F64, [0, 0] as [Double], [2]), CArray(TJ_F64, [0, 0] as [Double], [2])
    )
    #expect(String(cString: try program.value(1, isResult: true).name) == "grad-x")
    try program.run(
      [
        CArray(TJ_F64, [1, 2] as [Double], [2]), CArray(TJ_F64, [10] as [Double], []),
        CArray(TJ_I32, [0] as [Int32], []),
      ], [y, g])
    #expect(y.elements(Double.self) == [10, 40])
    #expect(g.elements(Double.self) == [20, 40])
    expectFailure(TJ_NO_GRADIENT, "no parameter z") { () throws(CallFailure) in
      _ = try load(["z"])
    }
    expectFailure(TJ_NO_GRADIENT, "floating parameter, found n") { () throws(CallFailure) in
      _ = try load(["n"])
    }
    options.flags = 0
    expectFailure(TJ_INVALID_ARGUMENT, "TJ_LOAD_GRADIENT") { () throws(CallFailure) in
      _ = try load(["x"])
    }
  }

  @Test func enginesAreNamed() {
    #expect(engines.contains("cpu") && engines.contains("interpreter"))
    #expect(tj_engine_name(tj_engine_count()) == nil)
    #expect(tj_engine_name(-1) == nil)
    expectFailure(TJ_UNAVAILABLE, "no engine 'abacus'; it has interpreter, cpu") {
      () throws(CallFailure) in
      _ = try Program("(tape t [(x f32[])] (return x))", engine: "abacus")
    }
  }

  @Test func stagesPrint() throws {
    let program = try Program("(tape t [(x f32[N])] (y (exp x)) (return y))")
    func text(_ stage: String) throws -> String {
      var length = 0
      try check { tj_program_text(program.handle, stage, nil, 0, &length, $0) }
      var bytes = [CChar](repeating: 1, count: length + 1)
      try check { tj_program_text(program.handle, stage, &bytes, bytes.count, nil, $0) }
      return bytes.withUnsafeBufferPointer { $0.baseAddress.map(String.init(cString:)) ?? "" }
    }
    #expect(try text("capture").contains("(y (exp x)"))
    #expect(try text("plan").contains("(program t"))
    #expect(try text("asm").contains("ret"))
    expectFailure(TJ_INVALID_ARGUMENT, "no stage half; there are capture") {
      () throws(CallFailure) in
      try check { tj_program_text(program.handle, "half", nil, 0, nil, $0) }
    }
  }
}
