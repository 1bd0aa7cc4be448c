import IRSpecRunner
import ScalarIR
import TensorJIT
import Testing

struct RunTests {
  private static let layer = """
    (tape layer [(x f32[B,3]) (w f32[3,2])]
      (y (tanh (add (matmul x w) 1)))
      (return y))
    """

  private static let x = Literal(.f32, [2, 3], [0.5, -1, 2, 3, 0.25, -2])
  private static let w = Literal(.f32, [3, 2], [1, -0.5, 0.25, 2, -1, 0.125])

  /// `numpy.tanh(x @ w + 1)` in double precision, and its gradients by the rule of the chain.
  private static let expected: [(name: String, values: [Double])] = [
    ("y", [-0.6351489523872873, -0.7615941559557649, 0.99998915556206, -0.24491866240370913]),
    (
      "grad-x",
      [
        0.3865986374743184, 0.9890951352983851, -0.5440890155795782, -0.46998573564491086,
        1.8800351198023255, 0.11748016734251912,
      ]
    ),
    (
      "grad-w",
      [
        0.2983579704155001, 3.030031717226147, -0.5965803860917619, -0.18497062941243164,
        1.1931282390461067, -1.0400810143847037,
      ]
    ),
  ]

  private func inputs(_ folder: String) throws -> [String] {
    try writeFile(folder + "/x.npy", Self.x.numPyFile)
    try writeFile(folder + "/w.npy", Self.w.numPyFile)
    return ["--input", "x=\(folder)/x.npy", "--input", "w=\(folder)/w.npy"]
  }

  @Test(arguments: Engine.available, [["--threads", "1"], ["--repeat", "3"]])
  func arraysInAndOut(_ engine: Engine, _ more: [String]) throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path
    var arguments = ["run", "-", "--engine", engine.rawValue, "--grad"] + more
    arguments += try inputs(path)
    for (name, _) in Self.expected { arguments += ["--output", "\(name)=\(path)/\(name).npy"] }
    #expect(try output(arguments, input: Self.layer).isEmpty)
    for (name, values) in Self.expected {
      let result = try Literal(numPyFile: readFile("\(path)/\(name).npy"))
      #expect(result.dtype == .f32)
      #expect(result.sizes == (name == "y" ? [2, 2] : name == "grad-x" ? [2, 3] : [3, 2]))
      for (found, value) in zip(result.doubles, values) {
        #expect(abs(found - value) < 1e-6, "\(name): \(found) is not \(value)")
      }
    }
    #expect(
      try names(in: path) == ["grad-w.npy", "grad-x.npy", "w.npy", "x.npy", "y.npy"],
      "no temporary file is left")
  }

  @Test func aFileIsReplaced() throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path
    try writeFile(path + "/y.npy", [1, 2, 3])
    let arguments = ["run", "-", "--output", "y=\(path)/y.npy"]
    _ = try output(arguments, input: "(tape t [] (y (constant 2.5 :type f16[3])) (return y))")
    let result = try Literal(numPyFile: readFile(path + "/y.npy"))
    #expect(result == Literal(.f16, [3], [2.5, 2.5, 2.5]))
  }

  @Test(arguments: DType.allCases)
  func everyTypeGoesInAndOut(_ dtype: DType) throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path
    let values = Literal(dtype, [3], [0, 1, dtype == .bool ? 1 : 100])
    try writeFile(path + "/x.npy", values.numPyFile)
    let text = "(tape t [(x \(dtype)[N])] (y (reshape x :shape [1 N])) (return y x))"
    let arguments = ["run", "-", "--input", "x=\(path)/x.npy"]
    let list = dtype == .bool ? "[false true true]" : "[0 1 100]"
    #expect(
      try output(arguments, input: text) == """
        y \(dtype)[1,3] = [\(list)]
        x \(dtype)[3] = \(list)

        """)
    _ = try output(arguments + ["--output", "y=\(path)/y.npy"], input: text)
    let result = try Literal(numPyFile: readFile(path + "/y.npy"))
    #expect(result == Literal(dtype: dtype, sizes: [1, 3], bits: values.bits))
  }

  @Test(arguments: Engine.available)
  func resultsArePrinted(_ engine: Engine) throws {
    let text = """
      (tape t []
        (a (constant [[1 -0.0] [nan inf]])  f32[2,2])
        (b (constant 7)                     i64[])
        (c (constant 7)                     i64[2,2])
        (d (constant true)                  bool[0,2])
        (e (constant 1e-45)                 f32[1])
        (return a b c d e))
      """
    #expect(
      try output(["run", "-", "--engine", engine.rawValue], input: text) == """
        a f32[2,2] = [[1 -0.0] [nan inf]]
        b i64[] = 7
        c i64[2,2] = [[7 7] [7 7]]
        d bool[0,2] = []
        e f32[1] = [1e-45]

        """)
  }

  @Test func repeatedRunsPrintTheirTimeAside() throws {
    let arguments = ["run", "-", "--repeat", "5"]
    let console = tool(arguments, input: "(tape t [] (y (constant 1 :type i8[])) (return y))")
    #expect(console.status == 0)
    #expect(console.output == "y i8[] = 1\n")
    #expect(console.errors.hasPrefix("5 runs, median "))
  }

  @Test func everyOtherNameIsFree() throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let path = folder.path + "/a=b.npy"
    try writeFile(path, Literal(.f32, [], [2]).numPyFile)
    let text = "(tape add [(exp f32[])] (mul (add exp exp)) (return mul))"
    #expect(try output(["run", "-", "--input", "exp=\(path)"], input: text) == "mul f32[] = 4\n")
  }
}
