import ScalarIR

// Kernels of several loops, one after the other, as several kernels. Such a kernel is one block, whose
// threads wait for each other between the loops; a long loop of independent iterations is worth many
// blocks, which it gets as a kernel of its own.
//
// BEFORE                                     AFTER
//     (kernel k [x y]                            (kernel k_0 [x m.kept]
//       (scratch s f32 128)                        (scratch s f32 128)
//       (for l 128 …                               (for l 128 …
//         (store s l v))                             (store s l v))
//       (let m f32 (load s 0))                     (let m f32 (load s 0))
//       (for i 60000                               (store m.kept 0 m))
//         (let v f32 (load x i))                 (kernel k_1 [x y m.kept]
//         (let d f32 (sub v m))                    (for i 60000
//         (store y i d)))                            (let m f32 (load m.kept 0))
//                                                    (let v f32 (load x i))
//                                                    (let d f32 (sub v m))
//                                                    (store y i d)))
//
// An array of the kernel that several parts use becomes a temporary, and so does a scalar, of one
// element; constants are made again. Parts run in the order of the loops, so nothing else changes.

extension LoopProgram {
  /// The program with long loops that stand beside others as kernels of their own.
  package func splitIntoLaunches(_ options: GridOptions = GridOptions()) -> LoopProgram {
    var program = self
    program.kernels = []
    var names = Set(kernels.map(\.name))
    var launches: [(parts: [(kernel: Int, arguments: [Int])], temporaries: [BufferID])] = []
    for kernel in kernels {
      let split = KernelSplit(kernel, options, symbols: symbols)
      launches.append(
        (
          split.parts.enumerated().map { number, part in
            (program.kernels.count + number, part.arguments)
          },
          split.temporaries.map { program.declareTemporary("kept", $0.dtype, count: $0.count) }
        ))
      for (number, part) in split.parts.enumerated() {
        var part = part.kernel
        if split.parts.count > 1 {
          part.name = "\(kernel.name)_\(number)"
          while !names.insert(part.name).inserted { part.name += "_" }
        }
        program.kernels.append(part)
      }
    }
    guard program.kernels.count > kernels.count else { return self }
    program.steps = steps.mappingLaunches { launch in
      let split = launches[launch.kernel]
      let buffers = launch.arguments + split.temporaries
      return split.parts.map { part in
        Launch(kernel: part.kernel, arguments: part.arguments.map { buffers[$0] })
      }
    }
    return program
  }
}

/// The parts of one kernel.
private struct KernelSplit {
  /// The kernels that run one after the other; each of their arguments is, by its number, one of the
  /// kernel's, or behind these a temporary.
  private(set) var parts: [(kernel: Kernel, arguments: [Int])] = []
  private(set) var temporaries: [(dtype: DType, count: Index)] = []

  /// A scalar that stands beside the loops.
  private struct Definition {
    let dtype: DType
    let expression: Expression
    let group: Int
    /// The array of one element that holds it for other parts.
    var array: String?

    /// What defines the scalar in another part.
    func statement(_ variable: Variable) -> Statement {
      .define(variable, dtype, array.map { .load(array: $0, index: 0) } ?? expression)
    }
  }

  init(_ kernel: Kernel, _ options: GridOptions, symbols: [String]) {
    let groups = KernelSplit.groups(kernel, options)
    guard groups.count > 1 else {
      parts = [(kernel, Array(kernel.parameters.indices))]
      return
    }
    var fresh = FreshVariables(kernel, symbols: symbols)
    var arrays = kernel.parameters.map { (name: $0.name, dtype: $0.dtype) }

    // Scratch that several parts use.
    let accessed = groups.map { Set($0.accesses.map(\.array)) }
    var scratch: [Statement] = []
    for statement in kernel.body {
      guard case .scratch(let name, let dtype, let count) = statement else { continue }
      if accessed.count(where: { $0.contains(name) }) > 1 {
        arrays.append((name, dtype))
        temporaries.append((dtype, .constant(count)))
      } else {
        scratch.append(statement)
      }
    }

    // Scalars that several parts use, in the order in which they are defined.
    let used = groups.map { $0.reduce(into: Set<Variable>()) { $0.formUnion($1.usedVariables) } }
    var order: [Variable] = []
    var definitions: [Variable: Definition] = [:]
    for statement in kernel.body {
      guard case .define(let variable, let dtype, let expression) = statement else { continue }
      // A constant that no part holds belongs to none.
      let group = groups.firstIndex { $0.contains(statement) } ?? groups.count
      var definition = Definition(dtype: dtype, expression: expression, group: group)
      let isWanted = used.enumerated().contains { $0 != group && $1.contains(variable) }
      if isWanted, !expression.isConstant {
        let name = fresh.name("\(variable.name).kept")
        definition.array = name
        arrays.append((name, dtype))
        temporaries.append((dtype, 1))
      }
      order.append(variable)
      definitions[variable] = definition
    }

    for (number, group) in groups.enumerated() {
      let wanted = order.compactMap { variable -> Statement? in
        guard used[number].contains(variable), let definition = definitions[variable],
          definition.group != number
        else { return nil }
        return definition.statement(variable)
      }
      let kept = order.compactMap { variable -> Statement? in
        guard let definition = definitions[variable], definition.group == number,
          let array = definition.array
        else { return nil }
        return .store(array: array, index: 0, value: variable)
      }
      let own = scratch.filter { statement in
        guard case .scratch(let name, _, _) = statement else { return false }
        return accessed[number].contains(name)
      }
      var body = own + wanted + group + kept
      if group.count == 1, case .loop(let loop) = group[0], let nest = LoopNest(loop) {
        // Constants may stand before a nest, any number of them.
        let constants = wanted.filter { statement in
          if case .define(_, _, .constant) = statement { true } else { false }
        }
        let others = wanted.filter { !constants.contains($0) }
        body =
          own + constants + [.loop(loop.beginning(with: others, depth: nest.loops.count))] + kept
      }
      parts.append(KernelSplit.part(kernel, body, arrays))
    }
  }

  /// The statements of each part: a long loop, or what stands between two.
  private static func groups(_ kernel: Kernel, _ options: GridOptions) -> [[Statement]] {
    if LoopNest(kernel.body) != nil { return [kernel.body] }
    var groups: [[Statement]] = [[]]
    for statement in kernel.body {
      if case .loop(let loop) = statement, loop.isLong(options) {
        groups += [[statement], []]
      } else if case .scratch = statement {
        continue
      } else {
        groups[groups.count - 1].append(statement)
      }
    }
    return groups.filter { group in
      !group.allSatisfy { statement in
        if case .define(_, _, let expression) = statement { return expression.isConstant }
        return false
      }
    }
  }

  private static func part(
    _ kernel: Kernel, _ body: [Statement], _ arrays: [(name: String, dtype: DType)]
  ) -> (kernel: Kernel, arguments: [Int]) {
    let accesses = body.accesses
    let read = Set(accesses.lazy.filter { !$0.isStore }.map(\.array))
    let written = Set(accesses.lazy.filter(\.isStore).map(\.array))
    var part = kernel
    part.body = body
    part.parameters = []
    var arguments: [Int] = []
    for (number, array) in arrays.enumerated() {
      let access: ArrayParameter.Access
      switch (read.contains(array.name), written.contains(array.name)) {
      case (true, true): access = .readWrite
      case (true, false): access = .read
      case (false, true): access = .write
      case (false, false): continue
      }
      part.parameters.append(ArrayParameter(name: array.name, dtype: array.dtype, access: access))
      arguments.append(number)
    }
    return (part, arguments)
  }
}

extension Loop {
  /// Whether the loop is worth a launch: its iterations are independent and many, as far as is known,
  /// and sizes alone tell how many.
  fileprivate func isLong(_ options: GridOptions) -> Bool {
    guard let nest = LoopNest(self), nest.width >= options.launchIterations else { return false }
    return nest.loops.allSatisfy { loop in
      loop.extent.leaves.allSatisfy { leaf in
        if case .value = leaf { false } else { true }
      }
    }
  }

  /// The loop with statements before all others of the innermost of `depth` loops, as far as these hold
  /// nothing but each other.
  fileprivate func beginning(with statements: [Statement], depth: Int) -> Loop {
    var loop = self
    if depth > 1, body.count == 1, case .loop(let inner) = body[0] {
      loop.body = [.loop(inner.beginning(with: statements, depth: depth - 1))]
    } else {
      loop.body = statements + body
    }
    return loop
  }
}

extension Expression {
  /// Whether the value is the same wherever the expression stands in a kernel.
  fileprivate var isConstant: Bool {
    switch self {
    case .constant: true
    case .index(let index):
      index.leaves.allSatisfy { leaf in
        if case .symbol = leaf { true } else { false }
      }
    case .load, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely, .shuffle:
      false
    }
  }
}
