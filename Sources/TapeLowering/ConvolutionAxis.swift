import LoopIR
import ScalarIR
import TapeIR

/// One spatial axis of a convolution.
///
/// The zeros that dilation puts between x's elements take no part. Along a dilated axis the places
/// therefore fall into `phases`, every `period`-th place into the same one, and a phase sees only every
/// `positionStep`-th position of the window, but in x one element every `coordinateStep`. Without
/// dilation there is one phase, which sees all.
struct ConvolutionAxis {
  let window: Convolution.Window
  /// The sizes of x, k and y.
  let x: Index
  let k: Index
  let y: Index
  let period: Int
  let phases: Index
  /// The most places of one phase.
  let places: Dim
  private let common: Int
  private let positionStep: Int
  private let coordinateStep: Int
  /// What `coordinateStep` times is 1 modulo `positionStep`.
  private let inverse: Int

  init(_ window: Convolution.Window, x: Dim, k: Dim, y: Dim) {
    self.window = window
    (self.x, self.k, self.y) = (Index(x), Index(k), Index(y))
    period = window.lhsDilation / gcd(window.lhsDilation, window.stride)
    phases = .minimum(of: .constant(period), .maximum(of: Index(y), 1))
    places = (y + .constant(period - 1)).floorDivided(by: period)
    common = gcd(window.lhsDilation, window.rhsDilation)
    positionStep = window.lhsDilation / common
    coordinateStep = window.rhsDilation / common
    inverse = coordinateStep.inverse(modulo: positionStep)
  }

  /// Whether a condition says which coordinates are in x.
  var isPadded: Bool {
    window.lhsDilation > 1 || !(window.low.isKnownToCrop && window.high.isKnownToCrop)
  }

  /// An axis in one of its phases.
  struct Phase {
    let axis: ConvolutionAxis
    let number: Index
    /// The first position of the window that the phase sees, and how many it sees.
    let first: Index
    let positions: Index
    /// The places in the phase.
    let places: Index

    /// y's coordinate at one of the phase's places.
    func target(_ place: Index) -> Index { place * .constant(axis.period) + number }

    /// x's coordinate at the first position that the place sees.
    func start(_ place: Index) -> Index {
      (target(place) * .constant(axis.window.stride)
        + first * .constant(axis.window.rhsDilation) - Index(axis.window.low))
        .quotient(by: .constant(axis.window.lhsDilation))
    }

    /// How far x's coordinate has moved at one of the positions, and where that is in the window.
    func step(_ position: Index) -> Index { position * .constant(axis.coordinateStep) }
    func windowPosition(_ position: Index) -> Index {
      position * .constant(axis.positionStep) + first
    }
  }

  /// The axis in a phase; what is the same for all its places is computed once.
  func phase(_ number: Index, in writer: inout StatementWriter) -> Phase {
    // Positions j with j · rhsDilation = rest modulo lhsDilation.
    let rest = writer.define(
      (Index(window.low) - number * .constant(window.stride))
        .remainder(by: .constant(window.lhsDilation)))
    let first = writer.define(
      (rest.quotient(by: .constant(common)) * .constant(inverse))
        .remainder(by: .constant(positionStep)))
    let exists = 1 - Index.minimum(of: 1, rest.remainder(by: .constant(common)))
    let positions = writer.define(
      (k - first + .constant(positionStep - 1)).quotient(by: .constant(positionStep)) * exists)
    let places = writer.define(
      (y - number + .constant(period - 1)).quotient(by: .constant(period)))
    return Phase(
      axis: self, number: number, first: first, positions: positions, places: places)
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

extension Int {
  /// The number in 0 ..< modulus that this one, which has no factor in common with it, times is 1, by
  /// the extended algorithm of Euclid.
  fileprivate func inverse(modulo modulus: Int) -> Int {
    var (remainder, next) = (modulus, self % modulus)
    var (factor, nextFactor) = (0, 1)
    while next != 0 {
      let quotient = remainder / next
      (remainder, next) = (next, remainder - quotient * next)
      (factor, nextFactor) = (nextFactor, factor - quotient * nextFactor)
    }
    return factor < 0 ? factor + modulus : factor % modulus
  }
}

extension Dim {
  /// Whether the size, of padding, is known not to add anything.
  fileprivate var isKnownToCrop: Bool { constant.map { $0 <= 0 } ?? false }
}
