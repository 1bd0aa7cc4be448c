import TensorJIT
import Testing

/// Several threads record and force at once. `make test-tsan` runs these under the thread sanitizer.
@Suite struct TraceConcurrencyTests {
  @Test func threadsRecordAndForceTheirOwnTensors() async throws {
    let sums = try await withThrowingTaskGroup(of: Float.self) { group in
      for number in 0..<8 {
        group.addTask {
          var total: Float = 0
          for step in 0..<50 {
            let x = Tensor([Float(number), Float(step), 1])
            total += try (x * 2 + 1).sum().scalar(as: Float.self)
          }
          return total
        }
      }
      var sums: [Float] = []
      for try await sum in group { sums.append(sum) }
      return sums.sorted()
    }
    // Over 50 steps: 2 · (number + step + 1) + 3.
    let expected: [Float] = (0..<8).map { (number: Int) -> Float in Float(100 * number + 2700) }
    #expect(sums == expected)
  }

  @Test func threadsForceTheSamePendingTensors() async throws {
    for _ in 0..<20 {
      let x = Tensor((0..<100).map { Float($0) })
      let h = (x + 1) * 2
      let y = h.sum()
      let z = (h - x).sum()
      let found = try await withThrowingTaskGroup(of: [Float].self) { group in
        for number in 0..<6 {
          group.addTask {
            let first = number % 2 == 0 ? y : z
            let second = number % 2 == 0 ? z : y
            let a = try first.scalar(as: Float.self)
            let b = try second.scalar(as: Float.self)
            _ = try h.scalars(as: Float.self)
            return number % 2 == 0 ? [a, b] : [b, a]
          }
        }
        var found: [[Float]] = []
        for try await item in group { found.append(item) }
        return found
      }
      #expect(found.allSatisfy { $0 == [10_100, 5_150] })
    }
  }

  @Test func threadsDifferentiateAndTrace() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...6 {
        group.addTask {
          let x = Tensor([Float(number), 2])
          let cube = grad(of: { (x: Tensor) in (x * x * x).sum() })
          let gradient = try cube(x).scalars(as: Float.self)
          #expect(gradient == [Float(3 * number * number), 12])
          let double = jit { (x: Tensor) in x + x }
          for _ in 0..<10 {
            let doubled = try double(x).scalars(as: Float.self)
            #expect(doubled == [Float(2 * number), 4])
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func tensorsAreFreedOnOtherThreads() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        var y = Tensor([1, 2] as [Float])
        for _ in 0..<1000 { y = y + 1 }
        let chain = y
        group.addTask { _ = chain * 2 }
      }
    }
  }
}
