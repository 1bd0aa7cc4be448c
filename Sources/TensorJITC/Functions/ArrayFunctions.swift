// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CTensorJIT
import DeviceRuntime
import ScalarIR
import TapeIR
import TensorJIT

@c @implementation
public func tj_array_create(
  _ buffer: UnsafePointer<tj_buffer>?, _ device: Int,
  _ array: UnsafeMutablePointer<OpaquePointer?>?, _ error: OpaquePointer?
) -> tj_status {
  array?.pointee = nil
  return call(error) { () throws(Failure) in
    guard let array else { throw .null("array") }
    guard let buffer else { throw .null("buffer") }
    let device = try Device.numbered(device)
    let view = try ArrayView(
      tj_buffer(copying: buffer), "the buffer", expecting: nil, needsData: true)
    do throws(TensorError) {
      array.pointee = HandleTable.shared.insert(try ArrayObject(view, on: device))
    } catch {
      throw Failure(error)
    }
  }
}

@c @implementation
public func tj_array_destroy(_ array: OpaquePointer?) { HandleTable.shared.removeArray(array) }

@c @implementation
public func tj_array_get(
  _ array: OpaquePointer?, _ buffer: UnsafeMutablePointer<tj_buffer>?,
  _ device: UnsafeMutablePointer<Int>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let array = try HandleTable.shared.array(array)
    try array.described.write(to: buffer, "buffer")
    device?.pointee = Device(of: array.buffer).number ?? 0
  }
}

@c @implementation
public func tj_array_move(
  _ array: OpaquePointer?, _ device: Int, _ moved: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: OpaquePointer?
) -> tj_status {
  moved?.pointee = nil
  return call(error) { () throws(Failure) in
    guard let moved else { throw .null("moved") }
    let array = try HandleTable.shared.array(array)
    let device = try Device.numbered(device)
    do throws(TensorError) {
      moved.pointee = HandleTable.shared.insert(
        ArrayObject(array.dtype, array.sizes, try device.buffer(from: array.buffer)))
    } catch {
      throw Failure(error)
    }
  }
}

@c @implementation
public func tj_array_read(
  _ array: OpaquePointer?, _ buffer: UnsafePointer<tj_buffer>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let array = try HandleTable.shared.array(array)
    guard let buffer else { throw .null("buffer") }
    let view = try ArrayView(
      tj_buffer(copying: buffer), "the array",
      expecting: TensorType(array.dtype, Shape(array.sizes)), needsData: true)
    guard view.isInjective else {
      throw .data("elements of the buffer lie on each other: strides \(view.strides)")
    }
    do throws(TensorError) { try array.read(into: view) } catch { throw Failure(error) }
  }
}

@c @implementation
public func tj_program_run_arrays(
  _ program: OpaquePointer?, _ parameters: UnsafePointer<OpaquePointer?>?, _ parameterCount: Int,
  _ results: UnsafeMutablePointer<OpaquePointer?>?, _ resultCount: Int,
  _ options: UnsafePointer<tj_run_options>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let program = try HandleTable.shared.program(program)
    let options = try tj_run_options(optional: options)
    guard options.reserved == 0 else { throw .argument("tj_run_options.reserved is not 0") }
    guard resultCount == program.results.count else {
      throw .argument(
        "results are \(UInt(bitPattern: resultCount)) arrays; expected \(program.results.count)")
    }
    guard results != nil || resultCount == 0 else { throw .null("results") }
    let arrays = try program.arrays(parameters, parameterCount)
    var views: [ArrayView] = []
    for (array, parameter) in zip(arrays, program.parameters) {
      views.append(
        try ArrayView(
          array.described, "the parameter \(parameter.name)", expecting: parameter.tensorType,
          needsData: false))
    }
    let version = try program.version(for: views)
    Runtime.shared.noteEvaluation()
    do throws(TensorError) {
      let buffers = try version.executable.run(
        onDevice: arrays.map(\.buffer),
        threads: options.threads == 0 ? nil : Int(options.threads))
      for (number, (buffer, type)) in zip(buffers, version.resultTypes).enumerated() {
        results?[number] = HandleTable.shared.insert(
          ArrayObject(type.dtype, type.shape.sizes ?? [], buffer))
      }
    } catch {
      throw Failure(error)
    }
  }
}

extension ProgramObject {
  /// The arrays of the caller's for the parameters, all on the engine's device.
  fileprivate func arrays(
    _ handles: UnsafePointer<OpaquePointer?>?, _ count: Int
  ) throws(Failure) -> [ArrayObject] {
    guard let device = engine.arrayDevice else {
      throw .argument("the engine \(engine.rawValue) takes buffers, no arrays on devices")
    }
    guard count == parameters.count else {
      throw .argument(
        "parameters are \(UInt(bitPattern: count)) arrays; expected \(parameters.count)")
    }
    if count == 0 { return [] }
    guard let handles else { throw .null("parameters") }
    var arrays: [ArrayObject] = []
    for (number, parameter) in parameters.enumerated() {
      let array = try HandleTable.shared.array(handles[number], "the parameter \(parameter.name)")
      let found = Device(of: array.buffer)
      guard found == device else {
        throw .data(
          "the parameter \(parameter.name) is on \(found); \(engine.rawValue) needs it on \(device)"
        )
      }
      arrays.append(array)
    }
    return arrays
  }
}
