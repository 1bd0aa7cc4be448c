import ScalarIR
import TapeIR

extension Tape {
  /// A tape that makes arguments for this one, whose sizes are known: random numbers from -1 to 1 for
  /// floating parameters, random whole numbers from 0 to 7 for others, and random truth values.
  ///
  /// BEFORE  (tape t [(x f32[4]) (n i32[4])] … (return y))
  /// AFTER   (tape t-arguments []
  ///           (bits (random-bits [0 0] :type u32[4]))
  ///           (x (sub (mul (convert bits :to f32) 4.6566129e-10) 1))
  ///           (more (random-bits [0 1] :type u32[4]))
  ///           (n (convert (rem more 8) :to i32))
  ///           (return x n))
  func randomArguments() throws(TapeError) -> Tape {
    var builder = TapeBuilder(name: name + "-arguments")
    var results: [Result] = []
    for (number, parameter) in parameterList.enumerated() {
      let (dtype, shape) = (parameter.type.dtype, parameter.type.shape)
      let key = try builder.literal(
        Literal(dtype: .u32, sizes: [2], bits: [0, UInt64(number)]))
      let bits = try builder.op(
        .randomBits, key, attributes: [.type: .type(TensorType(.u32, shape))])
      let value: Value
      if dtype.isFloating {
        let wide = try builder.convert(bits, to: .f32)
        let scaled = try builder.op(.mul, wide, try builder.splat(0x1p-31, like: wide))
        let centred = try builder.op(.sub, scaled, try builder.splat(1, like: scaled))
        value = try builder.convert(centred, to: dtype)
      } else {
        let limit = try builder.splat(dtype == .bool ? 2 : 8, like: bits)
        value = try builder.convert(try builder.op(.rem, bits, limit), to: dtype)
      }
      results.append(Result(name: parameter.name, value: value))
    }
    return builder.finish(results)
  }
}
