import ScalarIR
import TensorJITTestSupport

/// Values at which scalar operations go wrong, and random ones around them.
enum EdgeValues {
  /// All edges of a type.
  static func edges(of dtype: DType) -> [UInt64] {
    if dtype == .bool { return [0, 1] }
    let mask = dtype.bitMask
    if dtype.isInteger {
      var words: [UInt64] = [0, 1, 2, 3, 5, 7, 0x5555_5555_5555_5555, 0xFF, 0x7F]
      for bit in stride(from: 0, to: dtype.bitWidth, by: dtype.bitWidth / 8) {
        words += [1 << UInt64(bit), (1 << UInt64(bit)) &- 1]
      }
      words += [
        UInt64(dtype.bitWidth), UInt64(dtype.bitWidth - 1), 1 << UInt64(dtype.bitWidth - 1),
      ]
      return Array(Set((words + words.map { ~$0 } + words.map { 0 &- $0 }).map { $0 & mask }))
        .sorted()
    }
    let values: [Double] = [
      0, 1, 2, 3, 0.5, 1.5, 2.5, 0.1, 0.49999997, 0.49999999999999994, 127, 127.5, 128, 255, 255.5,
      256, 32767.5, 65503, 65519.99, 65520, 65535.5, 65536, 8_388_607.5, 16_777_216, 0x1p31, 0x1p32,
      0x1p31 - 0.5, 0x1p32 - 0.5, 0x1p53, 0x1p62, 0x1p63, 0x1p64, 0x1.fffffep62, 0x1.fffffep63,
      0x1p-14, 0x1p-24, 0x1p-25, 0x1.000002p-25, 0x1.8p-25, 0x1p-126, 0x1p-149, 0x1p-150, 0x1p-1022,
      0x1p-1074, 3.4028234663852886e38, 3.4028235677973366e38, 1e39, 1e308, 0x1.fep127, 0x1.fefp127,
      .infinity, .nan,
    ]
    let bits = values.map { ScalarValue(dtype, rounding: $0).bits }
    let sign: UInt64 = 1 << UInt64(dtype.bitWidth - 1)
    return Array(Set(bits + bits.map { $0 ^ sign })).sorted()
  }

  /// Edges, then random values of all kinds, `count` in all.
  static func sample(_ dtype: DType, count: Int, seed: UInt64) -> [UInt64] {
    var random = SplitMix64(seed: seed &* 31 &+ UInt64(dtype.rawValue))
    var words = edges(of: dtype)
    while words.count < count { words.append(randomWord(dtype, &random) & dtype.bitMask) }
    return Array(words.prefix(count))
  }

  private static func randomWord(_ dtype: DType, _ random: inout SplitMix64) -> UInt64 {
    let word = random.next()
    guard dtype.isFloating else {
      // Any bits, few bits, or long runs of equal bits.
      switch random.next() % 4 {
      case 0: return word
      case 1: return word & random.next() & random.next() & random.next()
      case 2: return word >> (random.next() % 64)
      default: return ~(word >> (random.next() % 64))
      }
    }
    if random.next() % 4 == 0 { return word }
    // A moderate exponent and a fraction that is near a tie of a narrower type.
    let exponent = Int(random.next() % 60) - 30
    let kept = 1 + random.next() % 30
    var fraction = word & ~(UInt64.max >> kept) | (UInt64.max >> kept) &+ 1
    if random.next() % 2 == 0 { fraction |= 1 << (random.next() % 30) }
    let significand = 1 + Double(fraction >> 12) * 0x1p-52
    let value = Double(sign: word & 1 == 0 ? .plus : .minus, exponent: exponent, significand: 1)
    return ScalarValue(dtype, rounding: value * significand).bits
  }

  /// All pairs of edges, then random pairs, `count` in all.
  static func pairs(
    _ dtype: DType, count: Int, seed: UInt64
  ) -> (left: [UInt64], right: [UInt64]) {
    let edges = edges(of: dtype)
    var left = edges.flatMap { [UInt64](repeating: $0, count: edges.count) }
    var right = edges.flatMap { _ in edges }
    var random = SplitMix64(seed: seed)
    while left.count < count {
      let word = randomWord(dtype, &random) & dtype.bitMask
      left.append(word)
      right.append(
        random.next() % 8 == 0 ? word : randomWord(dtype, &random) & dtype.bitMask)
    }
    return (left, right)
  }
}
