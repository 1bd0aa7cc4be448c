import CTensorJIT
import ScalarIR

extension DType {
  /// The number in C.
  var code: tj_dtype {
    switch self {
    case .f64: tj_dtype(TJ_F64)
    case .f32: tj_dtype(TJ_F32)
    case .f16: tj_dtype(TJ_F16)
    case .bf16: tj_dtype(TJ_BF16)
    case .i64: tj_dtype(TJ_I64)
    case .i32: tj_dtype(TJ_I32)
    case .i16: tj_dtype(TJ_I16)
    case .i8: tj_dtype(TJ_I8)
    case .u64: tj_dtype(TJ_U64)
    case .u32: tj_dtype(TJ_U32)
    case .u16: tj_dtype(TJ_U16)
    case .u8: tj_dtype(TJ_U8)
    case .bool: tj_dtype(TJ_BOOL)
    }
  }

  /// The type of a number in C, if there is one.
  init?(code: tj_dtype) {
    guard let match = DType.allCases.first(where: { $0.code == code }) else { return nil }
    self = match
  }

  /// The name for C.
  static let codeNames: [tj_dtype: CString] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.code, CString($0.name)) })
}
