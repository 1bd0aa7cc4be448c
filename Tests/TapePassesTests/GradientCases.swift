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

  private static func scatter(_ combine: String, mode: String) -> GradientCase {
    GradientCase(
      "scatter",
      """
      (tape t [(x f64[3,2]) (u f64[4,2])]
        (y (scatter (mul x x) (constant [1 1 0 9] :type i32[4]) (mul u u) :update-window-dims [1]
          :inserted-window-dims [0] :scatter-dims-to-operand-dims [0] :index-vector-dim 1
          :combine \(combine) :mode \(mode)))
        (return y))
      """,
      tensor([3, 2], [1.5, -2, 0.5, 0.25, 3, -1]),
      tensor([4, 2], [0.75, 1.25, -1, 2.5, 3.5, 0.125, 2, -1.75]))
  }

  private static let matrix = tensor([2, 3], [1.5, -2, 0.5, 0.25, 3, -1])

  /// Every op that has a gradient, at least once.
  static let all: [GradientCase] =
    [
      GradientCase(
        "cond",
        """
        (tape t [(x f64[3])]
          (p (gt (reduce-sum x :axes [0]) 0))
          (y (cond p x :then (tape a [(x f64[3])] (y (mul x (exp x))) (return y))
                       :else (tape b [(x f64[3])] (return x))))
          (return y))
        """, tensor([3], [1.5, -2, 0.75])),
      GradientCase(
        "while",
        """
        (tape t [(x f64[3])]
          ([i y] (while 0 x
                   :cond (tape c [(i i32[]) (x f64[3])] (p (lt i 3)) (return p))
                   :body (tape b [(i i32[]) (x f64[3])]
                           (j (add i 1)) (y (mul x (tanh x))) (return j y))))
          (return y))
        """, tensor([3], [1.5, -2, 0.75])),
      GradientCase(
        "scan",
        """
        (tape t [(x f64[2,3]) (h f64[3])]
          ([c y] (scan h x :length 2 :carry 1
                   :body (tape b [(h f64[3]) (x f64[3])]
                           (c (tanh (add (mul h x) x))) (y (mul c (exp h))) (return c y))))
          (z (add y c))
          (return z))
        """, tensor([2, 3], [1.5, -2, 0.5, 0.25, 3, -1]), tensor([3], [1.5, -2, 0.75])),
      GradientCase(
        "reduce",
        """
        (tape t [(x f64[2,3]) (h f64[])]
          (y (reduce x h :axes [1]
               :body (tape b [(a f64[]) (x f64[])] (c (add (mul a x) (tanh a))) (return c))))
          (return y))
        """, tensor([2, 3], [1.5, -2, 0.5, 0.25, 3, -1]), tensor([], [0.5])),
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
        "take",
        """
        (tape t [(x f64[2,3])]
          (y (take (mul x x) (constant [2 0 2] :type i32[3]) :axis 1)) (return y))
        """, matrix),
      GradientCase(
        "gather",
        """
        (tape t [(x f64[2,3])]
          (y (gather (mul x x) (constant [[0 1] [0 5] [0 0]] :type i32[3,2]) :offset-dims [0 2]
            :start-index-map [0 1] :slice-sizes [1 2] :mode clip))
          (return y))
        """, matrix),
      GradientCase(
        "dynamic-slice",
        "(tape t [(x f64[2,3])] (y (dynamic-slice (mul x x) 0 1 :slice-sizes [2 2])) (return y))",
        matrix),
      GradientCase(
        "dynamic-update-slice",
        """
        (tape t [(x f64[2,3]) (u f64[2,1])]
          (y (dynamic-update-slice (mul x x) (mul u u) 0 1)) (return y))
        """, matrix, tensor([2, 1], [0.5, -0.5])),
      scatter("set", mode: "drop"),
      scatter("add", mode: "drop"),
      scatter("mul", mode: "drop"),
      scatter("min", mode: "drop"),
      scatter("max", mode: "clip"),
      GradientCase(
        "sort",
        "(tape t [(x f64[2,3])] (y (sort (mul x x) :axis 1 :descending true)) (return y))", matrix),
      GradientCase(
        "sort",
        """
        (tape t [(x f64[2,3]) (z f64[2,3])] ([a b] (sort x z :axis 0)) (y (mul a (mul b b)))
          (return y))
        """, matrix, tensor([2, 3], [0.5, 1, -2, 3, -0.25, 1.5])),
      GradientCase(
        "top-k", "(tape t [(x f64[2,3])] ([v i] (top-k (mul x x) :k 2)) (return v))", matrix),
      GradientCase(
        "conv",
        """
        (tape t [(x f64[1,2,5]) (k f64[2,2,2])]
          (y (conv x k :stride [2] :low [1] :high [1] :rhs-dilation [2] :layout [NCW OIW NCW]))
          (return y))
        """,
        tensor([1, 2, 5], [0.5, -1, 2, 0.25, -0.75, 1, 1.5, -2, 0.5, 0.25]),
        tensor([2, 2, 2], [1, -0.5, 0.25, 2, -0.75, 1.5, 0.5, -2])),
      GradientCase(
        "conv",
        """
        (tape t [(x f64[2,2,1,2]) (k f64[1,2,2,2])]
          (y (conv x k :stride [1 2] :low [2 1] :high [-1 1] :lhs-dilation [2 3] :groups 2
            :reverse true :layout [HNWC IHOW WCNH]))
          (return y))
        """,
        tensor([2, 2, 1, 2], [0.5, -1, 2, 0.25, -0.75, 1, 1.5, -2]),
        tensor([1, 2, 2, 2], [1, -0.5, 0.25, 2, -0.75, 1.5, 0.5, -2])),
      GradientCase(
        "cholesky",
        "(tape t [(x f64[2,2,2])] (y (cholesky x)) (return y))",
        tensor([2, 2, 2], [3, 0.5, 0.25, 2, 2.5, -1, -0.5, 4])),
      GradientCase(
        "triangular-solve",
        """
        (tape t [(a f64[2,2]) (b f64[2,3])]
          (y (triangular-solve a b :lower false :transpose true)) (return y))
        """,
        tensor([2, 2], [2, -0.5, 0.75, -1.5]), matrix),
      GradientCase(
        "triangular-solve",
        """
        (tape t [(a f64[3,3]) (b f64[2,3])]
          (y (triangular-solve a b :left false :unit-diagonal true)) (return y))
        """,
        tensor([3, 3], [2, -0.5, 0.75, -1.5, 1, 0.25, 0.5, -0.75, 1]), matrix),
      GradientCase(
        "qr", "(tape t [(x f64[3,2])] ([q r] (qr x)) (y (matmul q (mul r r))) (return y))",
        tensor([3, 2], [1.5, -2, 0.5, 0.25, 3, -1])),
      GradientCase(
        "qr", "(tape t [(x f64[2,3])] ([q r] (qr x)) (y (matmul q (mul r r))) (return y))", matrix),
      GradientCase(
        "svd",
        """
        (tape t [(x f64[3,2])]
          ([u s vt] (svd x)) (y (matmul (mul u (mul s s)) (mul vt vt))) (return y))
        """,
        tensor([3, 2], [1.5, -2, 0.5, 0.25, 3, -1])),
      GradientCase(
        "svd",
        """
        (tape t [(x f64[2,3])]
          ([u s vt] (svd x)) (y (matmul (mul u u) (mul vt (exp vt)))) (return y))
        """,
        matrix),
      GradientCase(
        "eigh",
        """
        (tape t [(x f64[3,3])]
          ([w v] (eigh x)) (y (matmul (mul v w) (mul v v))) (return y))
        """,
        tensor([3, 3], [1.5, -2, 0.5, 0.25, 3, -1, 0.75, 0.5, -1.25])),
      GradientCase(
        "softmax",
        """
        (tape t [(x f64[2,3])]
          (e (exp (sub x (reduce-max x :axes [1] :keep true))))
          (y (div e (reduce-sum e :axes [1] :keep true)))
          (return y))
        """,
        matrix),
      GradientCase(
        "reverse", "(tape t [(x f64[2,3])] (y (exp (reverse x :axes [1]))) (return y))", matrix),
      GradientCase(
        "pad",
        "(tape t [(x f64[2,3]) (v f64[])] "
          + "(y (exp (pad x v :low [1 -1] :high [0 2] :interior [1 2]))) (return y))",
        matrix, tensor([], [0.5])),
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
