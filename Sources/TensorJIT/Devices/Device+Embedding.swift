import DeviceRuntime
import LLVMCodeGen

// What embedders ask of devices, which they know by numbers: 0 is the processor, 1 NVIDIA's GPU 0, and
// so on.

extension Device {
  /// The processor, or a GPU, of a number.
  ///
  /// - Precondition: the number is not negative.
  package init(number: Int) {
    self = number == 0 ? .cpu : .cuda(number - 1)
  }

  /// The device's number; nil for the one that is there for tests.
  package var number: Int? {
    switch name {
    case .cpu: 0
    case .cuda(let number): Int(number) + 1
    case .grid: nil
    }
  }

  /// The number of devices: the processor and the GPUs that the driver knows of.
  package static var count: Int {
    do throws(RuntimeError) { return 1 + (try CUDADriver.shared().devices) } catch { return 1 }
  }

  /// The maker's or LLVM's name of the model, and the bytes that programs may use.
  ///
  /// - Throws: `TensorError.device` where it cannot be used.
  package func details() throws(TensorError) -> (model: String, memoryBytes: Int) {
    switch try Runtime.shared.open(name) {
    case .host: (HostCPU.current.name, HostMemory.physicalBytes)
    case .cuda(let gpu): (gpu.name, gpu.pool.limit)
    }
  }

  /// A buffer on the device with the contents of one that may be on another.
  ///
  /// - Throws: `TensorError.device` where one of them is not there, `TensorError.outOfMemory`.
  package func buffer(from buffer: Buffer) throws(TensorError) -> Buffer {
    try Runtime.shared.transfer(buffer, to: name)
  }

  /// The device that a buffer is on.
  package init(of buffer: Buffer) { self.init(buffer.device) }
}
