import ScalarIR
import TapeIR
import TapePasses
import Testing

/// What gradients of convolutions and factors need to know of symbolic sizes.
@Suite struct SymbolicGradientTests {
  private func message(_ text: String) throws -> String? {
    do {
      _ = try Tape(parsing: text).appendingGradient()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func convolutions() throws {
    func tape(_ size: String) -> String {
      """
      (tape t [(x f64[1,1,\(size)]) (k f64[1,1,2])]
        (y (conv x k :stride [2] :low [1] :high [0] :layout [NCW OIW NCW])) (return y))
      """
    }
    for size in ["N", "2*N+1", "(floordiv N 2)", "(max A B)", "(mul A B)"] {
      #expect(try message(tape(size)) == nil, "\(size)")
    }
    let found = try #require(try message(tape("A-B")))
    #expect(
      found.hasPrefix(
        "the gradient of conv needs sizes that are known not to be negative, found f64[1,1,A-B]"))
  }

  @Test func factors() throws {
    func tape(_ shape: String) -> String {
      "(tape t [(x f64[\(shape)])] ([q r] (qr x)) (y (exp r)) (return y))"
    }
    for shape in ["N,N", "N+2,N", "N,N+2", "B,N,N"] {
      #expect(try message(tape(shape)) == nil, "\(shape)")
    }
    let found = try #require(try message(tape("M,N")))
    #expect(
      found.hasPrefix("the gradient of qr needs to know which of f64[M,N]'s last axes is longer"))
  }
}
