import Glibc

/// The functions of OpenBLAS, opened when they are first wanted.
///
/// OpenBLAS picks its kernels in a constructor, while it is being loaded, and takes AMD's cores
/// with AVX-512 for Haswell, at half their speed. So it is not linked: this file, which alone knows
/// of it, first says which core to take, and then opens the library. OpenBLAS is told to use one
/// thread; `gemm` shares the work out among ours.
package final class OpenBLAS: Sendable {
  /// The core whose kernels OpenBLAS runs, by its own name.
  package let coreName: String
  /// `cblas_sgemm`: order, transposes, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc.
  let sgemm: SingleGemm
  /// `cblas_dgemm`, with the same arguments.
  let dgemm: DoubleGemm
  /// LAPACK's routines for `f32` and `f64`, where the library has them.
  let lapack: Result<(single: LAPACK, double: LAPACK), RuntimeError>

  typealias SingleGemm =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32,
      UnsafePointer<Float>, Int32, Float, UnsafeMutablePointer<Float>, Int32
    ) -> Void
  typealias DoubleGemm =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, Int32,
      UnsafePointer<Double>, Int32, Double, UnsafeMutablePointer<Double>, Int32
    ) -> Void

  /// The one instance of the process.
  ///
  /// - Throws: `libraryUnavailable` where the machine has no OpenBLAS.
  package static func shared() throws(RuntimeError) -> OpenBLAS { try sharedLibrary.get() }

  /// Opens a library of this name, in the environment as it is.
  package init(opening name: String) throws(RuntimeError) {
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw .libraryUnavailable(name: name, reason: lastLoaderError())
    }
    func function<Function>(_ symbol: String, as type: Function.Type) throws(RuntimeError)
      -> Function
    {
      guard let address = dlsym(library, symbol) else {
        throw .libraryUnavailable(name: name, reason: lastLoaderError())
      }
      return unsafeBitCast(address, to: type)
    }
    sgemm = try function("cblas_sgemm", as: SingleGemm.self)
    dgemm = try function("cblas_dgemm", as: DoubleGemm.self)
    lapack = Result { () throws(RuntimeError) in
      func routines(_ prefix: String) throws(RuntimeError) -> LAPACK {
        LAPACK(
          trsm: try function("\(prefix)trsm_", as: LAPACK.TriangularSolve.self),
          potrf: try function("\(prefix)potrf_", as: LAPACK.Cholesky.self),
          gelqf: try function("\(prefix)gelqf_", as: LAPACK.Factorization.self),
          orglq: try function("\(prefix)orglq_", as: LAPACK.OrthogonalRows.self),
          gesdd: try function("\(prefix)gesdd_", as: LAPACK.SingularValues.self),
          syevd: try function("\(prefix)syevd_", as: LAPACK.SymmetricEigenvalues.self))
      }
      return (single: try routines("s"), double: try routines("d"))
    }
    let readCoreName = try function(
      "openblas_get_corename", as: (@convention(c) () -> UnsafePointer<CChar>?).self)
    coreName = readCoreName().map { String(cString: $0) } ?? ""
    try function("openblas_set_num_threads", as: (@convention(c) (Int32) -> Void).self)(1)
  }

  /// The core to name to OpenBLAS, where it would not see what the processor can do.
  package static func coreType(for processor: HostProcessor) -> String? {
    guard processor.vendor == "AuthenticAMD", processor.flags.contains("avx512vl") else {
      return nil
    }
    return processor.flags.contains("avx512_bf16") ? "Cooperlake" : "SkylakeX"
  }
}

/// The environment is set once, under the lock of this lazy global. POSIX leaves it open what
/// happens to other threads that read the environment at that instant; glibc keeps old values
/// valid.
private let sharedLibrary = Result { () throws(RuntimeError) in
  if let coreType = OpenBLAS.coreType(for: .current()) {
    // What the user has set stays.
    setenv("OPENBLAS_CORETYPE", coreType, 0)
  }
  // Otherwise OpenBLAS starts a thread for each CPU.
  setenv("OPENBLAS_NUM_THREADS", "1", 1)
  return try OpenBLAS(opening: "libopenblas.so.0")
}

private func lastLoaderError() -> String {
  dlerror().map { String(cString: $0) } ?? "unknown error"
}
