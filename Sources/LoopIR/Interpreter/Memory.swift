import ScalarIR

/// The interpreter's memory: stores of cells, each with the array that last wrote it.
struct Memory {
  /// A run of cells of `granule` bytes: whole elements, or in the arena single bytes, which arrays of
  /// different types share.
  struct Store {
    /// Distinct for every store that was ever made.
    let identity: Int
    let granule: Int
    /// Whether accesses need not be checked for races: the contents never change.
    let isConstant: Bool
    /// The number of loops with race detection around the store's making.
    let depth: Int
    var cells: [UInt64]
    /// The owner of each cell: the array that wrote it last, 0 for none.
    var owners: [Int]
  }

  /// An array's place in memory.
  struct View {
    let store: Int
    /// The first cell.
    let base: Int
    let count: Int
    let dtype: DType
    /// What the array's elements must have been written by.
    let owner: Int
  }

  private(set) var stores: [Store] = []
  private var storesMade = 0
  private var viewsMade = 0

  /// A new array of undefined elements in a store of its own.
  mutating func makeArray(_ dtype: DType, count: Int, depth: Int = 0) -> View {
    let store = makeStore(granule: dtype.byteWidth, cells: count, depth: depth)
    return makeView(of: dtype, count: count, in: store, base: 0)
  }

  /// A new array that holds the literal and never changes.
  mutating func makeArray(_ literal: Literal) -> View {
    let store = makeStore(
      granule: literal.dtype.byteWidth, cells: literal.count, depth: 0, isConstant: true)
    let view = makeView(of: literal.dtype, count: literal.count, in: store, base: 0)
    stores[store].cells = literal.bits
    stores[store].owners = [Int](repeating: view.owner, count: literal.count)
    return view
  }

  mutating func makeStore(
    granule: Int, cells: Int, depth: Int, isConstant: Bool = false
  ) -> Int {
    storesMade += 1
    stores.append(
      Store(
        identity: storesMade, granule: granule, isConstant: isConstant, depth: depth,
        cells: [UInt64](repeating: 0, count: cells), owners: [Int](repeating: 0, count: cells)))
    return stores.count - 1
  }

  mutating func makeView(of dtype: DType, count: Int, in store: Int, base: Int) -> View {
    viewsMade += 1
    return View(store: store, base: base, count: count, dtype: dtype, owner: viewsMade)
  }

  /// The part of `count` elements of an array that has `position` such parts before it.
  func makeSlice(of view: View, _ position: Int, count: Int) -> View {
    let cells = view.dtype.byteWidth / stores[view.store].granule
    return View(
      store: view.store, base: view.base + position * count * cells, count: count,
      dtype: view.dtype, owner: view.owner)
  }

  /// Gives back the stores that were made since there were `count`.
  mutating func release(to count: Int) { stores.removeLast(stores.count - count) }

  /// The cells of an element.
  func cells(of view: View, _ index: Int) -> Range<Int> {
    let width = view.dtype.byteWidth / stores[view.store].granule
    let first = view.base + index * width
    return first..<(first + width)
  }

  /// The element, or nil where its array has not written all of it last.
  func read(_ view: View, _ index: Int) -> UInt64? {
    let cells = cells(of: view, index)
    var word: UInt64 = 0
    for cell in cells.reversed() {
      guard stores[view.store].owners[cell] == view.owner else { return nil }
      word = (cells.count == 1 ? 0 : word << 8) | stores[view.store].cells[cell]
    }
    return word
  }

  mutating func write(_ view: View, _ index: Int, _ bits: UInt64) {
    let cells = cells(of: view, index)
    for (number, cell) in cells.enumerated() {
      stores[view.store].cells[cell] =
        cells.count == 1 ? bits : (bits >> UInt64(8 * number)) & 0xFF
      stores[view.store].owners[cell] = view.owner
    }
  }
}

/// What the iterations of one run of a loop have touched.
struct RaceDetector {
  /// A cell of a store, by the store's identity.
  struct Cell: Hashable {
    let store: Int
    let cell: Int
  }

  /// The iterations that touched a cell: one that wrote it, and two that read it.
  private struct Touches {
    var writer: Int?
    var reader: Int?
    var otherReader: Int?
  }

  let loop: Variable
  /// Whether the iterations are the threads of a block, which barriers hold together.
  let isOfThreads: Bool
  private var touches: [Cell: Touches] = [:]

  init(loop: Variable, isOfThreads: Bool) {
    self.loop = loop
    self.isOfThreads = isOfThreads
  }

  /// Notes an access; an iteration that it conflicts with, if there is one.
  mutating func note(_ cell: Cell, isStore: Bool, iteration: Int) -> Int? {
    var touch = touches[cell] ?? Touches()
    defer { touches[cell] = touch }
    if let writer = touch.writer, writer != iteration { return writer }
    if isStore {
      for reader in [touch.reader, touch.otherReader] {
        if let reader, reader != iteration { return reader }
      }
      touch.writer = iteration
    } else if touch.reader == nil {
      touch.reader = iteration
    } else if touch.reader != iteration {
      touch.otherReader = iteration
    }
    return nil
  }

  /// Forgets everything: all iterations have waited for each other.
  mutating func synchronize() { touches.removeAll(keepingCapacity: true) }
}
