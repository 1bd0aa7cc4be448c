import SExpression
import ScalarIR
import TapeIR
import Testing

/// Tapes as users write them, and their canonical text.
@Suite struct TapeTextTests {
  @Test func flattensNestedExpressionsAndWritesBroadcastsOut() throws {
    let tape = try Tape(
      parsing: """
        (tape affine [(x f32[4,8]) (w f32[8]) (s f32[])]
          (y (add (mul x w) 1))
          (z (sub y s))
          (return y z))
        """)
    try tape.verify()
    #expect(
      tape.description == """
        (tape affine [(x f32[4,8]) (w f32[8]) (s f32[])]
          (v0 (broadcast w :shape [4 8])   f32[4,8])
          (v1 (mul x v0)                   f32[4,8])
          (v2 (constant 1 :type f32[4,8])  f32[4,8])
          (y (add v1 v2)                   f32[4,8])
          (v3 (broadcast s :shape [4 8])   f32[4,8])
          (z (sub y v3)                    f32[4,8])
          (return y z))
        """)
  }

  @Test func inlinesTapesAndModels() throws {
    let source = try SourceFile(
      SourceText(
        """
        (tape scale [(x f32[B,4]) (k f32[])]
          (y (mul x k))
          (return y))
        (defmodel linear [x w b] (-> x (matmul w) (add b)))
        (defmodel twice [x] (=-> x (mul 2) exp))
        (tape main [(x f32[3,4]) (w f32[4,2])]
          (s (scale x 2))
          (y (linear s w 0.5))
          (z (twice y))
          (return y z))
        """))
    let tape = try #require(source.tape(named: "main"))
    try tape.verify()
    #expect(
      tape.description == """
        (tape main [(x f32[3,4]) (w f32[4,2])]
          (v0 (constant 2 :type f32[])                       f32[])
          (v1 (broadcast v0 :shape [3 4])                    f32[3,4])
          (s (mul x v1)                                      f32[3,4])
          (v2 (dot s w :lhs-contract [1] :rhs-contract [0])  f32[3,2])
          (v3 (constant 0.5 :type f32[3,2])                  f32[3,2])
          (y (add v2 v3)                                     f32[3,2])
          (v4 (constant 2 :type f32[3,2])                    f32[3,2])
          (v5 (mul y v4)                                     f32[3,2])
          (z (exp v5)                                        f32[3,2])
          (return y z))
        """)
  }

  @Test func bindsAliasesOfResults() throws {
    let text = """
      (tape f [(x f32[2])]
        (a (neg x)  f32[2])
        (b a        f32[2])
        (y x        f32[2])
        (return b y x a))
      """
    let tape = try Tape(parsing: text)
    #expect(tape.description == text)
  }
}
