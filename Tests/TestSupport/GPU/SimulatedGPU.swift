import DeviceRuntime
import Foundation
import LoopIR
import ScalarIR

/// A GPU of this process: the stand-in for the driver, whose kernels `PTXMachine` carries out.
package final class SimulatedGPU: Sendable {
  package let device: CUDADevice
  private let fake: FakeDriver
  private nonisolated(unsafe) var text = ""
  private nonisolated(unsafe) var failure: String?

  /// The one that runs a program: a function that C calls cannot know it by itself.
  private nonisolated(unsafe) static var current: SimulatedGPU?
  private static let turn = NSLock()

  package init() throws {
    fake = try FakeDriver()
    device = try CUDADevice(0, driver: fake.driver)
    fake.setKernel { name, blocks, threads, shared, parameters, count in
      guard let name, let blocks, let threads, let parameters else { return }
      SimulatedGPU.current?.carryOut(
        String(cString: name), (0..<3).map { Int(blocks[$0]) }, (0..<3).map { Int(threads[$0]) },
        Int(shared), (0..<Int(count)).map { parameters[$0] })
    }
  }

  private func carryOut(
    _ name: String, _ blocks: [Int], _ threads: [Int], _ shared: Int, _ parameters: [UInt64]
  ) {
    do {
      var machine = PTXMachine(
        try PTXEntry(name, in: text), parameters: parameters, region: fake.region)
      try machine.launch(blocks: blocks, threads: threads, sharedBytes: shared)
    } catch {
      failure = failure ?? "\(error)"
    }
  }

  /// The results of a program whose code is `ptx`, for one literal an input.
  package func run(
    _ program: LoopProgram, ptx: String, entries: [String], _ inputs: [Literal], symbols: [Int] = []
  ) throws -> [[UInt8]] {
    SimulatedGPU.turn.lock()
    defer { SimulatedGPU.turn.unlock() }
    SimulatedGPU.current = self
    defer { SimulatedGPU.current = nil }
    text = ptx
    failure = nil
    let loaded = try CUDAProgram(program, ptx: ptx, entries: entries, on: device)
    var buffers: [Buffer] = []
    for input in inputs {
      buffers.append(
        try Array(input.bytes).withUnsafeBytes { try device.makeBuffer(copying: $0) })
    }
    let host = BufferPool()
    let results = try loaded.run(
      inputs: buffers, symbols: symbols, host: host, workers: WorkerPool(threads: 1), threads: 1)
    let bytes = try results.map { result in
      try device.read(result, into: host).withUnsafeBytes { Array($0) }
    }
    if let failure { throw PTXEntry.Failure(failure) }
    return bytes
  }
}
