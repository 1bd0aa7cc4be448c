/// LAPACK's routines for one element type, as Fortran passes arguments: all by address, matrices by
/// columns, and at the end the length of each string.
struct LAPACK: Sendable {
  typealias Word = UnsafePointer<CChar>
  typealias Count = UnsafePointer<Int32>
  typealias Elements = UnsafeMutableRawPointer
  typealias Integers = UnsafeMutablePointer<Int32>

  /// side, uplo, transa, diag, m, n, alpha, a, lda, b, ldb.
  typealias TriangularSolve =
    @convention(c) @Sendable (
      Word, Word, Word, Word, Count, Count, UnsafeRawPointer, UnsafeRawPointer, Count, Elements,
      Count, Int, Int, Int, Int
    ) -> Void
  /// uplo, n, a, lda, info.
  typealias Cholesky =
    @convention(c) @Sendable (Word, Count, Elements, Count, Integers, Int) -> Void
  /// m, n, a, lda, tau, work, lwork, info.
  typealias Factorization =
    @convention(c) @Sendable (
      Count, Count, Elements, Count, Elements, Elements, Count, Integers
    ) -> Void
  /// m, n, k, a, lda, tau, work, lwork, info.
  typealias OrthogonalRows =
    @convention(c) @Sendable (
      Count, Count, Count, Elements, Count, Elements, Elements, Count, Integers
    ) -> Void
  /// jobz, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, iwork, info.
  typealias SingularValues =
    @convention(c) @Sendable (
      Word, Count, Count, Elements, Count, Elements, Elements, Count, Elements, Count, Elements,
      Count, Integers, Integers, Int
    ) -> Void
  /// jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info.
  typealias SymmetricEigenvalues =
    @convention(c) @Sendable (
      Word, Word, Count, Elements, Count, Elements, Elements, Count, Integers, Count, Integers,
      Int, Int
    ) -> Void

  let trsm: TriangularSolve
  let potrf: Cholesky
  let gelqf: Factorization
  let orglq: OrthogonalRows
  let gesdd: SingularValues
  let syevd: SymmetricEigenvalues
}
