import LoopIR
import ScalarIR

/// One run of a program on a GPU, its memory in place.
///
/// The steps are followed on the processor, which gives kernels and copies to the GPU's stream and
/// goes on; it waits where a predicate or a status decides what comes next, and where a library or a
/// function of the user's works on the computer's memory.
struct CUDARun {
  let device: CUDADevice
  let kernels: [CUDAKernel]
  let program: LoopProgram
  let code: StepCode
  let sizes: [String: Int]
  let symbols: [Int64]
  /// Carries out library calls.
  let library: ProgramRun
  let host: BufferPool

  /// A counted loop that runs.
  private struct Counter {
    let extent: Int
    var iteration = 0
  }

  /// Carries out the steps on buffers at the given addresses.
  func execute(_ addresses: inout [UnsafeMutableRawPointer?]) throws(RuntimeError) {
    let grids = code.launches.map { kernels[$0.kernel].blocks(sizes) }
    let bytes = program.buffers.map { $0.count.evaluate(sizes) * $0.dtype.byteWidth }
    var counters = code.loops.map { Counter(extent: $0.extent.evaluate(sizes)) }
    var next = 0
    while next < code.instructions.count {
      let instruction = code.instructions[next]
      next += 1
      switch instruction {
      case .launch(let number):
        guard let blocks = grids[number] else { continue }
        try launch(code.launches[number], blocks, addresses)
      case .multiply(let number):
        let product = code.products[number]
        try onHost(reading: [product.a, product.b], writing: [product.c], addresses, bytes) {
          (memory) throws(RuntimeError) in try library.multiply(product, memory)
        }
      case .solve(let number):
        let call = code.routines[number]
        try onHost(reading: call.operands, writing: call.results, addresses, bytes) {
          (memory) throws(RuntimeError) in try library.solve(call, memory)
        }
      case .callHost(let number):
        let call = code.hostCalls[number]
        try onHost(reading: call.operands, writing: call.results, addresses, bytes) {
          (memory) throws(RuntimeError) in try library.callHost(call, memory)
        }
      case .check(let number):
        let check = code.checks[number]
        try onHost(reading: [check.status], writing: [], addresses, bytes) {
          (memory) throws(RuntimeError) in
          if let violation = library.violation(of: check, memory) { throw .index(violation) }
        }
      case .copy(let source, let target):
        if let from = addresses[source], let to = addresses[target] {
          try device.copy(from: from, to: to, byteCount: bytes[target])
        }
      case .exchange(let first, let second): addresses.swapAt(first, second)
      case .jump(let target): next = target
      case .jumpUnless(let predicate, let target):
        if try !holds(addresses[predicate]) { next = target }
      case .enter(let loop):
        counters[loop].iteration = 0
        if counters[loop].extent <= 0 {
          next = code.loops[loop].end
        } else {
          cut(code.loops[loop], counters[loop], bytes, &addresses)
        }
      case .next(let loop):
        counters[loop].iteration += 1
        if counters[loop].iteration < counters[loop].extent {
          cut(code.loops[loop], counters[loop], bytes, &addresses)
          next = code.loops[loop].start
        }
      }
    }
  }

  private func launch(
    _ site: StepCode.LaunchSite, _ blocks: [UInt32], _ addresses: [UnsafeMutableRawPointer?]
  ) throws(RuntimeError) {
    var parameters = site.arguments.map { argument in
      UInt64(UInt(bitPattern: addresses[code.arguments[argument]]))
    }
    parameters += symbols.map { UInt64(bitPattern: $0) }
    let kernel = kernels[site.kernel]
    var failure: RuntimeError?
    parameters.withUnsafeMutableBufferPointer { parameters in
      do throws(RuntimeError) {
        try kernel.launch(blocks: blocks, parameters, on: device)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Whether the predicate at an address holds, when it has been computed.
  private func holds(_ address: UnsafeMutableRawPointer?) throws(RuntimeError) -> Bool {
    guard let address else { return false }
    var predicate: UInt8 = 0
    var failure: RuntimeError?
    withUnsafeMutableBytes(of: &predicate) { bytes in
      do throws(RuntimeError) { try device.download(address, to: bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    return predicate != 0
  }

  /// Calls a body with copies of buffers in the computer's memory, and copies back what it wrote.
  private func onHost(
    reading operands: [BufferID], writing results: [BufferID],
    _ addresses: [UnsafeMutableRawPointer?], _ bytes: [Int],
    _ body: ([UnsafeMutableRawPointer?]) throws(RuntimeError) -> Void
  ) throws(RuntimeError) {
    var memory = [UnsafeMutableRawPointer?](repeating: nil, count: addresses.count)
    var buffers: [Buffer] = []
    for id in operands + results where memory[id.index] == nil {
      let buffer = try host.allocate(byteCount: bytes[id.index])
      memory[id.index] = buffer.address
      buffers.append(buffer)
    }
    for id in Set(operands) {
      guard let source = addresses[id.index] else { continue }
      try device.download(
        source,
        to: UnsafeMutableRawBufferPointer(start: memory[id.index], count: bytes[id.index]))
    }
    try body(memory)
    for id in results {
      guard let target = addresses[id.index] else { continue }
      try device.upload(
        UnsafeRawBufferPointer(start: memory[id.index], count: bytes[id.index]), to: target)
    }
    withExtendedLifetime(buffers) {}
  }

  /// Puts the slices of a loop where its counter says.
  private func cut(
    _ loop: StepCode.LoopSite, _ counter: Counter, _ bytes: [Int],
    _ addresses: inout [UnsafeMutableRawPointer?]
  ) {
    let position = loop.isReversed ? counter.extent - 1 - counter.iteration : counter.iteration
    for (slice, source) in loop.slices {
      addresses[slice] = addresses[source].map { $0 + position * bytes[slice] }
    }
  }
}
