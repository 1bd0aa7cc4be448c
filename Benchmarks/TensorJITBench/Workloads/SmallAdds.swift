import TensorJIT

/// Many ops on few elements: what an op costs besides its work.
var smallAdds: [Workload] {
  let (adds, count) = (100, 16)
  func workload(_ name: String, _ run: @escaping (Tensor, Tensor) throws -> Tensor) -> Workload {
    Workload(name: name, work: .small) {
      let (start, step) = (Inputs(12), Inputs(13))
      let (x, y) = (start.tensor(count), step.tensor(count))
      return Job {
        try eval(run(x, y))
      } floors: {
        [Floor.calls(adds, count: count)]
      } check: {
        try expect(try run(x, y).scalars(as: Float.self)) {
          Double(start[$0]) + Double(adds) * Double(step[$0])
        }
      }
    }
  }
  func sum(_ x: Tensor, _ y: Tensor) -> Tensor { (0..<adds).reduce(x) { sum, _ in sum + y } }
  return [
    workload("100 adds of 16, recorded", sum),
    workload("100 adds of 16, jit", jit(sum)),
  ]
}

/// What it takes to compile a program that was never seen before.
var firstCalls: [Workload] {
  [
    Workload(name: "first call of the chain", work: .small) {
      var count = 1024
      func arguments() -> [Tensor] { (1...4).map { Inputs($0).tensor(count) } }
      func run() throws {
        // A new shape is a new program.
        count += 16
        try eval(chain(arguments()))
      }
      return Job(run: run) {
        [Floor.part("another call") { try eval(chain(arguments())) }]
      } check: {
        try expect(try chain(arguments()).scalars(as: Float.self)) { position in
          chain((1...4).map { Double(Inputs($0)[position]) })
        }
      }
    }
  ]
}
