extension LoopProgram {
  /// The first and the last moment at which each buffer is needed; nil where none is, and for
  /// slices.
  ///
  /// What lives into a loop, across its iterations or out of it is needed all the time that it runs.
  func lifetimes(_ timeline: Timeline) -> [ClosedRange<Int>?] {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: buffers.count)
    func extend(_ buffer: BufferID, over range: ClosedRange<Int>) {
      let known = lifetimes[buffer.index] ?? range
      lifetimes[buffer.index] =
        min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }
    for (number, moment) in timeline.moments.enumerated() {
      for buffer in moment.buffers { extend(buffer, over: number...number) }
    }
    for loop in timeline.loops {
      for (number, exchange) in timeline.exchanges where loop.contains(number) {
        // The innermost loop around an exchange comes first, and those around it change nothing.
        if timeline.loops.contains(where: {
          $0 != loop && loop.contains($0.lowerBound)
            && $0.contains(number)
        }) {
          continue
        }
        extend(exchange.first, over: loop)
        extend(exchange.second, over: loop)
      }
      for index in buffers.indices {
        guard let lifetime = lifetimes[index], lifetime.overlaps(loop) else { continue }
        let isLocal =
          buffers[index].isTemporary && lifetime.lowerBound >= loop.lowerBound
          && lifetime.upperBound <= loop.upperBound
        if !isLocal { extend(BufferID(index), over: loop) }
      }
    }
    // Where either of two that change places is needed, the memory of both may hold it.
    for (_, exchange) in timeline.exchanges {
      for (a, b) in [(exchange.first, exchange.second), (exchange.second, exchange.first)] {
        if let lifetime = lifetimes[b.index] { extend(a, over: lifetime) }
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
    let timeline = Timeline(self)
    let lifetimes = lifetimes(timeline)
    let kept = Set(results.map(\.buffer))
    var pairs: [(written: BufferID, read: BufferID)] = []
    for (number, moment) in timeline.moments.enumerated() {
      guard let launch = moment.launch else { continue }
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

extension BufferDeclaration {
  var isTemporary: Bool {
    if case .temporary = role { true } else { false }
  }
}
