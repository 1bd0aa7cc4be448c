// An error whose message names the line below on which it was made, in a program that keeps no frame
// pointers: with so many numbers at hand, the register for them holds one.
import TensorJIT

@inline(never) func wrong(
  _ x: Tensor, _ depth: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ e: Int, _ f: Int
) -> Tensor {
  if depth > 0 {
    let inner = wrong(x, depth - 1, a ^ 1, b ^ 2, c ^ 3, d ^ 4, e ^ 5, f ^ 6)
    return a &+ b &* c &- d &* e &+ f == depth ? x : inner
  }
  return x + Tensor([1, 2, 3] as [Float])
}

do {
  try eval(wrong(Tensor([1, 2] as [Float]), 8, 3, 5, 7, 11, 13, CommandLine.arguments.count))
  print("no error")
} catch {
  print(error)
}
