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
  static let all: [GradientCase] =
    [
      unary("neg", [1.5, -2]),
      unary("abs", [1.5, -2]),
      unary("sqrt", [1.5, 4, 0.25]),
      unary("exp", [1.5, -2, 0]),
      unary("log", [1.5, 4, 0.25]),
      unary("tanh", [1.5, -2, 0]),
      unary("logistic", [1.5, -2, 0]),
      binary("add"),
      binary("sub"),
      binary("mul"),
      binary("div"),
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
        "reverse", "(tape t [(x f64[2,3])] (y (exp (reverse x :axes [1]))) (return y))", matrix),
      GradientCase(
        "pad",
        "(tape t [(x f64[2,3]) (v f64[])] "
          + "(y (exp (pad x v :low [1 -1] :high [0 2] :interior [1 2]))) (return y))",
        matrix, tensor([], [0.5])),
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
        "(tape t [(x f64[2,3])] (y (mul x (reduce-sum x :axes [1] :keep true))) (return y))", matrix
      ),
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
    ] + folds

  private static let cube = tensor(
    [2, 3, 2], [0.5, -1, 2, 0.25, -0.75, 1, 1.5, -2, 0.75, 0.125, 3, -1.25])

  private static func fold(
    _ op: String, _ attributes: String, _ type: String = "[2,3]", _ input: Literal = matrix
  ) -> GradientCase {
    GradientCase(op, "(tape t [(x f64\(type))] (y (\(op) x \(attributes))) (return y))", input)
  }

  /// Reductions, scans and windows; products also where elements are zero.
  private static let folds: [GradientCase] =
    ["reduce-prod", "reduce-min", "reduce-max"].flatMap { op in
      [fold(op, ":axes [1]"), fold(op, ":axes [2 0] :keep true", "[2,3,2]", cube)]
    }
    + ["cum-sum", "cum-prod", "cum-max", "cum-min"].flatMap { op in
      [
        fold(op, ":axis 1"), fold(op, ":axis 0 :reverse true"),
        fold(op, ":axis 1", "[2,3,2]", cube),
      ]
    }
    + ["window-sum", "window-prod", "window-max", "window-min"].flatMap { op in
      [
        fold(op, ":window [2 2] :low [1 0] :high [0 1]"),
        fold(op, ":window [1 2 2] :stride [2 1 1] :dilation [1 2 1]", "[2,3,2]", cube),
        fold(op, ":window [1 3 1] :stride [1 2 1] :low [0 2 0] :high [-1 3 0]", "[2,3,2]", cube),
      ]
    }
    + [
      fold("reduce-prod", ":axes [1]", "[2,4]", tensor([2, 4], [2, 0, 3, 0, 1.5, -2, 0, 4])),
      fold("cum-prod", ":axis 1", "[2,4]", tensor([2, 4], [2, 0, 3, 0, 1.5, -2, 0, 4])),
      fold("cum-prod", ":axis 0 :reverse true", "[4]", tensor([4], [2, 0, 3, 0])),
      fold("window-prod", ":window [3]", "[5]", tensor([5], [2, 0, 3, 0, 1.5])),
      GradientCase(
        "linear-recurrence",
        "(tape t [(a f64[2,3]) (b f64[2,3])] (y (linear-recurrence a b :axis 1)) (return y))",
        matrix, tensor([2, 3], [0.5, 1, -2, 0.75, -1.5, 0.25])),
      GradientCase(
        "linear-recurrence",
        """
        (tape t [(a f64[2,3]) (b f64[2,3])]
          (y (linear-recurrence a b :axis 0 :reverse true)) (return y))
        """,
        matrix, tensor([2, 3], [0.5, 1, -2, 0.75, -1.5, 0.25])),
      GradientCase(
        "window-sum-equal",
        """
        (tape t [(v f64[2,3])]
          (x (constant [[1 2 1] [2 2 1]] :type i32[2,3])) (k (constant [[1 2] [2 1]] :type i32[2,2]))
          (y (window-sum-equal x v k :window [2 2] :low [1 0])) (return y))
        """, matrix),
    ]
}
