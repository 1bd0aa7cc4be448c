import CTensorJIT
import ScalarIR
import TapeIR

/// A parameter or a result, described for C in memory that lives as long as the program.
final class ValueDescription: Sendable {
  let name: String
  let tensorType: TensorType
  private let nameText: CString
  private let typeText: CString
  private let texts: [CString]
  private nonisolated(unsafe) let sizes: UnsafeMutablePointer<Int64>
  private nonisolated(unsafe) let sizeTexts: UnsafeMutablePointer<UnsafePointer<CChar>?>

  init(_ name: String, _ type: TensorType) {
    self.name = name
    tensorType = type
    nameText = CString(name)
    typeText = CString(type.description)
    texts = type.shape.dims.map { CString($0.text) }
    sizes = .allocate(capacity: type.rank)
    sizeTexts = .allocate(capacity: type.rank)
    for (axis, dim) in type.shape.dims.enumerated() {
      (sizes + axis).initialize(to: dim.constant.map(Int64.init) ?? -1)
      (sizeTexts + axis).initialize(to: texts[axis].pointer)
    }
  }

  deinit {
    sizes.deallocate()
    sizeTexts.deallocate()
  }

  /// The struct that C sees.
  var value: tj_value {
    var value = tj_value()
    value.name = nameText.pointer
    value.type = typeText.pointer
    value.dtype = tensorType.dtype.code
    value.rank = UInt32(tensorType.rank)
    value.sizes = UnsafePointer(sizes)
    value.size_texts = UnsafePointer(sizeTexts)
    return value
  }
}
