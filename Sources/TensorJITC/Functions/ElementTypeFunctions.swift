// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import ScalarIR

@c @implementation
public func tj_dtype_name(_ dtype: tj_dtype) -> UnsafePointer<CChar>? {
  DType.codeNames[dtype]?.pointer
}

@c @implementation
public func tj_dtype_size(_ dtype: tj_dtype) -> Int { DType(code: dtype)?.byteWidth ?? 0 }
