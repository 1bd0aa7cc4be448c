import ScalarIR

extension Op {
  /// The least of each element and all before it along an axis: NaN wins, −0 < +0.
  package static let cumMin: Op = cumulative(
    "cum-min", summary: "minimum of all elements up to each, along an axis; nan wins",
    monoid: { .minimum($0) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.cumulativeExtremumCotangents(context)
    })
}
