import CLibFuzzer
import Glibc
import TensorJITFuzzTargets

// libFuzzer around one target. `make fuzz` builds and runs it:
//
//   tensorjit-fuzz --target=NAME [libFuzzer's options] [CORPUS…]
//   tensorjit-fuzz --seeds=FOLDER SPEC…
//
// libFuzzer passes over options with two dashes and hands them on to the processes that it starts.

let options = CommandLine.arguments.filter { $0.hasPrefix("--") }

func value(of name: String) -> String? {
  options.first { $0.hasPrefix("--\(name)=") }.map { String($0.dropFirst(name.count + 3)) }
}

/// Runs a target on an input; what does not hold ends the process, as a crash would.
func check(_ target: FuzzTarget, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fputs("finding: \(error)\n", stderr)
    abort()
  }
  return 0
}

if let folder = value(of: "seeds") {
  do {
    try writeSeeds(
      to: folder, from: CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") })
  } catch {
    fputs("tensorjit-fuzz: error: \(error)\n", stderr)
    exit(1)
  }
  exit(0)
}

guard let target = value(of: "target").flatMap(FuzzTarget.init(rawValue:)) else {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
  fputs("tensorjit-fuzz: error: --target= needs one of \(names)\n", stderr)
  exit(2)
}

let callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 =
  switch target {
  case .text: { check(.text, $0, $1) }
  case .tapes: { check(.tapes, $0, $1) }
  case .rules: { check(.rules, $0, $1) }
  case .loops: { check(.loops, $0, $1) }
  case .arrays: { check(.arrays, $0, $1) }
  case .specs: { check(.specs, $0, $1) }
  }

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, callback))
