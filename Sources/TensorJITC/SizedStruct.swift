import CTensorJIT

/// A struct of the C interface whose first member is its size, and to which later versions may add
/// members at the end.
protocol SizedStruct {
  /// The name in C.
  static var typeName: String { get }
  /// The size that it had in the first version; members beyond are optional.
  static var firstSize: Int { get }
  /// One whose members are all zero.
  init()
}

extension tj_buffer: SizedStruct {
  static let typeName = "tj_buffer"
  static let firstSize = 56
}

extension tj_device: SizedStruct {
  static let typeName = "tj_device"
  static let firstSize = 40
}

extension tj_load_options: SizedStruct {
  static let typeName = "tj_load_options"
  static let firstSize = 72
}

extension tj_value: SizedStruct {
  static let typeName = "tj_value"
  static let firstSize = 48
}

extension tj_run_options: SizedStruct {
  static let typeName = "tj_run_options"
  static let firstSize = 16
}

extension tj_counters: SizedStruct {
  static let typeName = "tj_counters"
  static let firstSize = 96
}

extension SizedStruct {
  /// The greatest size that a later version may have.
  private static var sizeLimit: Int { 4096 }

  /// The size that a struct in the caller's memory says it has.
  private static func size(at address: UnsafeRawPointer) throws(Failure) -> Int {
    let size = address.loadUnaligned(as: Int.self)
    guard firstSize <= size, size <= sizeLimit else {
      throw .argument(
        "\(typeName).struct_size is \(UInt(bitPattern: size)); expected sizeof(\(typeName)), which is "
          + "\(MemoryLayout<Self>.size)")
    }
    return size
  }

  /// A copy of the caller's struct, members that it lacks being zero.
  ///
  /// - Throws: `Failure` where it has members that this version does not know, and they are not zero.
  init(copying address: UnsafeRawPointer) throws(Failure) {
    let size = try Self.size(at: address)
    self.init()
    let known = min(size, MemoryLayout<Self>.size)
    withUnsafeMutableBytes(of: &self) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: known))
    }
    guard UnsafeRawBufferPointer(start: address, count: size)[known...].allSatisfy({ $0 == 0 })
    else {
      throw .argument(
        "\(Self.typeName) has members that version \(LibraryVersion.text) does not know")
    }
  }

  /// The caller's struct, or one of zeros for NULL.
  init(optional pointer: UnsafePointer<Self>?) throws(Failure) {
    if let pointer {
      try self.init(copying: UnsafeRawPointer(pointer))
    } else {
      self.init()
    }
  }

  /// Writes this value into the caller's struct: as many members as it has, and zeros into those that
  /// this version does not know. The caller's `struct_size` stays.
  func write(to pointer: UnsafeMutablePointer<Self>?, _ role: String) throws(Failure) {
    guard let pointer else { throw .null(role) }
    let size = try Self.size(at: pointer)
    let target = UnsafeMutableRawBufferPointer(start: pointer, count: size)
    withUnsafeBytes(of: self) { bytes in
      for position in MemoryLayout<Int>.size..<size {
        target[position] = position < bytes.count ? bytes[position] : 0
      }
    }
  }

  /// Copies of the structs of an array of the caller's, all of the same size.
  static func copies(
    _ array: UnsafePointer<Self>?, _ count: Int, _ role: String
  ) throws(Failure) -> [Self] {
    if count == 0 { return [] }
    guard let array else { throw .null(role) }
    let size = try size(at: array)
    var result: [Self] = []
    result.reserveCapacity(count)
    for position in 0..<count {
      let address = UnsafeRawPointer(array) + position * size
      guard address.loadUnaligned(as: Int.self) == size else {
        throw .argument("\(role)[\(position)].struct_size differs from that of \(role)[0]")
      }
      result.append(try Self(copying: address))
    }
    return result
  }
}
