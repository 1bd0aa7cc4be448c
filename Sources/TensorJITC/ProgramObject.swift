import Locking
import ScalarIR
import TapeIR
import TensorJIT

/// What a `tj_program` stands for: a tape, and what was made of it for the sizes met so far.
final class ProgramObject: Sendable {
  let tape: Tape
  let engine: Engine
  let parameters: [ValueDescription]
  let results: [ValueDescription]

  /// What the program is for certain sizes.
  private enum Version: Sendable {
    case ready(SizedProgram)
    /// A thread is about to make it.
    case awaited(Latch)
  }

  /// By the sizes of all parameters, one after the other.
  private let versions = Lock([[Int]: Version]())

  /// The most versions that are kept.
  static let versionLimit = 256

  init(_ tape: Tape, engine: Engine) {
    self.tape = tape
    self.engine = engine
    parameters = tape.parameterList.map { ValueDescription($0.name, $0.type) }
    results = tape.results.map { ValueDescription($0.name, tape.type(of: $0.value)) }
  }

  /// The types of the results for parameters of these sizes.
  func resultTypes(_ parameters: [ArrayView]) throws(Failure) -> [TensorType] {
    let sizes = try symbolValues(parameters)
    if sizes.isEmpty { return results.map(\.tensorType) }
    do throws(TapeError) {
      let concrete = try tape.specialized(sizes)
      return concrete.results.map { concrete.type(of: $0.value) }
    } catch {
      throw Failure(error)
    }
  }

  /// The program for parameters of these sizes, made where it is not there yet.
  ///
  /// Of threads that want the same sizes one makes it, and the others wait.
  func version(for parameters: [ArrayView]) throws(Failure) -> SizedProgram {
    let key = parameters.flatMap(\.sizes)
    while true {
      let latch = Latch()
      let found = versions.withLock { versions -> Version? in
        if let found = versions[key] { return found }
        if versions.count >= Self.versionLimit {
          versions = versions.filter { if case .awaited = $0.value { true } else { false } }
        }
        versions[key] = .awaited(latch)
        return nil
      }
      switch found {
      case .ready(let program):
        Runtime.shared.noteCacheHit()
        return program
      case .awaited(let other): other.wait()
      case nil:
        defer { latch.open() }
        do throws(Failure) {
          let program = try SizedProgram(self, symbolValues(parameters))
          versions.withLock { $0[key] = .ready(program) }
          return program
        } catch {
          versions.withLock { _ = $0.removeValue(forKey: key) }
          throw error
        }
      }
    }
  }

  private func symbolValues(_ parameters: [ArrayView]) throws(Failure) -> [String: Int] {
    do throws(TapeError) {
      return try tape.symbolValues(inputSizes: parameters.map(\.sizes))
    } catch {
      throw Failure(error)
    }
  }
}
