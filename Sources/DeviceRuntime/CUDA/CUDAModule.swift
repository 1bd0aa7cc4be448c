import Locking

/// Owns code that the driver has made of PTX.
final class CUDAModule: Sendable {
  private let context: CUDAContext
  nonisolated(unsafe) private let raw: CUDADriver.Handle

  /// - Throws: `deviceFailed` with what the driver's assembler says.
  init(_ ptx: String, on context: CUDAContext) throws(RuntimeError) {
    var raw: CUDADriver.Handle?
    var log = [CChar](repeating: 0, count: 4096)
    let size = log.count
    let status = log.withUnsafeMutableBufferPointer { log in
      var options = CUDADriver.errorLogOptions
      var values: [UnsafeMutableRawPointer?] = [
        UnsafeMutableRawPointer(log.baseAddress), UnsafeMutableRawPointer(bitPattern: size),
      ]
      return ptx.withCString { text in
        context.withCurrent {
          context.driver.loadModule(&raw, text, UInt32(options.count), &options, &values)
        }
      }
    }
    guard status == 0, let raw else {
      let message = String(
        decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let reason = context.driver.describe(status)
      throw .deviceFailed(
        device: context.device, operation: "loading code",
        reason: message.isEmpty ? reason : "\(reason); \(message)")
    }
    self.context = context
    self.raw = raw
  }

  deinit { _ = context.withCurrent { context.driver.unloadModule(raw) } }

  /// The entry of a kernel, ready for launches with so much shared memory.
  func function(_ name: String, dynamicSharedBytes: Int) throws(RuntimeError) -> CUDAFunction {
    var function: CUDADriver.Handle?
    try context.perform("finding the kernel \(name)") {
      context.driver.getFunction(&function, raw, name)
    }
    guard let function else {
      throw .deviceFailed(
        device: context.device, operation: "finding the kernel \(name)", reason: "there is none")
    }
    if dynamicSharedBytes > 0 {
      try context.perform("giving \(dynamicSharedBytes) bytes of shared memory to \(name)") {
        context.driver.setFunctionAttribute(
          function, CUDADriver.sharedBytesAttribute, Int32(clamping: dynamicSharedBytes))
      }
    }
    return CUDAFunction(raw: function, module: self)
  }
}

/// The entry of a kernel in a module, which it keeps.
struct CUDAFunction: @unchecked Sendable {
  let raw: CUDADriver.Handle
  private let module: CUDAModule

  fileprivate init(raw: CUDADriver.Handle, module: CUDAModule) {
    self.raw = raw
    self.module = module
  }
}

/// Modules by their PTX, so that programs with the same kernels share code.
final class CUDAModuleCache: Sendable {
  /// The most modules that are kept; the cache is emptied when it is full.
  let limit: Int
  private let modules = Lock<[String: CUDAModule]>([:])

  init(limit: Int = 1024) { self.limit = limit }

  /// The code of a text, made now if it is not there.
  func module(_ ptx: String, on context: CUDAContext) throws(RuntimeError) -> CUDAModule {
    if let known = modules.withLock({ $0[ptx] }) { return known }
    // Two threads may both get here; then the second one's module is used by it alone.
    let module = try CUDAModule(ptx, on: context)
    modules.withLock { modules in
      if modules.count >= limit { modules = [:] }
      modules[ptx] = module
    }
    return module
  }

  /// Forgets the modules; those that programs use live on with these.
  func clear() { modules.withLock { $0 = [:] } }
}
