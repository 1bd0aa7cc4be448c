// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT

@c @implementation
public func tj_version() -> Int32 { LibraryVersion.number }

@c @implementation
public func tj_version_string() -> UnsafePointer<CChar>? { LibraryVersion.string.pointer }
