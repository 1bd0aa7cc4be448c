import IRSpecRunner
import LoopIR
import SExpression
import ScalarIR
import TapeIR
import TapeLowering
import TapePasses

extension FuzzTarget {
  /// The inputs that fuzzing begins with: the paragraphs of spec files, and what comes of their tapes.
  package func seeds(from paths: [String]) throws(FileError) -> [[UInt8]] {
    switch self {
    case .text, .tapes, .specs: return try paragraphs(of: paths)
    case .rules: return ruleTexts.map { Array($0.utf8) }
    case .arrays: return arrayFiles
    case .loops:
      var programs: [[UInt8]] = []
      for paragraph in try paragraphs(of: paths) { programs += loopPrograms(of: paragraph) }
      return programs
    }
  }
}

/// Writes the seeds of each target to the folder of its name, which is there.
package func writeSeeds(to folder: String, from paths: [String]) throws(FileError) {
  for target in FuzzTarget.allCases {
    for (number, seed) in try target.seeds(from: paths).enumerated() {
      try writeFile("\(folder)/\(target.rawValue)/seed-\(number)", seed)
    }
  }
}

/// The stretches of spec files between empty lines.
private func paragraphs(of paths: [String]) throws(FileError) -> [[UInt8]] {
  var paragraphs: [[UInt8]] = []
  for path in paths {
    for spec in try specFiles(at: path) {
      var paragraph: [UInt8] = []
      let bytes = try readFile(spec)
      for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        if !line.isEmpty {
          paragraph += line + [UInt8(ascii: "\n")]
        } else if !paragraph.isEmpty {
          paragraphs.append(paragraph)
          paragraph = []
        }
      }
      if !paragraph.isEmpty { paragraphs.append(paragraph) }
    }
  }
  return paragraphs
}

/// What becomes of the tape in a paragraph, if there is one and that is short.
private func loopPrograms(of paragraph: [UInt8]) -> [[UInt8]] {
  guard let tape = try? Tape(parsing: String(decoding: paragraph, as: UTF8.self)) else { return [] }
  let program = tape.fused().lowered()
  return [program.simplified().vectorized(vectorBits: 256), program.memoryPlanned()]
    .map { Array($0.text.utf8) }.filter { $0.count < 4096 }
}

/// Small arrays of each element type.
private var arrayFiles: [[UInt8]] {
  DType.allCases.flatMap { dtype in
    [[], [3], [2, 3], [0, 2]].map { sizes in
      let bits = (0..<sizes.reduce(1, *)).map { UInt64($0 % 2) }
      return Literal(dtype: dtype, sizes: sizes, bits: bits).numPyFile
    }
  }
}

/// Rules that use all that rules may hold.
private let ruleTexts = [
  "(rule neg-neg (neg (neg ?x)) ?x)",
  "(rule mul-zero (mul ?x 0) 0 :when (integer ?x))",
  "(rule log-exp (log (exp ?x)) ?x :fast true)",
  "(rule same (select true ?x ?y) ?x)",
  "(rule split (reduce-sum (neg ?x) :axes ?a) (neg (reduce-sum ?x :axes ?a)))",
  "(rule two (transpose (transpose ?x :axes [1 0]) :axes [1 0]) ?x)",
  "(rule rest (concat ?x ?xs... :axis ?a) (concat ?x ?xs... :axis ?a))",
  """
  (rule c (convert (convert ?x :to ?a) :to ?b) (convert ?x :to ?b)
    :when (and (exact ?x ?a) (bool ?b)))
  """,
  "(rule t (add ?x ?y) (add ?y ?x) :when (or (same-type ?x ?y) (not (same-shape ?x ?y))))",
  "(rule k (mul (mul ?x ?a) 1.5) (mul ?x -0.0) :when (constant ?a) :fast true)",
]
