// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CTensorJIT
import DeviceRuntime
import LLVMCodeGen
import Locking
import TensorJIT

/// All engines but the one that is there for tests.
let offeredEngines = Engine.allCases.filter { $0 != .grid }

private let engineNames = offeredEngines.map { CString($0.rawValue) }

@c @implementation
public func tj_engine_count() -> Int { engineNames.count }

@c @implementation
public func tj_engine_name(_ index: Int) -> UnsafePointer<CChar>? {
  engineNames.indices.contains(index) ? engineNames[index].pointer : nil
}

@c @implementation
public func tj_device_count() -> Int { Device.count }

@c @implementation
public func tj_device_get(
  _ index: Int, _ device: UnsafeMutablePointer<tj_device>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let asked = try Device.numbered(index)
    let known = try DeviceNames.shared.names(of: asked)
    var found = tj_device()
    found.name = known.name.pointer
    found.model = known.model.pointer
    found.memory_bytes = UInt64(known.memoryBytes)
    if asked == .cpu {
      found.thread_count = UInt32(clamping: Runtime.shared.availableThreads)
      found.vector_bits = UInt32(HostCPU.current.vectorBits)
    }
    try found.write(to: device, "device")
  }
}

extension Device {
  /// The device of a number of the caller's.
  static func numbered(_ number: Int) throws(Failure) -> Device {
    if 0..<Device.count ~= number { return Device(number: number) }
    let reason = Device.cuda.unavailability.map { ": \($0)" } ?? "; there are \(Device.count)"
    throw .argument("there is no device \(UInt(bitPattern: number))\(reason)")
  }
}

/// What is said of devices, in strings that stay forever.
private final class DeviceNames: Sendable {
  static let shared = DeviceNames()

  struct Names: Sendable {
    let name: CString
    let model: CString
    let memoryBytes: Int
  }

  private let known = Lock([Device: Names]())

  func names(of device: Device) throws(Failure) -> Names {
    if let names = known.withLock({ $0[device] }) { return names }
    do throws(TensorError) {
      let (model, memoryBytes) = try device.details()
      let names = Names(
        name: CString(device.description), model: CString(model), memoryBytes: memoryBytes)
      return known.withLock { known in
        if let first = known[device] { return first }
        known[device] = names
        return names
      }
    } catch {
      throw Failure(error)
    }
  }
}
