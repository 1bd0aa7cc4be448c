import LoopIR

/// Where in a kernel for a GPU its emission is.
struct GridPlace {
  /// Whether each thread goes its own way here.
  var isInThread = false
  /// Whether thread loops may have run before, for whose end the next one waits.
  var followsThreads = false
}

/// LLVM's numbers of the kinds of memory of a GPU.
enum GPUAddressSpace {
  static let global: UInt32 = 1
  static let shared: UInt32 = 3
}
