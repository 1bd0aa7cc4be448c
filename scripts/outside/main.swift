// A program of somebody else's, as small as can be: built against a tagged copy of the package, and
// against an installed one.
import TensorJIT

let x = Tensor([[1, 2], [3, 4]] as [[Float]])
print(x + 1)
