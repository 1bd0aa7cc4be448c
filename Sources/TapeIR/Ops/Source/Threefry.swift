import ScalarIR

extension ScalarExpr {
  /// Threefry-2x32 with 20 rounds: two random words from a key and a counter of two words each, as
  /// (key 0, key 1, counter 0, counter 1), all `u32`.
  ///
  /// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
  package static let threefry2x32 = ScalarExpr([.u32, .u32, .u32, .u32]) { builder, inputs in
    let rotations = [[13, 15, 26, 6], [17, 29, 16, 24]]
    let parity = builder.constant(integer: 0x1BD1_1BDA, like: inputs[0])
    let lastKey = builder.binary(.xor, parity, builder.binary(.xor, inputs[0], inputs[1]))
    let keys = [inputs[0], inputs[1], lastKey]
    var words = [builder.add(inputs[2], keys[0]), builder.add(inputs[3], keys[1])]
    for group in 0..<5 {
      for count in rotations[group % 2] {
        words[0] = builder.add(words[0], words[1])
        words[1] = builder.binary(.xor, words[0], builder.rotateLeft(words[1], by: count))
      }
      let number = group + 1
      let injection = builder.constant(integer: number, like: inputs[0])
      words[0] = builder.add(words[0], keys[number % 3])
      words[1] = builder.add(words[1], builder.add(keys[(number + 1) % 3], injection))
    }
    return words
  }
}

extension ScalarExprBuilder {
  /// The 32 bits of `word` rotated towards the high end by `count`, which is 1 ... 31.
  fileprivate mutating func rotateLeft(_ word: Value, by count: Int) -> Value {
    let left = binary(.shl, word, constant(integer: count, like: word))
    let right = binary(.shrLogical, word, constant(integer: 32 - count, like: word))
    return binary(.or, left, right)
  }
}
