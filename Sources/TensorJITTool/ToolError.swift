import IRSpecRunner
import SExpression
import ScalarIR
import TapeIR
import TensorJIT

/// Why a command ends without doing what it was asked for.
package enum ToolError: Error, Hashable {
  /// The command line makes no sense.
  case usage(String)
  /// The program or its data is wrong, in a message that begins with its place where it has one.
  case program(String, hasPlace: Bool = false)
  /// A bug of this tool or of what it is built on.
  case bug(String)

  var status: Int32 {
    switch self {
    case .program: 1
    case .usage: 2
    case .bug: 70
    }
  }

  /// What is printed on standard error.
  var text: String {
    switch self {
    case .usage(let message):
      "tensorjit: error: \(message.onOneLine) (see tensorjit --help)\n"
    case .program(let message, let hasPlace):
      hasPlace ? "\(message)\n" : "tensorjit: error: \(message)\n"
    case .bug(let message): "tensorjit: internal error, please report it: \(message)\n"
    }
  }
}

extension String {
  fileprivate var onOneLine: String {
    split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
  }
}

extension ToolError {
  init(_ error: SourceError) { self = .program(error.description, hasPlace: true) }

  init(_ error: FileError) { self = .program(error.description) }

  init(_ error: TapeError) {
    switch error {
    case .source(let error): self.init(error)
    case .constraint(_, _, _, let provenance):
      self = .program(error.description, hasPlace: provenance.location != nil)
    case .gradient(let message, let provenance):
      guard let place = provenance.location else {
        self = .program(message)
        return
      }
      self = .program(
        "\(place.file):\(place.line):\(place.column): error: \(message)", hasPlace: true)
    case .data(let message): self = .program(message)
    case .index, .host: self = .program(error.description)
    case .malformed(let message): self = .bug(message)
    }
  }

  init(_ error: TensorError) {
    switch error {
    case .failure(let message): self = .bug(message)
    case .invalidOperands, .elementType, .invalidData, .traced, .notConnected, .historyReleased,
      .noGradient, .outOfMemory, .device, .indexOutOfBounds, .customOp:
      self = .program(error.description)
    }
  }
}
