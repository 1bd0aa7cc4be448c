import SExpression

/// Holds reader and printers against each other.
func checkText(_ bytes: [UInt8]) throws(FuzzFinding) {
  guard let text = sourceText(bytes), let read = expressions(text) else { return }
  let lines = read.map(\.description).joined(separator: "\n")
  guard expressions(SourceText(lines)) == read else {
    throw FuzzFinding("what is printed reads back as something else: \(lines)")
  }
  let pages = read.map { $0.prettyPrinted(width: 40) }.joined(separator: "\n")
  guard expressions(SourceText(pages)) == read else {
    throw FuzzFinding("what is printed on several lines reads back as something else: \(pages)")
  }
  for expression in read {
    // What a few characters expand to may fill the memory; small texts show the same errors.
    guard bytes.count < 512, let expanded = expansion(of: expression) else { continue }
    let printed = expanded.description
    guard expressions(SourceText(printed)) == [expanded] else {
      throw FuzzFinding("what macros expand to reads back as something else: \(printed)")
    }
  }
}

private func expansion(of expression: SExpression) -> SExpression? {
  do { return try expandMacros(expression) } catch { return nil }
}
