import ScalarIR

extension Op {
  /// The greatest element of each window: NaN wins, −0 < +0; the least value where there is none.
  package static let windowMax: Op = window(
    "window-max", summary: "maximum over each window; nan wins",
    fold: { dtype in Accumulation(.maximum(dtype), start: Monoid.maximum(dtype).identity) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.windowExtremumCotangents(context)
    })
}
