/// A machine that runs PTX by NVIDIA's description of its instructions, thread by thread, so that
/// what kernels compute is tested where there is no GPU.
///
/// It knows what LLVM makes of our kernels, and refuses the rest.
package struct PTXMachine {
  package typealias Failure = PTXEntry.Failure

  let entry: PTXEntry
  /// The arrays, at addresses far from each other.
  package var arrays: [[UInt8]]
  let sizes: [Int]
  private var shared: [UInt8] = []
  private var blockIndex = [0, 0, 0]
  private var blocks = [1, 1, 1]
  private var threads = [1, 1, 1]

  package init(_ entry: PTXEntry, arrays: [[UInt8]], sizes: [Int] = []) {
    self.entry = entry
    self.arrays = arrays
    self.sizes = sizes
  }

  /// A machine on memory that lies elsewhere.
  ///
  /// - Parameters:
  ///   - parameters: what the kernel is given: addresses, then sizes.
  ///   - region: the memory around an address that may be accessed, and the address that it begins at.
  package init(
    _ entry: PTXEntry, parameters: [UInt64],
    region: @escaping (UInt64) -> (start: UInt64, bytes: UnsafeMutableRawBufferPointer)?
  ) {
    self.entry = entry
    arrays = []
    sizes = parameters.map { Int(bitPattern: UInt($0)) }
    self.region = region
  }

  private var region: ((UInt64) -> (start: UInt64, bytes: UnsafeMutableRawBufferPointer)?)?

  private static let arrayShift = 40
  private static let localMark: UInt64 = 1 << 63
  private static let sharedMark: UInt64 = 1 << 59

  /// The memory that a load or a store names.
  private static func space(_ opcode: [String]) -> String {
    ["global", "local", "shared", "param"].contains(opcode[1]) ? opcode[1] : "generic"
  }

  struct Thread {
    var registers: [UInt64]
    var local: [UInt8]
    var index: [Int]
    var next = 0
    var isDone = false
    /// Where the thread has come to with others to wait for.
    var meeting = Meeting.none
  }

  enum Meeting { case none, barrier, shuffle }

  /// Runs all blocks, one after the other.
  package mutating func launch(blocks: [Int], threads: [Int], sharedBytes: Int = 0) throws {
    self.blocks = blocks
    self.threads = threads
    for z in 0..<blocks[2] {
      for y in 0..<blocks[1] {
        for x in 0..<blocks[0] {
          blockIndex = [x, y, z]
          try runBlock(max(sharedBytes, entry.sharedBytes))
        }
      }
    }
  }

  private mutating func runBlock(_ sharedBytes: Int) throws {
    // What memory holds before it is written is anything.
    shared = [UInt8](repeating: 0xA5, count: sharedBytes)
    var states: [Thread] = []
    for z in 0..<threads[2] {
      for y in 0..<threads[1] {
        for x in 0..<threads[0] {
          states.append(
            Thread(
              registers: [UInt64](repeating: 0, count: entry.registerCount),
              local: [UInt8](repeating: 0xA5, count: entry.localBytes), index: [x, y, z]))
        }
      }
    }
    while states.contains(where: { !$0.isDone }) {
      // The last thread first: what needs a barrier and has none comes out wrong.
      for number in states.indices.reversed() {
        while !states[number].isDone, states[number].meeting == .none { try step(&states[number]) }
      }
      var shuffles = false
      for first in stride(from: 0, to: states.count, by: 32) {
        let warp = states[first..<min(first + 32, states.count)]
        guard warp.contains(where: { $0.meeting == .shuffle }) else { continue }
        try shuffle(&states, warp.indices)
        shuffles = true
      }
      if shuffles { continue }
      let waiting = states.count { $0.meeting == .barrier }
      guard waiting == 0 || waiting == states.count else {
        throw Failure("\(waiting) of \(states.count) threads are at a barrier")
      }
      for number in states.indices { states[number].meeting = .none }
    }
  }

  /// Exchanges registers among the threads of a warp, all of which are at the same `shfl.sync.idx`.
  private func shuffle(_ states: inout [Thread], _ warp: Range<Int>) throws {
    let next = states[warp.lowerBound].next
    let instruction = entry.instructions[next - 1]
    let operands = instruction.operands
    guard warp.count == 32, warp.allSatisfy({ states[$0].meeting == .shuffle }),
      warp.allSatisfy({ states[$0].next == next }), instruction.guardRegister == nil,
      instruction.opcode == ["shfl", "sync", "idx", "b32"], operands.count == 5,
      case .register(let result) = operands[0], case .immediate(31) = operands[3],
      case .immediate(.max) = operands[4]
    else { throw Failure("\(instruction.text): not all threads of the warp come to one place") }
    let values = try warp.map { try read(operands[1], states[$0]) }
    for thread in warp {
      let lane = Int(truncatingIfNeeded: try read(operands[2], states[thread])) & 31
      states[thread].registers[result] = PTXArithmetic.truncated(values[lane], 32)
      states[thread].meeting = .none
    }
  }

  // MARK: Operands

  private func read(_ operand: PTXEntry.Operand, _ thread: Thread) throws -> UInt64 {
    switch operand {
    case .register(let number): return thread.registers[number]
    case .immediate(let bits): return bits
    case .special(let name):
      let axis = name.hasSuffix(".x") ? 0 : name.hasSuffix(".y") ? 1 : 2
      switch name.dropFirst().prefix(while: { $0 != "." }) {
      case "tid": return UInt64(thread.index[axis])
      case "ntid": return UInt64(threads[axis])
      case "ctaid": return UInt64(blockIndex[axis])
      case "nctaid": return UInt64(blocks[axis])
      default: throw Failure("register \(name)")
      }
    // Shared and local memory have address spaces of their own, in which each array stands first.
    case .symbol: return 0
    case .address(let base, let offset):
      return try read(base, thread) &+ UInt64(bitPattern: Int64(offset))
    case .list: throw Failure("a list is no value")
    }
  }

  private mutating func access(
    _ space: String, _ operand: PTXEntry.Operand, width: Int, _ thread: inout Thread,
    storing: UInt64? = nil
  ) throws -> UInt64 {
    let address = try read(operand, thread)
    func transfer(_ bytes: inout [UInt8], _ start: Int) throws -> UInt64 {
      guard start >= 0, start + width <= bytes.count else {
        throw Failure("\(space) access at \(start) of \(bytes.count) bytes")
      }
      guard start % width == 0 else { throw Failure("\(space) access at \(start) is misaligned") }
      var result: UInt64 = 0
      for byte in 0..<width {
        if let storing { bytes[start + byte] = UInt8(truncatingIfNeeded: storing >> (8 * byte)) }
        result |= UInt64(bytes[start + byte]) << (8 * byte)
      }
      return result
    }
    switch space {
    case "generic":
      // Addresses of all memory: those of the block's and of the thread's own are marked.
      let mark = address & (PTXMachine.localMark | PTXMachine.sharedMark)
      let place = PTXEntry.Operand.immediate(address & ~mark)
      let space =
        mark == PTXMachine.localMark ? "local" : mark == PTXMachine.sharedMark ? "shared" : "global"
      return try access(space, place, width: width, &thread, storing: storing)
    case "shared": return try transfer(&shared, Int(truncatingIfNeeded: address))
    case "local": return try transfer(&thread.local, Int(truncatingIfNeeded: address))
    case "global" where region != nil:
      guard let (start, bytes) = region?(address) else {
        throw Failure("global address \(address)")
      }
      let place = Int(address - start)
      guard place + width <= bytes.count, place % width == 0 else {
        throw Failure("global access at \(place) of \(bytes.count) bytes")
      }
      var result: UInt64 = 0
      for byte in 0..<width {
        if let storing { bytes[place + byte] = UInt8(truncatingIfNeeded: storing >> (8 * byte)) }
        result |= UInt64(bytes[place + byte]) << (8 * byte)
      }
      return result
    case "global":
      let number = Int(address >> UInt64(PTXMachine.arrayShift)) - 1
      guard arrays.indices.contains(number) else { throw Failure("global address \(address)") }
      let start = Int(address & (1 << UInt64(PTXMachine.arrayShift) - 1))
      return try transfer(&arrays[number], start)
    case "param":
      guard case .address(.symbol(let name), _) = operand,
        let number = entry.parameters.firstIndex(of: name)
      else { throw Failure("parameter \(operand)") }
      return number < arrays.count
        ? UInt64(number + 1) << UInt64(PTXMachine.arrayShift)
        : UInt64(bitPattern: Int64(sizes[number - arrays.count]))
    default: throw Failure("memory \(space)")
    }
  }

  // MARK: Instructions

  private mutating func step(_ thread: inout Thread) throws {
    let instruction = entry.instructions[thread.next]
    thread.next += 1
    if let guardRegister = instruction.guardRegister,
      (thread.registers[guardRegister] != 0) == instruction.isNegated
    {
      return
    }
    let (opcode, operands) = (instruction.opcode, instruction.operands)
    do {
      switch opcode[0] {
      case "ret": thread.isDone = true
      case "bar": thread.meeting = .barrier
      case "shfl": thread.meeting = .shuffle
      case "bra":
        guard case .symbol(let label) = operands[0], let target = entry.labels[label] else {
          throw Failure("no label")
        }
        thread.next = target
      case "ld": try load(opcode, operands, &thread)
      case "st": try store(opcode, operands, &thread)
      case "mov": try move(opcode, operands, &thread)
      case "cvta":
        guard case .register(let result) = operands[0] else { throw Failure("no result") }
        let mark: UInt64 =
          switch opcode[1] {
          case "local": PTXMachine.localMark
          case "shared": PTXMachine.sharedMark
          default: 0
          }
        let address = try read(operands[1], thread)
        // `cvta.to` gives the address within a memory, `cvta` that among all.
        thread.registers[result] =
          opcode[1] == "to"
          ? address & ~(PTXMachine.localMark | PTXMachine.sharedMark) : address | mark
      default:
        guard case .register(let result) = operands[0] else { throw Failure("no result") }
        let values = try operands.dropFirst().map { try read($0, thread) }
        thread.registers[result] = try PTXArithmetic(opcode).evaluate(values)
      }
    } catch let failure as Failure {
      throw Failure("\(entry.name): \(instruction.text): \(failure.description)")
    }
  }

  private mutating func load(
    _ opcode: [String], _ operands: [PTXEntry.Operand], _ thread: inout Thread
  ) throws {
    let type = opcode[opcode.count - 1]
    let width = PTXArithmetic.width(type) / 8
    let targets: [PTXEntry.Operand] =
      if case .list(let all) = operands[0] { all } else { [operands[0]] }
    try checkAlignment(operands[1], width * targets.count, opcode[1], thread)
    var values: [UInt64] = []
    for lane in targets.indices {
      let address = PTXMachine.moved(operands[1], by: lane * width)
      let bits = try access(PTXMachine.space(opcode), address, width: width, &thread)
      values.append(type.hasPrefix("s") ? PTXArithmetic.signExtended(bits, 8 * width) : bits)
    }
    for (target, value) in zip(targets, values) {
      guard case .register(let number) = target else { throw Failure("no register") }
      thread.registers[number] = value
    }
  }

  private mutating func store(
    _ opcode: [String], _ operands: [PTXEntry.Operand], _ thread: inout Thread
  ) throws {
    let width = PTXArithmetic.width(opcode[opcode.count - 1]) / 8
    let sources: [PTXEntry.Operand] =
      if case .list(let all) = operands[1] { all } else { [operands[1]] }
    try checkAlignment(operands[0], width * sources.count, opcode[1], thread)
    for (lane, source) in sources.enumerated() {
      _ = try access(
        PTXMachine.space(opcode), PTXMachine.moved(operands[0], by: lane * width), width: width,
        &thread,
        storing: read(source, thread))
    }
  }

  /// Vectors are moved at multiples of their size.
  private func checkAlignment(
    _ address: PTXEntry.Operand, _ bytes: Int, _ space: String, _ thread: Thread
  ) throws {
    guard space != "param", try read(address, thread) % UInt64(bytes) != 0 else { return }
    throw Failure("\(bytes) bytes at once are misaligned")
  }

  private static func moved(
    _ address: PTXEntry.Operand, by bytes: Int
  ) -> PTXEntry.Operand {
    if case .address(let base, let offset) = address {
      return .address(base, offset: offset + bytes)
    }
    return address
  }

  /// Moves one value, packs parts into one, or takes one apart.
  private func move(
    _ opcode: [String], _ operands: [PTXEntry.Operand], _ thread: inout Thread
  ) throws {
    let width = PTXArithmetic.width(opcode[opcode.count - 1])
    switch (operands[0], operands[1]) {
    case (.register(let target), .list(let parts)):
      var bits: UInt64 = 0
      let part = width / parts.count
      for (number, source) in parts.enumerated() {
        bits |= PTXArithmetic.truncated(try read(source, thread), part) << UInt64(number * part)
      }
      thread.registers[target] = bits
    case (.list(let targets), let source):
      let bits = try read(source, thread)
      let part = width / targets.count
      for (number, target) in targets.enumerated() {
        guard case .register(let register) = target else { continue }
        thread.registers[register] = PTXArithmetic.truncated(bits >> UInt64(number * part), part)
      }
    case (.register(let target), let source):
      thread.registers[target] = PTXArithmetic.truncated(try read(source, thread), width)
    default: throw Failure("mov")
    }
  }
}
