import SExpression

/// Reads the only expression of a text named `t`.
func read(_ string: String) throws(SourceError) -> SExpression {
  try SExpressionReader.readOne(SourceText(name: "t", string))
}

/// The description of the error that reading a text ends with.
func failure(of string: String) -> String? {
  do throws(SourceError) {
    _ = try SExpressionReader.readAll(SourceText(name: "t", string))
    return nil
  } catch {
    return error.description
  }
}

func symbol(_ name: String) -> SExpression { SExpression(.symbol(name)) }
func integer(_ digits: String) -> SExpression { SExpression(.integer(digits)) }
func form(_ elements: SExpression...) -> SExpression { SExpression(.form(elements)) }
func list(_ elements: SExpression...) -> SExpression { SExpression(.list(elements)) }
func type(_ name: String, _ sizes: SExpression...) -> SExpression {
  SExpression(.type(name, sizes))
}

/// A small reproducible generator: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
