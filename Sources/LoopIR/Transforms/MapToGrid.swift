extension LoopProgram {
  /// The program with its kernels spread over the blocks and threads of a grid.
  ///
  /// A kernel without block and thread loops runs on one thread of a GPU.
  package func mappedToGrid() -> LoopProgram { self }
}
