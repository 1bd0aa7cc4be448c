import DeviceRuntime
import TensorJIT
import Testing

// Data that moves between devices, and programs that follow it.

extension FeatureTests {
  /// The devices besides the processor.
  static let otherDevices = testedDevices.filter { $0 != .cpu }

  @Test("H12 moves between devices are recorded ops, with gradients", arguments: otherDevices)
  func moves(_ device: Device) throws {
    let x = Tensor([1, 2, 3] as [Float])
    let moved = (x * 2).to(device)
    #expect(x.device == .cpu && moved.device == device)
    let y = (moved * moved).sum()
    #expect(y.device == device)
    let gradient = try y.gradient(withRespectTo: x)
    #expect(gradient.device == .cpu)
    #expect(try floats(gradient) == [8, 16, 24])
    // Printed or not, there and back, and twice.
    #expect("\(moved)" == "[2. 4. 6.]")
    let back = y.to(.cpu) * x
    #expect(back.device == .cpu)
    #expect(try floats(back.gradient(withRespectTo: x)) == [104, 152, 200])
    let slope = grad(of: { (x: Tensor) in (x * x * x).to(device).sum().to(.cpu) })
    #expect(try floats(grad(of: { (x: Tensor) in try slope(x).sum() })(x)) == [6, 12, 18])
  }

  @Test("M4 what an op becomes depends on where the data is", arguments: otherDevices)
  func loweringByDevice(_ device: Device) throws {
    // A size of its own, so that nobody else has compiled it.
    let x = Tensor((0..<977).map { Float($0) })
    let before = Runtime.shared.counters
    let here = (x + 1).exp().sum()
    let there = (x.to(device) + 1).exp().sum()
    try eval(here, there)
    #expect(Runtime.shared.counters.compiles >= before.compiles + 2)
    #expect(here.device == .cpu && there.device == device)
    #expect(try floats(here) == floats(there))
  }

  @Test("M5 a computation goes on where the data was moved to", arguments: otherDevices)
  func movingOn(_ device: Device) throws {
    var x = Tensor([1, 2, 3] as [Float])
    for step in 0..<6 {
      x = (x * 2 - 1).to(step % 2 == 0 ? device : .cpu)
      if step == 3 { _ = "\(x)" }
    }
    #expect(x.device == .cpu)
    #expect(try floats(x) == [1, 65, 129])
    // Both ends of one move, in one evaluation.
    let a = Tensor([5] as [Float]) + 1
    let b = a.to(device) + 1
    try eval(a, b, b.to(.cpu))
    #expect(try floats(a) == [6] && floats(b) == [7])
  }

  @Test("M6 each kind of device has an optimisation of its own")
  func optimisationByDevice() throws {
    let names = try [CodeTarget.cpu, .ptx(named: "sm_90a")].map {
      Pipeline.stages(for: $0).map(\.name)
    }
    #expect(names[0].contains("vectorize") && names[0].contains("parallelize"))
    #expect(names[1].contains("map") && !names[1].contains("parallelize"))
    #expect(names[0].last == "asm" && names[1].last == "ptx")
    let shared = Array(zip(names[0], names[1]).prefix { $0 == $1 }.map(\.0))
    #expect(shared.contains("algebra") && shared.last == "simplify")
  }
}
