import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// A product of two tensors: brought to matrices, then a library call where the library has the
// element type, else loops that accumulate in order over the contracted axis; for a grid, tiles that
// do so (`LoopIR/Grid/ProductTiles.swift`).

extension Lowering {
  mutating func lowerContraction(_ group: FusionGroup) {
    let tape = fused.tape
    for number in group.nodes {
      let node = tape.nodes[number]
      if case .convolution(let convolution) = tape.family(of: node) {
        lowerConvolution(convolution, node)
        continue
      }
      guard case .contraction(let numbers) = tape.family(of: node),
        let result = buffers[node.firstResult]
      else { continue }
      let (a, b) = (node.operands[0], node.operands[1])
      let (left, right) = (tape.type(of: a), tape.type(of: b))
      let freeA = numbers.lhsFree(rank: left.rank)
      let freeB = numbers.rhsFree(rank: right.rank)
      func extent(_ axes: [Int], _ shape: Shape) -> Index {
        Index(AxisGroup.extent(axes, in: shape))
      }
      let first = arrange(a, numbers.lhsBatch, freeA, numbers.lhsContract)
      let second = arrange(b, numbers.rhsBatch, numbers.rhsContract, freeB)
      let product = MatrixProduct(
        dtype: left.dtype, batch: extent(numbers.lhsBatch, left.shape),
        m: extent(freeA, left.shape), n: extent(freeB, right.shape),
        k: extent(numbers.lhsContract, left.shape), a: first.buffer,
        isTransposedA: first.isTransposed, b: second.buffer, isTransposedB: second.isTransposed,
        c: result)
      if options.tilesProducts {
        launch(
          product.tiledKernel(origin: node.provenance.origin ?? node.op.name),
          [product.a, product.b, product.c])
      } else if left.dtype == .f32 || left.dtype == .f64 {
        steps.append(.call(.matrixProduct(product)))
      } else {
        launchProduct(product, origin: node.provenance.origin ?? node.op.name)
      }
    }
  }

  /// The value as matrices of `rows` by `columns`, batch entry after batch entry: its own buffer,
  /// stored one way or the other, where its axes are in such an order; else a copy.
  private mutating func arrange(
    _ value: Value, _ batch: [Int], _ rows: [Int], _ columns: [Int]
  ) -> (buffer: BufferID, isTransposed: Bool) {
    let type = fused.tape.type(of: value)
    guard let buffer = buffers[value] else {
      preconditionFailure("fusion left an operand of a product without a buffer")
    }
    func isInOrder(_ axes: [Int]) -> Bool {
      let moving = axes.filter { type.shape[$0] != 1 }
      return moving == moving.sorted()
    }
    if isInOrder(batch + rows + columns) { return (buffer, false) }
    if isInOrder(batch + columns + rows) { return (buffer, true) }
    return (copy(buffer, type, axes: batch + rows + columns), false)
  }

  /// A copy of a buffer with its axes in another order.
  private mutating func copy(_ buffer: BufferID, _ type: TensorType, axes: [Int]) -> BufferID {
    let target = buffers.declare(nil, type.dtype, count: Index(type.shape.elementCount))
    let strides = type.shape.strides
    var body: [Statement] = []
    var source: Index = 0
    var destination: Index = 0
    for (number, axis) in axes.enumerated() {
      let variable = Index.variable(Variable("i\(number)"))
      source = source + variable * Index(strides[axis])
      destination = destination * Index(type.shape[axis]) + variable
    }
    let element = Variable("v0")
    body = [
      .define(element, type.dtype, .load(array: "a0", index: source)),
      .store(array: "a1", index: destination, value: element),
    ]
    for (number, axis) in axes.enumerated().reversed() {
      body = [.loop(Loop(Variable("i\(number)"), Index(type.shape[axis]), .serial, body))]
    }
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "a0", dtype: type.dtype, access: .read),
          ArrayParameter(name: "a1", dtype: type.dtype, access: .write),
        ], body: body, origins: ["transpose"]), [buffer, target])
    return target
  }

  /// Columns of the result that are accumulated side by side.
  private static var columnBlock: Int { 512 }

  /// The product by loops, for element types that the library does not have.
  private mutating func launchProduct(_ product: MatrixProduct, origin: String) {
    let dtype = product.dtype
    let wide = dtype.computeType
    var names = 0
    func fresh(_ prefix: String) -> Variable {
      names += 1
      return Variable("\(prefix)\(names - 1)")
    }
    let block: Index = .constant(Lowering.columnBlock)
    let blocks = product.n.quotientRoundedUp(byAtLeastOne: block)
    let (q, init0, kk, j, last) = (fresh("i"), fresh("i"), fresh("i"), fresh("i"), fresh("i"))
    let rowAndBatch = Index.variable(q).quotient(byAtLeastOne: blocks)
    let firstColumn = Index.variable(q).remainder(byAtLeastOne: blocks) * block
    let width: Index = .minimum(of: block, product.n - firstColumn)
    let batch = rowAndBatch.quotient(byAtLeastOne: product.m)
    let row = rowAndBatch.remainder(byAtLeastOne: product.m)
    let (k, m, n) = (product.k, product.m, product.n)
    let indexA =
      batch * m * k
      + (product.isTransposedA ? .variable(kk) * m + row : row * k + .variable(kk))
    let column = firstColumn + .variable(j)
    let indexB =
      batch * k * n
      + (product.isTransposedB ? column * k + .variable(kk) : .variable(kk) * n + column)
    let (zero, a, wideA, b, wideB) = (fresh("v"), fresh("v"), fresh("v"), fresh("v"), fresh("v"))
    let (sum, term, next, total, rounded) = (
      fresh("v"), fresh("v"), fresh("v"), fresh("v"), fresh("v")
    )
    let isBool = dtype == .bool
    let update: [Statement] =
      wide.isFloating
      ? [.define(next, wide, .fma(wideA, wideB, sum))]
      : [
        .define(term, wide, .binary(isBool ? .and : .mul, wideA, wideB)),
        .define(next, wide, .binary(isBool ? .or : .add, sum, term)),
      ]
    let body: [Statement] = [
      .scratch(name: "s", wide, count: Lowering.columnBlock),
      .define(zero, wide, .constant(.zero(wide))),
      .loop(
        Loop(init0, width, .serial, [.store(array: "s", index: .variable(init0), value: zero)])),
      .loop(
        Loop(
          kk, k, .serial,
          [
            .define(a, dtype, .load(array: "a", index: indexA)),
            .define(wideA, wide, .convert(a)),
            .loop(
              Loop(
                j, width, .serial,
                [
                  .define(b, dtype, .load(array: "b", index: indexB)),
                  .define(wideB, wide, .convert(b)),
                  .define(sum, wide, .load(array: "s", index: .variable(j))),
                ] + update + [.store(array: "s", index: .variable(j), value: next)])),
          ])),
      .loop(
        Loop(
          last, width, .serial,
          [
            .define(total, wide, .load(array: "s", index: .variable(last))),
            .define(rounded, dtype, .convert(total)),
            .store(
              array: "c", index: rowAndBatch * n + firstColumn + .variable(last), value: rounded),
          ])),
    ]
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "a", dtype: dtype, access: .read),
          ArrayParameter(name: "b", dtype: dtype, access: .read),
          ArrayParameter(name: "c", dtype: dtype, access: .write),
        ],
        body: [.loop(Loop(q, product.batch * m * blocks, .serial, body))], origins: [origin]),
      [product.a, product.b, product.c])
  }
}
