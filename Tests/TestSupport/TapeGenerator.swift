import ScalarIR
import TapeIR

/// Makes random valid tapes, the same ones for the same seed.
package struct TapeGenerator {
  /// What tapes look like.
  package struct Options: Sendable {
    /// How many nodes a tape has, before equal ones are shared.
    package var opCount = 5...60
    /// The most elements of any value.
    package var elementLimit = 4096
    /// The most multiplications of a contraction.
    package var contractionLimit = 1 << 15
    /// Whether products and linear algebra are left out, whose bits a library may decide.
    package var excludesContractions = false
    /// Ops that are left out, by name.
    package var excludedOps: Set<String> = []
    /// Whether some sizes are symbols and expressions of them.
    package var isSymbolic = false
    /// The element types, each as often as it stands here.
    package var dtypes: [DType] =
      [DType](repeating: .f32, count: 8) + [DType](repeating: .f64, count: 4)
      + [.i32, .i32, .i32, .i64, .i64, .u32, .u32, .bool, .bool, .bool]
      + [.f16, .bf16, .i16, .i8, .u64, .u16, .u8]

    package init() {}
  }

  package var random: SplitMix64
  package let options: Options
  var builder = TapeBuilder(name: "random")
  /// All values so far.
  var values: [Value] = []
  private var names: Set<String> = []
  let ops: [Op]
  /// Whether the tape is the body of an op.
  var isBody = false

  package init(seed: UInt64, options: Options = Options()) {
    random = SplitMix64(seed: seed)
    self.options = options
    ops = OpTable.standard.ops.filter {
      !options.excludedOps.contains($0.name)
        && !(options.excludesContractions && ($0.name == "dot" || $0.kind == .linearAlgebra))
    }
  }

  /// The next tape.
  package mutating func tape() throws(TapeError) -> Tape {
    builder = TapeBuilder(name: "random")
    values = []
    names = []
    for number in 0..<random.number(1...5) {
      let name = freshName("x\(number)")
      values.append(builder.parameter(name, TensorType(random.pick(options.dtypes), shape())))
    }
    let count = random.number(options.opCount)
    // An op that cannot take any of the values is passed over.
    for _ in 0..<(count * 8) where builder.tape.nodes.count < count {
      let first = builder.tape.types.count
      try applyOp(random.pick(ops))
      for index in first..<max(first, builder.tape.types.count) {
        let value = Value(index: index)
        values.append(value)
        if random.chance(2, in: 3) {
          builder.suggestName(freshName(random.pick(["t", "exp", "a-b", "h."])), for: value)
        }
      }
    }
    let tape = builder.tape
    var results: [Tape.Result] = []
    var returned: Set<String> = []
    for number in 0..<random.number(1...4) {
      let value = number == 0 ? values[values.count - 1] : random.pick(values)
      let ownName = tape.names[value.index]
      let name =
        random.chance(1, in: 3) ? freshName("r\(number)") : ownName ?? freshName("y\(number)")
      if returned.insert(name).inserted { results.append(Tape.Result(name: name, value: value)) }
    }
    return builder.finish(results)
  }

  /// Inputs for a tape without symbols.
  package mutating func inputs(for tape: Tape) -> [Literal] {
    tape.parameterList.map { random.literal($0.type.dtype, $0.type.shape.sizes ?? []) }
  }

  /// A name that nothing has yet.
  private mutating func freshName(_ stem: String) -> String {
    if names.insert(stem).inserted { return stem }
    var number = names.count
    while !names.insert("\(stem)\(number)").inserted { number += 1 }
    return "\(stem)\(number)"
  }

  /// A shape of awkward sizes within the limit.
  mutating func shape() -> Shape {
    let rank = random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4])
    var dims: [Dim] = []
    var room = options.elementLimit
    for _ in 0..<rank {
      if options.isSymbolic, random.chance(1, in: 2) {
        let (b, t) = (Dim.symbol("B"), Dim.symbol("T_1"))
        dims.append(
          random.pick([
            b, b, t, b * 2 + 1, b - t, b * t, (b + 1).floorDivided(by: 2), Dim.maximum(b, 4),
            Dim.minimum(b, t) * 3,
          ]))
        continue
      }
      let size = random.pick([0, 1, 1, 2, 3, 3, 4, 5, 17, 17, 33, 128, 1023].filter { $0 <= room })
      room /= max(size, 1)
      dims.append(.constant(size))
    }
    return Shape(dims)
  }

  /// Whether a shape is within the limit; one of symbolic sizes is.
  func fits(_ shape: Shape) -> Bool {
    shape.rank <= 6 && shape.elementCount.constant ?? 0 <= options.elementLimit
  }
}
