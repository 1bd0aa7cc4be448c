import ScalarIR

/// A use of an op at a point where it is smooth.
struct GradientCase: Sendable, CustomStringConvertible {
  let op: String
  let tape: String
  let inputs: [Literal]

  init(_ op: String, _ tape: String, _ inputs: Literal...) {
    self.op = op
    self.tape = tape
    self.inputs = inputs
  }

  var description: String { "\(op): \(tape)" }
}

extension GradientCase {
  private static func unary(_ op: String, _ values: [Double]) -> GradientCase {
    GradientCase(
      op, "(tape t [(x f64[\(values.count)])] (y (\(op) x)) (return y))",
      tensor([values.count], values))
  }

  private static func binary(_ op: String) -> GradientCase {
    GradientCase(
      op, "(tape t [(a f64[4]) (b f64[4])] (y (\(op) a b)) (return y))",
      tensor([4], [1.5, -2, 0.25, 3]), tensor([4], [0.75, 2.5, -1.25, 0.5]))
  }

  private static let matrix = tensor([2, 3], [1.5, -2, 0.5, 0.25, 3, -1])

  /// Every op that has a gradient, at least once.
  static let all: [GradientCase] = [
    unary("neg", [1.5, -2]),
    unary("abs", [1.5, -2]),
    unary("sqrt", [1.5, 4, 0.25]),
    unary("exp", [1.5, -2, 0]),
    unary("log", [1.5, 4, 0.25]),
    unary("exp2", [1.5, -2, 0]),
    unary("expm1", [1.5, -2, 0]),
    unary("log2", [1.5, 4, 0.5]),
    unary("log1p", [1.5, -0.25, 0]),
    unary("rsqrt", [1.5, 4, 0.5]),
    unary("cbrt", [1.5, -2, 0.75]),
    unary("sin", [1.5, -2, 0]),
    unary("cos", [1.5, -2, 0]),
    unary("tan", [0.75, -2.5, 0]),
    unary("asin", [0.5, -0.25, 0]),
    unary("acos", [0.5, -0.25, 0]),
    unary("atan", [1.5, -2, 0]),
    unary("sinh", [1.5, -2, 0]),
    unary("cosh", [1.5, -2, 0]),
    unary("asinh", [1.5, -2, 0]),
    unary("acosh", [1.75, 4, 2.5]),
    unary("atanh", [0.5, -0.25, 0]),
    unary("erf", [1.5, -1, 0]),
    unary("erfc", [1.5, -1, 0]),
    unary("erf-inv", [0.5, -0.25, 0]),
    unary("lgamma", [1.5, 4, -1.5]),
    unary("digamma", [1.5, 4, -1.5]),
    unary("tanh", [1.5, -2, 0]),
    unary("logistic", [1.5, -2, 0]),
    binary("add"),
    binary("sub"),
    binary("mul"),
    binary("div"),
    GradientCase(
      "rem", "(tape t [(a f64[4]) (b f64[4])] (y (rem a b)) (return y))",
      tensor([4], [5.75, -9.5, 4.5, 7]), tensor([4], [1.5, 4, -1.25, 2.25])),
    binary("atan2"),
    GradientCase(
      "pow", "(tape t [(a f64[3]) (b f64[3])] (y (pow a b)) (return y))",
      tensor([3], [1.5, 0.75, 2.5]), tensor([3], [2, -1.5, 0.5])),
    GradientCase(
      "clamp", "(tape t [(a f64[]) (x f64[3]) (b f64[3])] (y (clamp a x b)) (return y))",
      tensor([], [-1]), tensor([3], [-2, 0.5, 3]), tensor([3], [1, 2, 1.5])),
    binary("max"),
    binary("min"),
    GradientCase(
      "mul", "(tape t [(x f64[3])] (y (mul (mul x x) x)) (return y))", tensor([3], [1.5, -2, 0])),
    GradientCase(
      "select",
      "(tape t [(a f64[4]) (b f64[4])] (y (select (gt a b) (mul a b) (exp b))) (return y))",
      tensor([4], [1.5, -2, 0.25, 3]), tensor([4], [0.75, 2.5, -1.25, 0.5])),
    // The way through f32 has no differences as fine as these; the way through f64 has.
    GradientCase(
      "convert", "(tape t [(x f64[3])] (y (convert x :to f64)) (return y))",
      tensor([3], [1.5, -2, 0])),
    GradientCase(
      "broadcast",
      "(tape t [(x f64[2,1])] (y (broadcast x :shape [3 4 2] :axes [2 0])) (return y))",
      tensor([2, 1], [1.5, -2])),
    GradientCase(
      "broadcast", "(tape t [(x f64[2,3])] (y (broadcast x :shape [4 2 3])) (return y))", matrix),
    GradientCase(
      "reshape", "(tape t [(x f64[2,3])] (y (reshape x :shape [6])) (return y))", matrix),
    GradientCase(
      "transpose", "(tape t [(x f64[1,2,3])] (y (transpose x :axes [2 0 1])) (return y))",
      tensor([1, 2, 3], [1.5, -2, 0.5, 0.25, 3, -1])),
    GradientCase(
      "slice",
      "(tape t [(x f64[2,3])] (y (slice x :start [1 0] :limit [2 3] :stride [1 2])) (return y))",
      matrix),
    GradientCase(
      "concat", "(tape t [(a f64[2,3]) (b f64[2,1])] (y (concat a b a :axis 1)) (return y))",
      matrix, tensor([2, 1], [0.5, -0.5])),
    GradientCase(
      "reduce-sum", "(tape t [(x f64[2,3])] (y (reduce-sum x :axes [0])) (return y))", matrix),
    GradientCase(
      "reduce-sum",
      "(tape t [(x f64[2,3])] (y (mul x (reduce-sum x :axes [1] :keep true))) (return y))", matrix),
    GradientCase(
      "reduce-max", "(tape t [(x f64[2,3])] (y (reduce-max x :axes [1])) (return y))", matrix),
    GradientCase(
      "reduce-max",
      "(tape t [(x f64[2,3])] (y (mul x (reduce-max x :axes [0 1] :keep true))) (return y))",
      matrix),
    GradientCase(
      "dot",
      """
      (tape t [(a f64[2,3]) (b f64[3,2])]
        (y (dot a b :lhs-contract [1] :rhs-contract [0])) (return y))
      """,
      matrix, tensor([3, 2], [0.5, -1, 2, 0.25, -0.75, 1])),
    GradientCase(
      "dot",
      """
      (tape t [(a f64[3,2,2]) (b f64[2,2,3])]
        (y (dot a b :lhs-batch [1] :rhs-batch [0] :lhs-contract [0 2] :rhs-contract [2 1]))
        (return y))
      """,
      tensor([3, 2, 2], [0.5, -1, 2, 0.25, -0.75, 1, 1.5, -2, 0.5, 0.25, 3, -1]),
      tensor([2, 2, 3], [1, -0.5, 0.25, 2, -0.75, 1.5, 0.5, -2, 1, 0.75, -3, 0.125])),
    GradientCase(
      "softmax",
      """
      (tape t [(x f64[2,3])]
        (e (exp (sub x (reduce-max x :axes [1] :keep true))))
        (y (div e (reduce-sum e :axes [1] :keep true)))
        (return y))
      """,
      matrix),
  ]
}
