// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import DeviceRuntime
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
  /// The most bytes of the text of an element or a list, with what a string takes as it grows.
  private static let textBytes = 4 * 25

  /// The elements as the text form writes them.
  fileprivate func text() throws(Failure) -> String {
    let limit = HostMemory.physicalBytes
    guard let parts = Literal.textParts(sizes: sizes), parts < limit / Self.textBytes else {
      throw Failure(
        .outOfMemory, "an array of shape \(Shape(sizes)) is too large to be written as text")
    }
    return literal.listText
  }
}
