import SExpression
import TapeIR
import TapePasses

/// Reads rules and applies them to a tape.
func checkRules(_ bytes: [UInt8]) throws(FuzzFinding) {
  guard let text = sourceText(bytes) else { return }
  let rules: RuleSet
  do throws(TapeError) { rules = try RuleSet(parsing: text) } catch {
    guard case .source = error else { throw FuzzFinding("an error without place: \(error)") }
    return
  }
  guard let tape = subject else { throw FuzzFinding("the tape to rewrite does not parse") }
  do throws(TapeError) {
    try tape.rewritten(by: rules).verify()
  } catch {
    // A rule that yields another type is the rule's fault, and said to be.
    if case .malformed(let message) = error, !message.contains("rule") {
      throw FuzzFinding(message)
    }
  }
}

/// A tape that holds some of what rules are about.
private let subject: Tape? = try? Tape(
  parsing: """
    (tape f [(x f32[4,8]) (n i32[3]) (p bool[3])]
      (a (neg (neg x)))
      (b (add (mul a 0) (exp (log a))))
      (c (reduce-sum (transpose b :axes [1 0]) :axes [0]))
      (d (select p (mul n 0) (sub n n)))
      (e (convert (not (not p)) :to i32))
      (g (concat d e n :axis 0))
      (return b c g))
    """)
