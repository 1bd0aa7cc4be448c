import ScalarIR

/// What a tape is lowered to: buffers, the kernels and library calls that fill them, and which of
/// them are the results.
package struct LoopProgram: Hashable, Sendable {
  package var name: String
  /// Symbolic sizes, given at run time in this order.
  package var symbols: [String]
  package var buffers: [BufferDeclaration]
  package var kernels: [Kernel]
  /// What is done, in order.
  package var steps: [Step]
  /// The results, in order; one buffer may stand twice, and inputs and constants may be results.
  package var results: [ProgramResult]
  /// Bytes of the one block from which all temporaries are cut, once the memory plan has run.
  package var arenaBytes: Index?

  package init(
    name: String, symbols: [String] = [], buffers: [BufferDeclaration] = [],
    kernels: [Kernel] = [], steps: [Step] = [], results: [ProgramResult] = [],
    arenaBytes: Index? = nil
  ) {
    self.name = name
    self.symbols = symbols
    self.buffers = buffers
    self.kernels = kernels
    self.steps = steps
    self.results = results
    self.arenaBytes = arenaBytes
  }
}

/// A buffer of a program: its position in `LoopProgram.buffers`.
package struct BufferID: Hashable, Sendable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// A one-dimensional run of elements.
package struct BufferDeclaration: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    /// The program's parameter of that number; never written.
    case input(Int)
    /// Known when the program is made.
    case constant(Literal)
    /// Allocated when the program starts and handed out as a result, or read by a check.
    case output
    /// Lives within a run only. The memory plan gives its byte offset in the arena.
    case temporary(offset: Index?)
    /// A part of a buffer declared before, which a loop of steps cuts into parts of this size: that
    /// at the loop's counter. It exists inside the loop.
    case slice(of: BufferID, at: Variable)
  }

  package var name: String
  package var dtype: DType
  /// The number of elements.
  package var count: Index
  package var role: Role

  package init(name: String, dtype: DType, count: Index, role: Role) {
    self.name = name
    self.dtype = dtype
    self.count = count
    self.role = role
  }
}

/// A named result and the buffer that holds it.
package struct ProgramResult: Hashable, Sendable {
  package var name: String
  package var buffer: BufferID

  package init(name: String, buffer: BufferID) {
    self.name = name
    self.buffer = buffer
  }
}

/// Runs a kernel on buffers.
package struct Launch: Hashable, Sendable {
  /// The position in `LoopProgram.kernels`.
  package var kernel: Int
  /// One buffer for each parameter of the kernel. A written buffer may stand once more as a read one
  /// only where each iteration reads an element before it writes that same element.
  package var arguments: [BufferID]

  package init(kernel: Int, arguments: [BufferID]) {
    self.kernel = kernel
    self.arguments = arguments
  }
}

/// A routine that a library carries out; exempt from the bit rule.
package enum LibraryCall: Hashable, Sendable {
  case matrixProduct(MatrixProduct)
  case matrixRoutine(MatrixRoutineCall)
  /// A function of the user's, which may fail.
  case host(HostCall)
}

/// A function of the user's on whole buffers.
package struct HostCall: Hashable, Sendable {
  package var function: HostFunction
  package var operands: [BufferID]
  package var results: [BufferID]

  /// All that it reads and writes.
  package var buffers: [BufferID] { operands + results }

  package init(_ function: HostFunction, operands: [BufferID], results: [BufferID]) {
    self.function = function
    self.operands = operands
    self.results = results
  }
}

/// `batch` products c = a · b of row-major matrices, each batch entry after the one before it.
///
/// a is m × k (stored k × m where transposed), b is k × n (stored n × k where transposed), c is
/// m × n; rows follow each other without gaps. The element type is `f32` or `f64`.
package struct MatrixProduct: Hashable, Sendable {
  package var dtype: DType
  package var batch: Index
  package var m: Index
  package var n: Index
  package var k: Index
  package var a: BufferID
  package var isTransposedA: Bool
  package var b: BufferID
  package var isTransposedB: Bool
  package var c: BufferID

  package init(
    dtype: DType, batch: Index, m: Index, n: Index, k: Index, a: BufferID, isTransposedA: Bool,
    b: BufferID, isTransposedB: Bool, c: BufferID
  ) {
    self.dtype = dtype
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
    self.a = a
    self.isTransposedA = isTransposedA
    self.b = b
    self.isTransposedB = isTransposedB
    self.c = c
  }
}

/// `batch` runs of a routine of linear algebra on row-major matrices, each batch entry after the one
/// before it, without gaps. The element type is `f32` or `f64`.
package struct MatrixRoutineCall: Hashable, Sendable {
  package var routine: MatrixRoutine
  package var dtype: DType
  package var batch: Index
  /// Rows and columns of the routine's matrix, or of a triangular system's right side.
  package var rows: Index
  package var columns: Index
  package var operands: [BufferID]
  package var results: [BufferID]

  /// All that it reads and writes.
  package var buffers: [BufferID] { operands + results }

  package init(
    routine: MatrixRoutine, dtype: DType, batch: Index, rows: Index, columns: Index,
    operands: [BufferID], results: [BufferID]
  ) {
    self.routine = routine
    self.dtype = dtype
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.operands = operands
    self.results = results
  }
}
