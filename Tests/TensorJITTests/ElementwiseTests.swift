import TensorJIT
import Testing

@Suite struct ElementwiseTests {
  let x = Tensor([-1.5, 0.5, 2.5] as [Double])
  let u = Tensor([-0.75, 0.25, 0.5] as [Double])

  private func check(_ y: Tensor, _ expected: [Double], _ tolerance: Double = 1e-14) throws {
    let found = try y.scalars(as: Double.self)
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) {
      #expect(a == b || abs(a - b) <= tolerance * max(1, abs(b)), "\(found) is not \(expected)")
    }
  }

  @Test func roundings() throws {
    try check(floor(x), [-2, 0, 2])
    try check(ceil(x), [-1, 1, 3])
    try check(round(x), [-2, 0, 2])
    try check(trunc(x), [-1, 0, 2])
    try check(x.rounded(), [-2, 0, 2])
    try check(x.truncated(), [-1, 0, 2])
    let mixed = Tensor([1, .infinity, .nan] as [Float])
    #expect(try mixed.isFinite().scalars(as: Bool.self) == [true, false, false])
  }

  @Test func powersAndLogarithms() throws {
    try check(exp2(x), [0.3535533905932738, 1.4142135623730951, 5.656854249492381])
    try check(expm1(x), [-0.7768698398515702, 0.6487212707001282, 11.182493960703473])
    try check(log2(x + 2), [-1, 1.3219280948873624, 2.169925001442312])
    try check(log1p(u), [-1.3862943611198906, 0.22314355131420976, 0.4054651081081644])
    try check(rsqrt(x + 2), [1.4142135623730951, 0.6324555320336759, 0.47140452079103173])
    try check(cbrt(x), [-1.1447142425533319, 0.7937005259840998, 1.3572088082974532])
  }

  @Test func trigonometry() throws {
    try check(sin(x), [-0.9974949866040544, 0.479425538604203, 0.5984721441039565])
    try check(cos(x), [0.0707372016677029, 0.8775825618903728, -0.8011436155469337])
    try check(tan(x), [-14.101419947171719, 0.5463024898437905, -0.7470222972386603], 1e-13)
    try check(asin(u), [-0.848062078981481, 0.25268025514207865, 0.5235987755982989])
    try check(acos(u), [2.4188584057763776, 1.318116071652818, 1.0471975511965979])
    try check(atan(x), [-0.982793723247329, 0.46364760900080615, 1.1902899496825317])
    try check(atan2(x, u), [-2.0344439357957027, 1.1071487177940904, 1.373400766945016])
    try check(
      atan2(x, 2 as Double), [-0.6435011087932844, 0.24497866312686414, 0.8960553845713439])
    try check(atan2(1, u), [2.214297435588181, 1.3258176636680326, 1.1071487177940904])
    try check(sinh(x), [-2.1292794550948173, 0.5210953054937474, 6.0502044810397875])
    try check(cosh(x), [2.352409615243247, 1.1276259652063807, 6.132289479663686])
    try check(asinh(x), [-1.1947632172871094, 0.48121182505960347, 1.6472311463710958])
    try check(acosh(x + 3), [0.9624236501192069, 1.9248473002384139, 2.389526434574219])
    try check(atanh(u), [-0.9729550745276566, 0.25541281188299536, 0.5493061443340549])
  }

  @Test func specialFunctions() throws {
    try check(erf(x), [-0.9661051464753108, 0.5204998778130465, 0.999593047982555])
    try check(erfc(x), [1.9661051464753108, 0.4795001221869535, 0.00040695201744495886])
    try check(erfinv(u), [-0.8134198475976184, 0.22531205501217805, 0.4769362762044699])
    try check(lgamma(x), [0.8600470153764810, 0.5723649429247001, 0.2846828704729192])
    try check(digamma(x), [0.7031566406452432, -1.9635100260214235, 0.7031566406452432])
  }

  @Test func powersAndRemainders() throws {
    try check(x.power(2), [2.25, 0.25, 6.25])
    try check(pow(x, Tensor([3, 0.5, -1] as [Double])), [-3.375, 0.7071067811865476, 0.4])
    let exponent = 2.0
    try check(x.power(exponent), [2.25, 0.25, 6.25])
    try check(pow(x, exponent), [2.25, 0.25, 6.25])
    try check(pow(exponent, x), [0.3535533905932738, 1.4142135623730951, 5.656854249492381])
    try check(x % 1, [-0.5, 0.5, 0.5])
    try check(x % exponent, [-1.5, 0.5, 0.5])
    try check(exponent % x, [0.5, 0, 2])
    var y = x
    y %= 2
    try check(y, [-1.5, 0.5, 0.5])
    y %= 0.25
    try check(y, [-0.0, 0, 0])
    let whole = Tensor([7, -7] as [Int32])
    #expect(try (whole % 4).scalars(as: Int32.self) == [3, -3])
    #expect(try whole.power(3).scalars(as: Int32.self) == [343, -343])
    #expect(try (whole % Tensor([0, 5] as [Int32])).scalars(as: Int32.self) == [7, -2])
  }

  @Test func clamping() throws {
    try check(x.clamped(from: 0, to: 1), [0, 0.5, 1])
    let (low, high) = (-1.0, 2.0)
    try check(x.clamped(from: low, to: high), [-1, 0.5, 2])
    try check(x.clamped(from: u, to: 2), [-0.75, 0.5, 2])
    try check(
      x.clamped(from: 0, to: 1).gradient(withRespectTo: x), [0, 1, 0])
  }

  @Test func bits() throws {
    let a = Tensor([12, -16, 1] as [Int32])
    #expect(try (a .^ 10).scalars(as: Int32.self) == [6, -6, 11])
    #expect(try (a << 2).scalars(as: Int32.self) == [48, -64, 4])
    #expect(try (a >> 2).scalars(as: Int32.self) == [3, -4, 0])
    let one = 1 << 0
    let count = Tensor(Int32(one))
    #expect(try (a << count).scalars(as: Int32.self) == [24, -32, 2])
    #expect(try (a >> count).scalars(as: Int32.self) == [6, -8, 0])
    let b = Tensor([0xF000_0000, 3] as [UInt32])
    #expect(try (b >> 28).scalars(as: UInt32.self) == [15, 0])
    #expect(try (b << Tensor([4, 40] as [UInt32])).scalars(as: UInt32.self) == [0, 0])
    #expect(try a.nonzeroBitCount().scalars(as: Int32.self) == [2, 28, 1])
    #expect(try b.leadingZeroBitCount().scalars(as: UInt32.self) == [0, 30])
    let flags = Tensor([true, false])
    #expect(try (flags .^ true).scalars(as: Bool.self) == [false, true])
  }

  @Test func bitcasts() throws {
    let one = Tensor([1, -2] as [Float])
    #expect(try one.bitcast(to: .u32).scalars(as: UInt32.self) == [0x3F80_0000, 0xC000_0000])
    let bytes = one.bitcast(to: .u8)
    #expect(try bytes.shape == [2, 4])
    #expect(try bytes.scalars(as: UInt8.self) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    #expect(try bytes.bitcast(to: .f32).scalars(as: Float.self) == [1, -2])
    #expect(
      failure(bytes.bitcast(to: .f64))
        == "C4: bitcast to f64 needs a last axis of size 8, found u8[2,4] (bitcast of u8[2,4])")
    #expect(failure(Tensor([true]).bitcast(to: .u8)) != nil)
  }

  @Test func wrongTypesCarryTheError() {
    #expect(
      failure(sin(Tensor([1, 2])))
        == "C1: sin needs a floating operand, found i32[2] (sin of i32[2])")
    #expect(failure(x << 1) != nil)
    #expect(failure(Tensor([true]) % true) != nil)
  }
}
