import Locking

/// What the handles that C holds stand for.
///
/// A handle is no address but a number that is never used twice, so that one that was destroyed, or
/// never was one, is found out instead of leading anywhere.
final class HandleTable: Sendable {
  static let shared = HandleTable()

  private struct State {
    var last: UInt = 0
    var errors: [UInt: ErrorObject] = [:]
    var programs: [UInt: ProgramObject] = [:]
    var arrays: [UInt: ArrayObject] = [:]

    mutating func next() -> UInt {
      // Multiples of 16, as C expects of pointers.
      last += 16
      return last
    }
  }

  private let state = Lock(State())

  func insert(_ error: ErrorObject) -> OpaquePointer? { insert(error, \.errors) }

  func insert(_ program: ProgramObject) -> OpaquePointer? { insert(program, \.programs) }

  func insert(_ array: ArrayObject) -> OpaquePointer? { insert(array, \.arrays) }

  private func insert<Object: Sendable>(
    _ object: Object, _ objects: WritableKeyPath<State, [UInt: Object]> & Sendable
  ) -> OpaquePointer? {
    OpaquePointer(
      bitPattern: state.withLock { state in
        let handle = state.next()
        state[keyPath: objects][handle] = object
        return handle
      })
  }

  func error(_ handle: OpaquePointer?) -> ErrorObject? {
    let number = UInt(bitPattern: handle)
    return state.withLock { $0.errors[number] }
  }

  func program(_ handle: OpaquePointer?) throws(Failure) -> ProgramObject {
    guard let handle else { throw .null("program") }
    let number = UInt(bitPattern: handle)
    guard let program = state.withLock({ $0.programs[number] }) else {
      throw .argument("program is no program, or was destroyed")
    }
    return program
  }

  /// - Parameter role: what messages call it.
  func array(
    _ handle: OpaquePointer?, _ role: @autoclosure () -> String = "array"
  ) throws(Failure) -> ArrayObject {
    guard let handle else { throw .null(role()) }
    let number = UInt(bitPattern: handle)
    guard let array = state.withLock({ $0.arrays[number] }) else {
      throw .argument("\(role()) is no array, or was destroyed")
    }
    return array
  }

  // What is removed is released outside of the lock, as that may take long.

  func removeError(_ handle: OpaquePointer?) {
    let number = UInt(bitPattern: handle)
    _ = state.withLock { $0.errors.removeValue(forKey: number) }
  }

  func removeProgram(_ handle: OpaquePointer?) {
    let number = UInt(bitPattern: handle)
    _ = state.withLock { $0.programs.removeValue(forKey: number) }
  }

  func removeArray(_ handle: OpaquePointer?) {
    let number = UInt(bitPattern: handle)
    _ = state.withLock { $0.arrays.removeValue(forKey: number) }
  }

  /// How many there are.
  var counts: (programs: Int, errors: Int, arrays: Int) {
    state.withLock { ($0.programs.count, $0.errors.count, $0.arrays.count) }
  }
}
