import Synchronization

/// Work on the elements `begin ..< end` of a range, given a context: the signature of kernels.
package typealias RangeFunction = @convention(c) (UnsafeMutableRawPointer?, Int, Int) -> Void

/// A range cut into chunks, which the threads that take part claim one after another.
///
/// The thread that asked for the job keeps it on its stack until everybody has left it.
struct ParallelJob: ~Copyable {
  private let body: RangeFunction
  private let context: UnsafeMutableRawPointer?
  private let count: Int
  private let chunkLength: Int
  private let nextChunk = Atomic<Int>(0)
  /// Where the asking thread sleeps until a late worker leaves; made before that worker is told so.
  let departure: UnsafeMutablePointer<Semaphore?>

  init(
    count: Int, chunkLength: Int, context: UnsafeMutableRawPointer?, body: RangeFunction,
    departure: UnsafeMutablePointer<Semaphore?>
  ) {
    self.departure = departure
    self.body = body
    self.context = context
    self.count = count
    self.chunkLength = chunkLength
  }

  /// Runs chunks until none is left to claim.
  borrowing func runChunks() {
    let chunkCount = (count + chunkLength - 1) / chunkLength
    while true {
      let chunk = nextChunk.add(1, ordering: .relaxed).oldValue
      if chunk >= chunkCount { return }
      let begin = chunk * chunkLength
      body(context, begin, min(begin + chunkLength, count))
    }
  }
}
