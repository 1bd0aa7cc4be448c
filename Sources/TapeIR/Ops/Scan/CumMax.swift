import ScalarIR

extension Op {
  /// The greatest of each element and all before it along an axis: NaN wins, −0 < +0.
  package static let cumMax: Op = cumulative(
    "cum-max", summary: "maximum of all elements up to each, along an axis; nan wins",
    monoid: { .maximum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.cumulativeExtremumCotangents(context)
    })
}
