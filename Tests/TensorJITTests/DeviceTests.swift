import DeviceRuntime
import TensorJIT
import Testing

/// Tensors on devices: what mixes, what moves, what is made where, and what is missing.
@Suite struct DeviceTests {
  @Test func operandsOnSeveralDevices() throws {
    let here = Tensor([1, 2] as [Float])
    let there = Tensor([3, 4] as [Float]).to(.grid)
    let text = try #require(failure(here + there))
    #expect(text.contains("add needs operands on one device, found cpu and grid"))
    #expect(failure(here.matmul(there))?.contains("on one device") == true)
    #expect(failure([here, there].concatenated(axis: 0)) != nil)
    #expect(try floats(here.to(.grid) + there) == [4, 6])
  }

  @Test func numbersGoWhereTheyAreNeeded() throws {
    let x = Tensor([1, 2] as [Float]).to(.grid)
    let rate: Float = 0.5
    #expect((x * rate).device == .grid && (2 * x).device == .grid)
    #expect(try floats(x * rate + 1) == [1.5, 2])
    let scale = Tensor(3 as Float)
    let y = x * scale
    #expect(y.device == .grid)
    let gradient = try y.sum().gradient(withRespectTo: scale)
    #expect(gradient.device == .cpu)
    #expect(try floats(gradient) == [3])
    // A constant that was computed here and is used there.
    let zeros = Tensor.zeros([2])
    #expect(try floats(zeros) == [0, 0])
    #expect(try floats(x + zeros) == [1, 2])
    #expect(try floats(Tensor([7, 8] as [Float]) + zeros) == [7, 8])
  }

  @Test func whereTensorsAreMade() throws {
    #expect(Tensor([1, 2]).device == .cpu && Device.default == .cpu)
    try withDefaultDevice(.grid) { () throws in
      #expect(Device.default == .grid)
      let x = Tensor([[1, 2], [3, 4]] as [[Float]])
      #expect(x.device == .grid)
      #expect(Tensor.zeros([2]).device == .grid)
      let noise = Tensor.uniform([4], key: RandomKey(1))
      #expect(noise.device == .grid)
      #expect(try floats(x.matmul(x)) == [7, 10, 15, 22])
      #expect(try floats(x[x .> 2]) == [3, 4])
      withDefaultDevice(.cpu) { #expect(Tensor([1, 2]).device == .cpu) }
    }
    #expect(Device.default == .cpu)
  }

  @Test func randomNumbersAreTheSameEverywhere() throws {
    let here = try floats(Tensor.normal([100], key: RandomKey(7)))
    let there = try withDefaultDevice(.grid) {
      try floats(Tensor.normal([100], key: RandomKey(7)))
    }
    #expect(here == there)
  }

  @Test func aDeviceThatIsNotThere() throws {
    let device = Device.cuda(99)
    #expect(!device.isAvailable)
    let reason = try #require(device.unavailability)
    #expect(reason.hasPrefix("the device cuda:99 is unavailable: ") && !reason.contains("\n"))
    let x = Tensor([1, 2] as [Float]).to(device)
    #expect(throws: TensorError.device(reason)) { try eval(x) }
    #expect("\(x + 1)" == "error: \(reason)")
    do {
      try device.synchronize()
      Issue.record("there is a device 99")
    } catch {
      #expect(error == .device(reason))
    }
    // The rest goes on.
    #expect(try floats(Tensor([1, 2] as [Float]) + 1) == [2, 3])
  }

  @Test func tracedFunctionsRunWhereTheirArgumentsAre() throws {
    let double = jit { (x: Tensor) in x * 2 + 1 }
    let x = Tensor([1, 2] as [Float])
    #expect(try double(x).device == .cpu)
    let y = try double(x.to(.grid))
    #expect(y.device == .grid)
    #expect(try floats(y) == [3, 5])
    let moving = jit { (x: Tensor) in (x * 2).to(.grid) }
    do {
      _ = try moving(x)
      Issue.record("a move was traced")
    } catch {
      #expect("\(error)".contains("move the function's arguments"))
    }
    let sum = jit { (a: Tensor, b: Tensor) in a + b }
    do {
      _ = try sum(x, x.to(.grid))
      Issue.record("devices were mixed")
    } catch {
      #expect("\(error)".contains("on one device, found cpu and grid"))
    }
  }

  @Test func loopsRunWhereTheirOperandsAre() throws {
    let xs = Tensor([1, 2, 3] as [Float]).to(.grid)
    let start = Tensor(0 as Float).to(.grid)
    let sums = scan(over: xs, from: start) { state, x in
      let next = state + x
      return (next, next)
    }.outputs
    #expect(sums.device == .grid)
    #expect(try floats(sums) == [1, 3, 6])
  }

  @Test func recordsMoveAsAWhole() throws {
    let pair = Pair(Tensor([1] as [Float]), Tensor([2] as [Float])).to(.grid)
    #expect(pair.first.device == .grid && pair.second.device == .grid)
    #expect(pair.first.to(.grid).device == .grid)
  }

  @Test func manyMovesInARow() throws {
    var x = Tensor([0] as [Float])
    for step in 0..<2000 { x = (x + 1).to(step % 2 == 0 ? .grid : .cpu) }
    #expect(try floats(x) == [2000])
  }

  @Test func memoryIsCountedByDevice() throws {
    let before = try Device.grid.memory()
    let x = Tensor.zeros([1 << 24]).to(.grid) + 1
    try eval(x)
    let during = try Device.grid.memory()
    #expect(during.allocations > before.allocations)
    // Other tests let go of a little meanwhile.
    #expect(during.bytesInUse - before.bytesInUse >= 32 << 20)
    withExtendedLifetime(x) {}
  }

  @Test func threadsForceOneMovedTensor() async throws {
    for round in 0..<300 {
      let moved = (Tensor([Float(round), 1]) * 2).to(.grid)
      try await withThrowingTaskGroup(of: [Float].self) { group in
        for _ in 0..<4 { group.addTask { try floats(moved) } }
        for try await result in group { #expect(result == [2 * Float(round), 2]) }
      }
    }
  }

  @Test func numbersFollowIntoUpdatesAndLoops() throws {
    let x = Tensor([1, 2, 3] as [Float]).to(.grid)
    let number = Tensor(10 as Float)
    #expect(try floats(x.at[0].add(number)) == [11, 2, 3])
    #expect(try floats(x.at[1...].set(number)) == [1, 10, 10])
    let grown = whileLoop(x, while: { $0.sum() .< 1000 }, do: { $0 * number })
    #expect(try floats(grown) == [1000, 2000, 3000])
  }

  @Test func threadsMoveAtTheSameTime() async throws {
    let shared = (Tensor([1, 2] as [Float]) * 3).to(.grid)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for task in 0..<8 {
        group.addTask { try floats((shared + Float(task)).to(.cpu) * 2) }
      }
      var results: Set<[Float]> = []
      for try await result in group { results.insert(result) }
      for task in 0..<8 {
        let first: Float = 6 + 2 * Float(task)
        #expect(results.contains([first, first + 6]))
      }
    }
  }
}
