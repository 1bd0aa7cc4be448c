import ScalarIR

extension Tensor: CustomStringConvertible {
  /// The elements in brackets as NumPy prints them, computed now if they were not before; for a
  /// tensor that carries an error, `error:` and its message; for one without data, its type.
  public var description: String {
    if handle.slot.dependsOnArgument, let type = handle.slot.type {
      return "\(type) without values"
    }
    do {
      let (buffer, type) = try read()
      let width = type.dtype.byteWidth
      return buffer.withUnsafeBytes { bytes in
        ArrayText(sizes: type.shape.sizes ?? []) { position in
          var bits: UInt64 = 0
          for byte in 0..<width {
            bits |= UInt64(bytes[position * width + byte]) << UInt64(8 * byte)
          }
          return ScalarValue(type.dtype, bits: bits)
        }.text
      }
    } catch {
      return "error: \(error)"
    }
  }
}
