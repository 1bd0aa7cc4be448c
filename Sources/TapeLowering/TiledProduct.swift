import LoopIR
import ScalarIR

// A product of matrices whose sums stay in registers, a tile of them at a time.
//
//     for each part, a block of row panels and a block of column panels, in parallel
//       for each `depth` of the terms
//         for each column panel, for each row panel
//           tile = c, or zero before the first terms
//           for each term t, row r, column c
//             tile[r][c] = fma(a[r][t], b[t][c], tile[r][c])
//           c = tile
//
// Operands that are read often are read where they are, unless they are transposed, of a type that is
// widened, or have rows that begin at places of which a cache holds few. Then they are copied first;
// so is an a whose rows fill no number of tiles, a transposed b always, and a b whose long columns are
// read very often:
//
//     a              in rows of an odd number of cache lines  left[row][term]
//     a, transposed  in panels of `rows` rows                 left[panel][term][row]
//     b              in panels of `columns` columns           right[panel][term][column]
//
// Each sum is accumulated in order over the terms, so that neither tiles nor threads change a bit.
// Panels are filled up with zeros, whose sums are not stored.

/// How a product is cut into tiles.
struct TiledProduct {
  let product: MatrixProduct
  let (m, n, k): (Int, Int, Int)
  /// The type in which sums are accumulated.
  let wide: DType
  /// Elements of a vector.
  let lanes: Int
  /// Rows and columns of a tile.
  let rows: Int
  let columns: Int
  /// Terms that are added to a tile while it stays in registers.
  let depth: Int
  /// Whether operands are copied first.
  let packsLeft: Bool
  let packsRight: Bool
  /// Panels of one part of the work.
  let rowPanels: Int
  let columnPanels: Int
  /// Whether there is enough work to share among threads.
  let isLarge: Bool

  /// - Returns: nil for sizes that are not known, and for vectors, of which tiles are not full.
  init?(_ product: MatrixProduct, options: LoweringOptions) {
    guard let m = product.m.constant, let n = product.n.constant, let k = product.k.constant,
      let batch = product.batch.constant, m > 1, n > 1, k > 0, batch > 0
    else { return nil }
    self.product = product
    (self.m, self.n, self.k) = (m, n, k)
    wide = product.dtype.computeType
    lanes = max(1, options.vectorBits / max(8, wide.bitWidth))
    let vectors = n > lanes ? 2 : 1
    columns = vectors * lanes
    // What is left of the registers holds a row of `right` and an element of `left`.
    let sums = (options.vectorBits == 512 ? 28 : 12) / vectors
    let across = (n - 1) / columns + 1
    let divisor = (min(6, sums)...sums).last { m % $0 == 0 } ?? (m < sums ? m : nil)
    // Rows half a page apart share few places of a first-level cache.
    func collides(_ row: Int) -> Bool { row * product.dtype.byteWidth % 2048 == 0 }
    let isUnfit = product.isTransposedA || wide != product.dtype || collides(k)
    packsLeft = divisor == nil || (isUnfit && across > 4)
    rows = packsLeft ? TiledProduct.rows(m, atMost: sums) : divisor ?? sums
    let down = (m - 1) / rows + 1
    let isFar = collides(n) || (k > 512 && down > 16)
    packsRight = product.isTransposedB || (down > 2 && (isFar || wide != product.dtype))
    // Sums of a wider type are rounded once. Others stay in registers while a panel of `right` and the
    // part's rows of `left` fit into the second-level cache, so that `c` is seldom read again.
    let blocks = wide == product.dtype ? (k - 1) / (4096 / wide.byteWidth) + 1 : 1
    depth = (k - 1) / blocks + 1
    // Enough parts to share evenly, each with its rows of `left` in the second-level cache.
    let work = Double(batch) * Double(m) * Double(n) * Double(k)
    isLarge = work >= 0x1p20
    let wanted = Int(max(1, min(16, work / 0x1p20) / Double(batch)))
    rowPanels = min((down - 1) / min(wanted, down) + 1, max(1, 128 / rows))
    let rowParts = (down - 1) / rowPanels + 1
    columnPanels = (across - 1) / max(1, min(across, wanted / rowParts)) + 1
  }

  /// As many rows as divide `count` most evenly.
  private static func rows(_ count: Int, atMost most: Int) -> Int {
    let panels = (count - 1) / most + 1
    return (count - 1) / panels + 1
  }

  /// Elements of a row of a copy of `left` that is not transposed: an odd number of cache lines, so that
  /// rows do not meet in one place of a cache.
  var spreadTerms: Int {
    let line = max(1, 64 / wide.byteWidth)
    return (((k - 1) / line + 1) | 1) * line
  }

  /// Panels of all rows, and of all columns.
  var down: Int { (m - 1) / rows + 1 }
  var across: Int { (n - 1) / columns + 1 }
}

extension Lowering {
  /// Adds the kernels of a product.
  mutating func launch(_ tiles: TiledProduct, origin: String) {
    let product = tiles.product
    var (a, b) = (product.a, product.b)
    if tiles.packsLeft {
      a =
        product.isTransposedA
        ? pack(a, tiles, lines: tiles.m, isTermInnermost: false, panel: tiles.rows)
        : spread(a, tiles)
    }
    if tiles.packsRight {
      b = pack(
        b, tiles, lines: tiles.n, isTermInnermost: product.isTransposedB, panel: tiles.columns)
    }
    var writer = StatementWriter()
    tiles.write(to: &writer)
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "a", dtype: tiles.left, access: .read),
          ArrayParameter(name: "b", dtype: tiles.right, access: .read),
          ArrayParameter(
            name: "c", dtype: product.dtype,
            access: tiles.depth < tiles.k ? .readWrite : .write),
        ], body: writer.statements, origins: [origin]), [a, b, product.c])
  }

  /// A copy of `left` whose rows do not meet in a cache, filled up to whole panels.
  private mutating func spread(_ source: BufferID, _ tiles: TiledProduct) -> BufferID {
    let product = tiles.product
    let (m, k): (Index, Index) = (.constant(tiles.m), .constant(tiles.k))
    let rows: Index = .constant(tiles.down * tiles.rows)
    let target = buffers.declare(
      nil, tiles.wide, count: product.batch * rows * .constant(tiles.spreadTerms))
    var writer = StatementWriter()
    writer.loop(product.batch * rows) { writer, q in
      let entry = writer.define(q.quotient(byAtLeastOne: rows))
      let row = writer.define(q.remainder(byAtLeastOne: rows))
      writer.loop(k) { writer, term in
        let value = writer.load(
          product.dtype, "x", (entry * m + row) * k + term,
          if: rows == m ? .always : Condition([.less(row, m)]))
        writer.store(
          writer.convert(value, from: product.dtype, to: tiles.wide), "y",
          q * .constant(tiles.spreadTerms) + term)
      }
    }
    launchCopy(writer.statements, tiles, from: source, to: target)
    return target
  }

  /// A copy of matrices in panels of `panel` lines, in each of which the lines' elements stand side by
  /// side for each term.
  private mutating func pack(
    _ source: BufferID, _ tiles: TiledProduct, lines: Int, isTermInnermost: Bool, panel: Int
  ) -> BufferID {
    let panels: Index = .constant((lines - 1) / panel + 1)
    let (terms, width): (Index, Index) = (.constant(tiles.k), .constant(panel))
    let dtype = tiles.product.dtype
    let target = buffers.declare(
      nil, tiles.wide, count: tiles.product.batch * panels * terms * width)
    var writer = StatementWriter()
    writer.loop(tiles.product.batch * panels) { writer, q in
      let entry = writer.define(q.quotient(byAtLeastOne: panels) * .constant(lines) * terms)
      let first = writer.define(q.remainder(byAtLeastOne: panels) * width)
      func copy(_ writer: inout StatementWriter, _ line: Index, _ term: Index) {
        let place = first + line
        let value = writer.load(
          dtype, "x",
          entry + (isTermInnermost ? place * terms + term : term * .constant(lines) + place),
          if: lines % panel == 0 ? .always : Condition([.less(place, .constant(lines))]))
        writer.store(
          writer.convert(value, from: dtype, to: tiles.wide), "y",
          (q * terms + term) * width + line)
      }
      if isTermInnermost {
        // A cache line at a time, element by element: processors scatter vectors no faster.
        let step = 16
        writer.loop(.constant(tiles.k / step)) { writer, block in
          writer.loop(width) { writer, line in
            writer.loop(.constant(step), .unrolled) {
              copy(&$0, line, block * .constant(step) + $1)
            }
          }
        }
        let rest: Index = .constant(tiles.k / step * step)
        writer.loop(.constant(tiles.k % step)) { writer, term in
          writer.loop(width) { copy(&$0, $1, rest + term) }
        }
      } else {
        writer.loop(terms) { writer, term in
          writer.loop(width) { copy(&$0, $1, term) }
        }
      }
    }
    launchCopy(writer.statements, tiles, from: source, to: target)
    return target
  }

  /// Launches what copies an operand from `x` to `y`, in the type in which sums are accumulated.
  private mutating func launchCopy(
    _ body: [Statement], _ tiles: TiledProduct, from source: BufferID, to target: BufferID
  ) {
    launch(
      Kernel(
        name: "",
        parameters: [
          ArrayParameter(name: "x", dtype: tiles.product.dtype, access: .read),
          ArrayParameter(name: "y", dtype: tiles.wide, access: .write),
        ], body: body, origins: ["pack"]), [source, target])
  }
}

extension TiledProduct {
  /// The operands' element types as the tiles read them.
  fileprivate var left: DType { packsLeft ? wide : product.dtype }
  fileprivate var right: DType { packsRight ? wide : product.dtype }

  /// Where a tile is, and its first terms.
  private struct Tile {
    let entry: Index
    let row: Index
    let column: Index
    /// The places of its first elements in the operands.
    let left: Index
    let right: Index
    /// Which of the blocks of terms these are, and their number.
    let block: Index
    let terms: Index
  }

  fileprivate func write(to writer: inout StatementWriter) {
    let (rowPanels, columnPanels): (Index, Index) = (
      .constant(rowPanels), .constant(columnPanels)
    )
    let (down, across): (Index, Index) = (.constant(down), .constant(across))
    let rowParts = down.quotientRoundedUp(by: rowPanels)
    let columnParts = across.quotientRoundedUp(by: columnPanels)
    let count = product.batch * rowParts * columnParts
    writer.loop(count, isLarge ? .parallel : .serial) { writer, q in
      let firstColumn = writer.define(q.remainder(byAtLeastOne: columnParts) * columnPanels)
      let rest = q.quotient(byAtLeastOne: columnParts)
      let firstRow = writer.define(rest.remainder(byAtLeastOne: rowParts) * rowPanels)
      let entry = writer.define(rest.quotient(byAtLeastOne: rowParts))
      writer.loop(.constant((k - 1) / depth + 1)) { writer, block in
        let firstTerm = block * .constant(depth)
        let terms = writer.define(.minimum(of: .constant(depth), .constant(k) - firstTerm))
        writer.loop(.minimum(of: columnPanels, across - firstColumn)) { writer, jj in
          writer.loop(.minimum(of: rowPanels, down - firstRow)) { writer, ii in
            let (i, j) = (writer.define(firstRow + ii), writer.define(firstColumn + jj))
            let left = leftPlace(entry: entry, panel: i, term: firstTerm)
            let right = rightPlace(entry: entry, panel: j, term: firstTerm)
            let tile = Tile(
              entry: entry, row: i * .constant(rows), column: j * .constant(columns),
              left: writer.define(left), right: writer.define(right), block: block, terms: terms)
            write(tile, to: &writer)
          }
        }
      }
    }
  }

  private func leftPlace(entry: Index, panel: Index, term: Index) -> Index {
    let (m, k, rows): (Index, Index, Index) = (.constant(m), .constant(k), .constant(rows))
    if packsLeft, product.isTransposedA {
      return ((entry * .constant(down) + panel) * k + term) * rows
    }
    if packsLeft {
      return (entry * .constant(down) + panel) * rows * .constant(spreadTerms) + term
    }
    if product.isTransposedA { return (entry * k + term) * m + panel * rows }
    return (entry * m + panel * rows) * k + term
  }

  private func rightPlace(entry: Index, panel: Index, term: Index) -> Index {
    let (n, k): (Index, Index) = (.constant(n), .constant(k))
    let columns: Index = .constant(columns)
    if packsRight { return ((entry * .constant(across) + panel) * k + term) * columns }
    return (entry * k + term) * n + panel * columns
  }

  /// How far an operand's next term and `left`'s next row are.
  private var leftSteps: (term: Int, row: Int) {
    if product.isTransposedA { return packsLeft ? (rows, 1) : (m, 1) }
    return (1, packsLeft ? spreadTerms : k)
  }
  private var rightStep: Int { packsRight ? columns : n }

  private func write(_ tile: Tile, to writer: inout StatementWriter) {
    let lanes: Index = .constant(lanes)
    let dtype = product.dtype
    /// A loop over the tile's vectors, its rows and columns.
    func overTile(
      _ writer: inout StatementWriter,
      body: (inout StatementWriter, _ r: Index, _ c: Index) -> Void
    ) {
      writer.loop(.constant(rows), .unrolled) { writer, r in
        writer.loop(.constant(columns).quotient(by: lanes), .unrolled) { writer, v in
          writer.loop(lanes, .vector(width: self.lanes)) { body(&$0, r, v * lanes + $1) }
        }
      }
    }
    func place(_ r: Index, _ c: Index) -> Index { r * .constant(columns) + c }
    func target(_ r: Index, _ c: Index) -> Index {
      (tile.entry * .constant(m) + tile.row + r) * .constant(n) + tile.column + c
    }
    let rowExists = { (r: Index) -> [Condition.Clause] in
      m % rows == 0 ? [] : [.less(tile.row + r, .constant(m))]
    }
    let columnExists = { (c: Index) -> [Condition.Clause] in
      n % columns == 0 ? [] : [.less(tile.column + c, .constant(n))]
    }
    writer.append(.scratch(name: "tile", wide, count: rows * columns))
    let zero = writer.define(wide, .constant(.zero(wide)))
    overTile(&writer) { writer, r, c in
      if depth == k { return writer.store(zero, "tile", place(r, c)) }
      let sum = writer.load(
        dtype, "c", target(r, c),
        if: Condition([.less(0, tile.block)] + rowExists(r) + columnExists(c)))
      writer.store(sum, "tile", place(r, c))
    }
    writer.loop(tile.terms) { writer, t in
      writer.loop(.constant(rows), .unrolled) { writer, r in
        let steps = leftSteps
        let a = writer.convert(
          writer.load(
            left, "a", tile.left + t * .constant(steps.term) + r * .constant(steps.row)),
          from: left, to: wide)
        writer.loop(.constant(columns).quotient(by: lanes), .unrolled) { writer, v in
          writer.loop(lanes, .vector(width: self.lanes)) { writer, lane in
            let c = v * lanes + lane
            let b = writer.load(
              right, "b", tile.right + t * .constant(rightStep) + c,
              if: packsRight ? .always : Condition(columnExists(c)))
            let sum = writer.load(wide, "tile", place(r, c))
            writer.store(
              writer.multiplyAdd(wide, a, writer.convert(b, from: right, to: wide), sum), "tile",
              place(r, c))
          }
        }
      }
    }
    overTile(&writer) { writer, r, c in
      let sum = writer.convert(
        writer.load(wide, "tile", place(r, c)), from: wide, to: dtype)
      let store = Statement.store(array: "c", index: target(r, c), value: sum)
      let condition = Condition(rowExists(r) + columnExists(c))
      writer.append(
        condition.isAlways ? store : .conditional(condition, then: [store], else: []))
    }
  }
}
