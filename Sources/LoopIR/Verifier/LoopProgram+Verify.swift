import ScalarIR

extension LoopProgram {
  /// Checks every rule of the loop language that can be checked without running the program.
  ///
  /// - Throws: `LoopError.invalid` for the first rule that is broken.
  package func verify() throws(LoopError) {
    try requireDistinct(symbols, "symbol")
    try requireDistinct(buffers.map(\.name), "buffer")
    try requireDistinct(kernels.map(\.name), "kernel")
    try requireDistinct(results.map(\.name), "result")
    var inputs: Set<Int> = []
    for buffer in buffers {
      try verify(buffer)
      if case .input(let number) = buffer.role, number < 0 || !inputs.insert(number).inserted {
        throw .invalid(
          place: "buffer \(buffer.name)", expected: "an input number of its own, 0 or more",
          found: "\(number)")
      }
    }
    let declared = Set(symbols)
    for kernel in kernels { try kernel.verify(symbols: declared) }
    var state = StepState()
    try verifySteps(steps, place: "step", &state)
    try verifyResults(written: state.written)
    if let arenaBytes { try verifyProgramIndex(arenaBytes, place: "arena") }
  }

  func requireDistinct(_ names: [String], _ kind: String) throws(LoopError) {
    var seen: Set<String> = []
    for name in names {
      guard !name.isEmpty, seen.insert(name).inserted else {
        throw .invalid(
          place: "program \(self.name)", expected: "a \(kind) name of its own",
          found: name.isEmpty ? "an empty one" : "\(name) twice")
      }
    }
  }

  /// The most elements of a buffer: far beyond any memory, and so that bytes can be counted.
  private static let elementLimit = 1 << 56

  /// Checks a size that may depend on symbols only.
  func verifyProgramIndex(_ index: Index, place: String) throws(LoopError) {
    if let value = index.constant, !(0...Dim.limit).contains(value) {
      throw .invalid(
        place: place, expected: value < 0 ? "a size of 0 or more" : "a size of at most 2^62",
        found: "\(value)")
    }
    for leaf in index.leaves {
      if case .symbol(let name) = leaf, symbols.contains(name) { continue }
      throw .invalid(place: place, expected: "a size made of declared symbols", found: "\(leaf)")
    }
    try index.verifyDivisors(place: place)
  }

  /// Checks that the status is written and that sizes depend on symbols only.
  func verify(_ check: ProgramCheck, place: String, _ state: StepState) throws(LoopError) {
    try verifyUse(
      of: check.status, as: .i64, isRead: true, isWritten: false, state, place: place)
    let status = buffers[check.status.index]
    guard status.count == .constant(ProgramCheck.statusCount) else {
      throw .invalid(
        place: place, expected: "a status of \(ProgramCheck.statusCount) elements",
        found: "\(status.name) of \(status.count)")
    }
    let components = check.vectorAxis.map { check.sizes.indices.contains($0) } ?? true
    guard components, check.dtype.isInteger, !check.limits.isEmpty else {
      throw .invalid(
        place: place, expected: "integer indices, their vector axis, and limits",
        found: "\(check.dtype) and \(check.limits.count) limits")
    }
    for size in check.sizes { try verifyProgramIndex(size, place: place) }
    // The greatest index into nothing is -1.
    for limit in check.limits { try verifyProgramIndex(limit + 1, place: place) }
  }

  private func verify(_ buffer: BufferDeclaration) throws(LoopError) {
    let place = "buffer \(buffer.name)"
    try verifyProgramIndex(buffer.count, place: place)
    if let count = buffer.count.constant, count > LoopProgram.elementLimit {
      throw .invalid(place: place, expected: "at most 2^56 elements", found: "\(count)")
    }
    switch buffer.role {
    case .input, .output, .temporary(nil): break
    case .slice(let source, _):
      guard let position = buffers.firstIndex(of: buffer), source.index < position,
        source.index >= 0
      else {
        throw .invalid(
          place: place, expected: "a slice of a buffer declared before",
          found: "number \(source.index)")
      }
      guard buffers[source.index].dtype == buffer.dtype else {
        throw .invalid(
          place: place, expected: "elements of \(buffers[source.index].dtype)",
          found: "\(buffer.dtype)")
      }
    case .constant(let literal):
      guard literal.dtype == buffer.dtype, buffer.count == .constant(literal.count) else {
        throw .invalid(
          place: place, expected: "a constant of \(buffer.count) elements of \(buffer.dtype)",
          found: "\(literal.count) of \(literal.dtype)")
      }
    case .temporary(let offset?):
      try verifyProgramIndex(offset, place: place)
      guard let arenaBytes else {
        throw .invalid(place: place, expected: "an arena for the offset", found: "none")
      }
      guard let start = offset.constant else { return }
      guard start % buffer.dtype.byteWidth == 0 else {
        throw .invalid(
          place: place, expected: "an offset that is a multiple of \(buffer.dtype.byteWidth)",
          found: "\(start)")
      }
      if let size = arenaBytes.constant, let count = buffer.count.constant,
        start + count * buffer.dtype.byteWidth > size
      {
        throw .invalid(
          place: place, expected: "an end within the arena's \(size) bytes",
          found: "\(start + count * buffer.dtype.byteWidth)")
      }
    }
  }

  func verify(
    _ launch: Launch, place: String, _ state: inout StepState
  ) throws(LoopError) {
    guard kernels.indices.contains(launch.kernel) else {
      throw .invalid(place: place, expected: "a kernel", found: "number \(launch.kernel)")
    }
    let kernel = kernels[launch.kernel]
    let place = "\(place), launch of \(kernel.name)"
    guard launch.arguments.count == kernel.parameters.count else {
      throw .invalid(
        place: place, expected: "\(kernel.parameters.count) arguments",
        found: "\(launch.arguments.count)")
    }
    for (buffer, parameter) in zip(launch.arguments, kernel.parameters) {
      try verifyUse(
        of: buffer, as: parameter.dtype, isRead: parameter.access == .read,
        isWritten: parameter.access != .read, state, place: place)
    }
    for (later, buffer) in launch.arguments.enumerated() {
      for earlier in 0..<later where launch.arguments[earlier] == buffer {
        let (a, b) = (kernel.parameters[earlier].access, kernel.parameters[later].access)
        let isSound =
          switch (a, b) {
          case (.read, .read): true
          case (.read, .write): kernel.canShare(written: later, read: earlier)
          case (.write, .read): kernel.canShare(written: earlier, read: later)
          case (.write, .write), (.readWrite, _), (_, .readWrite): false
          }
        guard isSound else {
          throw .invalid(
            place: place,
            expected: "one parameter bound to \(buffers[buffer.index].name), which is written",
            found: "\(kernel.parameters[earlier].name) and \(kernel.parameters[later].name)")
        }
      }
    }
    for (buffer, parameter) in zip(launch.arguments, kernel.parameters)
    where parameter.access != .read { state.written.insert(buffer) }
  }

  func verify(
    _ product: MatrixProduct, place: String, _ state: inout StepState
  ) throws(LoopError) {
    guard product.dtype == .f32 || product.dtype == .f64 else {
      throw .invalid(place: place, expected: "f32 or f64", found: "\(product.dtype)")
    }
    for index in [product.batch, product.m, product.n, product.k] {
      try verifyProgramIndex(index, place: place)
    }
    for (buffer, isWritten) in [(product.a, false), (product.b, false), (product.c, true)] {
      try verifyUse(
        of: buffer, as: product.dtype, isRead: !isWritten, isWritten: isWritten, state,
        place: place)
    }
    guard product.c != product.a, product.c != product.b else {
      throw .invalid(
        place: place, expected: "a result buffer of its own",
        found: buffers[product.c.index].name)
    }
    state.written.insert(product.c)
  }

  func verify(
    _ call: HostCall, place: String, _ state: inout StepState
  ) throws(LoopError) {
    let arrays = call.function.operands + call.function.results
    guard call.buffers.count == arrays.count else {
      throw .invalid(
        place: place, expected: "\(arrays.count) buffers", found: "\(call.buffers.count)")
    }
    for (number, (buffer, array)) in zip(call.buffers, arrays).enumerated() {
      let isResult = number >= call.operands.count
      try verifyUse(
        of: buffer, as: array.dtype, isRead: !isResult, isWritten: isResult, state, place: place)
      let declaration = buffers[buffer.index]
      guard declaration.count == .constant(array.count),
        !isResult || call.buffers.count(where: { $0 == buffer }) == 1
      else {
        throw .invalid(
          place: place,
          expected: "a buffer of \(array.count) elements\(isResult ? " of its own" : "")",
          found: "\(declaration.name) of \(declaration.count)")
      }
    }
    state.written.formUnion(call.results)
  }

  func verify(
    _ call: MatrixRoutineCall, place: String, _ state: inout StepState
  ) throws(LoopError) {
    guard call.dtype == .f32 || call.dtype == .f64 else {
      throw .invalid(place: place, expected: "f32 or f64", found: "\(call.dtype)")
    }
    for index in [call.batch, call.rows, call.columns] {
      try verifyProgramIndex(index, place: place)
    }
    for (buffers, count, kind) in [
      (call.operands, call.routine.operandCount, "operand"),
      (call.results, call.routine.resultCount, "result"),
    ] where buffers.count != count {
      throw .invalid(
        place: place, expected: "\(count) \(kind) buffer\(count == 1 ? "" : "s")",
        found: "\(buffers.count)")
    }
    for buffer in call.operands {
      try verifyUse(
        of: buffer, as: call.dtype, isRead: true, isWritten: false, state, place: place)
    }
    for buffer in call.results {
      try verifyUse(
        of: buffer, as: call.dtype, isRead: false, isWritten: true, state, place: place)
      guard call.buffers.count(where: { $0 == buffer }) == 1 else {
        throw .invalid(
          place: place, expected: "result buffers of their own", found: buffers[buffer.index].name)
      }
    }
    state.written.formUnion(call.results)
  }

  func verifyUse(
    of buffer: BufferID, as dtype: DType, isRead: Bool, isWritten: Bool, _ state: StepState,
    place: String
  ) throws(LoopError) {
    guard buffers.indices.contains(buffer.index) else {
      throw .invalid(place: place, expected: "a buffer", found: "number \(buffer.index)")
    }
    let declaration = buffers[buffer.index]
    guard declaration.dtype == dtype else {
      throw .invalid(
        place: place, expected: "a buffer of \(dtype)",
        found: "\(declaration.name) of \(declaration.dtype)")
    }
    switch declaration.role {
    case .input, .constant:
      guard !isWritten else {
        throw .invalid(
          place: place, expected: "an output or a temporary to write to",
          found: declaration.name)
      }
    case .slice(let source, let counter):
      guard state.counters.contains(counter) else {
        throw .invalid(
          place: place, expected: "a slice only in the loop of \(counter)",
          found: declaration.name)
      }
      if isWritten { return try verifyWritable(whole(source), place: place) }
      guard state.written.contains(buffer) || isDefined(source, state) else {
        throw .invalid(
          place: place, expected: "\(declaration.name) written by a step before",
          found: "nothing that writes it")
      }
    case .output, .temporary:
      guard !isRead || state.written.contains(buffer) || declaration.count == 0 else {
        throw .invalid(
          place: place, expected: "\(declaration.name) written by a step before",
          found: "nothing that writes it")
      }
    }
  }

  /// Whether all of a buffer is there.
  private func isDefined(_ buffer: BufferID, _ state: StepState) -> Bool {
    switch buffers[buffer.index].role {
    case .input, .constant: true
    case .slice(let source, _): state.written.contains(buffer) || isDefined(source, state)
    case .output, .temporary: state.written.contains(buffer) || buffers[buffer.index].count == 0
    }
  }

  private func verifyWritable(_ buffer: BufferID, place: String) throws(LoopError) {
    switch buffers[buffer.index].role {
    case .output, .temporary: return
    case .input, .constant, .slice:
      throw .invalid(
        place: place, expected: "an output or a temporary to write to",
        found: buffers[buffer.index].name)
    }
  }

  private func verifyResults(written: Set<BufferID>) throws(LoopError) {
    for result in results {
      let place = "result \(result.name)"
      guard buffers.indices.contains(result.buffer.index) else {
        throw .invalid(place: place, expected: "a buffer", found: "number \(result.buffer.index)")
      }
      let buffer = buffers[result.buffer.index]
      switch buffer.role {
      case .input, .constant, .output: break
      case .temporary, .slice:
        throw .invalid(
          place: place, expected: "an output, an input or a constant",
          found: "the temporary \(buffer.name)")
      }
    }
    for (number, buffer) in buffers.enumerated() where buffer.count != 0 {
      if case .output = buffer.role, !written.contains(BufferID(number)) {
        throw .invalid(
          place: "buffer \(buffer.name)", expected: "a step that writes it", found: "none")
      }
    }
  }
}

extension Index {
  /// The variables, symbols and values in the index.
  package var leaves: [Index] {
    switch self {
    case .constant: []
    case .variable, .symbol, .value: [self]
    case .sum(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .remainder(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      a.leaves + b.leaves
    }
  }

  /// Checks that no divisor is a constant below 1.
  func verifyDivisors(place: String) throws(LoopError) {
    switch self {
    case .constant, .variable, .symbol, .value: return
    case .quotient(_, .constant(let divisor)), .remainder(_, .constant(let divisor)):
      guard divisor > 0 else {
        throw .invalid(place: place, expected: "a positive divisor", found: "\(divisor)")
      }
    case .sum, .product, .quotient, .remainder, .minimum, .maximum: break
    }
    switch self {
    case .constant, .variable, .symbol, .value: return
    case .sum(let a, let b), .product(let a, let b), .quotient(let a, let b),
      .remainder(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      try a.verifyDivisors(place: place)
      try b.verifyDivisors(place: place)
    }
  }
}
