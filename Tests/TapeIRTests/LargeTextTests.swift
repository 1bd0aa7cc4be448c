import SExpression
import ScalarIR
import TapeIR
import Testing

/// Texts that are large, deep, or stand for far more than they say.
@Suite struct LargeTextTests {
  private func message(_ text: String) -> String? {
    do throws(TapeError) {
      var file = SourceFile(name: "<text>", expansionLimit: 1 << 12)
      for form in try forms(text) { try file.add(form) }
      return nil
    } catch {
      return error.description
    }
  }

  private func forms(_ text: String) throws(TapeError) -> [SExpression] {
    do throws(SourceError) {
      return try SExpressionReader.readAll(SourceText(text))
    } catch {
      throw .source(error)
    }
  }

  private func nested(_ depth: Int) -> String {
    let (open, close) = (
      [String](repeating: "(neg ", count: depth), String(repeating: ")", count: depth)
    )
    return "(tape f [(x f32[4])]\n(y \(open.joined())x\(close))\n(return y))"
  }

  @Test func manyBindings() throws {
    let count = 20_000
    let lines = (1..<count).map { "(a\($0) (add a\($0 - 1) x) f32[4])" }.joined(separator: "\n")
    let tape = try Tape(
      parsing: "(tape f [(x f32[4])] (a0 (neg x))\n\(lines) (return a\(count - 1)))")
    #expect(tape.nodes.count == count)
    #expect(try Tape(parsing: tape.description) == tape)
  }

  @Test func deepExpressions() throws {
    let tape = try Tape(parsing: nested(500))
    #expect(tape.nodes.count == 500)
    #expect(message(nested(1000))?.contains("brackets nest deeper than 512 levels") == true)
  }

  @Test func modelsThatNestTooDeep() {
    let models = (1...600).map { "(defmodel m\($0) [x] (m\($0 - 1) x))\n" }.joined()
    let start = "(defmodel m0 [x] (neg x))\n"
    #expect(message(start + models + "(tape f [(x f32[])] (y (m100 x)) (return y))") == nil)
    #expect(
      message(start + models + "(tape f [(x f32[])] (y (m600 x)) (return y))")?
        .contains("expressions and the models in them nest too deep") == true)
  }

  @Test func callsThatExpandToTooMuch() {
    let tapes = (1...80).map { number in
      "(tape t\(number) [(x f32[])] (a (t\(number - 1) x)) (z (t\(number - 1) a)) (return z))\n"
    }
    let start = "(tape t0 [(x f32[])] (z (exp x)) (return z))\n"
    #expect(message(start + tapes.prefix(8).joined()) == nil)
    #expect(
      message(start + tapes.joined())?.contains("the calls of the tape expand to too much") == true)
  }

  @Test func callsOnTheSameValuesAreElaboratedOnce() {
    // Written out, 2⁸⁰ additions.
    let models = (1...80).map { number in
      "(defmodel m\(number) [x] (add (m\(number - 1) x) (m\(number - 1) x)))\n"
    }.joined()
    #expect(
      message("(defmodel m0 [x] x)\n" + models + "(tape f [(x f32[])] (y (m80 x)) (return y))")
        == nil)
  }

  @Test func modelsThatExpandToTooMuch() {
    let models = (1...80).map { number in
      "(defmodel m\(number) [x] (add (m\(number - 1) (neg x)) (m\(number - 1) (exp x))))\n"
    }.joined()
    #expect(
      message(
        "(defmodel m0 [x] x)\n" + models + "(tape f [(x f32[])] (y (m80 x)) (return y))")?
        .contains("the calls of the tape expand to too much") == true)
  }

  @Test func sizesOfTooManyTerms() {
    let sums = (0..<40).map { "(add A\($0) B\($0))" }
    #expect(
      message("(tape f [(x f32[(mul \(sums.joined(separator: " ")))])] (return x))")?
        .contains("a size that is too long; expected at most 4096 terms") == true)
    let sizes = (0..<40).map { "A\($0)+1" }.joined(separator: ",")
    #expect(
      message("(tape f [(x f32[\(sizes)])] (return x))")?.contains("too many terms") == true)
  }

  @Test func sizesThatNestTooDeep() {
    var size = "B"
    for _ in 0..<65 { size = "(floordiv \(size) 2)" }
    #expect(
      message("(tape f [(x f32[\(size)])] (return x))")?.contains("a size that is too long") == true
    )
    // Each window op divides the size once more.
    let halvings = (1...70).map {
      "(x\($0) (window-sum x\($0 - 1) :window [1] :stride [2] :low [1]))"
    }
    #expect(
      message("(tape f [(x0 f32[B])] \(halvings.joined(separator: " ")) (return x70))")?
        .contains("C0: the sizes up to axis 0 of 1 have too many terms, symbols or divisions")
        == true)
    let factors = [String](repeating: "B", count: 300).joined(separator: " ")
    #expect(
      message("(tape f [(x f32[(mul \(factors))])] (return x))")?.contains(
        "a size that is too long")
        == true)
  }

  @Test func tensorsOfTooManyAxes() {
    let sizes = [String](repeating: "1", count: 65).joined(separator: ",")
    #expect(
      message("(tape f [(x f32[\(sizes)])] (return x))")?
        .contains("a tensor has at most 64 axes, found 65") == true)
  }
}
