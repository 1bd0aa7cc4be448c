import LoopIR

/// A kernel that is loaded, and how its grid follows from sizes.
struct CUDAKernel: Sendable {
  private let function: CUDAFunction
  private let shape: GridShape
  private let dynamicSharedBytes: Int
  /// Its name and the ops in it, for messages.
  let label: String

  init(
    _ kernel: Kernel, entry: String, in module: CUDAModule, on device: CUDADevice
  ) throws(RuntimeError) {
    do { shape = try GridShape(of: kernel) } catch {
      throw .deviceFailed(
        device: device.device, operation: "preparing the kernel \(kernel.name)",
        reason: "\(error)")
    }
    dynamicSharedBytes =
      shape.sharedBytes > GridShape.staticSharedLimit ? shape.sharedBytes : 0
    function = try module.function(entry, dynamicSharedBytes: dynamicSharedBytes)
    label =
      kernel.origins.isEmpty
      ? kernel.name : "\(kernel.name) (\(kernel.origins.joined(separator: ", ")))"
  }

  /// The blocks along each axis, at most what a grid holds; nil where there is nothing to do.
  func blocks(_ sizes: [String: Int]) -> [UInt32]? {
    let extents = shape.blocks.map { $0.evaluate(sizes) }
    guard extents.allSatisfy({ $0 > 0 }) else { return nil }
    return zip(extents, GridShape.blockLimits).map { UInt32(min($0, $1)) }
  }

  /// Begins the kernel on arrays at the given addresses.
  ///
  /// - Throws: `deviceFailed` naming the kernel and its ops, where the driver refuses the launch.
  func launch(
    blocks: [UInt32], _ arrays: UnsafeMutableBufferPointer<UInt64>, on device: CUDADevice
  ) throws(RuntimeError) {
    let context = device.context
    let threads = shape.threads.map { UInt32($0) }
    try device.launch(label) {
      withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer?.self, capacity: max(1, arrays.count)
      ) { parameters in
        for position in arrays.indices {
          parameters.initializeElement(
            at: position, to: arrays.baseAddress.map { UnsafeMutableRawPointer($0 + position) })
        }
        return context.driver.launchKernel(
          function.raw, blocks[0], blocks[1], blocks[2], threads[0], threads[1], threads[2],
          UInt32(dynamicSharedBytes), context.stream, parameters.baseAddress, nil)
      }
    }
  }
}
