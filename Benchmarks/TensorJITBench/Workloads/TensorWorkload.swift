import TensorJIT

/// Something to measure, as users of this library write it. `Benchmarks/Peers` has the arguments, the
/// same for all that are compared, and the results that are right.
struct TensorWorkload {
  let name: String
  /// How many of the results replace as many of the arguments in the next run.
  var carried = 0
  /// Whether it is traced once, or recorded anew in each run.
  var isTraced = true
  let body: ([Tensor]) throws -> [Tensor]

  init(
    _ name: String, carried: Int = 0, isTraced: Bool = true,
    _ body: @escaping ([Tensor]) throws -> [Tensor]
  ) {
    self.name = name
    self.carried = carried
    self.isTraced = isTraced
    self.body = body
  }

  static var all: [TensorWorkload] {
    elementwise + rows + sums + movements + products + trainingSteps + encoders + smallAdds
  }
}
