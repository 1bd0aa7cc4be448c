import ScalarIR

// Temporaries get places in one arena; those that never live at the same time share theirs.
//
// BEFORE
//     (buffer t f32 100 :temporary)
//     (buffer u f32 100 :temporary)
//     (launch k0 [x t])
//     (launch k1 [t u])                   ; u[i] from t[i] alone: u takes over t's place
//     (launch k2 [u y])
// AFTER
//     (buffer t f32 100 :temporary :offset 0)
//     (buffer u f32 100 :temporary :offset 0)
//     …
//     (arena 448)
//
// This comes last, because what shares memory fixes the order of the steps.

extension LoopProgram {
  /// The alignment of each temporary, in bytes: a cache line and the widest vector.
  package static let alignment = 64

  /// The program with an offset for each temporary, and the arena's size.
  ///
  /// Temporaries of constant size are placed largest first, each at the lowest offset that is free
  /// while it lives; those of symbolic size follow, reusing only places of equal size.
  ///
  /// - Complexity: O(t²) for t temporaries.
  package func memoryPlanned() -> LoopProgram {
    var program = self
    var fixed: [Place] = []
    var symbolic: [Place] = []
    for place in places {
      if place.bytes.constant == nil { symbolic.append(place) } else { fixed.append(place) }
    }
    var end = assignOffsets(&fixed)
    end = assignOffsets(&symbolic, from: end)
    for place in fixed + symbolic {
      for buffer in place.buffers {
        program.buffers[buffer.index].role = .temporary(offset: place.offset)
      }
    }
    program.arenaBytes = end
    return program
  }

  /// Outputs that may take over an input's memory, when nobody else needs the input any more: the
  /// launch that begins to write the output is the last use of the input, and it reads each element
  /// only to write that same one.
  package func inPlaceCandidates() -> [(output: BufferID, input: BufferID)] {
    sharingPairs(
      written: { if case .output = $0.role { true } else { false } },
      read: { if case .input = $0.role { true } else { false } }
    ).map { (output: $0.written, input: $0.read) }
  }

  /// A stretch of the arena: temporaries that lie at one offset, one taking over from another.
  private struct Place {
    var buffers: [BufferID]
    var lifetime: ClosedRange<Int>?
    var bytes: Index
    var offset: Index = 0

    func isAlive(with other: Place) -> Bool {
      guard let lifetime, let otherLifetime = other.lifetime else { return false }
      return lifetime.overlaps(otherLifetime)
    }
  }

  private var places: [Place] {
    let lifetimes = lifetimes(Timeline(self))
    var source: [BufferID: BufferID] = [:]
    let pairs = sharingPairs(written: \.isTemporary, read: \.isTemporary)
    for pair in pairs { source[pair.written] = pair.read }
    var places: [Place] = []
    var placeOf: [BufferID: Int] = [:]
    // A buffer that takes over another's place begins to live after it.
    let temporaries = buffers.indices.filter { buffers[$0].isTemporary }.sorted {
      (lifetimes[$0]?.lowerBound ?? -1, $0) < (lifetimes[$1]?.lowerBound ?? -1, $1)
    }
    for index in temporaries {
      let buffer = BufferID(index)
      if let place = source[buffer].flatMap({ placeOf[$0] }), let end = lifetimes[index]?.upperBound
      {
        places[place].buffers.append(buffer)
        if let start = places[place].lifetime?.lowerBound { places[place].lifetime = start...end }
        placeOf[buffer] = place
        continue
      }
      let bytes =
        (buffers[index].count * .constant(buffers[index].dtype.byteWidth))
        .quotientRoundedUp(by: .constant(Self.alignment)) * .constant(Self.alignment)
      placeOf[buffer] = places.count
      places.append(Place(buffers: [buffer], lifetime: lifetimes[index], bytes: bytes))
    }
    return places
  }

  /// Gives places of constant size their offsets and returns the end of the last.
  private func assignOffsets(_ places: inout [Place]) -> Index {
    func size(_ place: Place) -> Int { place.bytes.constant ?? 0 }
    func start(_ place: Place) -> Int { place.offset.constant ?? 0 }
    // What no machine can hold need not be told apart.
    func end(_ offset: Int, _ size: Int) -> Int {
      let (end, overflow) = offset.addingReportingOverflow(size)
      return overflow ? Dim.limit : min(end, Dim.limit)
    }
    places.sort { (size($0), $1.buffers[0].index) > (size($1), $0.buffers[0].index) }
    var arenaEnd = 0
    for index in places.indices {
      let neighbours = places[..<index].filter { $0.isAlive(with: places[index]) }
        .sorted { start($0) < start($1) }
      var offset = 0
      for neighbour in neighbours where start(neighbour) < end(offset, size(places[index])) {
        offset = max(offset, end(start(neighbour), size(neighbour)))
      }
      places[index].offset = .constant(offset)
      arenaEnd = max(arenaEnd, end(offset, size(places[index])))
    }
    return .constant(arenaEnd)
  }

  /// Gives places of symbolic size offsets from `start` on and returns the end of the last.
  private func assignOffsets(_ places: inout [Place], from start: Index) -> Index {
    var end = start
    for index in places.indices {
      let reused = places[..<index].first { earlier in
        earlier.bytes == places[index].bytes
          && !places[..<index].contains {
            $0.offset == earlier.offset && $0.isAlive(with: places[index])
          }
      }
      if let reused {
        places[index].offset = reused.offset
      } else {
        places[index].offset = end
        end = end + places[index].bytes
      }
    }
    return end
  }
}
