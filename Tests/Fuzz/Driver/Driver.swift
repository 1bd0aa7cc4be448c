import Glibc
import TensorJITFuzzTargets

// What libFuzzer calls: its `main` runs
//
//   tensorjit-fuzz --target=NAME [libFuzzer's options] [CORPUS…]
//   tensorjit-fuzz --seeds=FOLDER SPEC…                 writes the first inputs instead
//
// It passes over options with two dashes and hands them on to the processes that it starts.

/// The target of this process, set before the first input.
nonisolated(unsafe) private var target = FuzzTarget.text

/// The value of an option with two dashes.
private func value(of name: String) -> String? {
  CommandLine.arguments.first { $0.hasPrefix("--\(name)=") }
    .map { String($0.dropFirst(name.count + 3)) }
}

/// Says something on standard error.
private func say(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = write(2, bytes, bytes.count)
}

/// Chooses the target.
@c(LLVMFuzzerInitialize)
public func initialize(
  _ count: UnsafeMutablePointer<Int32>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
  if let folder = value(of: "seeds") {
    let paths = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }
    do { try writeSeeds(to: folder, from: paths) } catch {
      say("tensorjit-fuzz: error: \(error)")
      exit(1)
    }
    exit(0)
  }
  guard let chosen = value(of: "target").flatMap(FuzzTarget.init(rawValue:)) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    say("tensorjit-fuzz: error: --target= needs one of \(names)")
    exit(2)
  }
  target = chosen
  return 0
}

/// Runs the target on an input; what does not hold ends the process, as a crash would.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    say("finding: \(error)")
    abort()
  }
  return 0
}
