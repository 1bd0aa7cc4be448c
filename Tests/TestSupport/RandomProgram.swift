import LoopIR
import ScalarIR

/// A valid program that reads nothing undefined, with values for its inputs and symbols.
package struct RandomProgram {
  /// A buffer seen as a matrix.
  private struct Matrix {
    let buffer: BufferID
    let dtype: DType
    let rows: Index
    let columns: Index
  }

  package private(set) var program: LoopProgram
  package private(set) var inputs: [Literal] = []
  package private(set) var symbolValues: [Int] = []
  var random: SplitMix64
  private var matrices: [Matrix] = []
  private let rows: Index
  private let columns: Index
  private var names = 0

  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    program = LoopProgram(name: "random-\(seed)")
    let sizes = [0, 1, 2, 3, 5, 8, 17]
    columns = .constant(sizes[Int.random(in: 1..<sizes.count, using: &random)])
    let extent = sizes[Int.random(in: 0..<sizes.count, using: &random)]
    if Bool.random(using: &random) {
      program.symbols = ["n"]
      symbolValues = [extent]
      rows = .symbol("n")
    } else {
      rows = .constant(extent)
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) { addSource() }
    let steps = Int.random(in: 1...6, using: &random)
    for step in 0..<steps { addStep(isLast: step == steps - 1) }
    for (index, buffer) in program.buffers.enumerated() {
      if case .output = buffer.role {
        program.results.append(ProgramResult(name: "r\(index)", buffer: BufferID(index)))
      }
    }
  }

  // MARK: - Choices

  mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  mutating func fresh(_ prefix: String) -> String {
    names += 1
    return "\(prefix)\(names)"
  }

  private func value(_ index: Index) -> Int {
    index.constant ?? (index == .symbol("n") ? symbolValues[0] : value(product: index))
  }

  private func value(product index: Index) -> Int {
    guard case .product(let a, let b) = index else { return 0 }
    return value(a) * value(b)
  }

  // MARK: - Buffers

  private mutating func addBuffer(
    _ dtype: DType, _ rows: Index, _ columns: Index, _ role: BufferDeclaration.Role
  ) -> Matrix {
    let matrix = Matrix(
      buffer: BufferID(program.buffers.count), dtype: dtype, rows: rows, columns: columns)
    program.buffers.append(
      BufferDeclaration(name: fresh("b"), dtype: dtype, count: rows * columns, role: role))
    return matrix
  }

  private mutating func addSource() {
    let dtype = pick([DType.f32, .f32, .i32, .f64, .u8])
    let (r, c) = chance(70) ? (rows, columns) : chance(50) ? (rows, 1) : (1, columns)
    let count = value(r) * value(c)
    let bits = (0..<count).map { _ in
      ScalarValue(dtype, rounding: Double(Int.random(in: -8...8, using: &random)) / 2).bits
    }
    let literal = Literal(dtype: dtype, sizes: [count], bits: bits)
    if (r * c).constant != nil, chance(30) {
      matrices.append(addBuffer(dtype, r, c, .constant(literal)))
    } else {
      matrices.append(addBuffer(dtype, r, c, .input(inputs.count)))
      inputs.append(literal)
    }
  }

  private mutating func addTarget(
    _ dtype: DType, _ rows: Index, _ columns: Index, isLast: Bool
  ) -> Matrix {
    addBuffer(dtype, rows, columns, isLast || chance(30) ? .output : .temporary(offset: nil))
  }

  // MARK: - Steps

  private mutating func addStep(isLast: Bool) {
    let source = pick(matrices)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: addFlat(source, isLast: isLast)
    case 1, 2: addNest(source, isLast: isLast)
    case 3: addRowReduction(source, isLast: isLast)
    case 4: addColumnReduction(source, isLast: isLast)
    case 5: addRowNormalisation(source, isLast: isLast)
    default:
      guard source.dtype == .f32 || source.dtype == .f64 else {
        return addNest(source, isLast: isLast)
      }
      let target = addTarget(source.dtype, source.rows, source.rows, isLast: isLast)
      program.steps.append(
        .call(
          .matrixProduct(
            MatrixProduct(
              dtype: source.dtype, batch: 1, m: source.rows, n: source.rows, k: source.columns,
              a: source.buffer, isTransposedA: false, b: source.buffer, isTransposedB: true,
              c: target.buffer))))
      matrices.append(target)
    }
  }

  /// Adds a kernel that reads `sources` and writes `target`, and its launch.
  private mutating func addKernel(
    _ sources: [(name: String, matrix: Matrix)], _ target: Matrix, isUpdate: Bool = false,
    _ body: [Statement]
  ) {
    let parameters =
      sources.map { ArrayParameter(name: $0.name, dtype: $0.matrix.dtype, access: .read) } + [
        ArrayParameter(name: "out", dtype: target.dtype, access: isUpdate ? .readWrite : .write)
      ]
    program.kernels.append(
      Kernel(
        name: fresh("k"), parameters: parameters, body: body,
        origins: chance(50) ? ["neg", "a:1"] : []))
    program.steps.append(
      .launch(
        Launch(
          kernel: program.kernels.count - 1,
          arguments: sources.map(\.matrix.buffer) + [target.buffer])))
    matrices.append(target)
  }

  /// One loop over all elements, reading several matrices of one size.
  private mutating func addFlat(_ source: Matrix, isLast: Bool) {
    let equal = matrices.filter { $0.rows == source.rows && $0.columns == source.columns }
    let sources = [("x0", source), ("x1", pick(equal))]
    let i = Variable(fresh("i"))
    var body: [Statement] = []
    var values: [(Variable, DType)] = []
    for (name, matrix) in sources {
      let value = Variable(fresh("v"))
      body.append(.define(value, matrix.dtype, .load(array: name, index: .variable(i))))
      values.append((value, matrix.dtype))
    }
    addScalars(&body, &values, loops: [i])
    let result = pick(values)
    let target = addTarget(result.1, source.rows, source.columns, isLast: isLast)
    body.append(.store(array: "out", index: .variable(i), value: result.0))
    addKernel(
      sources, target, [.loop(Loop(i, source.rows * source.columns, .serial, body))])
    if chance(20), let launch = program.steps.last, case .launch(let first) = launch,
      source.dtype == target.dtype, source.buffer != sources[1].1.buffer
    {
      // The same once more, in place.
      program.steps.append(
        .launch(
          Launch(
            kernel: first.kernel,
            arguments: [target.buffer, sources[1].1.buffer, target.buffer])))
    }
  }

  /// Two loops, with broadcasts, transposition, conditions and gathered elements.
  private mutating func addNest(_ source: Matrix, isLast: Bool) {
    let (i, j) = (Variable(fresh("i")), Variable(fresh("j")))
    let (row, column) = (Index.variable(i), Index.variable(j))
    var body: [Statement] = []
    var values: [(Variable, DType)] = []
    var sources: [(String, Matrix)] = []
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let matrix = sources.isEmpty ? source : pick(matrices)
      let name = fresh("x")
      let index: Index
      switch (matrix.rows == source.rows, matrix.columns == source.columns) {
      case (true, true): index = row * matrix.columns + column
      case (true, false) where matrix.columns == 1: index = row
      case (false, true) where matrix.rows == 1: index = column
      default:
        guard value(matrix.rows) * value(matrix.columns) > 0 else { continue }
        index = (column * 7 + row).remainder(by: matrix.rows * matrix.columns)
      }
      sources.append((name, matrix))
      let v = Variable(fresh("v"))
      let isPartial = chance(30)
      body.append(
        .define(
          v, matrix.dtype,
          .load(
            array: name, index: index,
            condition: isPartial
              ? Condition([.less(column, source.columns + -1), .less(row, 4)]) : .always,
            otherwise: isPartial ? ScalarValue(matrix.dtype, rounding: 3) : nil)))
      values.append((v, matrix.dtype))
    }
    addScalars(&body, &values, loops: [i, j])
    if source.rows * source.columns != 0, chance(30),
      let whole = values.first(where: { $0.1.isInteger })
    {
      let v = Variable(fresh("v"))
      let count = source.rows * source.columns
      body.append(
        .define(
          v, source.dtype,
          .load(array: sources[0].0, index: Index.value(whole.0).remainder(by: count))))
      values.append((v, source.dtype))
    }
    let result = pick(values)
    let isTransposed = chance(30)
    let target =
      isTransposed
      ? addTarget(result.1, source.columns, source.rows, isLast: isLast)
      : addTarget(result.1, source.rows, source.columns, isLast: isLast)
    let place = isTransposed ? column * source.rows + row : row * source.columns + column
    let store = Statement.store(array: "out", index: place, value: result.0)
    if chance(20) {
      let zero = Variable(fresh("v"))
      body.append(.define(zero, result.1, .constant(.zero(result.1))))
      body.append(
        .conditional(
          Condition([.less(row, column)]), then: [store],
          else: [.store(array: "out", index: place, value: zero)]))
    } else {
      body.append(store)
    }
    let inner = Loop(
      j, source.columns, source.columns.constant != nil && chance(10) ? .unrolled : .serial, body)
    addKernel(sources, target, [.loop(Loop(i, source.rows, .serial, [.loop(inner)]))])
  }

  /// A sum over each row, in lanes.
  private mutating func addRowReduction(_ source: Matrix, isLast: Bool) {
    let (i, l, m) = (Variable(fresh("i")), Variable(fresh("l")), Variable(fresh("m")))
    let names = (0..<5).map { _ in Variable(fresh("v")) }
    let target = addTarget(source.dtype, source.rows, 1, isLast: isLast)
    let scratch = fresh("s")
    let lanes: Index = 4
    addKernel(
      [("x", source)], target,
      [
        .loop(
          Loop(
            i, source.rows, .serial,
            [
              .scratch(name: scratch, source.dtype, count: 4),
              .loop(
                Loop(
                  l, lanes, .serial,
                  [
                    .define(names[0], source.dtype, .constant(.one(source.dtype))),
                    .store(array: scratch, index: .variable(l), value: names[0]),
                  ])),
              .loop(
                Loop(
                  m, source.columns, .serial,
                  [
                    .define(
                      names[1], source.dtype,
                      .load(array: "x", index: .variable(i) * source.columns + .variable(m))),
                    .define(
                      names[2], source.dtype,
                      .load(array: scratch, index: Index.variable(m).remainder(by: lanes))),
                    .define(names[3], source.dtype, addition(source.dtype, names[1], names[2])),
                    .store(
                      array: scratch, index: Index.variable(m).remainder(by: lanes),
                      value: names[3]),
                  ])),
              .define(names[4], source.dtype, .load(array: scratch, index: 0)),
              .store(array: "out", index: .variable(i), value: names[4]),
            ]))
      ])
  }

  /// A sum over each column, in the result itself.
  private mutating func addColumnReduction(_ source: Matrix, isLast: Bool) {
    let (i, j, z) = (Variable(fresh("i")), Variable(fresh("j")), Variable(fresh("j")))
    let names = (0..<4).map { _ in Variable(fresh("v")) }
    let target = addTarget(source.dtype, 1, source.columns, isLast: isLast)
    addKernel(
      [("x", source)], target, isUpdate: true,
      [
        .loop(
          Loop(
            z, source.columns, .serial,
            [
              .define(names[0], source.dtype, .constant(.one(source.dtype))),
              .store(array: "out", index: .variable(z), value: names[0]),
            ])),
        .loop(
          Loop(
            i, source.rows, .serial,
            [
              .loop(
                Loop(
                  j, source.columns, .serial,
                  [
                    .define(
                      names[1], source.dtype,
                      .load(array: "x", index: .variable(i) * source.columns + .variable(j))),
                    .define(
                      names[2], source.dtype, .load(array: "out", index: .variable(j))),
                    .define(names[3], source.dtype, addition(source.dtype, names[1], names[2])),
                    .store(array: "out", index: .variable(j), value: names[3]),
                  ]))
            ])),
      ])
  }

  /// Several loops over each row, through scratch that holds one.
  private mutating func addRowNormalisation(_ source: Matrix, isLast: Bool) {
    guard let width = source.columns.constant else { return addNest(source, isLast: isLast) }
    let (i, l, m) = (Variable(fresh("i")), Variable(fresh("l")), Variable(fresh("m")))
    let names = (0..<4).map { _ in Variable(fresh("v")) }
    let target = addTarget(source.dtype, source.rows, source.columns, isLast: isLast)
    let scratch = fresh("s")
    let place = Index.variable(i) * source.columns
    addKernel(
      [("x", source)], target,
      [
        .loop(
          Loop(
            i, source.rows, .serial,
            [
              .scratch(name: scratch, source.dtype, count: width),
              .loop(
                Loop(
                  l, source.columns, .serial,
                  [
                    .define(
                      names[0], source.dtype, .load(array: "x", index: place + .variable(l))),
                    .store(array: scratch, index: .variable(l), value: names[0]),
                  ])),
              .loop(
                Loop(
                  m, source.columns, .serial,
                  [
                    .define(names[1], source.dtype, .load(array: scratch, index: .variable(m))),
                    .define(
                      names[2], source.dtype,
                      .load(array: scratch, index: .constant(width - 1) - .variable(m))),
                    .define(names[3], source.dtype, addition(source.dtype, names[1], names[2])),
                    .store(array: "out", index: place + .variable(m), value: names[3]),
                  ])),
            ]))
      ])
  }

  private func addition(_ dtype: DType, _ a: Variable, _ b: Variable) -> Expression {
    .binary(dtype == .bool ? .or : .add, a, b)
  }
}
