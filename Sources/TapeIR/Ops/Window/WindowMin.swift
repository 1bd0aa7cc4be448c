import ScalarIR

extension Op {
  /// The least element of each window: NaN wins, −0 < +0; the greatest value where there is none.
  package static let windowMin: Op = window(
    "window-min", summary: "minimum over each window; nan wins",
    fold: { dtype in Accumulation(.minimum(dtype), start: Monoid.minimum(dtype).identity) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.windowExtremumCotangents(context)
    })
}
