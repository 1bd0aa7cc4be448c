/// A generation of NVIDIA's GPUs that code can be made for, by LLVM's and NVIDIA's name.
package struct GPUArchitecture: Hashable, Sendable, CustomStringConvertible {
  /// For instance `sm_90a`; an `a` marks code for this one generation.
  package let name: String
  /// The version of the PTX language that is written; drivers read all versions up to their own. From
  /// 8.1 on, which drivers from 530 on read, kernels take up to 32,764 bytes of parameters.
  package let ptxVersion: Int
  /// The most bytes of memory that the threads of a block share.
  package let sharedMemoryLimit: Int

  package var description: String { name }

  /// What LLVM 19 knows and emitted code can do with: maxima that keep NaNs came with sm_80.
  package static let all = [
    GPUArchitecture(name: "sm_80", ptxVersion: 81, sharedMemoryLimit: 163 << 10),
    GPUArchitecture(name: "sm_86", ptxVersion: 81, sharedMemoryLimit: 99 << 10),
    GPUArchitecture(name: "sm_87", ptxVersion: 81, sharedMemoryLimit: 163 << 10),
    GPUArchitecture(name: "sm_89", ptxVersion: 81, sharedMemoryLimit: 99 << 10),
    GPUArchitecture(name: "sm_90", ptxVersion: 81, sharedMemoryLimit: 227 << 10),
    usual,
  ]

  /// The most arrays and sizes that a kernel takes.
  package static let parameterLimit = 32_764 / 8

  /// The one that is meant where none is named: sm_90a.
  package static let usual = GPUArchitecture(
    name: "sm_90a", ptxVersion: 81, sharedMemoryLimit: 227 << 10)

  private init(name: String, ptxVersion: Int, sharedMemoryLimit: Int) {
    self.name = name
    self.ptxVersion = ptxVersion
    self.sharedMemoryLimit = sharedMemoryLimit
  }

  /// The architecture of a name.
  ///
  /// - Throws: `targetUnavailable` for one that code cannot be made for.
  package init(named name: String) throws(CodeGenError) {
    guard let known = GPUArchitecture.all.first(where: { $0.name == name }) else {
      let names = GPUArchitecture.all.map(\.name).joined(separator: ", ")
      throw .targetUnavailable("there is none for '\(name)', only for \(names)")
    }
    self = known
  }

  /// What to make code for on a device of this compute capability.
  ///
  /// A device runs code for an earlier generation too, unless that is marked with `a`; so newer
  /// devices than LLVM knows get code for sm_90, with the shared memory that they all have.
  ///
  /// - Throws: `targetUnavailable` below 8.0.
  package init(computeCapability major: Int, _ minor: Int) throws(CodeGenError) {
    switch (major, minor) {
    case (9, 0): try self.init(named: "sm_90a")
    case (8, 9): try self.init(named: "sm_89")
    case (8, 7): try self.init(named: "sm_87")
    case (8, 6...8): try self.init(named: "sm_86")
    case (8, 0...5): try self.init(named: "sm_80")
    case (9..., _):
      self.init(name: "sm_90", ptxVersion: 81, sharedMemoryLimit: 99 << 10)
    default:
      throw .targetUnavailable(
        "the device has compute capability \(major).\(minor); 8.0 (Ampere) or newer is needed")
    }
  }
}
