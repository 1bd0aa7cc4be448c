import ScalarIR

// Prints the math functions in C, so that what is measured is what kernels compute.

let unary: [(name: String, build: ScalarExpr.Building)] = [
  ("exp", { $0.exp($1[0]) }), ("exp2", { $0.exp2($1[0]) }), ("expm1", { $0.expm1($1[0]) }),
  ("log", { $0.log($1[0]) }), ("log2", { $0.log2($1[0]) }), ("log1p", { $0.log1p($1[0]) }),
  ("sqrt", { $0.sqrt($1[0]) }), ("rsqrt", { $0.rsqrt($1[0]) }), ("cbrt", { $0.cbrt($1[0]) }),
  ("sin", { $0.sin($1[0]) }), ("cos", { $0.cos($1[0]) }), ("tan", { $0.tan($1[0]) }),
  ("asin", { $0.asin($1[0]) }), ("acos", { $0.acos($1[0]) }), ("atan", { $0.atan($1[0]) }),
  ("sinh", { $0.sinh($1[0]) }), ("cosh", { $0.cosh($1[0]) }), ("tanh", { $0.tanh($1[0]) }),
  ("asinh", { $0.asinh($1[0]) }), ("acosh", { $0.acosh($1[0]) }), ("atanh", { $0.atanh($1[0]) }),
  ("logistic", { $0.logistic($1[0]) }), ("erf", { $0.erf($1[0]) }), ("erfc", { $0.erfc($1[0]) }),
  ("erfinv", { $0.erfInv($1[0]) }), ("lgamma", { $0.lgamma($1[0]) }),
  ("digamma", { $0.digamma($1[0]) }),
]

let binary: [(name: String, build: ScalarExpr.Building)] = [
  ("pow", { $0.pow($1[0], $1[1]) }), ("atan2", { $0.atan2($1[0], $1[1]) }),
  ("fmod", { $0.floatingRemainder($1[0], $1[1]) }),
]

for dtype in [DType.f32, .f64] {
  for (count, functions) in [(1, unary), (2, binary)] {
    for (name, build) in functions {
      let expression = ScalarExpr([DType](repeating: dtype, count: count)) { builder, inputs in
        [build(&builder, inputs)]
      }
      print(expression.text(inCFunction: "\(name)_of_\(dtype)"))
    }
  }
}
