/// How kernels are cut into blocks of threads. It changes no bit of a result.
package struct GridOptions: Hashable, Sendable {
  /// The most threads of a block; a power of two.
  package var blockThreads = 256
  /// The fewest threads of a block whose threads work together: those that a GPU runs in step.
  package var warpThreads = Expression.warpThreads
  /// The bytes that a thread reads or writes at once.
  package var accessBytes = 16
  /// Blocks that reach all processors of a GPU; while there are fewer, blocks are smaller.
  package var spreadBlocks = 128
  /// Blocks that keep a GPU busy; while there are more, a thread takes several vectors of elements.
  package var busyBlocks = 4096
  /// The most vectors of elements that a thread takes.
  package var vectorsPerThread = 4
  /// The bytes of shared memory of a block; what does not fit lies in global memory.
  package var sharedBytes = 48 << 10
  /// The most bytes that a thread keeps in arrays of its own.
  package var threadBytes = 4 << 10
  /// The iterations of an outer loop from which on a thread each is better than a block each, where a
  /// block's threads would mostly wait for one of them.
  package var manyIterations = 8192

  /// The iterations of a loop beside others from which on it is worth a launch of its own.
  package var launchIterations = 4096

  package init() {}
}
