// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTensorJIT
import DeviceRuntime
import LLVMCodeGen
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

/// The CPU: its name as a device, and its model.
private let cpu = (name: CString("cpu"), model: CString(HostCPU.current.name))

@c @implementation
public func tj_device_count() -> Int { 1 }

@c @implementation
public func tj_device_get(
  _ index: Int, _ device: UnsafeMutablePointer<tj_device>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    guard index == 0 else { throw .argument("there is no device \(UInt(bitPattern: index))") }
    var found = tj_device()
    found.name = cpu.name.pointer
    found.model = cpu.model.pointer
    found.memory_bytes = UInt64(HostMemory.physicalBytes)
    found.thread_count = UInt32(clamping: Runtime.shared.availableThreads)
    found.vector_bits = UInt32(HostCPU.current.vectorBits)
    try found.write(to: device, "device")
  }
}
