/// Makes one word of an option and its value where the value may be left out, which the argument
/// parser cannot.
///
///     dump-ir --grad FILE      →  dump-ir --grad-all FILE
///     dump-ir FILE --grad x,w  →  dump-ir FILE --grad=x,w
///     dump-ir --grad x,w FILE  →  dump-ir --grad=x,w FILE
///
/// A command that takes `--grad` takes one FILE and no other words of its own, so the word after
/// `--grad` is the names exactly where there is another one for FILE.
struct GradientWords {
  let words: [String]

  /// The options whose value is the next word.
  private static let valued: Set<String> = [
    "--entry", "--after", "--target", "--format", "--input", "--output", "--engine", "--threads",
    "--repeat",
  ]

  init(_ arguments: [String]) {
    var words = arguments
    if let first = words.first, first == "dump-ir" || first == "run" {
      var index = 1
      while index < words.count, words[index] != "--" {
        if GradientWords.valued.contains(words[index]) {
          index += 2
          continue
        }
        if words[index] == "--grad" {
          if let names = GradientWords.names(after: index, words) {
            words.replaceSubrange(index...(index + 1), with: ["--grad=\(names)"])
          } else {
            words[index] = "--grad-all"
          }
        }
        index += 1
      }
    }
    self.words = words
  }

  /// The word after the option, where it is no option and not the only one that may be FILE.
  private static func names(after index: Int, _ words: [String]) -> String? {
    guard index + 1 < words.count, !words[index + 1].hasPrefix("-") else { return nil }
    return fileCount(words[1..<index]) + fileCount(words[(index + 2)...]) > 0
      ? words[index + 1] : nil
  }

  /// The words that are no options and no values of options.
  private static func fileCount(_ words: ArraySlice<String>) -> Int {
    var count = 0
    var rest = words
    while let word = rest.popFirst() {
      if word == "--" { return count + rest.count }
      if valued.contains(word) {
        _ = rest.popFirst()
      } else if word == "-" || !word.hasPrefix("-") {
        count += 1
      }
    }
    return count
  }
}
