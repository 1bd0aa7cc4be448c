import IRSpecRunner
import SExpression

/// Reads a spec file and its directives, without running any tape.
func checkSpecs(_ bytes: [UInt8]) {
  guard let text = sourceText(bytes) else { return }
  var runner = SpecRunner()
  runner.engines = []
  // FileCheck is a program of its own.
  runner.checkedKinds.remove(.dump)
  _ = runner.check(text)
}
