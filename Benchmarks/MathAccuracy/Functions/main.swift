import ScalarIR

// Prints the math functions in C, so that what is measured is what kernels compute.

let functions: [(name: String, build: ScalarExpr.Building)] = [
  ("exp", { $0.exp($1) }), ("exp2", { $0.exp2($1) }), ("expm1", { $0.expm1($1) }),
  ("log", { $0.log($1) }), ("log2", { $0.log2($1) }), ("log1p", { $0.log1p($1) }),
  ("rsqrt", { $0.rsqrt($1) }), ("tanh", { $0.tanh($1) }), ("logistic", { $0.logistic($1) }),
  ("erf", { $0.erf($1) }), ("sin", { $0.sin($1) }), ("cos", { $0.cos($1) }),
]

for dtype in [DType.f32, .f64] {
  for (name, build) in functions {
    let expression = ScalarExpr([dtype]) { builder, inputs in [build(&builder, inputs[0])] }
    print(expression.text(inCFunction: "\(name)_of_\(dtype)"))
  }
}
