import Glibc

/// NVIDIA's driver, `libcuda.so.1`, opened when it is first wanted.
///
/// This file alone knows of the library. Its functions are declared here, by the driver interface's
/// documentation, so that nothing of CUDA is needed to build.
package final class CUDADriver: Sendable {
  typealias Status = Int32
  typealias Device = Int32
  typealias Handle = OpaquePointer
  typealias Address = UInt64
  typealias Text = UnsafePointer<CChar>

  let initialize: @convention(c) @Sendable (UInt32) -> Status
  let driverVersion: @convention(c) @Sendable (UnsafeMutablePointer<Int32>) -> Status
  let deviceCount: @convention(c) @Sendable (UnsafeMutablePointer<Int32>) -> Status
  let getDevice: @convention(c) @Sendable (UnsafeMutablePointer<Device>, Int32) -> Status
  let deviceName: @convention(c) @Sendable (UnsafeMutablePointer<CChar>, Int32, Device) -> Status
  let deviceAttribute:
    @convention(c) @Sendable (UnsafeMutablePointer<Int32>, Int32, Device) -> Status
  let deviceMemory: @convention(c) @Sendable (UnsafeMutablePointer<Int>, Device) -> Status
  let retainContext: @convention(c) @Sendable (UnsafeMutablePointer<Handle?>, Device) -> Status
  let releaseContext: @convention(c) @Sendable (Device) -> Status
  let pushContext: @convention(c) @Sendable (Handle) -> Status
  let popContext: @convention(c) @Sendable (UnsafeMutablePointer<Handle?>) -> Status
  let createStream: @convention(c) @Sendable (UnsafeMutablePointer<Handle?>, UInt32) -> Status
  let destroyStream: @convention(c) @Sendable (Handle) -> Status
  let synchronizeStream: @convention(c) @Sendable (Handle) -> Status
  let createEvent: @convention(c) @Sendable (UnsafeMutablePointer<Handle?>, UInt32) -> Status
  let destroyEvent: @convention(c) @Sendable (Handle) -> Status
  let recordEvent: @convention(c) @Sendable (Handle, Handle) -> Status
  let synchronizeEvent: @convention(c) @Sendable (Handle) -> Status
  let allocate: @convention(c) @Sendable (UnsafeMutablePointer<Address>, Int) -> Status
  let free: @convention(c) @Sendable (Address) -> Status
  let allocatePinned:
    @convention(c) @Sendable (UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int) -> Status
  let freePinned: @convention(c) @Sendable (UnsafeMutableRawPointer) -> Status
  let copyToDevice: @convention(c) @Sendable (Address, UnsafeRawPointer, Int, Handle) -> Status
  let copyToHost: @convention(c) @Sendable (UnsafeMutableRawPointer, Address, Int, Handle) -> Status
  let copyOnDevice: @convention(c) @Sendable (Address, Address, Int, Handle) -> Status
  let loadModule:
    @convention(c) @Sendable (
      UnsafeMutablePointer<Handle?>, UnsafeRawPointer, UInt32, UnsafeMutablePointer<Int32>?,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Status
  let unloadModule: @convention(c) @Sendable (Handle) -> Status
  let getFunction: @convention(c) @Sendable (UnsafeMutablePointer<Handle?>, Handle, Text) -> Status
  let setFunctionAttribute: @convention(c) @Sendable (Handle, Int32, Int32) -> Status
  let launchKernel:
    @convention(c) @Sendable (
      Handle, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, Handle,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Status
  private let errorName: @convention(c) @Sendable (Status, UnsafeMutablePointer<Text?>) -> Status
  private let errorText: @convention(c) @Sendable (Status, UnsafeMutablePointer<Text?>) -> Status

  /// The version of CUDA that the driver knows, such as 12040 for 12.4.
  package let version: Int
  /// The number of GPUs.
  package let devices: Int

  /// The one instance of the process.
  ///
  /// - Throws: `deviceUnavailable` where the machine has no driver or no GPU.
  package static func shared() throws(RuntimeError) -> CUDADriver { try sharedDriver.get() }

  /// Opens a library of this name and starts it.
  ///
  /// - Throws: `deviceUnavailable` saying what is missing.
  package init(opening name: String) throws(RuntimeError) {
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? name
      throw .deviceUnavailable(
        device: .cuda(0), reason: "there is no NVIDIA driver on this machine (\(reason))")
    }
    func function<Function>(_ symbol: String, as type: Function.Type) throws(RuntimeError)
      -> Function
    {
      guard let address = dlsym(library, symbol) else {
        throw .deviceUnavailable(
          device: .cuda(0), reason: "the NVIDIA driver is too old: it has no \(symbol)")
      }
      return unsafeBitCast(address, to: type)
    }
    initialize = try function("cuInit", as: type(of: initialize))
    driverVersion = try function("cuDriverGetVersion", as: type(of: driverVersion))
    deviceCount = try function("cuDeviceGetCount", as: type(of: deviceCount))
    getDevice = try function("cuDeviceGet", as: type(of: getDevice))
    deviceName = try function("cuDeviceGetName", as: type(of: deviceName))
    deviceAttribute = try function("cuDeviceGetAttribute", as: type(of: deviceAttribute))
    deviceMemory = try function("cuDeviceTotalMem_v2", as: type(of: deviceMemory))
    retainContext = try function("cuDevicePrimaryCtxRetain", as: type(of: retainContext))
    releaseContext = try function("cuDevicePrimaryCtxRelease_v2", as: type(of: releaseContext))
    pushContext = try function("cuCtxPushCurrent_v2", as: type(of: pushContext))
    popContext = try function("cuCtxPopCurrent_v2", as: type(of: popContext))
    createStream = try function("cuStreamCreate", as: type(of: createStream))
    destroyStream = try function("cuStreamDestroy_v2", as: type(of: destroyStream))
    synchronizeStream = try function("cuStreamSynchronize", as: type(of: synchronizeStream))
    createEvent = try function("cuEventCreate", as: type(of: createEvent))
    destroyEvent = try function("cuEventDestroy_v2", as: type(of: destroyEvent))
    recordEvent = try function("cuEventRecord", as: type(of: recordEvent))
    synchronizeEvent = try function("cuEventSynchronize", as: type(of: synchronizeEvent))
    allocate = try function("cuMemAlloc_v2", as: type(of: allocate))
    free = try function("cuMemFree_v2", as: type(of: free))
    allocatePinned = try function("cuMemAllocHost_v2", as: type(of: allocatePinned))
    freePinned = try function("cuMemFreeHost", as: type(of: freePinned))
    copyToDevice = try function("cuMemcpyHtoDAsync_v2", as: type(of: copyToDevice))
    copyToHost = try function("cuMemcpyDtoHAsync_v2", as: type(of: copyToHost))
    copyOnDevice = try function("cuMemcpyDtoDAsync_v2", as: type(of: copyOnDevice))
    loadModule = try function("cuModuleLoadDataEx", as: type(of: loadModule))
    unloadModule = try function("cuModuleUnload", as: type(of: unloadModule))
    getFunction = try function("cuModuleGetFunction", as: type(of: getFunction))
    setFunctionAttribute = try function("cuFuncSetAttribute", as: type(of: setFunctionAttribute))
    launchKernel = try function("cuLaunchKernel", as: type(of: launchKernel))
    errorName = try function("cuGetErrorName", as: type(of: errorName))
    errorText = try function("cuGetErrorString", as: type(of: errorText))

    var count: Int32 = 0
    var number: Int32 = 0
    let started = initialize(0)
    let counted = started == 0 ? deviceCount(&count) : 0
    _ = driverVersion(&number)
    version = Int(number)
    devices = Int(count)
    if started == noDeviceStatus || counted == noDeviceStatus || started == 0 && count == 0 {
      throw .deviceUnavailable(
        device: .cuda(0), reason: "there is an NVIDIA driver, but no GPU that it can use")
    }
    let status = started != 0 ? started : counted
    guard status == 0 else {
      throw .deviceUnavailable(
        device: .cuda(0), reason: "the NVIDIA driver does not start: \(describe(status))")
    }
  }

  /// What a status means, by its name and in words.
  func describe(_ status: Status) -> String {
    var name: Text?
    var text: Text?
    guard errorName(status, &name) == 0, let name else { return "error \(status)" }
    guard errorText(status, &text) == 0, let text else { return String(cString: name) }
    return "\(String(cString: name)): \(String(cString: text))"
  }
}

extension CUDADriver {
  /// `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `…_MINOR`.
  static let capabilityAttributes: [Int32] = [75, 76]
  /// `CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES`.
  static let sharedBytesAttribute: Int32 = 8
  /// `CU_JIT_ERROR_LOG_BUFFER` and `CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES`.
  static let errorLogOptions: [Int32] = [5, 6]
  /// `CU_STREAM_NON_BLOCKING`: the stream waits for no other one.
  static let nonBlockingStream: UInt32 = 1
  /// `CU_EVENT_DISABLE_TIMING`.
  static let untimedEvent: UInt32 = 2
  /// `CUDA_ERROR_OUT_OF_MEMORY`.
  static let outOfMemory: Status = 2
}

/// `CUDA_ERROR_NO_DEVICE`.
private let noDeviceStatus: CUDADriver.Status = 100

private let sharedDriver = Result { () throws(RuntimeError) in
  try CUDADriver(opening: "libcuda.so.1")
}
