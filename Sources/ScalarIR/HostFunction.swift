/// A function of the user's on arrays in host memory, as an op is given it for operands of known types.
package struct HostFunction: Hashable, Sendable {
  /// The element type and the sizes of an array in row-major order.
  package struct Array: Hashable, Sendable {
    package let dtype: DType
    package let sizes: [Int]

    package init(dtype: DType, sizes: [Int]) {
      self.dtype = dtype
      self.sizes = sizes
    }

    package var count: Int { sizes.reduce(1, *) }
    package var byteCount: Int { count * dtype.byteWidth }
  }

  /// The function itself, the same whatever it is given. It is told apart by its identity.
  package final class Routine: Sendable {
    package typealias Body =
      @Sendable (
        _ operands: [(Array, UnsafeRawBufferPointer)],
        _ results: [(Array, UnsafeMutableRawBufferPointer)]
      ) throws -> Void

    package let name: String
    fileprivate let body: Body

    package init(_ name: String, _ body: @escaping Body) {
      self.name = name
      self.body = body
    }
  }

  package let routine: Routine
  package let operands: [Array]
  package let results: [Array]

  package init(_ routine: Routine, operands: [Array], results: [Array]) {
    self.routine = routine
    self.operands = operands
    self.results = results
  }

  package var name: String { routine.name }

  /// Computes the results from arrays that begin at the given addresses.
  ///
  /// - Throws: what the function throws, in words.
  package func call(
    _ operandAddresses: [UnsafeRawPointer], _ resultAddresses: [UnsafeMutableRawPointer]
  ) throws(HostFailure) {
    let given = zip(operands, operandAddresses).map {
      ($0, UnsafeRawBufferPointer(start: $1, count: $0.byteCount))
    }
    let wanted = zip(results, resultAddresses).map {
      ($0, UnsafeMutableRawBufferPointer(start: $1, count: $0.byteCount))
    }
    do { try routine.body(given, wanted) } catch {
      throw HostFailure(name: name, message: "\(error)")
    }
  }

  /// The elements of the results, as bit patterns, from those of the operands.
  ///
  /// - Throws: what the function throws, in words.
  package func evaluate(_ elements: [[UInt64]]) throws(HostFailure) -> [[UInt64]] {
    let room = (operands + results).map(\.byteCount).reduce(0) { $0 + $1.roundedUp(to: 64) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
    defer { memory.deallocate() }
    var next = 0
    func place(_ array: Array) -> UnsafeMutableRawBufferPointer {
      defer { next += array.byteCount.roundedUp(to: 64) }
      return UnsafeMutableRawBufferPointer(rebasing: memory[next..<(next + array.byteCount)])
    }
    var given: [(Array, UnsafeRawBufferPointer)] = []
    for (array, bits) in zip(operands, elements) {
      let bytes = place(array)
      bytes.copyBytes(from: Literal(dtype: array.dtype, sizes: array.sizes, bits: bits).bytes)
      given.append((array, UnsafeRawBufferPointer(bytes)))
    }
    let wanted = results.map { array in (array, place(array)) }
    for (_, bytes) in wanted { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
    do { try routine.body(given, wanted) } catch {
      throw HostFailure(name: name, message: "\(error)")
    }
    return wanted.map { array, bytes in
      Literal(dtype: array.dtype, sizes: array.sizes, bytes: [UInt8](bytes)).bits
    }
  }
}

extension Int {
  fileprivate func roundedUp(to multiple: Int) -> Int {
    (self + multiple - 1) / multiple * multiple
  }
}

extension HostFunction.Routine: Hashable {
  package static func == (a: HostFunction.Routine, b: HostFunction.Routine) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// What a function of the user's threw.
package struct HostFailure: Error, Hashable, Sendable {
  package let name: String
  package let message: String

  package init(name: String, message: String) {
    self.name = name
    self.message = message
  }
}

extension HostFailure: CustomStringConvertible {
  package var description: String { "the op \(name) failed: \(message)" }
}
