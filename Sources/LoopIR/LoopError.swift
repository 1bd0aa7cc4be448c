import ScalarIR

/// What is wrong with a loop program, or went wrong while it was interpreted.
package enum LoopError: Error, Hashable, Sendable {
  /// The program breaks a rule of the loop language at `place`.
  case invalid(place: String, expected: String, found: String)
  /// What an interpretation was given does not suit the program.
  case argument(name: String, expected: String, found: String)
  /// An element beyond an array was read or written.
  case outOfBounds(kernel: String, array: String, index: Int, count: Int)
  /// An element was read that nothing had written, or that something else had overwritten.
  case undefined(kernel: String, array: String, index: Int)
  /// Two iterations of a loop that claims independent ones touched one element, one of them writing.
  case race(kernel: String, loop: String, array: String, index: Int, iterations: [Int])
  /// A quotient or a remainder by an index that is not positive.
  case divisor(kernel: String, value: Int)
  /// A check of the program has found an index that is out of bounds.
  case index(IndexViolation)
  /// A function of the user's threw.
  case host(HostFailure)
  /// Nothing has written an element of a result.
  case undefinedResult(name: String, index: Int)
}

extension LoopError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let place, let expected, let found):
      "\(place): expected \(expected), found \(found)"
    case .argument(let name, let expected, let found):
      "\(name): expected \(expected), found \(found)"
    case .outOfBounds(let kernel, let array, let index, let count):
      "kernel \(kernel): index \(index) is beyond the \(count) elements of \(array)"
    case .undefined(let kernel, let array, let index):
      "kernel \(kernel): element \(index) of \(array) is read before it is written"
    case .race(let kernel, let loop, let array, let index, let iterations):
      "kernel \(kernel): iterations \(iterations.map(String.init).joined(separator: " and ")) "
        + "of loop \(loop) both touch element \(index) of \(array)"
    case .divisor(let kernel, let value):
      "kernel \(kernel): division of an index by \(value)"
    case .index(let violation): violation.description
    case .host(let failure): failure.description
    case .undefinedResult(let name, let index):
      "result \(name): element \(index) is never written"
    }
  }
}
