import DeviceRuntime
import IRSpecRunner
import Testing

/// The whole corpus as machine code whose buffers lie between pages that cannot be touched: an access
/// outside of its buffer ends the test.
struct GuardedSpecTests {
  @Test(arguments: SpecPath.all, [BufferGuard.behind, .inFront])
  func codeStaysInItsBuffers(_ spec: SpecPath, _ bufferGuard: BufferGuard) throws {
    var runner = SpecRunner()
    runner.engines = [.engine(.cpu)]
    runner.bufferGuard = bufferGuard
    runner.checkedKinds = [.run, .grad]
    for failure in runner.check(try spec.text).failures { Issue.record("\(failure)") }
  }
}
