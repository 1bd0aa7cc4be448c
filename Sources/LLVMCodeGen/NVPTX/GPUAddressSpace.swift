/// LLVM's numbers of the kinds of memory of a GPU.
enum GPUAddressSpace {
  static let global: UInt32 = 1
  static let shared: UInt32 = 3
}
