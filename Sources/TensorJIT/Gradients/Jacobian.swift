import ScalarIR
import TapeIR

/// A function that gives the matrix of first derivatives of `function`: the derivative of each element
/// of its value by each element of its argument.
///
/// The result is a record of the argument's type, each of whose tensors has the axes of the value and
/// then those of the tensor that it is the derivative by. A row is one run of reverse mode, and all
/// rows are one loop of one program: the cost is the gradient's times the number of elements of the
/// value. What the rows share is computed once.
///
/// - Returns: a function that throws what `function` throws, and `noGradient` where the value is not
///   floating.
public func jacobian<Parameters: TensorRecord>(
  of function: @escaping (Parameters) throws -> Tensor
) -> (Parameters) throws -> Parameters {
  { parameters in
    let (value, pullback) = try vjp(of: function, at: parameters)
    let type = try value.tensorType
    guard type.dtype.isFloating else {
      throw TensorError.noGradient("a jacobian needs a floating result, found \(type)")
    }
    guard let count = type.shape.elementCount.constant else {
      throw TensorError.noGradient("a jacobian needs a result of known size, found \(type)")
    }
    let rows = Tensor.eye(count, elementType: ElementType(type.dtype))
      .reshaped(toShape: Shape([.constant(count)] + type.shape.dims))
    let stacked = try scan(over: rows, from: [Tensor]()) { _, row in
      ([], try pullback(row).tensors)
    }
    var matrices: [Tensor] = []
    for (matrix, tensor) in zip(stacked.outputs, parameters.tensors) {
      let shape = Shape(type.shape.dims + (try tensor.tensorType).shape.dims)
      matrices.append(matrix.reshaped(toShape: shape))
    }
    return parameters.replacingTensors(with: matrices)
  }
}

/// A function that gives the matrix of second derivatives of a function with one value: by each two
/// elements of its argument, whose axes the result has twice.
///
/// `hessianVectorProduct(of:at:along:)` multiplies by it without making it.
///
/// - Returns: a function that throws as those of `grad(of:)` and `jacobian(of:)`.
public func hessian(
  of function: @escaping (Tensor) throws -> Tensor
) -> (Tensor) throws -> Tensor {
  jacobian(of: grad(of: function))
}
