/// Which memory of the caller's a run uses where it lies.
///
/// A result is written in place where nothing else that the run is given shares its bytes; or where
/// it has exactly the bytes of the one parameter that the program may overwrite with it.
struct Placement {
  /// For each parameter whether it is read where it lies.
  private(set) var parameters: [Bool]
  /// For each result whether it is written where it shall be.
  private(set) var results: [Bool]
  /// The parameters that results take the place of.
  private(set) var overwritten: Set<Int> = []

  /// One array that has bytes.
  private struct Entry {
    let extent: Range<UInt>
    let isResult: Bool
    let number: Int
  }

  /// - Parameter replaced: the parameter that the program may overwrite with a result.
  init(
    parameters: [Bool], _ parameterViews: [ArrayView], results resultViews: [ArrayView?],
    replaced: (_ result: Int) -> Int?
  ) {
    self.parameters = parameters
    results = [Bool](repeating: false, count: resultViews.count)
    var entries: [Entry] = []
    for (number, view) in parameterViews.enumerated() where !view.extent.isEmpty {
      entries.append(Entry(extent: view.extent, isResult: false, number: number))
    }
    for (number, view) in resultViews.enumerated() {
      guard let view, !view.extent.isEmpty else { continue }
      entries.append(Entry(extent: view.extent, isResult: true, number: number))
    }
    entries.sort {
      ($0.extent.lowerBound, $0.extent.upperBound) < ($1.extent.lowerBound, $1.extent.upperBound)
    }
    var start = 0
    var reached: UInt = 0
    while start < entries.count {
      let extent = entries[start].extent
      let end = entries[start...].firstIndex { $0.extent != extent } ?? entries.count
      let isAlone =
        extent.lowerBound >= reached
        && (end == entries.count || entries[end].extent.lowerBound >= extent.upperBound)
      if isAlone { place(entries[start..<end], resultViews, replaced) }
      reached = max(reached, extent.upperBound)
      start = end
    }
  }

  /// Decides about arrays of the same bytes, which nothing else shares.
  private mutating func place(
    _ group: ArraySlice<Entry>, _ views: [ArrayView?], _ replaced: (Int) -> Int?
  ) {
    guard let result = group.first(where: \.isResult)?.number, views[result]?.isDirect == true
    else { return }
    if group.count == 1 {
      results[result] = true
    } else if group.count == 2, let parameter = group.first(where: { !$0.isResult })?.number,
      parameters[parameter], replaced(result) == parameter
    {
      results[result] = true
      overwritten.insert(parameter)
    }
  }
}
