import LoopIR
import ScalarIR
import TapeIR
import TapePasses

// States of folds, whose components lie in arrays of their own.

extension KernelEmitter {
  /// Declares scratch arrays of the given types.
  mutating func scratch(_ types: [DType], count: Int) -> [String] {
    types.map { dtype in
      let name = freshVariable("s").name
      append(.scratch(name: name, dtype, count: count))
      return name
    }
  }

  /// The names of buffers of the given types.
  mutating func arrays(
    _ buffers: [BufferID], _ types: [DType], access: ArrayParameter.Access
  ) -> [String] {
    zip(buffers, types).map { array($0, dtype: $1, access: access) }
  }

  /// The elements at an index of arrays.
  mutating func load(_ arrays: [String], _ types: [DType], at index: Index) -> [Scalar] {
    zip(arrays, types).map { name, dtype in
      define(dtype, .load(array: name, index: index), scope: depth)
    }
  }

  /// Writes scalars to arrays at an index.
  mutating func store(_ scalars: [Scalar], to arrays: [String], at index: Index) {
    for (name, scalar) in zip(arrays, scalars) {
      append(.store(array: name, index: index, value: scalar.variable))
    }
  }
}
