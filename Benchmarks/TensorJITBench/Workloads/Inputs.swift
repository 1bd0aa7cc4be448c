import TensorJIT

/// Numbers that look random, the same in every run: element `index` of input `number`.
struct Inputs {
  let number: UInt64
  let range: ClosedRange<Float>

  init(_ number: UInt64, in range: ClosedRange<Float> = -2...2) {
    self.number = number
    self.range = range
  }

  /// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
  subscript(index: Int) -> Float {
    var bits = (number << 40 + UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    let share = Float((bits ^ bits >> 31) >> 40) * 0x1p-24
    return range.lowerBound + share * (range.upperBound - range.lowerBound)
  }

  func array(_ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer[index] = self[index] }
      initialized = count
    }
  }

  func tensor(_ shape: Int...) -> Tensor { Tensor(array(shape.reduce(1, *)), shape: shape) }
}
