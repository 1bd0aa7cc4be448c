import ScalarIR

// Lanes that are combined by halves, down to lane 0: the end of every reduction in lanes.
//
// BEFORE                                     AFTER, in each thread t
//     (for l 64                                  (let x0 f32 (load s t :if (less t 32) :else 0))
//       (let b f32 (load s (add l 64)))          (let x1 f32 (load s (add t 32) :if …)) …
//       (let a f32 (load s l))                   (let y0 f32 (add x0 x2))
//       (let c f32 (add a b))                    (let y1 f32 (add x1 x3))
//       (store s l c))                           (let z f32 (add y0 y1))
//     (for l 32 …)                               (let b f32 (shuffle z (mod (add t 16) 32)))
//     …                                          (let c f32 (add z b))
//     (let b f32 (load s 1))                     …
//     (let a f32 (load s 0))                     (if (less t 1) (then (store s 0 c)))
//     (let c f32 (add a b))
//     (store s 0 c)
//
// The first warp reads all lanes at once, some to a thread, and combines the same pairs in the same
// order. All warps take part in the shuffles, as threads must meet there; what the others have means
// nothing. The lanes other than the first are left as they were, so that nothing may read them later.

struct LaneFold {
  /// The number of lanes, a power of two.
  let lanes: Int
  /// The arrays that hold the lanes.
  let arrays: [(name: String, dtype: DType)]
  /// How halves are combined, the widest first.
  private let combinations: [Combination]

  /// The fold that a body begins with, and the number of its statements.
  ///
  /// - Parameter local: the arrays that the body has declared before, which nobody else can read.
  static func prefix(
    of body: ArraySlice<Statement>, in local: Set<String>
  ) -> (fold: LaneFold, count: Int)? {
    var combinations: [Combination] = []
    var width = 0
    for statement in body {
      guard case .loop(let loop) = statement, loop.mark == .serial,
        let extent = loop.extent.constant, combinations.isEmpty || extent * 2 == width
      else { break }
      let low = Index.variable(loop.variable)
      guard let combination = Combination(loop.body[...], low: low, high: low + loop.extent),
        combination.statementCount == loop.body.count
      else { break }
      combinations.append(combination)
      width = extent
    }
    let loops = combinations.count
    guard loops >= 3, width == 2 else { return nil }
    let tail = body.dropFirst(loops)
    guard let last = Combination(tail, low: 0, high: 1) else { return nil }
    combinations.append(last)
    let arrays = combinations[0].arrays
    guard combinations.allSatisfy({ $0.arrays.map(\.name) == arrays.map(\.name) }),
      arrays.allSatisfy({ local.contains($0.name) })
    else { return nil }
    // What follows may read lane 0 and nothing else of all this.
    let rest = Array(tail.dropFirst(last.statementCount))
    guard !rest.contains(where: { !$0.usedVariables.isDisjoint(with: last.definitions) }),
      rest.accesses.allSatisfy({ access in
        !arrays.contains { $0.name == access.array } || (!access.isStore && access.index == 0)
      })
    else { return nil }
    let fold = LaneFold(
      lanes: 1 << combinations.count, arrays: arrays, combinations: combinations)
    return (fold, loops + last.statementCount)
  }

  /// What each of a block's threads does; the first one stores the result.
  func statements(thread: Variable, _ fresh: inout FreshVariables) -> [Statement] {
    let warp = Expression.warpThreads
    let number = Index.variable(thread)
    let lane = number.remainder(by: .constant(warp))
    var statements: [Statement] = []
    var parts = (0..<max(1, lanes / warp)).map { part in
      arrays.map { array -> Variable in
        let variable = fresh.variable("\(array.name).lane")
        let load = Expression.load(
          array: array.name, index: number + .constant(part * warp),
          condition: Condition([.less(number, .constant(min(lanes, warp)))]),
          otherwise: .zero(array.dtype))
        statements.append(.define(variable, array.dtype, load))
        return variable
      }
    }
    var width = lanes / 2
    for combination in combinations {
      if width >= warp {
        let kept = width / warp
        for part in 0..<kept {
          parts[part] = combination.apply(
            low: parts[part], high: parts[part + kept], to: &statements, &fresh)
        }
        parts.removeLast(parts.count - kept)
      } else {
        let other = (lane + .constant(width)).remainder(by: .constant(warp))
        let high = zip(arrays, parts[0]).map { array, value in
          let variable = fresh.variable("\(array.name).other")
          statements.append(.define(variable, array.dtype, .shuffle(value, lane: other)))
          return variable
        }
        parts[0] = combination.apply(low: parts[0], high: high, to: &statements, &fresh)
      }
      width /= 2
    }
    let stores = zip(arrays, parts[0]).map {
      Statement.store(array: $0.name, index: 0, value: $1)
    }
    statements.append(.conditional(Condition([.less(number, 1)]), then: stores, else: []))
    return statements
  }
}

/// How an element of each array is combined with another one, as statements of a body.
private struct Combination {
  /// The scalars that are read, with the number of their array, and whether the other element is meant.
  private var loads: [(variable: Variable, array: Int, isHigh: Bool)] = []
  /// The scalars that are computed.
  private var statements: [Statement] = []
  /// The arrays that are written, in order, and with what.
  private(set) var arrays: [(name: String, dtype: DType)] = []
  private var results: [Variable] = []
  /// The statements of the body that this is.
  let statementCount: Int

  /// The combination that a body begins with, if it reads nothing but the arrays at two places, and
  /// writes them at the first.
  init?(_ body: ArraySlice<Statement>, low: Index, high: Index) {
    var read: [(variable: Variable, array: String, dtype: DType, isHigh: Bool)] = []
    var count = 0
    for statement in body {
      guard arrays.isEmpty || arrays.count < Set(read.map(\.array)).count else { break }
      count += 1
      switch statement {
      case .define(let variable, let dtype, .load(let array, let index, let condition, _)):
        guard arrays.isEmpty, condition.isAlways, index == low || index == high else { return nil }
        read.append((variable, array, dtype, index == high))
      case .define(_, _, let expression):
        switch expression {
        case .load, .index, .shuffle: return nil
        case .constant, .unary, .binary, .compare, .fma, .select, .convert, .bitcast, .rarely:
          statements.append(statement)
        }
      case .store(let array, let index, let value):
        guard index == low, let dtype = read.first(where: { $0.array == array })?.dtype,
          !arrays.contains(where: { $0.name == array })
        else { return nil }
        arrays.append((array, dtype))
        results.append(value)
      case .loop, .conditional, .scratch, .barrier: return nil
      }
    }
    let names = Set(read.map(\.array))
    guard !names.isEmpty, arrays.count == names.count else { return nil }
    for load in read {
      guard let array = arrays.firstIndex(where: { $0.name == load.array }) else { return nil }
      loads.append((load.variable, array, load.isHigh))
    }
    statementCount = count
  }

  /// What the body defines.
  var definitions: Set<Variable> { statements.definitions.union(loads.map(\.variable)) }

  /// Adds the statements that combine scalars, one of each array; the results.
  func apply(
    low: [Variable], high: [Variable], to statements: inout [Statement],
    _ fresh: inout FreshVariables
  ) -> [Variable] {
    var names: [Variable: Variable] = [:]
    for load in loads { names[load.variable] = (load.isHigh ? high : low)[load.array] }
    for variable in self.statements.definitions.sorted(by: { $0.name < $1.name }) {
      names[variable] = fresh.variable(variable.name)
    }
    statements += self.statements.renamed(names)
    return results.map { names[$0] ?? $0 }
  }
}
