/// What can go wrong between LLVM IR and code that can be called.
package enum CodeGenError: Error, Equatable, CustomStringConvertible {
  /// LLVM has no code generator for this target triple or CPU.
  case targetUnavailable(String)
  /// The module breaks a rule of LLVM IR: a bug of whoever built it.
  case invalidModule(String)
  /// The pass pipeline has an unknown pass, or a pass failed.
  case passesFailed(pipeline: String, message: String)
  /// The code generator could not translate the module.
  case emissionFailed(String)
  /// The bytes are no relocatable ELF object that can be read.
  case malformedObject(String)
  /// The object could not be loaded: an undefined symbol, or memory ran out.
  case linkFailed(String)
  /// The loaded object defines no symbol of this name.
  case symbolNotFound(String)
  /// The named kernel holds something that has no code on this target.
  case invalidKernel(String, String)

  package var description: String {
    switch self {
    case .targetUnavailable(let message): "no code generator for the target: \(message)"
    case .invalidModule(let message): "invalid LLVM module: \(message)"
    case .passesFailed(let pipeline, let message): "LLVM passes '\(pipeline)' failed: \(message)"
    case .emissionFailed(let message): "code generation failed: \(message)"
    case .malformedObject(let message): "malformed object file: \(message)"
    case .linkFailed(let message): "linking failed: \(message)"
    case .symbolNotFound(let name): "the object defines no symbol '\(name)'"
    case .invalidKernel(let name, let message): "kernel '\(name)': \(message)"
    }
  }
}
