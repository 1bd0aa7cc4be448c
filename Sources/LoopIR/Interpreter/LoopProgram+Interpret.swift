import ScalarIR

extension LoopProgram {
  /// Runs the program, plainly: every loop serially, every element checked.
  ///
  /// Verifies the program first. Once memory is planned, temporaries lie in one arena, and an element
  /// that another temporary has overwritten counts as undefined.
  ///
  /// - Parameters:
  ///   - inputs: one literal for each parameter of the program; only their number of elements counts.
  ///   - symbols: the values of `symbols`, in order.
  /// - Returns: the results, each with one axis.
  /// - Throws: `LoopError`: the program is invalid, an argument does not suit it, an access is out of
  ///   bounds or reads what is not defined, or iterations that claim to be independent are not.
  package func interpret(
    inputs: [Literal] = [], symbols values: [Int] = []
  ) throws(LoopError) -> [Literal] {
    try verify()
    guard values.count == symbols.count, values.allSatisfy({ $0 >= 0 }) else {
      throw .argument(
        name: "symbols", expected: "\(symbols.count) values of 0 or more", found: "\(values)")
    }
    let bindings = Dictionary(uniqueKeysWithValues: zip(symbols, values))
    var run = KernelRun(symbols: bindings)
    var views = try bind(inputs, &run)
    try interpret(steps, &run, &views)
    var literals: [Literal] = []
    for result in results {
      let view = views[result.buffer.index]
      var bits: [UInt64] = []
      bits.reserveCapacity(view.count)
      for index in 0..<view.count {
        guard let word = run.memory.read(view, index) else {
          throw .undefinedResult(name: result.name, index: index)
        }
        bits.append(word)
      }
      literals.append(Literal(dtype: view.dtype, sizes: [view.count], bits: bits))
    }
    return literals
  }

  private func interpret(
    _ steps: [Step], _ run: inout KernelRun, _ views: inout [Memory.View]
  ) throws(LoopError) {
    for step in steps {
      switch step {
      case .launch(let launch):
        try run.launch(kernels[launch.kernel], launch.arguments.map { views[$0.index] })
      case .call(.matrixProduct(let product)):
        try run.multiply(
          product, views[product.a.index], views[product.b.index], views[product.c.index])
      case .call(.matrixRoutine(let call)):
        try run.solve(
          call, call.operands.map { views[$0.index] }, call.results.map { views[$0.index] })
      case .call(.host(let call)):
        try run.call(
          call.function, call.operands.map { views[$0.index] }, call.results.map { views[$0.index] }
        )
      case .check(let check): try interpret(check, run, views)
      case .copy(let copy): try run.copy(views[copy.source.index], views[copy.target.index])
      case .exchange(let exchange): views.swapAt(exchange.first.index, exchange.second.index)
      case .branch(let branch):
        let holds = try run.holds(views[branch.predicate.index])
        try interpret(holds ? branch.then : branch.otherwise, &run, &views)
      case .whileLoop(let loop):
        while true {
          try interpret(loop.condition, &run, &views)
          guard try run.holds(views[loop.predicate.index]) else { break }
          try interpret(loop.body, &run, &views)
        }
      case .countedLoop(let loop):
        let extent = try run.evaluate(loop.extent, KernelRun.Frame())
        let slices = slices(at: loop.counter)
        for iteration in 0..<max(extent, 0) {
          let position = loop.isReversed ? extent - 1 - iteration : iteration
          for (slice, source) in slices {
            views[slice.index] = run.memory.makeSlice(
              of: views[source.index], position,
              count: try size(buffers[slice.index].count, name: buffers[slice.index].name, run))
          }
          try interpret(loop.body, &run, &views)
        }
      }
    }
  }

  /// Fails where the check's status says that something was found.
  private func interpret(
    _ check: ProgramCheck, _ run: KernelRun, _ views: [Memory.View]
  ) throws(LoopError) {
    let view = views[check.status.index]
    var status: [Int64] = []
    for index in 0..<ProgramCheck.statusCount {
      guard let word = run.memory.read(view, index) else {
        throw .undefinedResult(name: buffers[check.status.index].name, index: index)
      }
      status.append(Int64(bitPattern: word))
    }
    if let violation = check.violation(
      position: status[0], index: status[1], symbols: run.symbols)
    {
      throw .index(violation)
    }
  }

  /// Gives every buffer its place in memory; slices have one from loop to loop.
  private func bind(
    _ inputs: [Literal], _ run: inout KernelRun
  ) throws(LoopError) -> [Memory.View] {
    var arena: Int?
    if let arenaBytes {
      let size = try size(arenaBytes, name: "arena", run)
      arena = run.memory.makeStore(granule: 1, cells: size, depth: 0)
    }
    var views: [Memory.View] = []
    for buffer in buffers {
      let count = try size(buffer.count, name: buffer.name, run)
      switch buffer.role {
      case .input(let number):
        guard inputs.indices.contains(number), inputs[number].dtype == buffer.dtype,
          inputs[number].count == count
        else {
          throw .argument(
            name: buffer.name, expected: "\(count) elements of \(buffer.dtype)",
            found: inputs.indices.contains(number)
              ? "\(inputs[number].count) of \(inputs[number].dtype)" : "no input \(number)")
        }
        views.append(run.memory.makeArray(inputs[number]))
      case .constant(let literal): views.append(run.memory.makeArray(literal))
      case .slice(let source, _): views.append(views[source.index])
      case .output, .temporary(nil): views.append(run.memory.makeArray(buffer.dtype, count: count))
      case .temporary(let offset?):
        guard let arena else {
          preconditionFailure("the verifier lets no offset stand without an arena")
        }
        let base = try size(offset, name: buffer.name, run)
        guard base + count * buffer.dtype.byteWidth <= run.memory.stores[arena].cells.count else {
          throw .argument(
            name: buffer.name, expected: "a place in the arena",
            found: "bytes \(base) ..< \(base + count * buffer.dtype.byteWidth)")
        }
        views.append(run.memory.makeView(of: buffer.dtype, count: count, in: arena, base: base))
      }
    }
    return views
  }

  /// The greatest size of an array that the interpreter takes.
  private static let interpreterLimit = 1 << 30

  /// A size's value.
  private func size(_ index: Index, name: String, _ run: KernelRun) throws(LoopError) -> Int {
    let value = try run.evaluate(index, KernelRun.Frame())
    guard (0...LoopProgram.interpreterLimit).contains(value) else {
      throw .argument(
        name: name, expected: "a size from 0 to \(LoopProgram.interpreterLimit)",
        found: "\(value)")
    }
    return value
  }
}

extension KernelRun {
  /// Whether the only element of a buffer is true.
  fileprivate mutating func holds(_ predicate: Memory.View) throws(LoopError) -> Bool {
    kernelName = "predicate"
    return try read(predicate, named: "predicate", 0, Frame()) != 0
  }

  fileprivate mutating func copy(
    _ source: Memory.View, _ target: Memory.View
  ) throws(LoopError) {
    kernelName = "copy"
    let frame = Frame()
    for index in 0..<source.count {
      try write(
        target, named: "target", index, try read(source, named: "source", index, frame), frame)
    }
  }

  /// The matrix product, each element summed in order over k.
  fileprivate mutating func multiply(
    _ product: MatrixProduct, _ a: Memory.View, _ b: Memory.View, _ c: Memory.View
  ) throws(LoopError) {
    kernelName = "matrix-product"
    let frame = Frame()
    let batch = try evaluate(product.batch, frame)
    let (m, n) = (try evaluate(product.m, frame), try evaluate(product.n, frame))
    let k = try evaluate(product.k, frame)
    for entry in 0..<max(batch, 0) {
      for row in 0..<max(m, 0) {
        for column in 0..<max(n, 0) {
          var sum: UInt64 = 0
          for step in 0..<max(k, 0) {
            let left = product.isTransposedA ? step * m + row : row * k + step
            let right = product.isTransposedB ? column * k + step : step * n + column
            let x = try read(a, named: "a", entry * m * k + left, frame)
            let y = try read(b, named: "b", entry * k * n + right, frame)
            sum = ScalarValue.fma(product.dtype, x, y, sum)
          }
          try write(c, named: "c", entry * m * n + row * n + column, sum, frame)
        }
      }
    }
  }
}
