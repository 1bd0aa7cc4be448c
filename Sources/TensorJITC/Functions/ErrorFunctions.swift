// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT

private let statusNames = Dictionary(
  uniqueKeysWithValues: Status.allCases.map { ($0.code, CString($0.name)) })

@c @implementation
public func tj_status_name(_ status: tj_status) -> UnsafePointer<CChar>? {
  statusNames[status]?.pointer
}

@c @implementation
public func tj_error_create() -> OpaquePointer? { HandleTable.shared.insert(ErrorObject()) }

@c @implementation
public func tj_error_destroy(_ error: OpaquePointer?) { HandleTable.shared.removeError(error) }

@c @implementation
public func tj_error_status(_ error: OpaquePointer?) -> tj_status {
  (HandleTable.shared.error(error)?.status ?? .invalidArgument).code
}

@c @implementation
public func tj_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
  HandleTable.shared.error(error)?.message ?? noError.pointer
}

private let noError = CString("error is no error object, or was destroyed")
