import LoopIR
import ScalarIR
import TapeIR

/// A whole number that depends linearly on the position in a loop nest's domain, and on quotients of
/// such numbers.
struct AffineForm: Hashable {
  /// How much it grows along each axis of the domain.
  var coefficients: [Dim]
  var offset: Dim
  var quotients: [Quotient] = []

  /// `factor` times the quotient of a form by a positive number, rounded down.
  struct Quotient: Hashable {
    let dividend: AffineForm
    let divisor: Int
    let factor: Dim
  }

  /// The coordinate along one axis.
  static func axis(_ axis: Int, rank: Int) -> AffineForm {
    var form = AffineForm(coefficients: [Dim](repeating: 0, count: rank), offset: 0)
    form.coefficients[axis] = 1
    return form
  }

  static func constant(_ offset: Dim, rank: Int) -> AffineForm {
    AffineForm(coefficients: [Dim](repeating: 0, count: rank), offset: offset)
  }

  static func + (a: AffineForm, b: AffineForm) -> AffineForm {
    AffineForm(
      coefficients: zip(a.coefficients, b.coefficients).map { $0 + $1 },
      offset: a.offset + b.offset, quotients: a.quotients + b.quotients)
  }

  func scaled(by factor: Dim) -> AffineForm {
    AffineForm(
      coefficients: coefficients.map { $0 * factor }, offset: offset * factor,
      quotients: factor == 0
        ? []
        : quotients.map {
          Quotient(dividend: $0.dividend, divisor: $0.divisor, factor: $0.factor * factor)
        })
  }

  /// The quotient by a positive number, rounded down.
  func quotient(by divisor: Int, rank: Int) -> AffineForm {
    if divisor == 1 { return self }
    var form = AffineForm.constant(0, rank: rank)
    form.quotients = [Quotient(dividend: self, divisor: divisor, factor: 1)]
    return form
  }

  /// A magnitude that the form does not exceed over positions of the given extents; nil where sizes
  /// are symbolic. Saturates, as sizes do.
  func reach(over extents: [Dim]) -> Int? {
    guard let start = offset.constant else { return nil }
    var reach: Dim = .constant(abs(start))
    for (coefficient, extent) in zip(coefficients, extents) {
      guard let factor = coefficient.constant, extent.constant != nil else { return nil }
      reach = reach + .constant(abs(factor)) * extent
    }
    for quotient in quotients {
      guard let factor = quotient.factor.constant,
        let dividend = quotient.dividend.reach(over: extents)
      else { return nil }
      reach = reach + .constant(abs(factor)) * .constant(dividend)
    }
    return reach.constant
  }

  /// The row-major position of `coordinates` in an array of the given shape.
  static func position(_ coordinates: [AffineForm], in shape: Shape, rank: Int) -> AffineForm {
    zip(coordinates, shape.strides).enumerated().reduce(.constant(0, rank: rank)) { sum, item in
      shape[item.offset] == 1 ? sum : sum + item.element.0.scaled(by: item.element.1)
    }
  }

  /// The operand's coordinates that a movement's piece reads for a result at `coordinates`.
  static func operandCoordinates(
    _ piece: Movement.Piece, at coordinates: [AffineForm], rank: Int
  ) -> [AffineForm] {
    piece.coordinates.map { coordinate in
      let offset = AffineForm.constant(coordinate.offset, rank: rank)
      guard let axis = coordinate.axis else { return offset }
      return (offset + coordinates[axis].scaled(by: .constant(coordinate.stride)))
        .quotient(by: coordinate.divisor, rank: rank)
    }
  }
}

/// Adjacent axes of a domain that one index runs over, in row-major order.
struct AxisGroup {
  var axes: [Int]
  var index: Index
  /// The loop, counted from the outermost, inside which the index is known.
  var scope: Int

  /// What the axes contribute to `form`.
  func contribution(to form: AffineForm, domain: Shape) -> Index {
    let moving = axes.filter { domain[$0] != 1 }
    guard let last = moving.last else { return 0 }
    var isMerged = true
    for (axis, next) in zip(moving, moving.dropFirst())
    where form.coefficients[axis] != form.coefficients[next] * domain[next] {
      isMerged = false
    }
    if isMerged { return index * Index(form.coefficients[last]) }
    var result: Index = 0
    var stride: Dim = 1
    for axis in moving.reversed() {
      if form.coefficients[axis] != 0 {
        var coordinate = index.quotient(byAtLeastOne: Index(stride))
        if axis != moving.first {
          coordinate = coordinate.remainder(byAtLeastOne: Index(domain[axis]))
        }
        result = result + coordinate * Index(form.coefficients[axis])
      }
      stride = stride * domain[axis]
    }
    return result
  }

  /// The number of positions that the index runs over.
  static func extent(_ axes: [Int], in domain: Shape) -> Dim {
    axes.reduce(1) { $0 * domain[$1] }
  }
}
