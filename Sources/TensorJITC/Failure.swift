import CTensorJIT
import DeviceRuntime
import SExpression
import TapeIR
import TensorJIT

/// Why a call of the C interface does not do what it says.
struct Failure: Error {
  let status: Status
  let message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  static func argument(_ message: String) -> Failure { Failure(.invalidArgument, message) }
  static func data(_ message: String) -> Failure { Failure(.invalidData, message) }
}

/// How a call ended.
enum Status: CaseIterable, Sendable {
  case ok, invalidArgument, invalidText, invalidData, indexOutOfBounds, noGradient, outOfMemory
  case unavailable, failure

  /// The number in C.
  var code: tj_status {
    switch self {
    case .ok: tj_status(TJ_OK)
    case .invalidArgument: tj_status(TJ_INVALID_ARGUMENT)
    case .invalidText: tj_status(TJ_INVALID_TEXT)
    case .invalidData: tj_status(TJ_INVALID_DATA)
    case .indexOutOfBounds: tj_status(TJ_INDEX_OUT_OF_BOUNDS)
    case .noGradient: tj_status(TJ_NO_GRADIENT)
    case .outOfMemory: tj_status(TJ_OUT_OF_MEMORY)
    case .unavailable: tj_status(TJ_UNAVAILABLE)
    case .failure: tj_status(TJ_FAILURE)
    }
  }

  /// The constant's name in C.
  var name: String {
    switch self {
    case .ok: "TJ_OK"
    case .invalidArgument: "TJ_INVALID_ARGUMENT"
    case .invalidText: "TJ_INVALID_TEXT"
    case .invalidData: "TJ_INVALID_DATA"
    case .indexOutOfBounds: "TJ_INDEX_OUT_OF_BOUNDS"
    case .noGradient: "TJ_NO_GRADIENT"
    case .outOfMemory: "TJ_OUT_OF_MEMORY"
    case .unavailable: "TJ_UNAVAILABLE"
    case .failure: "TJ_FAILURE"
    }
  }
}

extension Failure {
  init(_ error: SourceError) { self.init(.invalidText, error.description) }

  init(_ error: TapeError) {
    switch error {
    case .source(let error): self.init(error)
    case .constraint, .data, .host: self.init(.invalidData, error.description)
    case .gradient: self.init(.noGradient, error.description)
    case .index: self.init(.indexOutOfBounds, error.description)
    case .malformed: self.init(.failure, error.description)
    }
  }

  init(_ error: TensorError) {
    switch error {
    case .invalidOperands, .elementType, .invalidData, .customOp, .traced:
      self.init(.invalidData, error.description)
    case .indexOutOfBounds: self.init(.indexOutOfBounds, error.description)
    case .notConnected, .historyReleased, .noGradient: self.init(.noGradient, error.description)
    case .outOfMemory: self.init(.outOfMemory, error.description)
    case .device: self.init(.unavailable, error.description)
    case .failure: self.init(.failure, error.description)
    }
  }
}
