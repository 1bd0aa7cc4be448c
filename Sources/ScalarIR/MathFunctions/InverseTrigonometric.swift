extension ScalarExprBuilder {
  /// The angle whose sine `x` is.
  ///
  /// x + x³ p(x²) up to 1/2, and above π/2 - 2 asin √((1 - x) / 2).
  package mutating func asin(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let parts = builder.arcSine(x, format)
      let two = builder.constant(2, like: x)
      let inner = builder.add(parts.root, parts.rest)
      let turned = builder.exactSum(
        greater: builder.constant(Self.halfPi.0, like: x),
        builder.neg(builder.mul(two, parts.root)))
      let low = builder.fma(
        builder.neg(two), parts.rest, builder.constant(Self.halfPi.1, like: x))
      let outer = builder.add(turned.high, builder.add(turned.low, low))
      return builder.copySign(builder.select(parts.isInner, inner, outer), of: x)
    }
  }

  /// The angle whose cosine `x` is.
  ///
  /// π/2 - asin x up to 1/2, else 2 asin √((1 - |x|) / 2), taken from π for a negative x.
  package mutating func acos(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      let parts = builder.arcSine(x, format)
      let isNegative = builder.compare(.lt, x, builder.constant(0, like: x))
      // Without a sign for |x| > 1/2: what is added is twice the small angle.
      let root = builder.add(parts.root, parts.root)
      let rest = builder.add(parts.rest, parts.rest)
      let near = builder.select(parts.isInner, parts.root, root)
      let nearRest = builder.select(parts.isInner, parts.rest, rest)
      let isTaken = builder.compare(
        .ne, isNegative, builder.compare(.le, builder.abs(x), builder.constant(0.5, like: x)))
      let sum = builder.select(isTaken, builder.neg(near), near)
      let sumRest = builder.select(isTaken, builder.neg(nearRest), nearRest)
      func base(_ builder: inout Self, _ halfPi: Double) -> Value {
        let far = builder.select(
          isNegative, builder.constant(2 * halfPi, like: x), builder.constant(0, like: x))
        return builder.select(parts.isInner, builder.constant(halfPi, like: x), far)
      }
      let angle = builder.exactSum(base(&builder, Self.halfPi.0), sum)
      let low = builder.add(base(&builder, Self.halfPi.1), sumRest)
      return builder.add(angle.high, builder.add(angle.low, low))
    }
  }

  /// What asin and acos are made of: the arc sine of |x|, or where that is above 1/2 of
  /// √((1 - |x|) / 2), as a root and a small rest.
  private struct ArcSine {
    let isInner: Value
    let root: Value
    let rest: Value
  }

  private mutating func arcSine(_ x: Value, _ format: FloatFormat) -> ArcSine {
    let magnitude = abs(x)
    let half = constant(0.5, like: x)
    let isInner = compare(.le, magnitude, half)
    let rest = mul(sub(constant(1, like: x), magnitude), half)
    let square = select(isInner, mul(x, x), rest)
    let squareRoot = sqrt(rest)
    let lost = squareRootRest(squareRoot, of: rest, plus: nil)
    let root = select(isInner, magnitude, squareRoot)
    let series = mul(square, polynomial(square, Self.arcSineTail(format)))
    let low = select(isInner, constant(0, like: x), lost)
    return ArcSine(isInner: isInner, root: root, rest: fma(root, series, low))
  }

  /// The angle whose tangent `x` is.
  package mutating func atan(_ x: Value) -> Value {
    computingWide(x) { builder, x, format in
      builder.arcTangent(x, builder.constant(1, like: x), format)
    }
  }

  /// The angle of the point (x, y), from -π to π.
  package mutating func atan2(_ y: Value, _ x: Value) -> Value {
    computingWide([y, x]) { builder, inputs, format in
      builder.arcTangent(inputs[0], inputs[1], format)
    }
  }

  /// The angle of the point (x, y).
  ///
  /// Of the magnitudes, l is the smaller and g the greater one. Up to tan π/8 the angle's tangent is
  /// t = l / g, else with a turn by π/4 it is t = (l - g) / (l + g); its arc tangent is t + t³ p(t²).
  /// The octant says from which multiple of π/4 that is taken or to which it is added.
  private mutating func arcTangent(_ y: Value, _ x: Value, _ format: FloatFormat) -> Value {
    let (zero, one) = (constant(0, like: x), constant(1, like: x))
    let infinity = constant(.infinity, like: x)
    let (height, width) = (abs(y), abs(x))
    let isSteep = compare(.gt, height, width)
    let lesser = select(isSteep, width, height)
    let greater = select(isSteep, height, width)

    // Infinities become ones, a pair of zeros 0 / 1, and sums do not overflow.
    let isInfinite = compare(.eq, greater, infinity)
    let bothInfinite = compare(.eq, lesser, infinity)
    let isOrigin = compare(.eq, greater, zero)
    let factor = select(
      compare(.gt, greater, constant(0x1p1000, like: x)), constant(0x1p-64, like: x), one)
    let l = select(
      isInfinite, select(bothInfinite, one, zero), mul(lesser, factor))
    let g = select(either(isInfinite, isOrigin), one, mul(greater, factor))

    let isTurned = compare(.gt, l, mul(g, constant(0x1.a827999fcef32p-2, like: x)))
    let difference = exactSum(greater: g, neg(l))
    let sum = exactSum(greater: g, l)
    let top = FloatPair(
      high: select(isTurned, neg(difference.high), l),
      low: select(isTurned, neg(difference.low), zero))
    let bottom = FloatPair(
      high: select(isTurned, sum.high, g), low: select(isTurned, sum.low, zero))
    let t = div(top.high, bottom.high)
    let remainder = add(
      fma(neg(t), bottom.high, top.high), fma(neg(t), bottom.low, top.low))
    let tLow = div(remainder, bottom.high)
    let square = mul(t, t)
    let tail = fma(mul(t, square), polynomial(square, Self.arcTangentTail(format)), tLow)

    // The angle is octants · π/4 ± the arc tangent of t.
    let isLeft = compare(
      .lt, bitcast(x, to: .i64), constant(integer: 0, like: bitcast(x, to: .i64)))
    let first = select(isTurned, one, zero)
    let second = select(isSteep, sub(constant(2, like: x), first), first)
    let octants = select(isLeft, sub(constant(4, like: x), second), second)
    let isTaken = compare(.ne, isSteep, isLeft)
    let base = exactProduct(octants, constant(Self.halfPi.0 / 2, like: x))
    let baseLow = fma(octants, constant(Self.halfPi.1 / 2, like: x), base.low)
    let angle = exactSum(base.high, select(isTaken, neg(t), t))
    let low = add(baseLow, select(isTaken, neg(tail), tail))
    let result = add(angle.high, add(angle.low, low))
    let isNumber = both(compare(.eq, x, x), compare(.eq, y, y))
    return select(isNumber, copySign(abs(result), of: y), constant(.nan, like: x))
  }

  /// π/2, rounded, and the rest.
  static var halfPi: (Double, Double) { (0x1.921fb54442d18p0, 0x1.1a62633145c07p-54) }

  /// p of asin x = x + x³ p(x²) on |x| ≤ 1/2, relative to it: error 2^-31.8 with degree 5, 2^-59.9
  /// with degree 12.
  private static func arcSineTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        0x1.55554c59473a9p-3, 0x1.33387fd4325edp-4, 0x1.6cae4d96e94b8p-5, 0x1.04963b3d1bdf1p-5,
        0x1.d8d60d2741961p-7, 0x1.3370e75882302p-5,
      ],
      double: [
        0x1.5555555555577p-3, 0x1.333333332e08cp-4, 0x1.6db6db7219f02p-5, 0x1.f1c71a921dfd5p-6,
        0x1.6e8bdf3109ef1p-6, 0x1.1c49ea98dc646p-6, 0x1.ca201a521b098p-7, 0x1.7580f1e2b0ed3p-7,
        0x1.6156d0198da17p-7, 0x1.e460b086f83d5p-9, 0x1.641a088fcb07ep-6, -0x1.58b2b4d5794ddp-6,
        0x1.0b807ff2fb4dap-5,
      ])
  }

  /// p of atan x = x + x³ p(x²) on |x| ≤ tan π/8, relative to it: error 2^-35.4 with degree 5, 2^-64.2
  /// with degree 11.
  private static func arcTangentTail(_ format: FloatFormat) -> [Double] {
    format.pick(
      single: [
        -0x1.555554c604f05p-2, 0x1.999918a01c258p-3, -0x1.247eda39c08eep-3, 0x1.c463f975dddc5p-4,
        -0x1.5b300fb2970dbp-4, 0x1.84a1a713f6c1ep-5,
      ],
      double: [
        -0x1.5555555555554p-2, 0x1.999999999964bp-3, -0x1.2492492475696p-3, 0x1.c71c71b74793dp-4,
        -0x1.745d14b94c548p-4, 0x1.3b136e242c421p-4, -0x1.110c724a136ep-4, 0x1.e171f6f89d559p-5,
        -0x1.ab7d4e2918425p-5, 0x1.70eca00eea5a1p-5, -0x1.1236913693061p-5, 0x1.f1e56078684b5p-7,
      ])
  }
}
