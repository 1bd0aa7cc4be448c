import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A convolution as a product of the kernel with the elements of x that lie under it, which are
// gathered tile by tile. One part of the work is a block of places and a chunk of output features:
//
//     for each block of terms
//       gather   patches[tile][term][place], zero where the window is in the padding
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
    // Weights that are read together lie together.
    let kernel =
      plan.repaysArranging ? copy(weights, plan.k, axes: plan.arrangedAxes) : weights
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
      [operand, kernel, result])
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
  let stridesY: [Index]

  /// One part of the work.
  struct Part {
    var phases: [ConvolutionAxis.Phase]
    /// The coordinates along the result's axes that places do not run over, in numbers of places.
    var outer: [Int: Index]
    /// The position that these are, row-major.
    var outerPosition: Index
    var group: Index
    var firstPlace: Index
    /// The places of the part, none where the outer coordinates are beyond their phases.
    var places: Index
    /// The first output feature, within the group.
    var firstOutput: Index
    var outputs: Index
  }

  init(_ plan: ConvolutionPlan) {
    self.plan = plan
    convolution = plan.convolution
    dtype = plan.x.dtype
    wide = dtype.computeType
    stridesX = plan.x.shape.strides.map { Index($0) }
    stridesK = plan.kernelStrides.map { Index($0) }
    stridesY = plan.y.shape.strides.map { Index($0) }
  }

  func write(to writer: inout StatementWriter) {
    let count = plan.phases * plan.outer * plan.groups * plan.blocks * plan.chunks
    writer.loop(count, plan.isLarge ? .parallel : .serial) { writer, q in
      let part = part(q, &writer)
      writer.append(.scratch(name: "sums", wide, count: plan.chunk * plan.width))
      writer.append(.scratch(name: "patches", wide, count: plan.depth * plan.width))
      writer.append(.scratch(name: "weights", .i64, count: plan.depth))
      if needsChecks { writer.append(.scratch(name: "isInside", .bool, count: plan.width)) }
      let zero = writer.define(wide, .constant(.zero(wide)))
      writer.loop(.constant(plan.chunk * plan.width)) { $0.store(zero, "sums", $1) }
      let corner = writeCorners(part, to: &writer)
      let count = writer.define(part.phases.reduce(plan.inputs) { $0 * $1.positions })
      writer.loop(count.quotientRoundedUp(by: .constant(plan.depth))) { writer, block in
        let firstTerm = block * .constant(plan.depth)
        let terms = Index.minimum(of: .constant(plan.depth), count - firstTerm)
        writePatches(part, corner, firstTerm, terms, to: &writer)
        writeSums(part, terms, to: &writer)
      }
      writeResults(part, to: &writer)
    }
  }

  /// The part of that number.
  private func part(_ number: Index, _ writer: inout StatementWriter) -> Part {
    var rest = number
    func next(_ extent: Index) -> Index {
      let digit = rest.remainder(byAtLeastOne: extent)
      rest = rest.quotient(byAtLeastOne: extent)
      return digit
    }
    let firstOutput = next(plan.chunks) * .constant(plan.chunk)
    let firstPlace = next(plan.blocks) * .constant(plan.width)
    let group = next(plan.groups)
    let outerPosition = next(plan.outer)
    let phases = plan.axes.map { axis in
      axis.phase(writer.define(next(axis.phases)), in: &writer)
    }
    var places: Index = plan.placeAxes.reduce(1) { $0 * placeCount($1, phases) }
    let outer = coordinates(of: outerPosition, plan.outerAxes) { axis in
      spatialNumber(axis).map { Index(plan.axes[$0].places) } ?? Index(plan.y.shape[axis])
    }
    for (axis, coordinate) in outer.sorted(by: { $0.key < $1.key }) {
      guard let number = spatialNumber(axis), plan.axes[number].period > 1 else { continue }
      places = places * .maximum(of: 0, .minimum(of: 1, phases[number].places - coordinate))
    }
    return Part(
      phases: phases, outer: outer, outerPosition: outerPosition, group: group,
      firstPlace: firstPlace, places: writer.define(places), firstOutput: firstOutput,
      outputs: .minimum(of: .constant(plan.chunk), plan.outputs - firstOutput))
  }

  /// Which spatial axis an axis of the result is.
  private func spatialNumber(_ axis: Int) -> Int? {
    convolution.result.spatial.firstIndex(of: axis)
  }

  /// The places along an axis of the result.
  private func placeCount(_ axis: Int, _ phases: [ConvolutionAxis.Phase]) -> Index {
    spatialNumber(axis).map { phases[$0].places } ?? Index(plan.y.shape[axis])
  }

  /// The coordinates along some axes of the given sizes, at a position that runs over them.
  private func coordinates(
    of position: Index, _ axes: [Int], size: (Int) -> Index
  ) -> [Int: Index] {
    var coordinates: [Int: Index] = [:]
    var rest = position
    for axis in axes.reversed() {
      coordinates[axis] =
        axis == axes.first ? rest : rest.remainder(byAtLeastOne: size(axis))
      rest = rest.quotient(byAtLeastOne: size(axis))
    }
    return coordinates
  }

  /// Where the windows of a part begin in x.
  struct Corner {
    /// What is the same for all places of the distance from x's first element.
    var base: Index
    /// For each spatial axis x's coordinate; nil where an array has it.
    var starts: [Index?]
    /// The first place's distance from `base`, where those of the others follow; else an array has
    /// them.
    var first: Index?
  }

  /// Keeps, for each place of the part, where its window begins: along each spatial axis that places
  /// run over, and the distance of that corner from x's first element.
  private func writeCorners(_ part: Part, to writer: inout StatementWriter) -> Corner {
    var corner = Corner(
      base: part.group * plan.inputs * stridesX[convolution.lhs.feature], starts: [])
    for (number, axis) in convolution.result.spatial.enumerated() {
      if let coordinate = part.outer[axis] {
        let start = writer.define(part.phases[number].start(coordinate))
        corner.starts.append(start)
        corner.base = corner.base + start * stridesX[convolution.lhs.spatial[number]]
      } else {
        corner.starts.append(nil)
        writer.append(.scratch(name: "starts\(number)", .i64, count: plan.width))
      }
    }
    if let batch = part.outer[convolution.result.outer] {
      corner.base = corner.base + batch * stridesX[convolution.lhs.outer]
    }
    if plan.areNeighbours {
      let low = convolution.result.spatial.enumerated().reduce(Index.constant(0)) { sum, spatial in
        guard part.outer[spatial.element] == nil else { return sum }
        return sum + Index(plan.axes[spatial.offset].window.low)
          * stridesX[convolution.lhs.spatial[spatial.offset]]
      }
      corner.first = writer.define(part.firstPlace - low)
    } else {
      writer.append(.scratch(name: "corners", .i64, count: plan.width))
    }
    if !plan.isDense { writer.append(.scratch(name: "targets", .i64, count: plan.width)) }
    overPlaces(&writer) { writer, p, _ in
      // Places behind the last one gather what nobody asks for.
      let place = writer.define(
        .maximum(of: 0, .minimum(of: part.firstPlace + p, part.places - 1)))
      let inner = coordinates(of: place, plan.placeAxes) { placeCount($0, part.phases) }
      var (distance, target): (Index, Index) = (0, 0)
      for (number, axis) in convolution.result.spatial.enumerated() {
        guard let coordinate = inner[axis] else { continue }
        let start = writer.define(.i64, .index(part.phases[number].start(coordinate)))
        writer.store(start, "starts\(number)", p)
        distance = distance + .value(start) * stridesX[convolution.lhs.spatial[number]]
        target = target + part.phases[number].target(coordinate) * stridesY[axis]
      }
      if let batch = inner[convolution.result.outer] {
        distance = distance + batch * stridesX[convolution.lhs.outer]
        target = target + batch * stridesY[convolution.result.outer]
      }
      if !plan.areNeighbours {
        writer.store(writer.define(.i64, .index(distance)), "corners", p)
      }
      if !plan.isDense { writer.store(writer.define(.i64, .index(target)), "targets", p) }
    }
    return corner
  }

  /// A loop over the places of a part, tile by tile; the body is given the place, and where the patches
  /// of a block's first term have it.
  private func overPlaces(
    _ writer: inout StatementWriter,
    body: (inout StatementWriter, _ place: Index, _ inPatches: Index) -> Void
  ) {
    let lanes: Index = .constant(plan.lanes)
    writer.loop(.constant(plan.tiles)) { writer, tile in
      writer.loop(lanes) { writer, lane in
        body(&writer, tile * lanes + lane, patches(tile) + lane)
      }
    }
  }

  /// Where the patches of a tile begin: those of one tile lie together, term by term.
  private func patches(_ tile: Index) -> Index { tile * .constant(plan.depth * plan.lanes) }

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
      var steps = [Index](repeating: 0, count: part.phases.count)
      for (number, phase) in part.phases.enumerated().reversed() {
        let position = writer.define(
          number == 0 ? rest : rest.remainder(byAtLeastOne: phase.positions))
        rest = rest.quotient(byAtLeastOne: phase.positions)
        steps[number] = writer.define(phase.step(position))
        distance = distance + steps[number] * stridesX[convolution.lhs.spatial[number]]
        let inWindow = phase.windowPosition(position)
        weight =
          weight
          + (convolution.isReversed ? plan.axes[number].k - 1 - inWindow : inWindow)
          * stridesK[convolution.kernel.spatial[number]]
      }
      writer.store(writer.define(.i64, .index(weight)), "weights", t)
      let base = writer.define(distance)
      if needsChecks {
        // The same for all input features of a window position.
        writer.when(Condition([.less(.minimum(of: t, input), 1)])) {
          writeChecks(part, corner, steps, to: &$0)
        }
      }
      overPlaces(&writer) { writer, p, inPatches in
        let index =
          corner.first.map { base + $0 + p } ?? base + .value(writer.load(.i64, "corners", p))
        let condition =
          needsChecks ? Condition([.holds(writer.load(.bool, "isInside", p))]) : .always
        let element = writer.load(dtype, "x", index, if: condition)
        writer.store(
          writer.convert(element, from: dtype, to: wide), "patches",
          inPatches + t * .constant(plan.lanes))
      }
    }
  }

  /// Whether places may have nothing under them: they are in the padding, or behind the last one.
  private var needsChecks: Bool {
    plan.axes.contains(where: \.isPadded) || (plan.areNeighbours && plan.hasPartialBlock)
  }

  /// Keeps, for each place of the part, whether x has an element so many steps behind its corner.
  private func writeChecks(
    _ part: Part, _ corner: Corner, _ steps: [Index], to writer: inout StatementWriter
  ) {
    overPlaces(&writer) { writer, p, _ in
      var isInside = writer.define(.bool, .constant(ScalarValue(.bool, wrapping: 1)))
      func require(_ a: Index, isLessThan b: Index) {
        let (a, b) = (
          writer.define(.i64, .index(a)), writer.define(.i64, .index(b))
        )
        let holds = writer.define(.bool, .compare(.lt, a, b))
        isInside = writer.define(.bool, .binary(.and, isInside, holds))
      }
      if plan.areNeighbours, plan.hasPartialBlock {
        require(part.firstPlace + p, isLessThan: part.places)
      }
      for (number, axis) in plan.axes.enumerated() where axis.isPadded {
        let start = corner.starts[number] ?? .value(writer.load(.i64, "starts\(number)", p))
        require(-1, isLessThan: start + steps[number])
        require(start + steps[number], isLessThan: axis.x)
      }
      writer.store(isInside, "isInside", p)
    }
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
            let next = part.firstOutput + block * rows + r
            let output = plan.fillsRows ? next : .minimum(of: next, plan.outputs - 1)
            let row = (features + output) * stridesK[convolution.kernel.outer]
            let weight = writer.convert(
              writer.load(dtype, "k", row + offset), from: dtype, to: wide)
            writer.loop(lanes) { writer, lane in
              let patch = writer.load(wide, "patches", patches(tile) + t * lanes + lane)
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
    let places = Index.minimum(of: .constant(plan.width), part.places - part.firstPlace)
    let firstFeature = part.group * plan.outputs + part.firstOutput
    let features = Index(plan.y.shape[convolution.result.feature])
    func write(_ writer: inout StatementWriter, _ row: Index, _ p: Index, _ target: Index) {
      let sum = writer.load(wide, "sums", row * .constant(plan.width) + p)
      writer.store(writer.convert(sum, from: wide, to: dtype), "y", target)
    }
    if !plan.isDense {
      let base = part.outer.sorted { $0.key < $1.key }.reduce(0 as Index) { sum, item in
        let (axis, coordinate) = item
        let target = spatialNumber(axis).map { part.phases[$0].target(coordinate) }
        return sum + (target ?? coordinate) * stridesY[axis]
      }
      writer.loop(part.outputs) { writer, r in
        let row = writer.define(
          base + (firstFeature + r) * stridesY[convolution.result.feature])
        writer.loop(places) { writer, p in
          let target = Index.value(writer.load(.i64, "targets", p))
          write(&writer, r, p, row + target)
        }
      }
    } else if plan.isPlaceInnermost {
      writer.loop(part.outputs) { writer, r in
        let row =
          (part.outerPosition * features + firstFeature + r) * plan.places + part.firstPlace
        writer.loop(places) { write(&$0, r, $1, row + $1) }
      }
    } else {
      writer.loop(places) { writer, p in
        let row = (part.firstPlace + p) * features + firstFeature
        writer.loop(part.outputs) {
          write(&$0, $1, p, (row + $1) * plan.outer + part.outerPosition)
        }
      }
    }
  }
}
