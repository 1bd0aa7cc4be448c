import TensorJIT
import Testing

/// What is recorded is evaluated by itself before it grows without bound, and memory of values that
/// nobody else needs is written over. Each test has a process of its own, because budgets and counters
/// are the process's.
@Suite struct BudgetTests {
  @Test func withoutABudgetEachOpIsEvaluated() async {
    await #expect(processExitsWith: .success) {
      Runtime.shared.options.operationBudget = 0
      let x = Tensor([1, 2] as [Float])
      let before = Runtime.shared.counters.evaluations
      let y = x + x
      #expect(Runtime.shared.counters.evaluations > before)
      let middle = Runtime.shared.counters.evaluations
      _ = try y.scalars(as: Float.self)
      #expect(Runtime.shared.counters.evaluations == middle)
    }
  }

  @Test func wideGraphsAreEvaluatedToo() async {
    await #expect(processExitsWith: .success) {
      // A thousand ops on one pending operand: no chain is longer than two.
      Runtime.shared.options.operationBudget = 100
      let x = Tensor([1, 2] as [Float])
      let before = Runtime.shared.counters.evaluations
      let sum = x + x
      let all = (0..<1_000).map { _ in sum + x }
      #expect(Runtime.shared.counters.evaluations - before >= 1)
      let last = try all[999].scalars(as: Float.self)
      #expect(last == [3, 6])
    }
  }

  @Test func valuesThatOnlyRecordedOpsNeedAreBounded() async {
    await #expect(processExitsWith: .success) {
      // Each batch has 4 MiB and is let go at once; without the budget all 100 of them would live.
      Runtime.shared.options.byteBudget = 16 << 20
      var total = Tensor(0 as Float)
      var most = 0
      let before = Runtime.shared.counters.bytesInUse
      for number in 0..<100 {
        let batch = Tensor([Float](repeating: Float(number), count: 1 << 20))
        total = total + batch.sum()
        most = max(most, Runtime.shared.counters.bytesInUse - before)
      }
      let sum = try total.scalar(as: Float.self)
      #expect(sum == Float(4950 << 20))
      #expect(most < 64 << 20)
    }
  }

  @Test func valuesThatTheUserHoldsCountForNothing() async {
    await #expect(processExitsWith: .success) {
      Runtime.shared.options.byteBudget = 100_000
      let weight = Tensor([Float](repeating: 1, count: 100_000))
      _ = try eval(grad(of: { (w: Tensor) in (w * w).sum() })(weight))
      let before = Runtime.shared.counters.evaluations
      var y = weight
      for _ in 0..<10 { y = y + weight }
      try eval(y)
      #expect(Runtime.shared.counters.evaluations == before + 1)
    }
  }

  @Test func dyingInputsAreWrittenOver() async {
    await #expect(processExitsWith: .success) {
      // 64 MiB, of which two would be alive at a time if each result had memory of its own.
      var x = Tensor([Float](repeating: 1, count: 16 << 20))
      let first = try address(of: x)
      for _ in 0..<3 {
        x = x + 1
        try eval(x)
      }
      #expect(try address(of: x) == first)
      #expect(try x[0].scalar(as: Float.self) == 4)
    }
  }

  @Test func valuesThatAreStillNeededAreNotWrittenOver() async {
    await #expect(processExitsWith: .success) {
      var x = Tensor([Float](repeating: 1, count: 1000))
      let kept = x
      x = x + 1
      try eval(x)
      #expect(try kept.scalars(as: Float.self) == [Float](repeating: 1, count: 1000))
      // A copy that shares the memory.
      var y = Tensor([Float](repeating: 2, count: 1000))
      let detached = y.detached()
      y = y * 2
      try eval(y)
      #expect(try detached.scalars(as: Float.self) == [Float](repeating: 2, count: 1000))
      // Another recorded op needs it.
      var z = Tensor([Float](repeating: 3, count: 1000))
      let later = z * 5
      z = z + 1
      try eval(z)
      #expect(try later.scalars(as: Float.self) == [Float](repeating: 15, count: 1000))
    }
  }

  @Test func whatIsNeededByAnotherRecordedOpIsComputedOnce() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([1, 2, 3] as [Float])
      var shared: Tensor? = (x * 2).exp()
      let first = try #require(shared).sum()
      let second = try #require(shared).max()
      shared = nil
      try eval(first)
      // The shared value was published although no tensor refers to it.
      let before = Runtime.shared.counters.evaluations
      #expect(try abs(second.scalar(as: Float.self) - 403.42879) < 1e-3)
      #expect(Runtime.shared.counters.evaluations == before + 1)
    }
  }
}

/// Where the tensor's first element lies.
private func address(of tensor: Tensor) throws -> UnsafeRawPointer? {
  try tensor.withUnsafeBytes { $0.baseAddress }
}
