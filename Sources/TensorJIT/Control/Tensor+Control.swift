import ScalarIR
import TapeIR

extension Tensor {
  /// The results of an op with bodies, recorded; as many tensors that carry the error where the
  /// operands do not fit or a body cannot be traced.
  static func control(
    _ op: Op, count: Int,
    _ use: () throws(TensorError) -> (operands: [Tensor], attributes: Attributes)
  ) -> [Tensor] {
    do throws(TensorError) {
      let (operands, attributes) = try use()
      var types: [TensorType] = []
      for operand in operands { types.append(try operand.tensorType) }
      let results: [TensorType]
      do {
        results = try op.checkedTypes(types, attributes)
      } catch {
        throw TensorError(op, types, error)
      }
      return append(op, operands, attributes, types: results)
    } catch {
      return (0..<count).map { _ in Tensor(failure: error) }
    }
  }
}

extension TensorRecord {
  /// The types of the tensors.
  ///
  /// - Throws: the error that one of them carries.
  func tensorTypes() throws(TensorError) -> [TensorType] {
    var types: [TensorType] = []
    for tensor in tensors { types.append(try tensor.tensorType) }
    return types
  }

  /// The record with tensors that carry an error.
  func failing(_ error: TensorError) -> Self {
    replacingTensors(with: tensors.map { _ in Tensor(failure: error) })
  }

  /// Checks that a function gave as many tensors as it should.
  func checkCount(_ count: Int, _ name: String) throws(TensorError) {
    if tensors.count != count {
      throw .invalidData(
        "\(name) needs functions that give the same structure, found \(tensors.count) tensors "
          + "in place of \(count)")
    }
  }

  /// The record with arguments of a function that is traced in place of its tensors.
  func replacingTensors(with arguments: some Sequence<Slot>) -> Self {
    replacingTensors(with: arguments.map { Tensor(TensorHandle($0)) })
  }
}
