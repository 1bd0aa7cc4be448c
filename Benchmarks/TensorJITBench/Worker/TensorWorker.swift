import TensorJIT

extension Worker {
  /// A worker that runs workloads as users of this library do.
  static func tensors(threads: Int) -> Worker {
    // Threads start on the CPUs that this one may use, which is then only the first.
    Runtime.shared.options.threads = threads
    _ = Runtime.shared.counters
    return Worker(title: "TensorJIT") { name, arguments in
      guard let workload = TensorWorkload.all.first(where: { $0.name == name }) else {
        throw MissingWorkload(reason: "not written")
      }
      return workload.job(try arguments.map { try ArrayFile($0).tensor() })
    }
  }
}

extension TensorWorkload {
  /// The workload on its first arguments; what is carried from run to run replaces them.
  func job(_ first: [Tensor]) -> Job {
    let run = isTraced ? jit(body) : body
    let carried = carried
    var arguments = first
    return Job { runs in
      try ContinuousClock().measure {
        for _ in 0..<runs {
          let results = try run(arguments)
          if carried > 0 { arguments.replaceSubrange(..<carried, with: results[..<carried]) }
          try eval(results)
        }
      }.inSeconds
    } outputs: {
      try run(first)
    } reset: {
      arguments = first
    }
  }
}
