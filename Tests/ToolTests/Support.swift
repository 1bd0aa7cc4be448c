import Foundation
import IRSpecRunner
import ScalarIR
import TensorJITTool
import Testing

/// What a command line comes to, with `input` as standard input.
func tool(_ arguments: [String], input: String = "") -> Console {
  Tool.run(arguments) { () throws(FileError) in Array(input.utf8) }
}

/// The output of a command line that ends well.
func output(
  _ arguments: [String], input: String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
  let console = tool(arguments, input: input)
  try #require(console.status == 0, "\(console.errors)", sourceLocation: sourceLocation)
  return console.output
}

/// Expects that a command line ends with a status, one line of error that holds all of `parts`, and
/// no output.
func expectFailure(
  _ status: Int32, _ arguments: [String], input: String = "", _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let console = tool(arguments, input: input)
  #expect(console.status == status, "\(console.errors)", sourceLocation: sourceLocation)
  #expect(console.output.isEmpty, sourceLocation: sourceLocation)
  #expect(
    console.errors.count { $0.isNewline } == 1 && console.errors.hasSuffix("\n"),
    "\(console.errors)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(console.errors.contains(part), "\(console.errors)", sourceLocation: sourceLocation)
  }
}

extension Literal {
  /// Numbers as a tensor of some sizes.
  init(_ dtype: DType, _ sizes: [Int], _ values: [Double]) {
    self.init(
      dtype: dtype, sizes: sizes, bits: values.map { ScalarValue(dtype, rounding: $0).bits })
  }

  var doubles: [Double] { (0..<count).map { self[$0].double } }
}

/// A row softmax, as text that leaves types and broadcasts to the reader.
let softmax = """
  (tape softmax [(x f32[4,8])]
    (m (reduce-max x :axes [1] :keep true))
    (e (exp (sub x m)))
    (s (reduce-sum e :axes [1] :keep true))
    (y (div e s))
    (return y))
  """

/// The names of the files in a folder.
func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
