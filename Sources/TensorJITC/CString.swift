/// A string for C, in memory of its own that lives as long as this object.
final class CString: Sendable {
  nonisolated(unsafe) let pointer: UnsafePointer<CChar>

  init(_ string: String) {
    let bytes = string.utf8
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (position, byte) in bytes.enumerated() {
      (memory + position).initialize(to: CChar(bitPattern: byte))
    }
    (memory + bytes.count).initialize(to: 0)
    pointer = UnsafePointer(memory)
  }

  deinit { pointer.deallocate() }

  static let empty = CString("")
}

/// A copy of a string of the caller's; nil for NULL.
///
/// - Parameter role: what messages call it.
/// - Throws: `Failure` where it is no UTF-8.
func optionalString(
  _ pointer: UnsafePointer<CChar>?, _ role: String
) throws(Failure) -> String? {
  guard let pointer else { return nil }
  guard let string = String(validatingCString: pointer) else {
    throw .argument("\(role) is no UTF-8")
  }
  return string
}

/// A copy of a string of the caller's, which must be there.
func requiredString(
  _ pointer: UnsafePointer<CChar>?, _ role: String
) throws(Failure) -> String {
  guard let string = try optionalString(pointer, role) else { throw .null(role) }
  return string
}

/// Copies of the strings of an array of the caller's.
func strings(
  _ array: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ role: String
) throws(Failure) -> [String] {
  if count == 0 { return [] }
  guard let array else { throw .null(role) }
  guard 0 < count, count <= 1 << 20 else { throw .argument("\(role) are too many") }
  var result: [String] = []
  for position in 0..<count {
    result.append(try requiredString(array[position], "\(role)[\(position)]"))
  }
  return result
}

/// Writes a text where the caller has room for it, cut off at a character where it does not fit.
func write(
  _ string: String, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>?
) throws(Failure) {
  guard capacity >= 0 else { throw .argument("the capacity is too large") }
  var bytes = Array(string.utf8)
  length?.pointee = bytes.count
  guard capacity > 0 else { return }
  guard let text else { throw .null("text") }
  if bytes.count >= capacity {
    var end = capacity - 1
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    bytes.removeLast(bytes.count - end)
  }
  for (position, byte) in bytes.enumerated() { text[position] = CChar(bitPattern: byte) }
  text[bytes.count] = 0
}

extension Failure {
  /// The error for a null pointer.
  static func null(_ role: String) -> Failure { .argument("\(role) is NULL") }
}
