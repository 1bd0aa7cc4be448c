import ScalarIR
import TapeIR

/// What can be wrong with a tensor program. A wrong program never ends the process: an op on wrong
/// operands yields a tensor that carries the error, and whatever asks for its value throws it.
public enum TensorError: Error, Sendable, Hashable {
  /// An op was given operands that it does not take.
  ///
  /// - Parameters:
  ///   - op: the op's name.
  ///   - operands: the operands' types, such as `f32[4,8]`.
  ///   - constraint: which of the op's constraints does not hold, such as `C2`.
  ///   - message: what was expected and what was found.
  ///   - location: `FILE:LINE` where it was written, if that is known.
  case invalidOperands(
    op: String, operands: [String], constraint: String, message: String, location: String?)
  /// Values were asked for as another element type than the tensor's.
  case elementType(expected: String, found: String)
  /// Nested arrays of different lengths, or data that does not fill its shape.
  case invalidData(String)
  /// An op was given an index that its operand does not have.
  ///
  /// - Parameters:
  ///   - op: the op's name.
  ///   - index: the index, in decimal.
  ///   - position: where it stands among the op's indices.
  ///   - limit: the greatest index that would do; negative where there is none.
  ///   - location: `FILE:LINE` where the op was written, if that is known.
  case indexOutOfBounds(
    op: String, index: String, position: [Int], limit: Int, location: String? = nil)
  /// A value was asked for inside of `jit`, where there is none.
  case traced
  /// A gradient was asked for, but no path leads from the result to the variable.
  case notConnected(String)
  /// A gradient needs a value that the program has let go.
  case historyReleased(String)
  /// There is no gradient, and why.
  case noGradient(String)
  /// The callback of an op of the user's threw, and what.
  case customOp(name: String, message: String)
  /// Memory was not to be had.
  case outOfMemory(String)
  /// A device is not there, or failed, and why.
  case device(String)
  /// Something that should not happen did: a bug of this library, or a library that it needs is
  /// missing.
  case failure(String)
}

extension TensorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidOperands(let op, let operands, let constraint, let message, let location):
      let place = location.map { "\($0): " } ?? ""
      let use = operands.isEmpty ? op : "\(op) of \(operands.joined(separator: ", "))"
      return "\(place)\(constraint): \(message) (\(use))"
    case .elementType(let expected, let found):
      return "values of type \(expected) were asked for, found \(found)"
    case .indexOutOfBounds(let op, let index, let position, let limit, let location):
      let violation = IndexViolation(op: op, index: index, position: position, limit: limit)
      return (location.map { "\($0): " } ?? "") + violation.description
    case .customOp(let name, let message):
      return HostFailure(name: name, message: message).description
    case .traced:
      return "a value was read inside of a function that is being traced: there is none yet"
    case .invalidData(let message), .notConnected(let message), .historyReleased(let message),
      .noGradient(let message), .outOfMemory(let message), .device(let message),
      .failure(let message):
      return message
    }
  }
}

extension TensorError {
  init(_ violation: IndexViolation) {
    self = .indexOutOfBounds(
      op: violation.op, index: violation.index, position: violation.position,
      limit: violation.limit)
  }

  /// The error that a tape's error is to the user.
  init(_ error: TapeError) {
    switch error {
    case .constraint(let op, let operands, let violation, let provenance):
      self = .invalidOperands(
        op: op, operands: operands.map(\.description), constraint: violation.constraint,
        message: violation.message,
        location: provenance.location.map { "\($0.file):\($0.line)" })
    case .gradient: self = .noGradient(error.description)
    case .host(let failure): self = .customOp(name: failure.name, message: failure.message)
    case .index(let violation): self.init(violation)
    case .data, .source: self = .invalidData(error.description)
    case .malformed: self = .failure(error.description)
    }
  }
}

extension TensorError {
  /// The error for operands of an op that break a constraint.
  init(_ op: Op, _ operands: [TensorType], _ violation: ConstraintViolation) {
    self = .invalidOperands(
      op: op.name, operands: operands.map(\.description), constraint: violation.constraint,
      message: violation.message, location: nil)
  }

  /// The error with the place where it happened, unless it has one or is not about a place.
  ///
  /// - Parameter place: the place of an op, by its name.
  func located(at place: (_ op: String) -> String?) -> TensorError {
    switch self {
    case .invalidOperands(let op, let operands, let constraint, let message, nil):
      .invalidOperands(
        op: op, operands: operands, constraint: constraint, message: message, location: place(op))
    case .indexOutOfBounds(let op, let index, let position, let limit, nil):
      .indexOutOfBounds(
        op: op, index: index, position: position, limit: limit, location: place(op))
    case .invalidOperands, .elementType, .invalidData, .indexOutOfBounds, .traced, .notConnected,
      .historyReleased, .noGradient, .customOp, .outOfMemory, .device, .failure:
      self
    }
  }
}
