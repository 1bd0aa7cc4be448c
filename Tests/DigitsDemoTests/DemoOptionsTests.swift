import DigitsDemo
import Testing

@Suite struct DemoOptionsTests {
  @Test func optionsAndTheFileComeInAnyOrder() throws {
    let standard = try DemoOptions([])
    #expect(standard.dataPath == DigitsData.repositoryFile)
    #expect(!standard.showsHelp)
    let options = try DemoOptions(["--seed", "7", "my.csv", "--epochs", "3"])
    #expect(options.dataPath == "my.csv")
    #expect(options.epochs == 3)
    #expect(options.seed == 7)
    #expect(try DemoOptions(["--help"]).showsHelp)
    #expect(try DemoOptions(["--tape"]).showsTape)
  }

  @Test(arguments: [
    (["--epochs"], "--epochs needs a whole number from 1, found nothing"),
    (["--epochs", "0"], "--epochs needs a whole number from 1, found '0'"),
    (["--epochs", "many"], "--epochs needs a whole number from 1, found 'many'"),
    (["--seed", "-1"], "--seed needs a whole number from 0, found '-1'"),
    (["--speed", "1"], "unknown option '--speed'"),
    (["a.csv", "b.csv"], "expected one file of digits, found 'b.csv' too"),
  ])
  func aWrongCommandLineIsAnError(arguments: [String], message: String) {
    let error = #expect(throws: DemoUsageError.self) { try DemoOptions(arguments) }
    #expect(error?.message == message)
  }

  @Test func numbersHaveTheDigitsAskedFor() {
    #expect(0.05.fixed(1) == "0.1")
    #expect(0.0449.fixed(2) == "0.04")
    #expect(97.78.fixed(1) == "97.8")
    #expect(12.5.fixed(0) == "13")
    #expect(Double.nan.fixed(2) == "nan")
    #expect(7.padded(to: 3) == "  7")
    #expect([3, 1, 2].median == 2)
    #expect([Int]().median == nil)
  }
}
