/// Owns a point in a stream that can be waited for.
struct CUDAEvent: ~Copyable {
  private let context: CUDAContext
  nonisolated(unsafe) private let raw: CUDADriver.Handle

  init(_ context: CUDAContext) throws(RuntimeError) {
    var raw: CUDADriver.Handle?
    try context.perform("making an event") {
      context.driver.createEvent(&raw, CUDADriver.untimedEvent)
    }
    guard let raw else {
      throw .deviceFailed(
        device: context.device, operation: "making an event", reason: "there is none")
    }
    self.context = context
    self.raw = raw
  }

  deinit { _ = context.withCurrent { context.driver.destroyEvent(raw) } }

  /// Lets the event stand for all that the stream has been given so far.
  func record() throws(RuntimeError) {
    try context.perform("recording an event") { context.driver.recordEvent(raw, context.stream) }
  }

  /// Waits until the stream has come to the event; its status.
  func wait() -> CUDADriver.Status {
    context.withCurrent { context.driver.synchronizeEvent(raw) }
  }
}
