import LoopIR

/// The memory of one run of a program: a buffer or a place in the arena for each that it declares.
struct ProgramBinding {
  let program: LoopProgram
  /// The symbolic sizes by name.
  let sizes: [String: Int]
  /// Where each declared buffer lies, but slices, which loops cut.
  private(set) var addresses: [UnsafeMutableRawPointer?] = []
  private var buffers: [Buffer?]
  private let arena: Buffer?

  /// - Parameter outputs: memory for the results, in order, where there is some.
  /// - Throws: where memory is not to be had.
  init(
    _ program: LoopProgram, constants: [Buffer?], inputs: [Buffer], outputs: [Buffer?] = [],
    mayOverwrite: Set<Int>, takeovers: [Int: Int], symbols: [Int], pool: BufferPool
  ) throws(RuntimeError) {
    self.program = program
    sizes = Dictionary(
      zip(program.symbols, symbols), uniquingKeysWith: { first, _ in first })
    // Under a guard, temporaries have memory of their own, which ends at it too.
    arena =
      if pool.bufferGuard == .none, let bytes = program.arenaBytes?.evaluate(sizes), bytes > 0 {
        try pool.allocate(byteCount: bytes)
      } else {
        nil
      }
    let placed = Dictionary(
      zip(program.results, outputs).compactMap { result, memory in
        memory.map { (result.buffer.index, $0) }
      }, uniquingKeysWith: { first, _ in first })
    buffers = constants
    addresses.reserveCapacity(buffers.count)
    for (index, declaration) in program.buffers.enumerated() {
      switch declaration.role {
      case .input(let number): buffers[index] = inputs[number]
      case .constant: break
      case .output:
        if let memory = placed[index] {
          buffers[index] = memory
        } else if let source = takeovers[index],
          case .input(let number) = program.buffers[source].role, mayOverwrite.contains(number)
        {
          buffers[index] = inputs[number]
        } else {
          buffers[index] = try pool.allocate(
            byteCount: declaration.count.evaluate(sizes) * declaration.dtype.byteWidth)
        }
      case .temporary(let offset):
        guard let arena, let offset else {
          buffers[index] = try pool.allocate(
            byteCount: declaration.count.evaluate(sizes) * declaration.dtype.byteWidth)
          break
        }
        addresses.append(arena.address + offset.evaluate(sizes))
        continue
      case .slice: break
      }
      addresses.append(buffers[index]?.address)
    }
  }

  /// The buffers of the results; inputs and constants may be among them.
  var results: [Buffer] { program.results.compactMap { buffers[$0.buffer.index] } }
}
