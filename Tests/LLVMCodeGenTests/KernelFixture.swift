import LLVMCodeGen
import LoopIR
import ScalarIR
import Testing

/// CPUs to emit for: the one at hand, and one with 256-bit vectors and no masks, where this is one.
let testedCPUs: [HostCPU] = {
  var haswell = HostCPU(
    name: "haswell", features: "+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+movbe,+sse4.1",
    cores: 1)
  haswell.vectorBits = 256
  return HostCPU.current.has("avx512f") ? [.current, haswell] : [.current]
}()

extension HostCPU: CustomTestStringConvertible {
  public var testDescription: String { name }
}

extension Kernel {
  /// A kernel whose parameters are given as names and types; those whose names begin with `out` are
  /// written.
  init(_ name: String, _ parameters: [(String, DType)], _ body: [Statement]) {
    self.init(
      name: name,
      parameters: parameters.map { name, dtype in
        ArrayParameter(
          name: name, dtype: dtype, access: name.hasPrefix("out") ? .readWrite : .read)
      }, body: body)
  }
}

/// What emitted code may refer to: the C functions that LLVM itself makes calls to.
private let allowedSymbols: Set = ["memcpy", "memmove", "memset", "_GLOBAL_OFFSET_TABLE_"]

/// A program of the given kernels, compiled and loaded; its code calls nothing.
struct LoadedKernels {
  let program: LoopProgram
  let compiled: CompiledProgram

  init(_ kernels: [Kernel], symbols: [String] = [], for cpu: HostCPU = .current) throws {
    program = LoopProgram(name: "test", symbols: symbols, kernels: kernels)
    let compiler = try ProgramCompiler(for: cpu)
    let module = try compiler.emit(program)
    try module.verify()
    let object = try compiler.object(program)
    #expect(try Set(ELFSymbols(of: object).undefined).subtracting(allowedSymbols) == [])
    compiled = try CompiledProgram(program, object: ObjectLinker.shared().link(object: object))
  }

  /// Runs one kernel and checks that it stayed within its arrays.
  func run(
    _ arrays: [GuardedArray], kernel position: Int = 0, symbols: [Int] = [], begin: Int = 0,
    end: Int = 0
  ) {
    #expect(arrays.count == program.kernels[position].parameters.count)
    let pointers = arrays.map { $0.pointer as UnsafeMutableRawPointer? }
    let sizes = symbols.map(Int64.init)
    withExtendedLifetime((arrays, compiled)) {
      compiled.entries[position](pointers, sizes, Int64(begin), Int64(end))
    }
    for array in arrays { #expect(array.isIntact, "written beyond the end") }
  }
}

extension Variable: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}
