import DeviceRuntime

/// A place where tensors live and are computed.
///
/// A tensor is computed where its operands are. `Tensor.to(_:)` moves it, and reading works wherever
/// it is.
public struct Device: Hashable, Sendable {
  let name: DeviceName

  init(_ name: DeviceName) { self.name = name }

  /// The computer's processor and memory.
  public static let cpu = Device(.cpu)

  /// NVIDIA's GPU number 0.
  public static let cuda = Device(.cuda(0))

  /// NVIDIA's GPU of a number, from 0 on.
  public static func cuda(_ number: Int) -> Device { Device(.cuda(Int32(clamping: number))) }

  /// A stand-in for a GPU, of the computer's memory: for tests of what moves between devices.
  package static let grid = Device(.grid)

  /// Where tensors are made that are made of nothing on a device: the processor, or what
  /// `withDefaultDevice` says.
  public static var `default`: Device { Device(DefaultDevice.current) }

  /// Whether the device is there and can be used.
  public var isAvailable: Bool { unavailability == nil }

  /// Why the device cannot be used, in one line; nil where it can.
  public var unavailability: String? {
    do {
      _ = try Runtime.shared.open(name)
      return nil
    } catch {
      return error.description
    }
  }

  /// What the device is, or why it cannot be used, on one line.
  package var summary: String {
    do { return try Runtime.shared.open(name).summary } catch { return error.description }
  }

  /// Waits until the device has done all that it was given.
  ///
  /// - Throws: `TensorError.device` where something that was begun went wrong, or the device is not
  ///   there.
  public func synchronize() throws(TensorError) {
    try Runtime.shared.open(name).synchronize()
  }

  /// What of the device's memory is used.
  ///
  /// - Throws: `TensorError.device` where the device is not there.
  public func memory() throws(TensorError) -> DeviceMemory {
    DeviceMemory(try Runtime.shared.open(name).pool.statistics)
  }
}

extension Device: CustomStringConvertible {
  /// `cpu`, or `cuda:0` and so on.
  public var description: String { name.description }
}

/// What of a device's memory is used, in bytes.
public struct DeviceMemory: Sendable, Hashable {
  /// Bytes of tensors and intermediate results that live now, and the most that ever lived at a time.
  public let bytesInUse: Int
  public let peakBytes: Int
  /// Bytes that are kept for reuse.
  public let bytesCached: Int
  /// Blocks handed out, and how many of them had been used before.
  public let allocations: Int
  public let reuses: Int

  init(_ statistics: BufferPoolStatistics) {
    bytesInUse = statistics.bytesInUse
    peakBytes = statistics.peakBytesInUse
    bytesCached = statistics.bytesCached
    allocations = statistics.allocations
    reuses = statistics.reuses
  }
}

/// The device of tensors that are made in a scope.
enum DefaultDevice {
  @TaskLocal static var current = DeviceName.cpu
}

/// Calls a body in which tensors that are made of nothing on a device — arrays, fills, random
/// numbers from a fresh key — are made on `device`.
public func withDefaultDevice<Result>(
  _ device: Device, _ body: () throws -> Result
) rethrows -> Result {
  try DefaultDevice.$current.withValue(device.name, operation: body)
}
