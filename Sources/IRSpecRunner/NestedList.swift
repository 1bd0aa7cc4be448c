import SExpression
import ScalarIR
import TapeIR

/// The atoms that a nested list, or a scalar, of a directive writes, in row-major order.
struct NestedList {
  /// The size along each axis; none for a scalar.
  let sizes: [Int]
  let atoms: [SExpression]

  /// The value that `expression` writes for a tensor of a type: exactly as many lists in each other
  /// as the type has axes, of its sizes; symbolic ones are what the lists make them.
  ///
  /// - Parameters:
  ///   - sizeOf: the values of symbols that are known; others stand for any size.
  ///   - form: at which errors point.
  init(
    _ expression: SExpression, as type: TensorType, where sizeOf: [String: Int] = [:],
    in form: SExpression, file: String
  ) throws(SourceError) {
    let values = sizeOf.mapValues { Dim.constant($0) }
    let shape = type.shape.substituting(values)
    var sizes = shape.dims.map(\.constant)
    var atoms: [SExpression] = []
    var level = [expression]
    for axis in sizes.indices {
      var next: [SExpression] = []
      for list in level {
        guard let elements = list.listElements else {
          throw NestedList.error(
            form, file, "a list of rank \(type.rank) for \(type)", list.summary)
        }
        if let size = sizes[axis], size != elements.count {
          throw NestedList.error(
            form, file, "a list of \(size) along axis \(axis) of \(type)", "\(elements.count)")
        }
        sizes[axis] = elements.count
        next += elements
      }
      // Below an empty list there is nothing that a symbolic size could be read from.
      if sizes[axis] == nil { sizes[axis] = 0 }
      level = next
    }
    for atom in level {
      guard atom.listElements == nil else {
        throw NestedList.error(form, file, "a list of rank \(type.rank) for \(type)", atom.summary)
      }
      atoms.append(atom)
    }
    self.sizes = sizes.compactMap { $0 }
    self.atoms = atoms
  }

  private static func error(
    _ form: SExpression, _ file: String, _ expected: String, _ found: String
  ) -> SourceError {
    SourceError(
      file: file, position: form.position, message: "a value of another shape",
      expected: expected, found: found, form: form.summary)
  }
}

extension NestedList {
  /// The list as elements of type `dtype`.
  func literal(
    _ dtype: DType, in form: SExpression, file: String
  ) throws(SourceError) -> Literal {
    var bits: [UInt64] = []
    bits.reserveCapacity(atoms.count)
    for atom in atoms {
      bits.append(try ScalarValue(atom, as: dtype, in: form, file: file).bits)
    }
    return Literal(dtype: dtype, sizes: sizes, bits: bits)
  }
}
