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
    .neg, .abs, .sign, .sqrt, .exp, .log, .tanh, .logistic, .not,
    .floor, .ceil, .round, .trunc, .isFinite, .popcnt, .clz,
    .exp2, .expm1, .log2, .log1p, .rsqrt, .cbrt,
    .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh,
    .erf, .erfc, .erfInv, .lgamma, .digamma,
    .add, .sub, .mul, .div, .max, .min, .and, .or,
    .rem, .pow, .atan2, .xor, .shl, .shrArith, .shrLogical,
    .eq, .ne, .lt, .le, .gt, .ge,
    .select, .clamp, .convert, .bitcast,
    .constant, .iota, .randomBits,
    .broadcast, .reshape, .transpose, .slice, .concat,
    .reverse, .pad,
    .reduceSum, .reduceProd, .reduceMax, .reduceMin, .reduceAnd, .reduceOr, .argmax, .argmin,
    .cumSum, .cumProd, .cumMax, .cumMin, .linearRecurrence,
    .windowSum, .windowProd, .windowMax, .windowMin, .windowSumEqual,
    .dot, .conv,
    .cond, .whileLoop, .scan, .reduce,
    .gather, .scatter, .take, .dynamicSlice, .dynamicUpdateSlice,
    .sort, .topK,
    .cholesky, .triangularSolve, .qr, .svd, .eigh,
  ])
}
