import LoopIR
import ScalarIR

/// One run of a program, its memory in place.
struct ProgramRun {
  let program: LoopProgram
  let code: StepCode
  let functions: [LoadedProgram.KernelFunction]
  let sizes: [String: Int]
  let symbols: [Int64]
  let workers: WorkerPool
  let threads: Int

  /// A counted loop that runs.
  private struct Counter {
    let extent: Int
    var iteration = 0
  }

  /// Carries out the steps on buffers at the given addresses; what went wrong, if something did.
  func execute(_ addresses: inout [UnsafeMutableRawPointer?]) -> RuntimeError? {
    let extents = code.launches.map { program.kernels[$0.kernel].parallelExtent?.evaluate(sizes) }
    let bytes =
      code.usesSizes
      ? program.buffers.map { $0.count.evaluate(sizes) * $0.dtype.byteWidth } : []
    var counters = code.loops.map { Counter(extent: $0.extent.evaluate(sizes)) }
    return symbols.withUnsafeBufferPointer { symbols in
      withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer?.self, capacity: max(1, code.mostArguments)
      ) { arrays in
        var next = 0
        while next < code.instructions.count {
          let instruction = code.instructions[next]
          next += 1
          switch instruction {
          case .launch(let number):
            let site = code.launches[number]
            for (position, argument) in site.arguments.enumerated() {
              arrays.initializeElement(at: position, to: addresses[code.arguments[argument]])
            }
            launch(functions[site.kernel], extents[number], arrays, symbols)
          case .multiply(let number):
            do throws(RuntimeError) {
              try multiply(code.products[number], addresses)
            } catch {
              return error
            }
          case .solve(let number):
            do throws(RuntimeError) {
              try solve(code.routines[number], addresses)
            } catch {
              return error
            }
          case .callHost(let number):
            do throws(RuntimeError) {
              try callHost(code.hostCalls[number], addresses)
            } catch {
              return error
            }
          case .check(let number):
            if let violation = violation(of: code.checks[number], addresses) {
              return .index(violation)
            }
          case .copy(let source, let target):
            if let from = addresses[source], let to = addresses[target] {
              to.copyMemory(from: from, byteCount: bytes[target])
            }
          case .exchange(let first, let second): addresses.swapAt(first, second)
          case .jump(let target): next = target
          case .jumpUnless(let predicate, let target):
            if addresses[predicate]?.load(as: UInt8.self) == 0 { next = target }
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
        return nil
      }
    }
  }

  /// Calls a function of the user's.
  func callHost(
    _ call: HostCall, _ addresses: [UnsafeMutableRawPointer?]
  ) throws(RuntimeError) {
    do throws(HostFailure) {
      try call.function.call(
        call.operands.compactMap { addresses[$0.index].map { UnsafeRawPointer($0) } },
        call.results.compactMap { addresses[$0.index] })
    } catch {
      throw .host(error)
    }
  }

  /// What a check finds in its status.
  func violation(
    of check: ProgramCheck, _ addresses: [UnsafeMutableRawPointer?]
  ) -> IndexViolation? {
    guard let status = addresses[check.status.index]?.assumingMemoryBound(to: Int64.self) else {
      return nil
    }
    return check.violation(position: status[0], index: status[1], symbols: sizes)
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

  /// What threads that share a launch see.
  private struct Invocation {
    let function: LoadedProgram.KernelFunction
    let arrays: UnsafePointer<UnsafeMutableRawPointer?>?
    let symbols: UnsafePointer<Int64>?
  }

  /// Runs a kernel; `extent` is that of the loop that threads share, if there is one.
  private func launch(
    _ function: LoadedProgram.KernelFunction, _ extent: Int?,
    _ arrays: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>,
    _ symbols: UnsafeBufferPointer<Int64>
  ) {
    let base = UnsafePointer(arrays.baseAddress)
    guard let extent else { return function(base, symbols.baseAddress, 0, 1) }
    if threads <= 1 || extent <= 1 {
      if extent > 0 { function(base, symbols.baseAddress, 0, Int64(extent)) }
      return
    }
    var invocation = Invocation(
      function: function, arrays: base, symbols: symbols.baseAddress)
    withUnsafeMutablePointer(to: &invocation) { invocation in
      workers.parallelFor(
        count: extent, threads: threads, chunksPerThread: 4, context: invocation
      ) { context, begin, end in
        guard let call = context?.assumingMemoryBound(to: Invocation.self).pointee else { return }
        call.function(call.arrays, call.symbols, Int64(begin), Int64(end))
      }
    }
  }

  func multiply(
    _ product: MatrixProduct, _ addresses: [UnsafeMutableRawPointer?]
  ) throws(RuntimeError) {
    guard let a = addresses[product.a.index], let b = addresses[product.b.index],
      let c = addresses[product.c.index]
    else { return }
    let m = product.m.evaluate(sizes)
    let n = product.n.evaluate(sizes)
    let k = product.k.evaluate(sizes)
    let batch = product.batch.evaluate(sizes)
    let width = product.dtype.byteWidth
    if k == 0 {
      c.initializeMemory(as: UInt8.self, repeating: 0, count: batch * m * n * width)
      return
    }
    let library = try OpenBLAS.shared()
    let shape = GemmShape(
      m: m, n: n, k: k, transposeA: product.isTransposedA ? .transposed : .none,
      transposeB: product.isTransposedB ? .transposed : .none)
    for entry in 0..<batch {
      let (x, y, z) = (
        a + entry * m * k * width, b + entry * k * n * width, c + entry * m * n * width
      )
      if product.dtype == .f64 {
        try library.gemm(
          shape,
          GemmOperands<Double>(
            a: x.assumingMemoryBound(to: Double.self), b: y.assumingMemoryBound(to: Double.self),
            c: z.assumingMemoryBound(to: Double.self)),
          on: workers, threads: threads)
      } else {
        try library.gemm(
          shape,
          GemmOperands<Float>(
            a: x.assumingMemoryBound(to: Float.self), b: y.assumingMemoryBound(to: Float.self),
            c: z.assumingMemoryBound(to: Float.self)),
          on: workers, threads: threads)
      }
    }
  }
}
