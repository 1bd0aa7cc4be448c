import TapeIR
import TensorJIT
import Testing

/// `time` and `bandwidth`: their figures depend on the machine, their form does not.
struct TimeTests {
  private let scale = "(tape scale [(x f32[N,4]) (k f32[])] (y (mul x k)) (return y))"

  @Test(arguments: ["interpreter", "cpu", "grid"])
  func aTapeOfGivenSizes(engine: String) throws {
    let line = try output(
      ["time", "-", "--size", "N=5", "--engine", engine, "--repeat", "3"], input: scale)
    let form = /scale: 3 runs, median 0\.\d{9} s, least 0\.\d{9} s; 164 bytes of [a-z ]+\n/
    #expect(line.wholeMatch(of: form) != nil, "\(line)")
  }

  @Test(arguments: ["interpreter", "cpu", "grid"])
  func resultsMayBeCompared(engine: String) throws {
    let tape = """
      (tape t [(x f32[1000,70])]
        (y (tanh x)) (s (reduce-sum x :axes [0])) (n (sqrt x)) (return y s n))
      """
    let line = try output(["time", "-", "--engine", engine, "--compare"], input: tape)
    #expect(line.hasSuffix("; 840280 bytes of parameters and results; the same bits as on cpu\n"))
  }

  /// A library adds in an order of its own.
  @Test(arguments: ["interpreter", "grid"])
  func whatLibrariesComputeMayDiffer(engine: String) throws {
    let tape = "(tape t [(x f32[70,512]) (v f32[512])] (y (matmul x v)) (return y))"
    let line = try output(["time", "-", "--engine", engine, "--compare"], input: tape)
    #expect(line.hasSuffix("; near those on cpu\n"))
  }

  @Test func argumentsOfEveryType() throws {
    for type in ["f64", "f16", "bf16", "i64", "i8", "u64", "u8", "bool"] {
      _ = try output(
        ["time", "-", "--repeat", "1"],
        input: "(tape t [(x \(type)[3]) (y \(type)[0])] (z (reshape x :shape [3 1])) (return z y))")
    }
  }

  @Test func wrongSizes() {
    expectFailure(1, ["time", "-"], input: scale, "the size N of scale needs a --size")
    expectFailure(1, ["time", "-", "--size", "M=1"], input: scale, "scale has no size M")
    expectFailure(
      1, ["time", "-", "--size", "N=1", "--size", "N=1"], input: scale, "N is given twice")
    for wrong in ["N", "N=", "N=x", "N=-1", "N=1=1"] {
      expectFailure(2, ["time", "-", "--size", wrong], input: scale, "'\(wrong)' is invalid")
    }
    expectFailure(
      1, ["time", "-", "--size", "N=281474976710655"], input: scale,
      "more than 2^48 elements")
    expectFailure(1, ["time", "-", "--size", "N=17592186044416"], input: scale, "x f32[")
    expectFailure(2, ["time", "-", "--repeat", "0"], input: scale, "--repeat")
    expectFailure(2, ["time", "-", "--threads", "0"], input: scale, "--threads")
  }

  @Test(arguments: ["cpu", "grid"])
  func copies(engine: String) throws {
    let line = try output(
      ["bandwidth", "--engine", engine, "--bytes", "5000000", "--repeat", "2"])
    let form =
      /copy: 2 runs, median 0\.\d{9} s, least 0\.\d{9} s; 5000000 bytes read and 5000000 written\n/
    #expect(line.wholeMatch(of: form) != nil, "\(line)")
  }

  @Test func whatCannotBeCopied() {
    expectFailure(2, ["bandwidth", "--engine", "interpreter"], "the interpreter has no device")
    expectFailure(2, ["bandwidth", "--bytes", "0"], "--bytes needs a number from 1 on")
    expectFailure(
      1, ["bandwidth", "--bytes", "4611686018427387904"],
      "out of memory: 4611686018427387904 bytes wanted")
    if let reason = Engine.cuda.unavailability {
      expectFailure(1, ["bandwidth", "--engine", "cuda"], reason)
      expectFailure(1, ["time", "-", "--engine", "cuda"], input: scale, reason)
    }
  }
}
