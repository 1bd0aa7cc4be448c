import TapeIR

extension Tensor {
  /// The result of a word or an op that stands for other ops, which `build` adds to a tape.
  static func expanding(
    _ name: String, _ operands: [Tensor],
    _ build: (inout TapeBuilder, [Value]) throws(TapeError) -> [Value]
  ) throws(TensorError) -> Tensor {
    var builder = TapeBuilder(name: name)
    builder.provenance = Provenance(origin: name)
    var known: [Value: Tensor] = [:]
    var values: [Value] = []
    for (number, operand) in operands.enumerated() {
      let value = builder.parameter("x\(number)", try operand.tensorType)
      known[value] = operand
      values.append(value)
    }
    do throws(TapeError) {
      let results = try build(&builder, values)
      guard let recorded = replay(builder.tape, results, known: known)[results[0]] else {
        return Tensor(failure: .failure("\(name) has no result"))
      }
      return recorded
    } catch {
      throw TensorError(error)
    }
  }
}
