/// The sizes of a tensor's axes, outermost first; no axes: a scalar.
package struct Shape: Hashable, Sendable {
  package var dims: [Dim]

  package init(_ dims: [Dim]) { self.dims = dims }
  package init(_ sizes: [Int]) { dims = sizes.map(Dim.constant) }

  package static let scalar = Shape([Dim]())

  package var rank: Int { dims.count }

  package subscript(axis: Int) -> Dim {
    get { dims[axis] }
    set { dims[axis] = newValue }
  }

  /// The sizes as numbers, where no symbol is left in them.
  package var sizes: [Int]? {
    var sizes: [Int] = []
    sizes.reserveCapacity(dims.count)
    for dim in dims {
      guard let size = dim.constant else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// The number of elements: the product of the sizes, 1 for a scalar.
  package var elementCount: Dim { dims.reduce(1, *) }

  package var isSymbolic: Bool { dims.contains(where: \.isSymbolic) }

  package var symbols: Set<String> {
    dims.reduce(into: []) { $0.formUnion($1.symbols) }
  }

  package func substituting(_ values: [String: Dim]) -> Shape {
    Shape(dims.map { $0.substituting(values) })
  }

  /// The row-major strides, in elements.
  package var strides: [Dim] {
    var strides = [Dim](repeating: 1, count: rank)
    for axis in dims.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * dims[axis + 1]
    }
    return strides
  }
}

extension Shape: ExpressibleByArrayLiteral {
  package init(arrayLiteral dims: Dim...) { self.dims = dims }
}

extension Shape: CustomStringConvertible {
  /// The sizes as the text form writes them in a type: `[4,8]`.
  package var description: String { "[\(dims.map(\.text).joined(separator: ","))]" }
}
