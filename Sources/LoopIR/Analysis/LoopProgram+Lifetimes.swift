extension LoopProgram {
  /// The first and the last step that uses each buffer, by its position; nil where none does.
  var lifetimes: [ClosedRange<Int>?] {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: buffers.count)
    for (number, step) in steps.enumerated() {
      for buffer in step.buffers {
        let first = lifetimes[buffer.index]?.lowerBound ?? number
        lifetimes[buffer.index] = first...number
      }
    }
    return lifetimes
  }

  /// Pairs of a buffer that a launch begins to write and one that it reads for the last time, which
  /// may lie in the same memory. No buffer stands in two pairs on the same side.
  ///
  /// `written` and `read` say which buffers are of interest.
  func sharingPairs(
    written isTarget: (BufferDeclaration) -> Bool, read isSource: (BufferDeclaration) -> Bool
  ) -> [(written: BufferID, read: BufferID)] {
    let lifetimes = lifetimes
    let kept = Set(results.map(\.buffer))
    var pairs: [(written: BufferID, read: BufferID)] = []
    for (number, step) in steps.enumerated() {
      guard case .launch(let launch) = step else { continue }
      var taken: Set<BufferID> = []
      for (position, target) in launch.arguments.enumerated() {
        guard lifetimes[target.index]?.lowerBound == number, isTarget(buffers[target.index]),
          launch.arguments.count(where: { $0 == target }) == 1
        else { continue }
        let source = launch.arguments.first { source in
          lifetimes[source.index]?.upperBound == number && isSource(buffers[source.index])
            && !kept.contains(source) && !taken.contains(source)
            && hasEqualSize(source, target)
            && launch.arguments.indices.allSatisfy { other in
              launch.arguments[other] != source
                || kernels[launch.kernel].canShare(written: position, read: other)
            }
        }
        guard let source else { continue }
        taken.insert(source)
        pairs.append((target, source))
      }
    }
    return pairs
  }

  private func hasEqualSize(_ a: BufferID, _ b: BufferID) -> Bool {
    let (a, b) = (buffers[a.index], buffers[b.index])
    return a.dtype.byteWidth == b.dtype.byteWidth
      && IndexPolynomial(a.count) == IndexPolynomial(b.count)
  }
}

extension Step {
  /// The buffers that the step reads and writes.
  package var buffers: [BufferID] {
    switch self {
    case .launch(let launch): launch.arguments
    case .call(.matrixProduct(let product)): [product.a, product.b, product.c]
    case .call(.matrixRoutine(let call)): call.buffers
    }
  }
}
