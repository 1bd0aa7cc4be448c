import LoopIR

// Divisors of empty shapes are 0 in loops that never run. An index never divides by zero, so such
// divisors count as 1; for sizes that are known this costs nothing.
extension Index {
  func quotient(byAtLeastOne divisor: Index) -> Index {
    quotient(by: .maximum(of: divisor, 1))
  }

  func remainder(byAtLeastOne divisor: Index) -> Index {
    remainder(by: .maximum(of: divisor, 1))
  }

  func quotientRoundedUp(byAtLeastOne divisor: Index) -> Index {
    quotientRoundedUp(by: .maximum(of: divisor, 1))
  }
}
