import TensorJIT

extension TensorWorkload {
  /// Ops on few elements: what an op costs besides its work.
  static var smallAdds: [TensorWorkload] {
    [
      TensorWorkload("add-1") { [$0[0] + $0[1]] },
      TensorWorkload("adds-100", hundredAdds),
      TensorWorkload("adds-100-eager", isTraced: false, hundredAdds),
    ]
  }
}

private func hundredAdds(_ x: [Tensor]) -> [Tensor] {
  [(0..<100).reduce(x[0]) { sum, _ in sum + x[1] }]
}
