import DeviceRuntime

extension Device {
  /// The times of `count` copies of an array from one place of the device's memory to another, by the
  /// driver or the C library: what any program that reads and writes as many bytes is held against.
  ///
  /// - Throws: `TensorError.device` where the device is not there, `TensorError.outOfMemory` where it
  ///   has no room for the array twice.
  package func copyTimes(byteCount: Int, count: Int) throws(TensorError) -> [Duration] {
    let device = try Runtime.shared.open(name)
    let (source, target): (Buffer, Buffer)
    do throws(RuntimeError) {
      source = try device.pool.allocate(byteCount: byteCount)
      target = try device.pool.allocate(byteCount: byteCount)
    } catch {
      throw TensorError(error)
    }
    let clock = ContinuousClock()
    // Memory that nobody has written to may be no memory yet.
    if device.name.isInHostMemory {
      source.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 1) }
    }
    try device.copy(source, to: target)
    var times: [Duration] = []
    for _ in 0..<count {
      let start = clock.now
      try device.copy(source, to: target)
      times.append(clock.now - start)
    }
    return times
  }
}

extension Engine {
  /// The times of copies within the memory of the engine's device, as `Device.copyTimes` says.
  package func copyTimes(byteCount: Int, count: Int) throws(TensorError) -> [Duration] {
    guard let device else { throw .device("the \(rawValue) has no device") }
    return try Device(device).copyTimes(byteCount: byteCount, count: count)
  }
}

extension OpenDevice {
  /// Copies a buffer of the device to another one of the same size, and waits.
  fileprivate func copy(_ source: Buffer, to target: Buffer) throws(TensorError) {
    switch self {
    case .host:
      let runtime = Runtime.shared
      runtime.workers.parallelFor(
        count: source.byteCount, threads: runtime.threadCount, grain: HostMemory.hugePage
      ) { range in
        (target.address + range.lowerBound)
          .copyMemory(from: source.address + range.lowerBound, byteCount: range.count)
      }
    case .cuda(let gpu):
      do throws(RuntimeError) {
        try gpu.copy(from: source.address, to: target.address, byteCount: source.byteCount)
        try gpu.synchronize()
      } catch {
        throw TensorError(error)
      }
    }
  }
}
