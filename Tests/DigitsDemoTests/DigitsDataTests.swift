import DigitsDemo
import Testing

/// One line of a file of digits.
private func line(pixel: String = "16", pixels: Int = 64, label: String = "7") -> String {
  Array(repeating: pixel, count: pixels).joined(separator: ",") + "," + label + "\n"
}

@Suite struct DigitsDataTests {
  @Test func theRepositorysFileIsWhole() throws {
    let digits = try DigitsData(contentsOf: DigitsData.repositoryFile)
    #expect(digits.count == 1797)
    #expect(digits.images.count == 1797 * 64)
    #expect(digits.images.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(digits.labels.prefix(10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(Array(digits.images[2..<6]) == [0.3125, 0.8125, 0.5625, 0.0625])
  }

  @Test func splittingHoldsOutAFifthAndLosesNothing() throws {
    let digits = try DigitsData(contentsOf: DigitsData.repositoryFile)
    let (training, test) = digits.split(seed: 1)
    #expect(training.count == 1437)
    #expect(test.count == 360)
    func rows(_ part: DigitsData) -> [[Float]] {
      (0..<part.count).map {
        part.images[$0 * 64..<($0 + 1) * 64] + [Float(part.labels[$0])]
      }
    }
    let together = (rows(training) + rows(test)).sorted { $0.lexicographicallyPrecedes($1) }
    #expect(together == rows(digits).sorted { $0.lexicographicallyPrecedes($1) })
    #expect(digits.split(seed: 1) == (training, test))
    #expect(digits.split(seed: 2).test != test)
  }

  /// The generator's published first outputs for seed 1234567.
  @Test func randomNumbersAreThePublishedOnes() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    let order = random.permutation(count: 100)
    let identity = Array(0..<100)
    #expect(order != identity)
    #expect(order.sorted() == identity)
  }

  @Test(arguments: [
    ("", "d.csv:1:1: error: expected at least one image, found an empty file"),
    ("\n", "d.csv:1:1: error: expected a pixel from 0 to 16, found the end of the line"),
    (line(pixel: "17"), "d.csv:1:1: error: expected a pixel from 0 to 16, found '17'"),
    (line(pixel: "-1"), "d.csv:1:1: error: expected a pixel from 0 to 16, found '-1'"),
    (
      line() + line(pixel: "1.5"),
      "d.csv:2:2: error: expected a comma (64 pixels and a digit make a line), found '.5'"
    ),
    (
      line(pixels: 63),
      "d.csv:1:191: error: expected a comma (64 pixels and a digit make a line), "
        + "found the end of the line"
    ),
    (line(label: "10"), "d.csv:1:193: error: expected a digit from 0 to 9, found '10'"),
    (
      line(label: ""), "d.csv:1:193: error: expected a digit from 0 to 9, found the end of the line"
    ),
    (line(label: "7,8"), "d.csv:1:194: error: expected the end of the line, found ','"),
    (
      line() + "3,4",
      "d.csv:2:4: error: expected a comma (64 pixels and a digit make a line), "
        + "found the end of the file"
    ),
  ])
  func malformedTextIsAnErrorWithItsPosition(text: String, message: String) {
    let error = #expect(throws: DigitsFileError.self) {
      try DigitsData(parsing: Array(text.utf8), path: "d.csv")
    }
    #expect(error?.description == message)
  }

  @Test func aMissingFileIsAnError() {
    let error = #expect(throws: DigitsFileError.self) { try DigitsData(contentsOf: "/nowhere") }
    #expect(
      error?.description
        == "/nowhere: error: cannot read the digits: No such file or directory")
    #expect(throws: DigitsFileError.self) { try DigitsData(contentsOf: "/") }
  }

  @Test func aPictureShowsPixelsAndPredictions() {
    let digits = DigitsData(
      images: Array(repeating: 0, count: 64) + Array(repeating: 1, count: 64), labels: [3, 8])
    let lines = DigitsPicture(digits, predictions: [3, 9]).description.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines[0] == "                  ████████████████")
    #expect(lines[8] == "       3              9, not 8    ")
  }
}
