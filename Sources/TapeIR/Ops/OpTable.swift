/// All ops, by name: the one place that lists them.
package struct OpTable: Sendable {
  package let ops: [Op]
  private let byName: [String: Op]

  package init(_ ops: [Op]) {
    self.ops = ops
    byName = Dictionary(ops.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package subscript(name: String) -> Op? { byName[name] }

  /// The ops of the language, in the order in which `tensorjit ops` lists them.
  package static let standard = OpTable([

    .add, .mul,
    .convert,
    .constant,
    .broadcast, .reshape, .transpose,
    .reduceSum,
    .dot,
  ])
}
