import SExpression
import ScalarIR

// When a value is what a directive writes.
//
// `==` asks for the very number: NaN equals any NaN, and a zero written as a float, `0.0` or `-0.0`,
// asks for its sign. A zero that is written as the integer `0`, which has no sign, is met by either.
//
// `~` asks for |value − written| ≤ atol + rtol · |written|; NaN is near NaN, and an infinity near
// itself only.

extension NestedList {
  /// The first element of `found` that is not what is written, if there is one.
  ///
  /// - Throws: `SourceError` where what is written is no value of the type.
  func firstDifference(
    from found: Literal, _ tolerance: Claim.Tolerance?, in form: SExpression, file: String
  ) throws(SourceError) -> Difference? {
    for (position, atom) in atoms.enumerated() {
      let value = found[position]
      let expected = try ScalarValue(atom, as: found.dtype, in: form, file: file)
      if !value.meets(expected, asWritten: atom, tolerance) {
        return Difference(index: index(at: position), expected: atom.summary, found: value)
      }
    }
    return nil
  }

  /// The greatest error of an element of `found`, in units of what the tolerance allows.
  ///
  /// - Throws: `SourceError` where what is written is no value of the type.
  func greatestError(
    in found: Literal, _ tolerance: Claim.Tolerance, form: SExpression, file: String
  ) throws(SourceError) -> Double {
    var greatest = 0.0
    for (position, atom) in atoms.enumerated() {
      let expected = try ScalarValue(atom, as: found.dtype, in: form, file: file)
      greatest = max(greatest, found[position].error(from: expected, tolerance))
    }
    return greatest
  }

  /// An element that is not what is written.
  struct Difference {
    let index: [Int]
    let expected: String
    let found: ScalarValue
  }

  /// The coordinates of a row-major position.
  private func index(at position: Int) -> [Int] {
    var rest = position
    var index: [Int] = []
    for size in sizes.reversed() where size > 0 {
      index.append(rest % size)
      rest /= size
    }
    return index.reversed()
  }
}

extension ScalarValue {
  fileprivate func meets(
    _ expected: ScalarValue, asWritten atom: SExpression, _ tolerance: Claim.Tolerance?
  ) -> Bool {
    if isIdentical(to: expected) { return true }
    if isZero, expected.isZero {
      if tolerance != nil { return true }
      if case .integer = atom.kind { return true }
      return false
    }
    guard let tolerance, dtype != .bool else { return false }
    return double.isNear(expected.double, tolerance)
  }
}

extension ScalarValue {
  /// How far the number is from what is written, in units of what the tolerance allows.
  fileprivate func error(from expected: ScalarValue, _ tolerance: Claim.Tolerance) -> Double {
    if isIdentical(to: expected) || isZero && expected.isZero { return 0 }
    let allowed = tolerance.absolute + tolerance.relative * expected.double.magnitude
    let error = (double - expected.double).magnitude
    return error.isFinite && allowed > 0 ? error / allowed : .infinity
  }
}

extension Double {
  func isNear(_ expected: Double, _ tolerance: Claim.Tolerance) -> Bool {
    if isNaN || expected.isNaN { return isNaN && expected.isNaN }
    if isInfinite || expected.isInfinite { return self == expected }
    return (self - expected).magnitude
      <= tolerance.absolute + tolerance.relative * expected.magnitude
  }
}
