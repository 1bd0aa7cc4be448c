import Testing

/// Command lines that make no sense: status 2.
struct BadUsageTests {
  @Test(arguments: [
    ([], "no subcommand"),
    (["frobnicate"], "frobnicate"),
    (["--frobnicate"], "--frobnicate"),
    (["dump-ir"], "Missing expected argument '<file>'"),
    (["dump-ir", "-", "-"], "Unexpected argument '-'"),
    (["dump-ir", "-", "--frobnicate"], "--frobnicate"),
    (["dump-ir", "-", "--after"], "--after"),
    (["dump-ir", "-", "--after", "nowhere"], "unknown stage 'nowhere'; the stages are capture"),
    (
      ["dump-ir", "-", "--after", "map"],
      "stage 'map' is of targets ptx:ARCH and grid; give --target"
    ),
    (["dump-ir", "-", "--after", "split"], "stage 'split' is of target grid; give --target"),
    (
      ["dump-ir", "-", "--after", "split", "--target", "ptx"],
      "stage 'split' is of target grid; give --target"
    ),
    (
      ["dump-ir", "-", "--after", "vectorize", "--target", "grid"],
      "stage 'vectorize' is of target cpu; give --target"
    ),
    (
      ["dump-ir", "-", "--after", "nowhere", "--target", "grid"],
      "unknown stage 'nowhere'; the stages are capture"
    ),
    (["dump-ir", "-", "--target", "grid:1"], "grid:1"),
    (["dump-ir", "-", "--all", "--after", "fuse"], "exclude each other"),
    (["dump-ir", "-", "--format", "pdf"], "pdf"),
    (["dump-ir", "-", "--format", "dot", "--all"], "needs one stage"),
    (["dump-ir", "-", "--format", "dot", "--after", "lower"], "no graph"),
    (["dump-ir", "-", "--target", "tpu"], "tpu"),
    (["dump-ir", "-", "--target", "ptx:90"], "ptx:90"),
    (["dump-ir", "-", "--target", "cpu:avx"], "cpu:avx"),
    (["dump-ir", "-", "--grad=x,,y"], "names that commas separate"),
    (["dump-ir", "-", "--grad="], "--grad"),
    (["dump-ir", "-", "--grad=x", "--grad"], "--grad stands twice"),
    (["dump-ir", "--grad", "x", "--entry", "t"], "x cannot be read"),
    (["run"], "Missing expected argument '<file>'"),
    (["run", "-", "--engine", "tpu"], "tpu"),
    (["run", "-", "--engine"], "--engine"),
    (["run", "-", "--threads", "0"], "--threads"),
    (["run", "-", "--threads", "-2"], "--threads"),
    (["run", "-", "--threads", "many"], "many"),
    (["run", "-", "--repeat", "0"], "--repeat"),
    (["run", "-", "--repeat", "1.5"], "1.5"),
    (["run", "-", "--input", "x"], "'x' is invalid"),
    (["run", "-", "--input", "=x.npy"], "'=x.npy' is invalid"),
    (["run", "-", "--input", "x="], "'x=' is invalid"),
    (["run", "-", "--input", "x=a.npy", "--input", "x=b.npy"], "'x' is given twice"),
    (["run", "-", "--output", "y"], "'y' is invalid"),
    (["run", "-", "--output", "y=a.npy", "--output", "z=a.npy"], "'a.npy' is given twice"),
    (["check"], "Missing expected argument '<path>"),
    (["rewrite", "-"], "--rules"),
    (["rewrite", "-", "--rules", "-"], "both be standard input"),
    (["ops", "more"], "Unexpected argument 'more'"),
  ])
  func wrongCommandLines(_ arguments: [String], _ part: String) {
    let status: Int32 = part.hasSuffix("cannot be read") ? 1 : 2
    expectFailure(status, arguments, input: softmax, "tensorjit: error: ", part)
  }

  @Test(arguments: [["--help"], ["-h"], ["help"], ["help", "run"], ["run", "--help"]])
  func helpIsNoError(_ arguments: [String]) throws {
    #expect(try output(arguments).contains("USAGE: tensorjit"))
  }
}
