// A program of somebody else's, as small as can be: built against a tagged copy of the package, and
// against an installed one.
import TensorJIT

print("TensorJIT is here")
