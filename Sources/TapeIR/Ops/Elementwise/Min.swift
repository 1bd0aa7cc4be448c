import ScalarIR

extension Op {
  /// The lesser of two elements: NaN wins, −0 < +0.
  package static let min: Op = elementwise(
    "min", summary: "elementwise minimum; nan wins", operands: 2, of: .any,
    meaning: { builder, inputs in builder.binary(.minimum, inputs[0], inputs[1]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.extremumCotangents(context, losesIf: .gt, winsIf: .lt)
    })
}
