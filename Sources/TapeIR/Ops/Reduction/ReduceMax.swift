import ScalarIR

extension Op {
  /// The greatest element along axes: NaN wins, −0 < +0; the least value where there is none.
  package static let reduceMax: Op = reduction(
    "reduce-max", summary: "maximum along axes; nan wins", of: .any,
    monoid: { .maximum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.reducedExtremumCotangents(context)
    })
}

extension Monoid {
  /// The maximum: NaN wins, −0 < +0.
  static func maximum(_ dtype: DType) -> Monoid {
    .simple(
      "max", dtype, identity: .lowest(dtype.computeType), empty: .lowest(dtype),
      combine: .maximum)
  }
}
