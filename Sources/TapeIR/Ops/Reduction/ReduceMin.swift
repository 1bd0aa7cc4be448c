import ScalarIR

extension Op {
  /// The least element along axes: NaN wins, −0 < +0; the greatest value where there is none.
  package static let reduceMin: Op = reduction(
    "reduce-min", summary: "minimum along axes; nan wins", of: .any,
    monoid: { .minimum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.reducedExtremumCotangents(context)
    })
}

extension Monoid {
  /// The minimum: NaN wins, −0 < +0.
  static func minimum(_ dtype: DType) -> Monoid {
    .simple(
      "min", dtype, identity: .highest(dtype.computeType), empty: .highest(dtype),
      combine: .minimum)
  }
}
