import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A convolution as a product of the kernel with the elements of x that lie under it, which are
// gathered tile by tile. One part of the work is a block of places and a chunk of output features:
//
//     for each block of terms
//       gather   patches[term][place], zero where the window is in the padding
//       for each tile of places, for each few output features
//         sums in registers: for each term, sum[feature][place] += kernel · patch
//     round and store the sums
//
// Each sum is accumulated in order over its terms, so tiles and threads change no bit.

extension Lowering {
  mutating func lowerConvolution(_ convolution: Convolution, _ node: Node) {
    let (x, k, y) = (node.operands[0], node.operands[1], node.firstResult)
    guard let result = buffers[y] else { return }
    guard let operand = buffers[x], let weights = buffers[k] else {
      preconditionFailure("fusion left an operand of a convolution without a buffer")
    }
    let tape = fused.tape
    let plan = ConvolutionPlan(
      convolution, x: tape.type(of: x), k: tape.type(of: k), y: tape.type(of: y),
      options: options)
    var writer = StatementWriter()
    ConvolutionLoops(plan).write(to: &writer)
    let dtype = plan.x.dtype
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "x", dtype: dtype, access: .read),
          ArrayParameter(name: "k", dtype: dtype, access: .read),
          ArrayParameter(name: "y", dtype: dtype, access: .write),
        ], body: writer.statements, origins: [node.provenance.origin ?? node.op.name]),
      [operand, weights, result])
  }
}

/// Writes the loops of one convolution.
private struct ConvolutionLoops {
  let plan: ConvolutionPlan
  let convolution: Convolution
  let dtype: DType
  let wide: DType
  let stridesX: [Index]
  let stridesK: [Index]

  /// One part of the work.
  struct Part {
    var outer: Index
    var group: Index
    var firstPlace: Index
    /// The first output feature, within the group and of all.
    var firstOutput: Index
    var outputs: Index
  }

  init(_ plan: ConvolutionPlan) {
    self.plan = plan
    convolution = plan.convolution
    dtype = plan.x.dtype
    wide = dtype.computeType
    stridesX = plan.x.shape.strides.map { Index($0) }
    stridesK = plan.k.shape.strides.map { Index($0) }
  }

  func write(to writer: inout StatementWriter) {
    let count = plan.outer * plan.groups * plan.blocks * plan.chunks
    writer.loop(count, plan.isLarge ? .parallel : .serial) { writer, q in
      let chunks = q.quotient(byAtLeastOne: plan.chunks)
      let blocks = chunks.quotient(byAtLeastOne: plan.blocks)
      let firstOutput =
        q.remainder(byAtLeastOne: plan.chunks) * .constant(plan.chunk)
      let part = Part(
        outer: blocks.quotient(byAtLeastOne: plan.groups),
        group: blocks.remainder(byAtLeastOne: plan.groups),
        firstPlace: chunks.remainder(byAtLeastOne: plan.blocks) * .constant(plan.width),
        firstOutput: firstOutput,
        outputs: .minimum(of: .constant(plan.chunk), plan.outputs - firstOutput))
      writer.append(.scratch(name: "sums", wide, count: plan.chunk * plan.width))
      writer.append(.scratch(name: "patches", wide, count: plan.depth * plan.width))
      writer.append(.scratch(name: "weights", .i64, count: plan.depth))
      let zero = writer.define(wide, .constant(.zero(wide)))
      writer.loop(.constant(plan.chunk * plan.width)) { $0.store(zero, "sums", $1) }
      let corner = writeCorners(part, to: &writer)
      writer.loop(plan.terms.quotientRoundedUp(by: .constant(plan.depth))) { writer, block in
        let firstTerm = block * .constant(plan.depth)
        let terms = Index.minimum(of: .constant(plan.depth), plan.terms - firstTerm)
        writePatches(part, corner, firstTerm, terms, to: &writer)
        writeSums(part, terms, to: &writer)
      }
      writeResults(part, to: &writer)
    }
  }

  /// Where the windows of a part begin in x.
  struct Corner {
    /// What is the same for all places of the distance from x's first element.
    var base: Index
    /// For each spatial axis the coordinate in x, dilated and padded; nil where an array has it.
    var starts: [Index?]
  }

  /// Keeps, for each place of the part, where its window begins: along each spatial axis that places
  /// run over, and the distance of that corner from x's first element.
  private func writeCorners(_ part: Part, to writer: inout StatementWriter) -> Corner {
    let outer = coordinates(of: part.outer, plan.outerAxes)
    var corner = Corner(
      base: part.group * plan.inputs * stridesX[convolution.lhs.feature], starts: [])
    for (number, axis) in convolution.result.spatial.enumerated() {
      if let coordinate = outer[axis] {
        let start = writer.define(start(number, coordinate))
        corner.starts.append(start)
        corner.base = corner.base + distance(number, start)
      } else {
        corner.starts.append(nil)
        writer.append(.scratch(name: "starts\(number)", .i64, count: plan.width))
      }
    }
    if let batch = outer[convolution.result.outer] {
      corner.base = corner.base + batch * stridesX[convolution.lhs.outer]
    }
    writer.append(.scratch(name: "corners", .i64, count: plan.width))
    overPlaces(&writer) { writer, p in
      // Places behind the last one gather what nobody asks for.
      let place = writer.define(.minimum(of: part.firstPlace + p, plan.places - 1))
      let inner = coordinates(of: place, plan.placeAxes)
      var distance: Index = 0
      for (number, axis) in convolution.result.spatial.enumerated() {
        guard let coordinate = inner[axis] else { continue }
        let start = writer.define(.i64, .index(start(number, coordinate)))
        writer.store(start, "starts\(number)", p)
        distance = distance + self.distance(number, .value(start))
      }
      if let batch = inner[convolution.result.outer] {
        distance = distance + batch * stridesX[convolution.lhs.outer]
      }
      writer.store(writer.define(.i64, .index(distance)), "corners", p)
    }
    return corner
  }

  /// The coordinate in x, dilated and padded, at which a window begins.
  private func start(_ number: Int, _ coordinate: Index) -> Index {
    let window = convolution.windows[number]
    return coordinate * .constant(window.stride) - Index(window.low)
  }

  /// What a coordinate adds to the distance; that of dilated axes is found later.
  private func distance(_ number: Int, _ coordinate: Index) -> Index {
    convolution.windows[number].lhsDilation == 1
      ? coordinate * stridesX[convolution.lhs.spatial[number]] : 0
  }

  /// The coordinates along some axes of the result, at a position that runs over them.
  private func coordinates(of position: Index, _ axes: [Int]) -> [Int: Index] {
    var coordinates: [Int: Index] = [:]
    var rest = position
    for axis in axes.reversed() {
      let size = Index(plan.y.shape[axis])
      coordinates[axis] = axis == axes.first ? rest : rest.remainder(byAtLeastOne: size)
      rest = rest.quotient(byAtLeastOne: size)
    }
    return coordinates
  }

  /// A loop over the places of a part, tile by tile.
  private func overPlaces(
    _ writer: inout StatementWriter, body: (inout StatementWriter, Index) -> Void
  ) {
    writer.loop(.constant(plan.tiles)) { writer, tile in
      writer.loop(.constant(plan.lanes)) { writer, lane in
        body(&writer, tile * .constant(plan.lanes) + lane)
      }
    }
  }

  /// Gathers what lies under the kernel, and notes where the kernel has each term.
  private func writePatches(
    _ part: Part, _ corner: Corner, _ firstTerm: Index, _ terms: Index,
    to writer: inout StatementWriter
  ) {
    writer.loop(terms) { writer, t in
      let term = writer.define(firstTerm + t)
      let input = writer.define(term.remainder(byAtLeastOne: plan.inputs))
      var rest = term.quotient(byAtLeastOne: plan.inputs)
      var weight = input * stridesK[convolution.kernel.feature]
      var distance = corner.base + input * stridesX[convolution.lhs.feature]
      var steps = [Index](repeating: 0, count: convolution.windows.count)
      for number in convolution.windows.indices.reversed() {
        let axis = convolution.kernel.spatial[number]
        let size = Index(plan.k.shape[axis])
        let position = writer.define(
          number == 0 ? rest : rest.remainder(byAtLeastOne: size))
        rest = rest.quotient(byAtLeastOne: size)
        steps[number] = writer.define(
          position * .constant(convolution.windows[number].rhsDilation))
        distance = distance + self.distance(number, steps[number])
        weight =
          weight + (convolution.isReversed ? size - 1 - position : position) * stridesK[axis]
      }
      writer.store(writer.define(.i64, .index(weight)), "weights", t)
      let base = writer.define(distance)
      overPlaces(&writer) { writer, p in
        var index = base + .value(writer.load(.i64, "corners", p))
        var clauses: [Condition.Clause] = []
        for number in convolution.windows.indices {
          addCoordinate(number, corner, steps[number], p, &index, &clauses, to: &writer)
        }
        let element = writer.load(dtype, "x", index, if: Condition(clauses))
        writer.store(
          writer.convert(element, from: dtype, to: wide), "patches",
          t * .constant(plan.width) + p)
      }
    }
  }

  /// Adds what one spatial axis says about where an element is, and whether there is one.
  private func addCoordinate(
    _ number: Int, _ corner: Corner, _ step: Index, _ p: Index, _ index: inout Index,
    _ clauses: inout [Condition.Clause], to writer: inout StatementWriter
  ) {
    let window = convolution.windows[number]
    let isPadded = !(window.low.isKnownToCrop && window.high.isKnownToCrop)
    let dilation: Index = .constant(window.lhsDilation)
    if !isPadded, window.lhsDilation == 1 { return }
    let start =
      corner.starts[number] ?? .value(writer.load(.i64, "starts\(number)", p))
    let coordinate = start + step
    let axis = convolution.lhs.spatial[number]
    clauses.append(.less(-1, coordinate))
    if window.lhsDilation == 1 {
      clauses.append(.less(coordinate, Index(plan.x.shape[axis])))
      return
    }
    let quotient = coordinate.quotient(by: dilation)
    clauses.append(.less(quotient, Index(plan.x.shape[axis])))
    clauses.append(.less(coordinate.remainder(by: dilation), 1))
    index = index + quotient * stridesX[axis]
  }

  /// Adds the products of a block of terms to the sums.
  private func writeSums(_ part: Part, _ terms: Index, to writer: inout StatementWriter) {
    let (rows, lanes): (Index, Index) = (.constant(plan.rows), .constant(plan.lanes))
    let width: Index = .constant(plan.width)
    let features = part.group * plan.outputs
    writer.loop(.constant(plan.tiles)) { writer, tile in
      writer.loop(part.outputs.quotientRoundedUp(by: rows)) { writer, block in
        writer.append(.scratch(name: "tile", wide, count: plan.rows * plan.lanes))
        /// A loop over the tile's elements, with their places in `tile` and in `sums`.
        func overTile(
          _ writer: inout StatementWriter,
          body: (inout StatementWriter, _ inTile: Index, _ inSums: Index) -> Void
        ) {
          writer.loop(rows, .unrolled) { writer, r in
            let row = (block * rows + r) * width + tile * lanes
            writer.loop(lanes) { writer, lane in body(&writer, r * lanes + lane, row + lane) }
          }
        }
        overTile(&writer) { $0.store($0.load(wide, "sums", $2), "tile", $1) }
        writer.loop(terms) { writer, t in
          let offset = Index.value(writer.load(.i64, "weights", t))
          writer.loop(rows, .unrolled) { writer, r in
            // Rows behind the last one compute what nobody asks for.
            let output = Index.minimum(
              of: part.firstOutput + block * rows + r, plan.outputs - 1)
            let row = (features + output) * stridesK[convolution.kernel.outer]
            let weight = writer.convert(
              writer.load(dtype, "k", row + offset), from: dtype, to: wide)
            writer.loop(lanes) { writer, lane in
              let patch = writer.load(wide, "patches", t * width + tile * lanes + lane)
              let sum = writer.load(wide, "tile", r * lanes + lane)
              writer.store(
                writer.multiplyAdd(wide, weight, patch, sum), "tile", r * lanes + lane)
            }
          }
        }
        overTile(&writer) { $0.store($0.load(wide, "tile", $1), "sums", $2) }
      }
    }
  }

  /// Rounds the sums and writes them.
  private func writeResults(_ part: Part, to writer: inout StatementWriter) {
    let places = Index.minimum(of: .constant(plan.width), plan.places - part.firstPlace)
    let firstFeature = part.group * plan.outputs + part.firstOutput
    let features = Index(plan.y.shape[convolution.result.feature])
    func write(_ writer: inout StatementWriter, _ row: Index, _ p: Index, _ target: Index) {
      let sum = writer.load(wide, "sums", row * .constant(plan.width) + p)
      writer.store(writer.convert(sum, from: wide, to: dtype), "y", target)
    }
    if plan.isPlaceInnermost {
      writer.loop(part.outputs) { writer, r in
        let row = (part.outer * features + firstFeature + r) * plan.places + part.firstPlace
        writer.loop(places) { write(&$0, r, $1, row + $1) }
      }
    } else {
      writer.loop(places) { writer, p in
        let row = (part.firstPlace + p) * features + firstFeature
        writer.loop(part.outputs) { write(&$0, $1, p, (row + $1) * plan.outer + part.outer) }
      }
    }
  }
}

extension Dim {
  /// Whether the size, of padding, is known not to add anything.
  fileprivate var isKnownToCrop: Bool { constant.map { $0 <= 0 } ?? false }
}
