import Synchronization

/// The bytes that were copied between layouts.
final class CopyCounter: Sendable {
  static let shared = CopyCounter()

  private let bytes = Atomic<Int>(0)

  var value: Int { bytes.load(ordering: .relaxed) }

  func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

  func reset() { bytes.store(0, ordering: .relaxed) }
}
