import SExpression
import ScalarIR

/// What can be wrong with a tape, with its text or with its data.
package enum TapeError: Error, Sendable {
  /// An op was given operands or attributes that it does not take.
  case constraint(
    op: String, operands: [TensorType], violation: ConstraintViolation, provenance: Provenance)
  /// A tape breaks one of its own rules: a bug of the pass or front end named in the message.
  case malformed(String)
  /// A gradient was asked for that there is none of.
  case gradient(String, provenance: Provenance)
  /// The data given to a tape does not fit its parameters.
  case data(String)
  /// An op was given an index that its operand does not have.
  case index(IndexViolation)
  /// A function of the user's threw.
  case host(HostFailure)
  /// A text does not say what a tape is.
  case source(SourceError)
}

extension TapeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .constraint(let op, let operands, let violation, let provenance):
      var text = "\(violation.constraint): \(violation.message)"
      if !operands.isEmpty {
        text += " (\(op) of \(operands.map(\.description).joined(separator: ", ")))"
      }
      if let location = provenance.location {
        text = "\(location.file):\(location.line):\(location.column): error: \(text)"
      }
      return text
    case .malformed(let message), .data(let message): return message
    case .index(let violation): return violation.description
    case .host(let failure): return failure.description
    case .source(let error): return error.description
    case .gradient(let message, let provenance):
      let place = provenance.description
      return place.isEmpty ? message : "\(message) (\(place))"
    }
  }
}
