import DeviceRuntime
import LLVMCodeGen

/// A device that is ready for use.
enum OpenDevice: Sendable {
  /// The processor, or a device that it stands in for, with its memory.
  case host(BufferPool)
  case cuda(CUDADevice)

  var pool: BufferPool {
    switch self {
    case .host(let pool): pool
    case .cuda(let device): device.pool
    }
  }

  var name: DeviceName { pool.device }

  /// What it is, on one line.
  var summary: String {
    switch self {
    case .host(let pool):
      "\(pool.device): \(HostCPU.current.name), \(WorkerPool.availableCPUs) CPUs"
    case .cuda(let gpu):
      "\(gpu.device): \(gpu.name), compute capability \(gpu.capability.major)."
        + "\(gpu.capability.minor), \(gpu.pool.limit >> 20) MiB"
    }
  }

  func synchronize() throws(TensorError) {
    switch self {
    case .host: return
    case .cuda(let device):
      do { try device.synchronize() } catch { throw TensorError(error) }
    }
  }

  func trim() {
    switch self {
    case .host(let pool): pool.trim()
    case .cuda(let device): device.trim()
    }
  }
}

extension Runtime {
  /// The device, opened now if it was not before.
  ///
  /// - Throws: `TensorError.device` saying why it cannot be used.
  func open(_ name: DeviceName) throws(TensorError) -> OpenDevice {
    if name == .cpu { return .host(pool) }
    let limit = options.gpuMemoryLimit
    let opened = devices.withLock { devices -> Result<OpenDevice, TensorError> in
      if let known = devices[name] { return known }
      let device = Result { () throws(TensorError) -> OpenDevice in
        do throws(RuntimeError) {
          switch name {
          case .cpu: return .host(pool)
          case .grid: return .host(BufferPool(source: .host(for: .grid)))
          case .cuda(let number):
            return .cuda(try CUDADevice(number, limit: limit))
          }
        } catch {
          throw TensorError(error)
        }
      }
      // What is not there stays so; another failure may pass.
      if case .failure(.outOfMemory) = device { return device }
      devices[name] = device
      return device
    }
    return try opened.get()
  }

  /// The devices that have been opened.
  var openDevices: [OpenDevice] {
    devices.withLock { devices in devices.values.compactMap { try? $0.get() } }
  }

  /// A buffer of a device with the contents of another one: itself where it is there already.
  func transfer(_ buffer: Buffer, to name: DeviceName) throws(TensorError) -> Buffer {
    if buffer.device == name { return buffer }
    let (source, target) = (try open(buffer.device), try open(name))
    do throws(RuntimeError) {
      switch (source, target) {
      case (.host, .host(let pool)):
        let copy = try pool.allocate(byteCount: buffer.byteCount)
        copy.address.copyMemory(from: buffer.address, byteCount: buffer.byteCount)
        return copy
      case (.host, .cuda(let device)):
        return try buffer.withUnsafeBytes { (bytes) throws(RuntimeError) in
          try device.makeBuffer(copying: bytes)
        }
      case (.cuda(let device), .host(let pool)): return try device.read(buffer, into: pool)
      case (.cuda(let from), .cuda(let to)):
        let between = try from.read(buffer, into: pool)
        return try between.withUnsafeBytes { (bytes) throws(RuntimeError) in
          try to.makeBuffer(copying: bytes)
        }
      }
    } catch {
      throw TensorError(error)
    }
  }
}
