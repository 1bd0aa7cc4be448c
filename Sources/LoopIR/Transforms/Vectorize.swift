import ScalarIR

// Innermost loops with independent iterations run in the lanes of vectors.
//
// BEFORE
//     (for i 100
//       (let v0 f32 (load x i))
//       (let v1 f32 (sqrt v0))
//       (store y i v1))
// AFTER, for vectors of 512 bits
//     (for i 100 :vector 16 …)
//
// Marks that stand already stay. A loop stays serial where its body holds more than definitions and
// stores, where an element that it writes might be touched by another iteration, and where it runs
// less than twice.

extension LoopProgram {
  /// The program with loops marked `.vector` for a machine with vectors of `vectorBits` bits.
  package func vectorized(vectorBits: Int) -> LoopProgram {
    var program = self
    for index in kernels.indices {
      program.kernels[index].body = kernels[index].vectorized(kernels[index].body, vectorBits)
    }
    return program
  }
}

extension Kernel {
  fileprivate func vectorized(_ body: [Statement], _ vectorBits: Int) -> [Statement] {
    body.map { statement in
      switch statement {
      case .loop(var loop):
        if let width = vectorWidth(of: loop, vectorBits) {
          loop.mark = .vector(width: width)
        } else {
          loop.body = vectorized(loop.body, vectorBits)
        }
        return .loop(loop)
      case .conditional(let condition, let then, let otherwise):
        return .conditional(
          condition, then: vectorized(then, vectorBits), else: vectorized(otherwise, vectorBits))
      case .define, .store, .scratch, .barrier: return statement
      }
    }
  }

  /// The number of lanes for a loop's vectors; nil where it must stay as it is.
  ///
  /// The widest type in the body fills a vector, unless most of the work is on narrower types: then
  /// those do, and the few wide values take several vectors each. A short loop takes no more lanes
  /// than it needs.
  private func vectorWidth(of loop: Loop, _ vectorBits: Int) -> Int? {
    guard loop.mark == .serial, !loop.body.isEmpty else { return nil }
    var elementBits: [Int] = []
    var widest = 8
    for statement in loop.body {
      switch statement {
      case .define(_, let dtype, let expression):
        widest = max(widest, dtype.bitWidth)
        if case .constant = expression { continue }
        elementBits.append(dtype.bitWidth)
      case .store: break
      case .loop, .conditional, .scratch, .barrier: return nil
      }
    }
    var width = vectorBits / widest
    var work = vectorOperations(elementBits, width: width, vectorBits)
    // Twice the lanes take twice the registers, so they have to save a quarter of the work.
    while width * 2 <= maximalWidth {
      let wider = vectorOperations(elementBits, width: width * 2, vectorBits)
      guard wider * 2 < work * 3 else { break }
      width *= 2
      work = wider
    }
    if let extent = loop.extent.constant {
      guard extent >= 2 else { return nil }
      while width / 2 >= extent { width /= 2 }
    }
    return width >= 2 && loop.hasIndependentIterations ? width : nil
  }

  /// The vector instructions that `width` iterations of definitions of the given widths take.
  private func vectorOperations(_ elementBits: [Int], width: Int, _ vectorBits: Int) -> Int {
    elementBits.reduce(0) { $0 + max(1, width * $1 / vectorBits) }
  }
}

/// The most lanes of a vector.
private let maximalWidth = 64
