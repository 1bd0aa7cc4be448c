import IRSpecRunner
import ScalarIR
import TensorJIT
import Testing

/// Data that does not fit its tape: status 1, one line, and no files left behind.
struct BadDataTests {
  private static let product = """
    (tape product [(x f32[B,3]) (w f32[3,T]) (v f32[T])]
      (y (add (matmul x w) v))
      (z (iota :type i32[B] :axis 0))
      (return y z))
    """

  /// A folder with arrays for `product`, and with what is wrong.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let numbers = [1.0, 2, 3, 4, 5, 6]
    let files: [(String, [UInt8])] = [
      ("x", Literal(.f32, [2, 3], numbers).numPyFile),
      ("w", Literal(.f32, [3, 2], numbers).numPyFile),
      ("v", Literal(.f32, [2], [1, 2]).numPyFile),
      ("long", Literal(.f32, [3], [1, 2, 3]).numPyFile),
      ("wide", Literal(.f32, [2, 4], numbers + [7, 8]).numPyFile),
      ("f64", Literal(.f64, [2, 3], numbers).numPyFile),
      ("i32", Literal(.i32, [2, 3], numbers).numPyFile),
      ("flat", Literal(.f32, [6], numbers).numPyFile),
      ("scalar", Literal(.f32, [], [1]).numPyFile),
      ("empty", []), ("text", Array("1 2 3\n".utf8)),
      ("short", Array(Literal(.f32, [2, 3], numbers).numPyFile.dropLast(4))),
      ("head", Array(Literal(.f32, [2, 3], numbers).numPyFile.prefix(20))),
    ]
    for (name, bytes) in files { try writeFile("\(folder.path)/\(name).npy", bytes) }
    return folder
  }

  @Test(arguments: [
    (["w=w", "v=v"], "the parameter x f32[B,3] needs an --input"),
    (["x=x", "w=w", "v=v", "u=v"], "product has no parameter u; it has x, w, v"),
    (["x=missing", "w=w", "v=v"], "missing.npy cannot be read: No such file"),
    (["x=x/x", "w=w", "v=v"], "cannot be read"),
    (["x=empty", "w=w", "v=v"], "byte 0: no .npy file"),
    (["x=text", "w=w", "v=v"], "text.npy: byte 0: no .npy file"),
    (["x=short", "w=w", "v=v"], "short.npy: byte 128: the elements do not fill the shape"),
    (["x=head", "w=w", "v=v"], "head.npy: byte 20: the file ends early"),
    (["x=f64", "w=w", "v=v"], "x has the type f32[B,3], found f64[2,3]"),
    (["x=i32", "w=w", "v=v"], "x has the type f32[B,3], found i32[2,3]"),
    (["x=flat", "w=w", "v=v"], "x has the type f32[B,3], found f32[6]"),
    (["x=scalar", "w=w", "v=v"], "x has the type f32[B,3], found f32[]"),
    (["x=wide", "w=w", "v=v"], "x has size 3 along axis 1, found an input of size 4"),
    (["x=x", "w=x", "v=v"], "w has size 3 along axis 0, found an input of size 2"),
    (["x=x", "w=w", "v=long"], "v has size 2 (T) along axis 0, found an input of size 3"),
  ])
  func wrongInputs(_ inputs: [String], _ part: String) throws {
    let folder = try BadDataTests.folder()
    var arguments = ["run", "-"]
    for input in inputs {
      let parts = input.split(separator: "=")
      arguments += ["--input", "\(parts[0])=\(folder.path)/\(parts[1]).npy"]
    }
    let before = try names(in: folder.path)
    for engine in ["interpreter", "cpu"] {
      expectFailure(1, arguments + ["--engine", engine], input: Self.product, part)
      expectFailure(
        1, arguments + ["--output", "y=\(folder.path)/result.npy"], input: Self.product, part)
    }
    #expect(try names(in: folder.path) == before)
  }

  @Test(arguments: [
    (["y=DIR/result.npy", "u=DIR/other.npy"], "product has no result u; it has y, z"),
    (["y=DIR/result.npy", "z=DIR/missing/other.npy"], "cannot be written: No such file"),
    (["y=DIR/result.npy", "z=DIR"], "cannot be written: it is a folder"),
    (["y=DIR/x.npy/result.npy", "z=DIR/other.npy"], "cannot be written: Not a directory"),
    (["grad-x=DIR/result.npy"], "product has no result grad-x"),
  ])
  func wrongOutputsLeaveNothing(_ outputs: [String], _ part: String) throws {
    let folder = try BadDataTests.folder()
    var arguments = ["run", "-"]
    for name in ["x", "w", "v"] { arguments += ["--input", "\(name)=\(folder.path)/\(name).npy"] }
    for output in outputs {
      arguments += ["--output", output.replacing("DIR", with: folder.path)]
    }
    let before = try names(in: folder.path)
    expectFailure(1, arguments, input: Self.product, part)
    #expect(try names(in: folder.path) == before)
  }

  @Test func sizesThatNoInputFixes() {
    let text = "(tape t [(s f32[])] (y (broadcast s :shape [B 2])) (return y))"
    expectFailure(
      1, ["run", "-", "--input", "s=/dev/null"], input: text, "/dev/null: byte 0: no .npy file")
  }

  @Test(arguments: ["interpreter", "cpu"])
  func sizesBeyondMemory(_ engine: String) {
    let result = """
      (tape t []
        (y (iota :type f64[1099511627776] :axis 0))
        (return y))
      """
    expectFailure(
      1, ["run", "-", "--engine", engine], input: result, "f64[1099511627776]",
      "8796093022208 bytes")
  }

  @Test(arguments: ["interpreter", "cpu"])
  func indicesOutOfBounds(_ engine: String) throws {
    let text = """
      (tape t []
        (x (constant [1 2 3] :type f32[3]))
        (i (constant [[0 2] [-1 3]] :type i64[2,2]))
        (y (take x i :axis 0))
        (u (scatter x i (constant [1 2] :type f32[2]) :inserted-window-dims [0]
          :scatter-dims-to-operand-dims [0] :index-vector-dim 2 :mode drop
          :update-window-dims []))
        (return y u))
      """
    let folder = try BadDataTests.folder()
    let arguments = ["run", "-", "--engine", engine]
    expectFailure(1, arguments, input: text, "C6: scatter")
    let sound = text.replacing("(constant [1 2] :type f32[2])", with: "(neg y)")
    for extra in [[], ["--output", "u=\(folder.path)/u.npy"]] {
      expectFailure(
        1, arguments + extra, input: sound,
        "take: index -1 at position [1 0] of its indices is out of bounds")
    }
    #expect(try !names(in: folder.path).contains("u.npy"))
  }

  @Test func gradientsThatThereAreNone() {
    let text = "(tape t [(x f32[]) (i i32[])] (y (mul x x)) (j (add i i)) (return y j))"
    let integers = "(tape t [(x f32[]) (i i32[])] (j (add i i)) (y x) (return j y))"
    for command in ["dump-ir", "run"] {
      expectFailure(1, [command, "-", "--grad=i"], input: text, "a floating parameter, found i")
      expectFailure(1, [command, "-", "--grad=q"], input: text, "no parameter q")
      expectFailure(1, [command, "-", "--grad=x,x"], input: text, "x is named twice")
      expectFailure(1, [command, "-", "--grad"], input: integers, "a floating first result")
    }
  }

  @Test func filesThatAreNone() throws {
    expectFailure(1, ["dump-ir", "/no/such.tape"], "/no/such.tape cannot be read: No such file")
    expectFailure(1, ["dump-ir", "/"], "/ cannot be read: Is a directory")
    expectFailure(1, ["check", "/no/such"], "/no/such cannot be read: No such file")
    expectFailure(
      1, ["rewrite", "-", "--rules", "/no/such"], input: softmax, "/no/such cannot be read")
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    expectFailure(1, ["check", folder.path], "holds no .tape file")
  }

  /// Without elements, but with more lists than any text can have.
  @Test func resultsWhoseTextIsEndless() {
    for op in [
      "iota :type f32[281474976710656,0] :axis 0", "constant 1 :type f32[281474976710656,0]",
    ] {
      expectFailure(
        1, ["run", "-"], input: "(tape t [] (y (\(op))) (return y))",
        "y f32[281474976710656,0] wants 0 bytes")
    }
  }

  @Test func tapesThatAreNotThere() {
    expectFailure(
      1, ["dump-ir", "-", "--entry", "other"], input: softmax,
      "<stdin> has no tape other; it has softmax")
    expectFailure(1, ["dump-ir", "-"], input: "(defmodel m [x] x)", "<stdin>:1:1: error: no tape")
  }

  @Test func enginesThatAreNotThere() {
    if !Device.cuda.isAvailable {
      expectFailure(
        1, ["run", "-", "--engine", "cuda"], input: softmax,
        "the device cuda:0 is unavailable: there is")
    }
    expectFailure(1, ["dump-ir", "-", "--target", "ptx:sm_70"], input: softmax, "sm_70", "sm_90a")
  }

  @Test func rulesThatChangeATypeAreTheUsersFault() throws {
    let folder = try TemporaryFolder(prefix: "tensorjit-test")
    let rules = folder.path + "/bad.rules"
    try writeFile(rules, Array("(rule bad (exp ?x) (lt ?x ?x))".utf8))
    expectFailure(1, ["rewrite", "-", "--rules", rules], input: softmax, "rule bad")
  }
}
