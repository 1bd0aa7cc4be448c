import ScalarIR

extension TapeInterpreter {
  /// Sums of products, in row-major order over the contracted axes as they are listed, from zero:
  /// floats by fused multiply-add (`f16` and `bf16` in `f32`, rounded once at the end), integers
  /// wrapping, booleans as or of ands.
  static func contract(
    _ numbers: Contraction, _ a: Tensor, _ b: Tensor, _ result: inout Tensor
  ) {
    if result.bits.isEmpty { return }
    let freeA = numbers.lhsFree(rank: a.sizes.count)
    let freeB = numbers.rhsFree(rank: b.sizes.count)
    let (stridesA, stridesB) = (a.strides, b.strides)
    let contracted = numbers.lhsContract.map { a.sizes[$0] }
    let termsA = Counter.offsets(contracted, numbers.lhsContract.map { stridesA[$0] })
    let termsB = Counter.offsets(contracted, numbers.rhsContract.map { stridesB[$0] })
    // Along each axis of the result, how far the first term of the sum moves in a and in b.
    let stepsA =
      numbers.lhsBatch.map { stridesA[$0] } + freeA.map { stridesA[$0] } + freeB.map { _ in 0 }
    let stepsB =
      numbers.rhsBatch.map { stridesB[$0] } + freeA.map { _ in 0 } + freeB.map { stridesB[$0] }
    let sum = ScalarExpr.multiplyAdd(result.dtype.computeType)
    let widen = ScalarExpr.conversion(result.dtype, to: result.dtype.computeType)
    let narrow = ScalarExpr.conversion(result.dtype.computeType, to: result.dtype)
    let (wideA, wideB) = (a.bits.map(widen), b.bits.map(widen))
    var registers = Elements(repeating: 0, count: sum.nodes.count)
    var arguments = Elements(repeating: 0, count: 3)
    var counter = Counter(result.sizes)
    for position in result.bits.indices {
      let (startA, startB) = (counter.offset(stepsA), counter.offset(stepsB))
      var total: UInt64 = 0
      for (termA, termB) in zip(termsA, termsB) {
        arguments[0] = wideA[startA + termA]
        arguments[1] = wideB[startB + termB]
        arguments[2] = total
        sum.evaluate(arguments, &registers)
        total = registers[sum.results[0].index]
      }
      result.bits[position] = narrow(total)
      counter.advance()
    }
  }
}

extension ScalarExpr {
  /// `a · b + c` as a contraction accumulates it, on three values of a compute type.
  package static func multiplyAdd(_ dtype: DType) -> ScalarExpr {
    ScalarExpr([dtype, dtype, dtype]) { builder, inputs in
      if dtype.isFloating { return [builder.fma(inputs[0], inputs[1], inputs[2])] }
      let product = builder.binary(dtype == .bool ? .and : .mul, inputs[0], inputs[1])
      return [builder.binary(dtype == .bool ? .or : .add, product, inputs[2])]
    }
  }

  /// The conversion of bit patterns from one type to another.
  static func conversion(_ source: DType, to target: DType) -> (UInt64) -> UInt64 {
    if source == target { return { $0 } }
    return { ScalarValue(source, bits: $0).converted(to: target).bits }
  }
}
