import ScalarIR

// A matrix product as a grid: each block computes a tile of the result, its threads a few rows and
// columns each, whose sums stand in registers. Tiles of the operands go through shared memory, a few
// steps of the contracted axis at a time, so that each element is fetched from global memory once a
// block:
//
//     for each block of steps
//       barrier; copy the tiles of a and b; barrier
//       for each step: sum[row][column] += a[row] · b[column]
//
// Each sum is accumulated from zero in order over the contracted axis, so the sizes of tiles change no
// bit.

extension MatrixProduct {
  /// A kernel on the arrays `a`, `b` and `c`; the element type may be any.
  package func tiledKernel(origin: String) -> Kernel {
    var writer = StatementWriter()
    ProductTiles(self).write(to: &writer)
    return Kernel(
      name: "",
      parameters: [
        ArrayParameter(name: "a", dtype: dtype, access: .read),
        ArrayParameter(name: "b", dtype: dtype, access: .read),
        ArrayParameter(name: "c", dtype: dtype, access: .write),
      ], body: writer.statements, origins: [origin])
  }
}

/// Writes the grid of one product.
private struct ProductTiles {
  let product: MatrixProduct
  let dtype: DType
  let wide: DType
  /// Rows and columns of one thread.
  let rows: Int
  let columns: Int

  /// Threads along each side of a tile.
  private static let side = 16
  /// Steps of the contracted axis whose operands are in shared memory.
  private static let depth = 16
  private static let threads = side * side
  private static let greatestPart = 4

  init(_ product: MatrixProduct) {
    self.product = product
    dtype = product.dtype
    wide = dtype.computeType
    func part(_ extent: Index) -> Int {
      var part = 1
      while part < Self.greatestPart, extent.constant.map({ $0 > part * Self.side }) ?? true {
        part *= 2
      }
      return part
    }
    rows = part(product.m)
    columns = part(product.n)
  }

  private var height: Int { rows * Self.side }
  private var width: Int { columns * Self.side }
  /// Elements from one step of a tile to the next, odd so that columns spread over the banks.
  private var pitchA: Int { height + 1 }
  private var pitchB: Int { width + 1 }

  /// One block's part of the work.
  private struct Tile {
    let batch: Index
    let firstRow: Index
    let firstColumn: Index
  }

  func write(to writer: inout StatementWriter) {
    let (m, n, k) = (product.m, product.n, product.k)
    let down = m.quotientRoundedUp(by: .constant(height))
    let across = n.quotientRoundedUp(by: .constant(width))
    writer.loop(product.batch * down * across, .block(axis: 0)) { writer, block in
      writer.append(.scratch(name: "as", wide, count: Self.depth * pitchA))
      writer.append(.scratch(name: "bs", wide, count: Self.depth * pitchB))
      let row = block.quotient(by: across.atLeastOne)
      let tile = Tile(
        batch: row.quotient(by: down.atLeastOne),
        firstRow: row.remainder(by: down.atLeastOne) * .constant(height),
        firstColumn: block.remainder(by: across.atLeastOne) * .constant(width))
      writer.loop(.constant(Self.threads), .thread(axis: 0)) { writer, thread in
        writer.append(.scratch(name: "sums", wide, count: rows * columns))
        let zero = writer.define(wide, .constant(.zero(wide)))
        writer.loop(.constant(rows * columns), .unrolled) { $0.store(zero, "sums", $1) }
        writer.loop(k.quotientRoundedUp(by: .constant(Self.depth))) { writer, step in
          let first = step * .constant(Self.depth)
          writer.append(.barrier)
          copyA(tile, first, thread, to: &writer)
          copyB(tile, first, thread, to: &writer)
          writer.append(.barrier)
          writer.loop(.minimum(of: .constant(Self.depth), k - first)) { writer, s in
            accumulate(s, thread, to: &writer)
          }
        }
        store(tile, thread, to: &writer)
      }
    }
  }

  /// The first row and column of a thread in its tile; the others are `side` apart, so that
  /// neighbouring threads have neighbouring columns.
  private func inTile(_ thread: Index) -> (row: Index, column: Index) {
    let side: Index = .constant(Self.side)
    return (thread.quotient(by: side), thread.remainder(by: side))
  }

  /// Copies a tile of `extent` lines by `depth` steps, neighbouring threads along the axis in which
  /// elements lie side by side.
  private func copy(
    _ array: String, to tile: String, pitch: Int, lines: Int, isAlongSteps: Bool, thread: Index,
    to writer: inout StatementWriter,
    place: (_ line: Index, _ step: Index) -> (index: Index, condition: Condition)
  ) {
    let threads: Index = .constant(Self.threads)
    writer.loop(.constant(lines * Self.depth / Self.threads), .unrolled) { writer, round in
      let number = round * threads + thread
      let inner: Index = .constant(isAlongSteps ? Self.depth : lines)
      let (slow, fast) = (number.quotient(by: inner), number.remainder(by: inner))
      let (line, step) = isAlongSteps ? (slow, fast) : (fast, slow)
      let source = place(line, step)
      let element = writer.load(dtype, array, source.index, if: source.condition)
      writer.store(
        writer.convert(element, from: dtype, to: wide), tile, step * .constant(pitch) + line)
    }
  }

  private func copyA(
    _ tile: Tile, _ first: Index, _ thread: Index, to writer: inout StatementWriter
  ) {
    let (m, k) = (product.m, product.k)
    copy(
      "a", to: "as", pitch: pitchA, lines: height, isAlongSteps: !product.isTransposedA,
      thread: thread, to: &writer
    ) { line, step in
      let (row, column) = (tile.firstRow + line, first + step)
      let place = product.isTransposedA ? column * m + row : row * k + column
      return (tile.batch * m * k + place, Condition([.less(row, m), .less(column, k)]))
    }
  }

  private func copyB(
    _ tile: Tile, _ first: Index, _ thread: Index, to writer: inout StatementWriter
  ) {
    let (n, k) = (product.n, product.k)
    copy(
      "b", to: "bs", pitch: pitchB, lines: width, isAlongSteps: product.isTransposedB,
      thread: thread, to: &writer
    ) { line, step in
      let (row, column) = (first + step, tile.firstColumn + line)
      let place = product.isTransposedB ? column * k + row : row * n + column
      return (tile.batch * k * n + place, Condition([.less(row, k), .less(column, n)]))
    }
  }

  /// Adds the products of one step to a thread's sums.
  private func accumulate(_ step: Index, _ thread: Index, to writer: inout StatementWriter) {
    let own = inTile(thread)
    let left = (0..<rows).map {
      writer.load(wide, "as", step * .constant(pitchA) + (own.row + .constant($0 * Self.side)))
    }
    let right = (0..<columns).map {
      writer.load(wide, "bs", step * .constant(pitchB) + (own.column + .constant($0 * Self.side)))
    }
    for (i, a) in left.enumerated() {
      for (j, b) in right.enumerated() {
        let place = Index.constant(i * columns + j)
        let sum = writer.load(wide, "sums", place)
        writer.store(writer.multiplyAdd(wide, a, b, sum), "sums", place)
      }
    }
  }

  /// Rounds a thread's sums and writes them.
  private func store(_ tile: Tile, _ thread: Index, to writer: inout StatementWriter) {
    let (m, n) = (product.m, product.n)
    let own = inTile(thread)
    for i in 0..<rows {
      for j in 0..<columns {
        let row = tile.firstRow + (own.row + .constant(i * Self.side))
        let column = tile.firstColumn + (own.column + .constant(j * Self.side))
        writer.when(Condition([.less(row, m), .less(column, n)])) { writer in
          let sum = writer.load(wide, "sums", .constant(i * columns + j))
          writer.store(
            writer.convert(sum, from: wide, to: dtype), "c",
            tile.batch * m * n + row * n + column)
        }
      }
    }
  }
}
