import ScalarIR

/// The reference interpreter: computes a tape node by node, each by what its family says, in plain
/// loops. Slow, and obviously right; all engines give its bits.
package struct TapeInterpreter {
  /// The elements of a tensor as bit patterns in row-major order.
  typealias Elements = [UInt64]

  /// The results of a tape for inputs of its parameters' types; symbolic sizes take their values from
  /// the inputs.
  ///
  /// - Throws: `TapeError.data` where inputs do not fit the parameters or a value does not fit in
  ///   memory, `TapeError.constraint` where a constraint does not hold for the inputs' sizes, and
  ///   `TapeError.index` for the first index out of bounds in a node that a result needs.
  package static func run(_ tape: Tape, _ inputs: [Literal]) throws(TapeError) -> [Literal] {
    let concrete = try tape.specialized(for: inputs)
    var taken = 0
    for parameter in concrete.parameters {
      let type = concrete.type(of: parameter)
      try checkMemory(type, besides: taken)
      taken += bytes(type)
    }
    var interpreter = TapeInterpreter(concrete)
    return try interpreter.results(for: inputs.map(\.bits)).map {
      Literal(dtype: $0.dtype, sizes: $0.sizes, bits: $0.bits)
    }
  }

  /// The results for the elements of the parameters; the tape has no symbolic sizes.
  mutating func results(for inputs: [Elements]) throws(TapeError) -> [Tensor] {
    reservedBytes = 0
    for index in values.indices { values[index] = nil }
    for (input, parameter) in zip(inputs, tape.parameters) {
      try reserve(tape.type(of: parameter))
      values[parameter.index] = input
    }
    for number in tape.nodes.indices where isNeeded[number] { try step(number) }
    var results: [Tensor] = []
    for result in tape.results {
      let type = tape.type(of: result.value)
      guard let bits = values[result.value.index], let sizes = type.shape.sizes else {
        throw .malformed("the result \(result.name) was not computed")
      }
      results.append(Tensor(dtype: type.dtype, sizes: sizes, bits: bits))
    }
    return results
  }

  /// The results of one use of an op on known operands, for folding constants.
  ///
  /// - Throws: `TapeError.data` where a type's sizes are symbolic or beyond memory, and
  ///   `TapeError.index` where the op, which messages call `name`, is given an index out of bounds.
  package static func evaluate(
    _ family: Family, _ operands: [Literal], resultTypes: [TensorType], name: String
  ) throws(TapeError) -> [Literal] {
    var tensors: [Tensor] = []
    for operand in operands {
      tensors.append(Tensor(dtype: operand.dtype, sizes: operand.sizes, bits: operand.bits))
    }
    return try evaluate(family, tensors, resultTypes, name: name).map {
      Literal(dtype: $0.dtype, sizes: $0.sizes, bits: $0.bits)
    }
  }

  /// A tensor of known sizes.
  struct Tensor {
    let dtype: DType
    let sizes: [Int]
    var bits: Elements

    var strides: [Int] { rowMajorStrides(sizes) }
  }

  private let tape: Tape
  /// The family of each node, where it is kept because nodes are carried out many times.
  private let families: [Family]?
  /// The elements of each value that is computed and still needed.
  private var values: [Elements?]
  /// The node that uses each value last; the number of nodes for results.
  private var lastUses: [Int]
  /// Whether a result needs each node.
  private let isNeeded: [Bool]
  private var reservedBytes = 0

  /// An interpreter of a body, which may run many times.
  init(_ body: Body) { self.init(body.tape, families: body.tape.nodes.map(body.tape.family(of:))) }

  private init(_ tape: Tape, families: [Family]? = nil) {
    self.tape = tape
    self.families = families
    isNeeded = tape.neededNodes
    values = [Elements?](repeating: nil, count: tape.types.count)
    lastUses = [Int](repeating: -1, count: tape.types.count)
    for (number, node) in tape.nodes.enumerated() {
      for operand in node.operands { lastUses[operand.index] = number }
    }
    for result in tape.results { lastUses[result.value.index] = tape.nodes.count }
  }

  private mutating func step(_ number: Int) throws(TapeError) {
    let node = tape.nodes[number]
    var operands: [Tensor] = []
    for operand in node.operands {
      let type = tape.type(of: operand)
      guard let bits = values[operand.index], let sizes = type.shape.sizes else {
        throw .malformed("an operand of \(node.op.name) was not computed")
      }
      operands.append(Tensor(dtype: type.dtype, sizes: sizes, bits: bits))
    }
    let types = node.results.map(tape.type(of:))
    for type in types { try reserve(type) }
    let results = try TapeInterpreter.evaluate(
      families?[number] ?? tape.family(of: node), operands, types, name: node.op.name)
    for (value, result) in zip(node.results, results) { values[value.index] = result.bits }
    for value in node.operands where lastUses[value.index] <= number { release(value) }
    for value in node.results where lastUses[value.index] <= number { release(value) }
  }

  /// Counts the memory of a value of a type, before it is taken.
  private mutating func reserve(_ type: TensorType) throws(TapeError) {
    try TapeInterpreter.checkMemory(type, besides: reservedBytes)
    reservedBytes += TapeInterpreter.bytes(type)
  }

  private mutating func release(_ value: Value) {
    guard values[value.index] != nil else { return }
    values[value.index] = nil
    reservedBytes -= TapeInterpreter.bytes(tape.type(of: value))
  }

  private static func bytes(_ type: TensorType) -> Int {
    (type.shape.elementCount.constant ?? 0) * MemoryLayout<UInt64>.stride
  }

  /// How often a value may be in memory while a node is carried out and results are handed over.
  private static let copies = 4

  /// Checks that a value of a type has room beside `bytes` that are taken.
  static func checkMemory(_ type: TensorType, besides taken: Int) throws(TapeError) {
    guard let byteCount = type.byteCount else {
      throw .data("\(type) has no known number of elements")
    }
    let memory = ProcessMemory.limit / TapeInterpreter.copies
    if byteCount > memory || bytes(type) > memory - taken {
      throw .data(
        "\(type) wants \(byteCount) bytes, which the interpreter holds in \(bytes(type)); "
          + "it may have \(memory), of which \(taken) are taken")
    }
  }
}

/// The distance in elements between neighbours along each axis; without meaning where a size is 0.
func rowMajorStrides(_ sizes: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: sizes.count)
  for axis in sizes.indices.dropLast().reversed() {
    strides[axis] = strides[axis + 1] &* sizes[axis + 1]
  }
  return strides
}

/// A position in a box of sizes, counted up in row-major order.
struct Counter {
  let sizes: [Int]
  private(set) var coordinates: [Int]

  init(_ sizes: [Int]) {
    self.sizes = sizes
    coordinates = [Int](repeating: 0, count: sizes.count)
  }

  /// The number of positions.
  var count: Int { sizes.contains(0) ? 0 : sizes.reduce(1, *) }

  /// Goes to the next position; after the last one to the first.
  mutating func advance() {
    for axis in sizes.indices.reversed() {
      coordinates[axis] += 1
      if coordinates[axis] < sizes[axis] { return }
      coordinates[axis] = 0
    }
  }

  /// The sum of coordinate times stride, over the axes.
  func offset(_ strides: [Int]) -> Int {
    var offset = 0
    for axis in coordinates.indices { offset += coordinates[axis] * strides[axis] }
    return offset
  }

  /// The offsets of all positions, in order.
  static func offsets(_ sizes: [Int], _ strides: [Int]) -> [Int] {
    var counter = Counter(sizes)
    var offsets: [Int] = []
    offsets.reserveCapacity(counter.count)
    for _ in 0..<counter.count {
      offsets.append(counter.offset(strides))
      counter.advance()
    }
    return offsets
  }
}
