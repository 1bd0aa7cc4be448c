// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import SExpression
import TapeIR
import TensorJIT

@c @implementation
public func tj_program_load(
  _ text: UnsafePointer<CChar>?, _ length: Int, _ options: UnsafePointer<tj_load_options>?,
  _ program: UnsafeMutablePointer<OpaquePointer?>?, _ error: OpaquePointer?
) -> tj_status {
  program?.pointee = nil
  return call(error) { () throws(Failure) in
    guard let program else { throw .null("program") }
    let options = try tj_load_options(optional: options)
    let object = try ProgramObject(
      tape(bytes(text, length), options), engine: engine(options.engine))
    program.pointee = HandleTable.shared.insert(object)
  }
}

@c @implementation
public func tj_program_destroy(_ program: OpaquePointer?) {
  HandleTable.shared.removeProgram(program)
}

/// A copy of the caller's text.
private func bytes(_ text: UnsafePointer<CChar>?, _ length: Int) throws(Failure) -> [UInt8] {
  guard let text else { throw .null("text") }
  var count = length
  if length == -1 {
    count = 0
    while text[count] != 0 { count += 1 }
  }
  guard count >= 0 else { throw .argument("the length is too large") }
  return [UInt8](UnsafeRawBufferPointer(start: text, count: count))
}

/// The engine of a name; the CPU without one.
private func engine(_ name: UnsafePointer<CChar>?) throws(Failure) -> Engine {
  guard let name = try optionalString(name, "engine") else { return .cpu }
  guard let engine = offeredEngines.first(where: { $0.rawValue == name }) else {
    let names = offeredEngines.map(\.rawValue).joined(separator: ", ")
    throw Failure(.unavailable, "this version has no engine '\(name)'; it has \(names)")
  }
  if let reason = engine.unavailability { throw Failure(.unavailable, reason) }
  return engine
}

/// The tape that the options choose, with the gradient that they ask for.
private func tape(_ bytes: [UInt8], _ options: tj_load_options) throws(Failure) -> Tape {
  guard options.flags & ~UInt32(TJ_LOAD_GRADIENT) == 0, options.reserved == 0 else {
    throw .argument("tj_load_options has flags that do not exist")
  }
  let wantsGradient = options.flags & UInt32(TJ_LOAD_GRADIENT) != 0
  let names = try strings(options.gradient_names, options.gradient_name_count, "gradient_names")
  guard wantsGradient || names.isEmpty else {
    throw .argument("gradient_names need the flag TJ_LOAD_GRADIENT")
  }
  let file = try optionalString(options.file, "file") ?? "<text>"
  let text: SourceText
  do throws(SourceError) { text = try SourceText(name: file, bytes: bytes) } catch {
    throw Failure(error)
  }
  let source = ProgramSource(
    text: text, entry: try optionalString(options.entry, "entry"),
    modelTypes: try strings(options.model_types, options.model_type_count, "model_types"))
  let tape = try source.tape()
  guard wantsGradient else { return tape }
  do throws(TapeError) {
    return try tape.appendingGradient(withRespectTo: names.isEmpty ? nil : names)
  } catch {
    throw Failure(error)
  }
}
