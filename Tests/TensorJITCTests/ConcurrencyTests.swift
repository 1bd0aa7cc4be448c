import CTensorJIT
import Glibc
import Synchronization
import Testing

/// Many threads at once.
@Suite struct CInterfaceConcurrencyTests {
  /// Runs a body on threads of their own.
  private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Start: Sendable {
      let number: Int
      let body: @Sendable (Int) -> Void
      init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.number = number
        self.body = body
      }
    }
    let threads = (0..<count).compactMap { number -> pthread_t? in
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(number, body))
      let status = pthread_create(
        &thread, nil,
        { start in
          if let start {
            let start = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
            start.body(start.number)
          }
          return nil
        }, start.toOpaque())
      return status == 0 ? thread : nil
    }
    for thread in threads { pthread_join(thread, nil) }
    #expect(threads.count == count)
  }

  /// Threads run one program, with sizes that some share and that others are the first to bring.
  @Test func oneProgramOnManyThreads() throws {
    let program = try Program(
      "(tape t [(x f32[N]) (s f32[])] (y (mul x s)) (z (reduce-sum y :axes [0])) (return y z))")
    let wrong = Atomic<Int>(0)
    onThreads(8) { number in
      for round in 0..<40 {
        let count = 1 + (number + round) % 5 * 100
        let s = CArray(TJ_F32, [Float(number)], [])
        let x = CArray(TJ_F32, [Float](repeating: 2, count: count), [count])
        let y = CArray(TJ_F32, [Float](repeating: 0, count: count), [count])
        let z = CArray(TJ_F32, [0] as [Float], [])
        let failed = failure { () throws(CallFailure) in try program.run([x, s], [y, z]) }
        if failed != nil || !y.elements(Float.self).allSatisfy({ $0 == Float(2 * number) })
          || z.elements(Float.self) != [Float(2 * number * count)]
        {
          wrong.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  /// A program is destroyed while others run it: they end as they would, or find it gone.
  @Test func destroyedWhileRunning() throws {
    for _ in 0..<10 {
      let text = "(tape t [(x f32[64])] (y (exp x)) (return y))"
      var loaded: OpaquePointer?
      try check { tj_program_load(text, text.utf8.count, nil, &loaded, $0) }
      let number = UInt(bitPattern: loaded)
      let other = Atomic<Int>(0)
      onThreads(4) { thread in
        let handle = OpaquePointer(bitPattern: number)
        let x = CArray(TJ_F32, [Float](repeating: 0, count: 64), [64])
        let y = CArray(TJ_F32, [Float](repeating: 0, count: 64), [64])
        let (inputs, outputs) = ([x.buffer], [y.buffer])
        for round in 0..<20 {
          if thread == 0, round == 2 { tj_program_destroy(handle) }
          let status = tj_program_run(handle, inputs, 1, outputs, 1, nil, nil)
          let isRight = status == TJ_OK && y.elements(Float.self).allSatisfy { $0 == 1 }
          if !isRight, status != TJ_INVALID_ARGUMENT { other.add(1, ordering: .relaxed) }
        }
      }
      #expect(other.load(ordering: .relaxed) == 0)
    }
  }

  /// Loading, failing and asking on all threads.
  @Test func everythingElse() throws {
    let wrong = Atomic<Int>(0)
    onThreads(6) { number in
      for _ in 0..<20 {
        let found = failure { () throws(CallFailure) in
          let program = try Program("(tape t\(number) [(x f64[N,2])] (y (neg x)) (return y))")
          _ = try program.value(0)
          _ = try counters()
        }
        let failed = failure { () throws(CallFailure) in _ = try Program("(tape t") }
        if found != nil || failed?.status != tj_status(TJ_INVALID_TEXT) {
          wrong.add(1, ordering: .relaxed)
        }
        tj_trim()
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
