import ScalarIR

extension LoopProgram {
  /// For each kernel, the arrays that it had better write past the caches.
  ///
  /// They are those that are bound, in every launch, to buffers of at least `byteCount` bytes each
  /// of which is written from an array as large: where both stay in the caches, neither is there
  /// when it is wanted again. What is only filled is left out, as plain stores of whole cache lines
  /// are faster then; so is what is written in place, as its lines were just read.
  package func streamedArrays(from byteCount: Int) -> [(kernel: Int, array: String)] {
    var candidates = kernels.map { kernel in
      Set(kernel.parameters.indices.filter { kernel.parameters[$0].access == .write })
    }
    var isLaunched = [Bool](repeating: false, count: kernels.count)
    for launch in steps.launches {
      isLaunched[launch.kernel] = true
      let parameters = kernels[launch.kernel].parameters
      let read = parameters.indices.filter { parameters[$0].access != .write }
        .map { launch.arguments[$0] }
      let readsMuch = read.contains { bytes(of: $0) >= byteCount }
      candidates[launch.kernel] = candidates[launch.kernel].filter { position in
        let written = launch.arguments[position]
        return readsMuch && bytes(of: written) >= byteCount
          && !read.contains { sharesMemory($0, written) }
      }
    }
    return kernels.indices.filter { isLaunched[$0] }.flatMap { kernel in
      candidates[kernel].sorted().map { (kernel, kernels[kernel].parameters[$0].name) }
    }
  }

  /// For each parameter of each kernel, the bytes to which all arrays bound to it are aligned.
  package func parameterAlignments() -> [[Int]] {
    var alignments = kernels.map { $0.parameters.map { _ in Self.alignment } }
    for launch in steps.launches {
      for (position, buffer) in launch.arguments.enumerated() {
        alignments[launch.kernel][position] = min(
          alignments[launch.kernel][position], alignment(of: buffer))
      }
    }
    return alignments
  }

  /// The bytes to which a buffer is aligned: slices less than whole buffers.
  private func alignment(of buffer: BufferID) -> Int {
    guard case .slice(let source, _) = buffers[buffer.index].role, source.index < buffer.index
    else {
      return Self.alignment
    }
    let declaration = buffers[buffer.index]
    var alignment = min(alignment(of: source), Self.alignment)
    while alignment > declaration.dtype.byteWidth,
      (declaration.count.constant ?? 1) * declaration.dtype.byteWidth % alignment != 0
    {
      alignment /= 2
    }
    return alignment
  }

  /// The size of a buffer, 0 where it depends on symbols.
  private func bytes(of buffer: BufferID) -> Int {
    let declaration = buffers[buffer.index]
    return (declaration.count.constant ?? 0) * declaration.dtype.byteWidth
  }

  /// Whether two buffers begin at the same place for sure.
  private func sharesMemory(_ a: BufferID, _ b: BufferID) -> Bool {
    if a == b { return true }
    if case .temporary(let offset?) = buffers[a.index].role,
      case .temporary(let other?) = buffers[b.index].role
    {
      return offset == other
    }
    return false
  }
}
