import ScalarIR
import TapeIR

// Evenly spaced numbers along one axis. Where there is no such sequence, or its type does not hold
// it, the tensor carries the error.

extension Tensor {
  /// The integers 0 ..< `end`.
  public static func arange(_ end: Int, elementType: ElementType = .i32) -> Tensor {
    arange(from: 0, to: end, elementType: elementType)
  }

  /// The integers from `start` to `end`, which is excluded, in steps of `step`, which is not 0.
  public static func arange(
    from start: Int, to end: Int, by step: Int = 1, elementType: ElementType = .i32
  ) -> Tensor {
    carryingError { () throws(TensorError) in
      let range = "\(start) to \(end) by \(step)"
      let (distance, overflow) = end.subtractingReportingOverflow(start)
      guard step != 0, !overflow, distance != .min else { throw .sequence(range) }
      let steps = distance / step
      let count = Swift.max(0, distance % step == 0 ? steps : steps + (steps < 0 ? 0 : 1))
      let isEmpty = (distance < 0) != (step < 0) || distance == 0
      let dtype = elementType.dtype
      // What the sequence starts and ends with, and the step, are inputs of the type.
      guard
        let first = ScalarValue(dtype, exactly: start),
        isEmpty || ScalarValue(dtype, exactly: start + (count - 1) * step) != nil
      else { throw .sequence("\(range) as \(elementType)") }
      let positions = iota(dtype, Shape([isEmpty ? 0 : count]), axis: 0)
      if start == 0, step == 1 { return positions }
      return positions * Tensor(Literal(splat: ScalarValue(dtype, wrapping: step)))
        + Tensor(Literal(splat: first))
    }
  }

  /// The numbers from `start` to `end`, which is excluded, in steps of `step`, which is not 0: rounded
  /// once to a floating element type from `start + i · step` in `f64`.
  public static func arange(
    from start: Double, to end: Double, by step: Double, elementType: ElementType = .f32
  ) -> Tensor {
    carryingError { () throws(TensorError) in
      let steps = ((end - start) / step).rounded(.up)
      guard let count = Int(exactly: steps), start.isFinite, elementType.isFloating else {
        throw .sequence("\(start) to \(end) by \(step) as \(elementType)")
      }
      let positions = iota(.f64, Shape([Swift.max(0, count)]), axis: 0)
      return (positions * step + start).converted(to: elementType)
    }
  }

  /// `count` evenly spaced numbers from `start` to `end`, both included, of a floating element type.
  public static func linspace(
    from start: Double, to end: Double, count: Int, elementType: ElementType = .f32
  ) -> Tensor {
    carryingError { () throws(TensorError) in
      guard elementType.isFloating, start.isFinite, end.isFinite else {
        throw .sequence("\(start) to \(end) as \(elementType)")
      }
      let last = Double(Swift.max(1, count - 1))
      let positions = iota(.f64, Shape([count]), axis: 0)
      let spaced = positions * ((end - start) / last) + start
      let exact = count > 1 ? TensorJIT.select(positions .== last, end, spaced) : spaced
      return exact.converted(to: elementType)
    }
  }
}

extension TensorError {
  /// The error for numbers that are no sequence.
  fileprivate static func sequence(_ range: String) -> TensorError {
    .invalidData("there is no sequence from \(range)")
  }
}
