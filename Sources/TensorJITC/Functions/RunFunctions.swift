// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import ScalarIR
import TapeIR

@c @implementation
public func tj_program_result_sizes(
  _ program: OpaquePointer?, _ parameters: UnsafePointer<tj_buffer>?, _ parameterCount: Int,
  _ result: Int, _ sizes: UnsafeMutablePointer<Int64>?, _ capacity: Int, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let program = try HandleTable.shared.program(program)
    let views = try program.views(parameters, parameterCount, needsData: false)
    guard program.results.indices.contains(result) else {
      throw .argument(
        "\(program.tape.name) has no result \(UInt(bitPattern: result)); it has "
          + "\(program.results.count)")
    }
    let found = try program.resultTypes(views)[result].shape.sizes ?? []
    guard found.count <= UInt(bitPattern: capacity) else {
      throw .argument("the result has \(found.count) axes; there is room for \(capacity) sizes")
    }
    if found.isEmpty { return }
    guard let sizes else { throw .null("sizes") }
    for (axis, size) in found.enumerated() { sizes[axis] = Int64(size) }
  }
}

@c @implementation
public func tj_program_prepare(
  _ program: OpaquePointer?, _ parameters: UnsafePointer<tj_buffer>?, _ parameterCount: Int,
  _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let program = try HandleTable.shared.program(program)
    _ = try program.version(for: program.views(parameters, parameterCount, needsData: false))
  }
}

@c @implementation
public func tj_program_run(
  _ program: OpaquePointer?, _ parameters: UnsafePointer<tj_buffer>?, _ parameterCount: Int,
  _ results: UnsafePointer<tj_buffer>?, _ resultCount: Int,
  _ options: UnsafePointer<tj_run_options>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let program = try HandleTable.shared.program(program)
    let options = try tj_run_options(optional: options)
    guard options.reserved == 0 else { throw .argument("tj_run_options.reserved is not 0") }
    let views = try program.views(parameters, parameterCount, needsData: true)
    let targets = try tj_buffer.copies(results, resultCount, of: program.results.count, "results")
    let version = try program.version(for: views)
    let run = ProgramRun(
      program: version, parameters: views,
      results: try program.targets(targets, version.resultTypes),
      threads: options.threads == 0 ? nil : Int(options.threads))
    try run.perform()
  }
}

extension tj_buffer {
  /// Copies of the structs of an array that must have so many.
  fileprivate static func copies(
    _ array: UnsafePointer<tj_buffer>?, _ count: Int, of expected: Int, _ role: String
  ) throws(Failure) -> [tj_buffer] {
    guard count == expected else {
      throw .argument("\(role) are \(UInt(bitPattern: count)) buffers; expected \(expected)")
    }
    return try copies(array, count, role)
  }

  /// Whether this is a result that is not wanted.
  fileprivate var isUnwanted: Bool { data == nil && dtype == 0 }
}

extension ProgramObject {
  /// The arrays that the caller gives for the parameters, held against their types.
  fileprivate func views(
    _ array: UnsafePointer<tj_buffer>?, _ count: Int, needsData: Bool
  ) throws(Failure) -> [ArrayView] {
    let buffers = try tj_buffer.copies(array, count, of: parameters.count, "parameters")
    var views: [ArrayView] = []
    views.reserveCapacity(count)
    for (buffer, parameter) in zip(buffers, parameters) {
      views.append(
        try ArrayView(
          buffer, "the parameter \(parameter.name)", expecting: parameter.tensorType,
          needsData: needsData))
    }
    return views
  }

  /// The arrays that the caller gives for the results, held against their types.
  fileprivate func targets(
    _ buffers: [tj_buffer], _ types: [TensorType]
  ) throws(Failure) -> [ArrayView?] {
    var targets: [ArrayView?] = []
    targets.reserveCapacity(buffers.count)
    for (number, buffer) in buffers.enumerated() {
      if buffer.isUnwanted {
        targets.append(nil)
        continue
      }
      let name = results[number].name
      let view = try ArrayView(
        buffer, "the result \(name)", expecting: types[number], needsData: true)
      guard view.isInjective else {
        throw .data("elements of the result \(name) lie on each other: strides \(view.strides)")
      }
      targets.append(view)
    }
    return targets
  }
}
