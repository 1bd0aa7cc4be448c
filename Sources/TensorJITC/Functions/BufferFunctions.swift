// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import ScalarIR

@c @implementation
public func tj_buffer_text(
  _ buffer: UnsafePointer<tj_buffer>?, _ text: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    guard let buffer else { throw .null("buffer") }
    let view = try ArrayView(
      tj_buffer(copying: buffer), "the buffer", expecting: nil, needsData: true)
    try write(view.text(), text, capacity, length)
  }
}

extension ArrayView {
  /// The most lists and elements of a text.
  private static let textLimit = 1 << 26

  /// The elements as the text form writes them.
  fileprivate func text() throws(Failure) -> String {
    // Empty arrays may have any number of lists without elements.
    var lists = 1
    for size in sizes {
      let (next, overflows) = lists.multipliedReportingOverflow(by: size)
      guard !overflows, next <= Self.textLimit else {
        throw Failure(
          .outOfMemory, "an array of shape \(Shape(sizes)) is too large to be written as text")
      }
      lists = next
    }
    return literal.listText
  }
}
