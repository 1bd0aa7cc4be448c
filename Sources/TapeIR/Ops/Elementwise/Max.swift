import ScalarIR

extension Op {
  /// The greater of two elements: NaN wins, −0 < +0.
  package static let max: Op = elementwise(
    "max", summary: "elementwise maximum; nan wins", operands: 2, of: .any,
    meaning: { builder, inputs in builder.binary(.maximum, inputs[0], inputs[1]) },
    gradient: .rule { (builder, context) throws(TapeError) in
      try builder.extremumCotangents(context, losesIf: .lt, winsIf: .gt)
    })
}
