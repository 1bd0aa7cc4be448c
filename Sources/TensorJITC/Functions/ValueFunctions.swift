// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT

// What a program takes and returns.

@c @implementation
public func tj_program_parameter_count(_ program: OpaquePointer?) -> Int {
  count(program, \.parameters)
}

@c @implementation
public func tj_program_result_count(_ program: OpaquePointer?) -> Int { count(program, \.results) }

@c @implementation
public func tj_program_parameter(
  _ program: OpaquePointer?, _ index: Int, _ value: UnsafeMutablePointer<tj_value>?,
  _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    try describe(program, "parameter", \.parameters, index, value)
  }
}

@c @implementation
public func tj_program_result(
  _ program: OpaquePointer?, _ index: Int, _ value: UnsafeMutablePointer<tj_value>?,
  _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in try describe(program, "result", \.results, index, value) }
}

@c @implementation
public func tj_program_find_parameter(
  _ program: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ index: UnsafeMutablePointer<Int>?,
  _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    try find(program, "parameter", \.parameters, name, index)
  }
}

@c @implementation
public func tj_program_find_result(
  _ program: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ index: UnsafeMutablePointer<Int>?,
  _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in try find(program, "result", \.results, name, index) }
}

private typealias Values = KeyPath<ProgramObject, [ValueDescription]>

private func count(_ program: OpaquePointer?, _ values: Values) -> Int {
  do throws(Failure) {
    return try HandleTable.shared.program(program)[keyPath: values].count
  } catch {
    return 0
  }
}

private func describe(
  _ handle: OpaquePointer?, _ kind: String, _ values: Values, _ index: Int,
  _ value: UnsafeMutablePointer<tj_value>?
) throws(Failure) {
  let program = try HandleTable.shared.program(handle)
  let all = program[keyPath: values]
  guard all.indices.contains(index) else {
    throw .argument(
      "\(program.tape.name) has no \(kind) \(UInt(bitPattern: index)); it has \(all.count)")
  }
  try all[index].value.write(to: value, "value")
}

private func find(
  _ handle: OpaquePointer?, _ kind: String, _ values: Values, _ name: UnsafePointer<CChar>?,
  _ index: UnsafeMutablePointer<Int>?
) throws(Failure) {
  let program = try HandleTable.shared.program(handle)
  let name = try requiredString(name, "name")
  guard let index else { throw .null("index") }
  let all = program[keyPath: values]
  guard let found = all.firstIndex(where: { $0.name == name }) else {
    let names = all.isEmpty ? "none" : all.map(\.name).joined(separator: ", ")
    throw .argument("\(program.tape.name) has no \(kind) \(name); it has \(names)")
  }
  index.pointee = found
}
