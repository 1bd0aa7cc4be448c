import ScalarIR

/// The cotangents of a scatter's operands.
///
/// An update reaches the result through the element that it is combined into, which a gather with
/// the same dimension numbers reads. What is left out reaches nothing.
struct ScatterGradient {
  private let x: Value
  private let indices: Value
  private let updates: Value
  private let result: Value
  private let cotangent: Value
  private let isWanted: [Bool]
  private let numbers: IndexingNumbers
  private let bounds: Indexing.Bounds
  private let combine: String
  private let indicesRank: Int

  init(_ context: GradientContext, _ builder: TapeBuilder) {
    x = context.operands[0]
    indices = context.operands[1]
    updates = context.operands[2]
    result = context.results[0]
    cotangent = context.cotangents[0] ?? result
    isWanted = context.isWanted
    indicesRank = builder.shape(of: indices).rank
    numbers = IndexingNumbers(context.attributes, .scatter, indicesRank: indicesRank)
    bounds = Indexing.Bounds(context.attributes)
    combine = context.attributes.word(.combine) ?? "set"
  }

  /// x + Σ u: the cotangent itself, and what an update was added to of it.
  mutating func ofSum(_ builder: inout TapeBuilder) throws(TapeError) -> [Value?] {
    [cotangent, nil, isWanted[2] ? try reaching(cotangent, &builder) : nil]
  }

  /// Elements that were replaced have none, and of the updates only the last one at an element.
  mutating func ofReplacement(_ builder: inout TapeBuilder) throws(TapeError) -> [Value?] {
    var cotangents: [Value?] = [nil, nil, nil]
    if isWanted[0] {
      cotangents[0] = try scatter(
        builder.splat(0, like: updates), into: cotangent, combine: "set", &builder)
    }
    if isWanted[2] {
      let shape = builder.shape(of: updates)
      let count = Shape([shape.elementCount])
      let flat = try builder.op(
        .iota, attributes: [.type: .type(TensorType(.i64, count)), .axis: .integer(0)])
      let numbers = try builder.reshape(flat, to: shape)
      let none = try builder.splat(ScalarValue(.i64, wrapping: -1), builder.shape(of: x))
      let last = try scatter(numbers, into: none, combine: "set", &builder)
      let isLast = try builder.op(.eq, gather(last, &builder), numbers)
      cotangents[2] = try builder.op(
        .select, isLast, gather(cotangent, &builder), builder.splat(0, like: updates))
    }
    return cotangents
  }

  /// x · Π u: for each factor the product of the others.
  mutating func ofProduct(_ builder: inout TapeBuilder) throws(TapeError) -> [Value?] {
    var cotangents: [Value?] = [nil, nil, nil]
    if isWanted[0] {
      let ones = try builder.splat(1, like: x)
      let product = try scatter(updates, into: ones, combine: "mul", &builder)
      cotangents[0] = try builder.op(.mul, cotangent, product)
    }
    if isWanted[2] {
      cotangents[2] =
        if let count = builder.shape(of: updates).elementCount.constant {
          try ofFactors(count, &builder)
        } else {
          try ofFactorsByDivision(&builder)
        }
    }
    return cotangents
  }

  /// The cotangent of `count` updates that are multiplied into elements.
  private func ofFactors(_ count: Int, _ builder: inout TapeBuilder) throws(TapeError) -> Value {
    let (shape, dtype) = (builder.shape(of: updates), builder.dtype(of: updates))
    let elements = builder.shape(of: x)
    let numbers = try builder.reshape(
      builder.op(
        .iota,
        attributes: [
          .type: .type(TensorType(.i64, [elements.elementCount])), .axis: .integer(0),
        ]), to: elements)
    // What is left out is in the group of the least number.
    let groups = try gather(numbers, &builder)
    let flat = Shape([.constant(count)])
    let others = try builder.productsOfOthers(
      builder.convert(builder.reshape(updates, to: flat), to: dtype.computeType),
      inGroups: builder.reshape(groups, to: flat), count: count)
    let share = try builder.op(
      .mul, builder.convert(gather(cotangent, &builder), to: dtype.computeType),
      builder.op(
        .mul, builder.convert(gather(x, &builder), to: dtype.computeType),
        builder.reshape(others, to: shape)))
    let isIn = try builder.op(.ge, groups, builder.splat(0, like: groups))
    return try builder.convert(
      builder.op(.select, isIn, share, builder.splat(0, like: share)), to: dtype)
  }

  /// The cotangent of updates whose number is symbolic: the product of the others by division; where
  /// one factor alone is zero, its own is the product of the rest and that of the others zero.
  ///
  /// Derivatives of it are right where no factor is zero.
  private func ofFactorsByDivision(_ builder: inout TapeBuilder) throws(TapeError) -> Value {
    let (zero, one) = (try builder.splat(0, like: updates), try builder.splat(1, like: updates))
    let isZero = try builder.op(.eq, updates, zero)
    let factor = try builder.op(.select, isZero, one, updates)
    let product = try scatter(factor, into: x, combine: "mul", &builder)
    let none = try builder.splat(.zero(.i32), builder.shape(of: x))
    let zeros = try scatter(
      builder.convert(isZero, to: .i32), into: none, combine: "add", &builder)
    let others = try builder.op(
      .sub, gather(zeros, &builder), builder.convert(isZero, to: .i32))
    let isFree = try builder.op(.eq, others, builder.splat(0, like: others))
    let whole = try reaching(builder.op(.mul, cotangent, product), &builder)
    let rest = try builder.op(.div, whole, factor)
    return try builder.op(.select, isFree, rest, zero)
  }

  /// An element's cotangent is split evenly among all that equal it: its first value and updates.
  mutating func ofExtremum(_ builder: inout TapeBuilder) throws(TapeError) -> [Value?] {
    let dtype = builder.dtype(of: x).computeType
    let isKept = try builder.isEqual(x, to: result)
    let reached = try gather(result, &builder)
    let isTaken = try builder.isEqual(updates, to: reached)
    let count = try scatter(
      builder.convert(isTaken, to: dtype), into: builder.convert(isKept, to: dtype),
      combine: "add", &builder)
    // Where nothing is equal, nothing is split.
    let parts = try builder.op(.max, count, builder.splat(1, like: count))
    let share = try builder.convert(
      builder.op(.div, builder.convert(cotangent, to: dtype), parts),
      to: builder.dtype(of: x))
    var cotangents: [Value?] = [nil, nil, nil]
    if isWanted[0] {
      cotangents[0] = try builder.op(.select, isKept, share, builder.splat(0, like: x))
    }
    if isWanted[2] {
      cotangents[2] = try builder.op(
        .select, isTaken, reaching(share, &builder), builder.splat(0, like: updates))
    }
    return cotangents
  }

  /// The elements that updates are combined into; for those that are left out, what says so.
  private func gather(
    _ value: Value, _ builder: inout TapeBuilder
  ) throws(TapeError) -> Value {
    var attributes = numbers.attributes(.gather, indicesRank: indicesRank)
    let shape = builder.shape(of: updates)
    var sizes = [Dim](repeating: 1, count: builder.shape(of: value).rank)
    for (place, axis) in zip(numbers.windowDims, numbers.windowAxes(rank: sizes.count)) {
      sizes[axis] = shape[place]
    }
    attributes[.sliceSizes] = .dims(sizes)
    attributes[.mode] = bounds.gatherMode
    return try builder.apply(.gather, [value, indices], attributes)[0]
  }

  /// The elements that updates are combined into; zero for those that are left out.
  private func reaching(
    _ value: Value, _ builder: inout TapeBuilder
  ) throws(TapeError) -> Value {
    let elements = try gather(value, &builder)
    guard bounds == .ignore else { return elements }
    // Of a tensor of zeros, only what is left out is not zero.
    let zeros = try builder.splat(.zero(.u8), builder.shape(of: value))
    let mark = try gather(zeros, &builder)
    let isIn = try builder.op(.eq, mark, builder.splat(0, like: mark))
    return try builder.op(.select, isIn, elements, builder.splat(0, like: elements))
  }

  private func scatter(
    _ updates: Value, into value: Value, combine: String, _ builder: inout TapeBuilder
  ) throws(TapeError) -> Value {
    var attributes = numbers.attributes(.scatter, indicesRank: indicesRank)
    attributes[.mode] = bounds.scatterMode
    attributes[.combine] = .word(combine)
    return try builder.apply(.scatter, [value, indices, updates], attributes)[0]
  }
}

extension TapeBuilder {
  /// Whether an operand of an extremum is it: equal, or NaN where that is NaN.
  fileprivate mutating func isEqual(
    _ operand: Value, to extremum: Value
  ) throws(TapeError) -> Value {
    try op(.or, op(.eq, operand, extremum), op(.ne, operand, operand))
  }
}
