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
    let written = try verifySteps()
    try verifyResults(written: written)
    if let arenaBytes { try verifyProgramIndex(arenaBytes, place: "arena") }
  }

  private func requireDistinct(_ names: [String], _ kind: String) throws(LoopError) {
    var seen: Set<String> = []
    for name in names {
      guard !name.isEmpty, seen.insert(name).inserted else {
        throw .invalid(
          place: "program \(self.name)", expected: "a \(kind) name of its own",
          found: name.isEmpty ? "an empty one" : "\(name) twice")
      }
    }
  }

  /// Checks a size that may depend on symbols only.
  private func verifyProgramIndex(_ index: Index, place: String) throws(LoopError) {
    if let value = index.constant, value < 0 {
      throw .invalid(place: place, expected: "a size of 0 or more", found: "\(value)")
    }
    for leaf in index.leaves {
      if case .symbol(let name) = leaf, symbols.contains(name) { continue }
      throw .invalid(place: place, expected: "a size made of declared symbols", found: "\(leaf)")
    }
    try index.verifyDivisors(place: place)
  }

  private func verify(_ buffer: BufferDeclaration) throws(LoopError) {
    let place = "buffer \(buffer.name)"
    try verifyProgramIndex(buffer.count, place: place)
    switch buffer.role {
    case .input, .output, .temporary(nil): break
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

  /// Checks the steps in order and returns the buffers that they write.
  private func verifySteps() throws(LoopError) -> Set<BufferID> {
    var written: Set<BufferID> = []
    for (number, step) in steps.enumerated() {
      switch step {
      case .launch(let launch):
        try verify(launch, place: "step \(number)", &written)
      case .call(.matrixProduct(let product)):
        try verify(product, place: "step \(number), matrix-product", &written)
      case .call(.matrixRoutine(let call)):
        try verify(call, place: "step \(number), matrix-routine \(call.routine.name)", &written)
      }
    }
    return written
  }

  private func verify(
    _ launch: Launch, place: String, _ written: inout Set<BufferID>
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
        isWritten: parameter.access != .read, written: written, place: place)
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
    where parameter.access != .read { written.insert(buffer) }
  }

  private func verify(
    _ product: MatrixProduct, place: String, _ written: inout Set<BufferID>
  ) throws(LoopError) {
    guard product.dtype == .f32 || product.dtype == .f64 else {
      throw .invalid(place: place, expected: "f32 or f64", found: "\(product.dtype)")
    }
    for index in [product.batch, product.m, product.n, product.k] {
      try verifyProgramIndex(index, place: place)
    }
    for (buffer, isWritten) in [(product.a, false), (product.b, false), (product.c, true)] {
      try verifyUse(
        of: buffer, as: product.dtype, isRead: !isWritten, isWritten: isWritten, written: written,
        place: place)
    }
    guard product.c != product.a, product.c != product.b else {
      throw .invalid(
        place: place, expected: "a result buffer of its own",
        found: buffers[product.c.index].name)
    }
    written.insert(product.c)
  }

  private func verify(
    _ call: MatrixRoutineCall, place: String, _ written: inout Set<BufferID>
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
        of: buffer, as: call.dtype, isRead: true, isWritten: false, written: written, place: place)
    }
    for buffer in call.results {
      try verifyUse(
        of: buffer, as: call.dtype, isRead: false, isWritten: true, written: written, place: place)
      guard call.buffers.count(where: { $0 == buffer }) == 1 else {
        throw .invalid(
          place: place, expected: "result buffers of their own", found: buffers[buffer.index].name)
      }
    }
    written.formUnion(call.results)
  }

  private func verifyUse(
    of buffer: BufferID, as dtype: DType, isRead: Bool, isWritten: Bool, written: Set<BufferID>,
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
    case .output, .temporary:
      guard !isRead || written.contains(buffer) || declaration.count == 0 else {
        throw .invalid(
          place: place, expected: "\(declaration.name) written by a step before",
          found: "nothing that writes it")
      }
    }
  }

  private func verifyResults(written: Set<BufferID>) throws(LoopError) {
    for result in results {
      let place = "result \(result.name)"
      guard buffers.indices.contains(result.buffer.index) else {
        throw .invalid(place: place, expected: "a buffer", found: "number \(result.buffer.index)")
      }
      let buffer = buffers[result.buffer.index]
      if case .temporary = buffer.role {
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
