import LoopIR
import SExpression
import ScalarIR

/// Programs whose kernels are spread over a grid by hand, as text.
enum MappedPrograms {
  /// Elementwise over 1000 elements in blocks of 128, the last of which is cut short.
  static let elementwise = """
    (program elementwise
      (symbols N)
      (buffer x f32 N :input 0)
      (buffer y f32 N :output)
      (kernel k0 [(x f32 :read) (y f32 :write)] :origins [mul add]
        (for b (floordiv (add N 127) 128) :block 0
          (for t 128 :thread 0
            (if (less (add (mul b 128) t) N)
              (then
                (let v f32 (load x (add (mul b 128) t)))
                (let p f32 (mul v v))
                (let s f32 (add p v))
                (store y (add (mul b 128) t) s))))))
      (launch k0 [x y])
      (return (y y)))
    """

  /// Row sums of 128 lanes, halved in shared memory between barriers.
  static let rowSum = """
    (program rowsum
      (buffer x f32 12800 :input 0)
      (buffer y f32 20 :output)
      (kernel k0 [(x f32 :read) (y f32 :write)] :origins [reduce-sum]
        (for b 20 :block 0
          (scratch s f32 128)
          (for t 128 :thread 0
            (scratch a f32 1)
            (let z f32 (constant -0.0))
            (store a 0 z)
            (for i 5
              (let v f32 (load x (add (mul b 640) (add (mul i 128) t))))
              (let o f32 (load a 0))
              (let n f32 (add o v))
              (store a 0 n))
            (let r f32 (load a 0))
            (store s t r)
            (barrier)
            (for h 7
              (if (less t (floordiv 64 (max 1 (mul h (mul 1 1)))))
                (then (let q f32 (load s t)) (store s t q)))
              (barrier))
            (if (less t 64)
              (then
                (let l0 f32 (load s t))
                (let h0 f32 (load s (add t 64)))
                (let s0 f32 (add l0 h0))
                (store s t s0)))
            (barrier)
            (if (less t 1)
              (then
                (for j 63
                  (let l1 f32 (load s 0))
                  (let h1 f32 (load s (add j 1)))
                  (let s1 f32 (add l1 h1))
                  (store s 0 s1))
                (let e f32 (load s 0))
                (store y b e))))))
      (launch k0 [x y])
      (return (y y)))
    """

  /// A transpose by tiles of 32 x 32 in shared memory whose rows are padded against bank conflicts.
  static let transpose = """
    (program transpose
      (buffer x f32 6600 :input 0)
      (buffer y f32 6600 :output)
      (kernel k0 [(x f32 :read) (y f32 :write)] :origins [transpose]
        (for bx 4 :block 0
          (for by 3 :block 1
            (scratch tile f32 1056)
            (for ty 8 :thread 1
              (for tx 32 :thread 0
                (for i 4 :unrolled
                  (if (and (less (add (mul bx 32) tx) 100)
                           (less (add (mul by 32) (add (mul i 8) ty)) 66))
                    (then
                      (let v f32 (load x (add (mul (add (mul by 32) (add (mul i 8) ty)) 100)
                                              (add (mul bx 32) tx))))
                      (store tile (add (mul (add (mul i 8) ty) 33) tx) v))))
                (barrier)
                (for j 4 :unrolled
                  (if (and (less (add (mul by 32) tx) 66)
                           (less (add (mul bx 32) (add (mul j 8) ty)) 100))
                    (then
                      (let w f32 (load tile (add (mul tx 33) (add (mul j 8) ty))))
                      (store y (add (mul (add (mul bx 32) (add (mul j 8) ty)) 66)
                                    (add (mul by 32) tx)) w)))))))))
      (launch k0 [x y])
      (return (y y)))
    """

  /// A 32 x 32 x 48 product in tiles of 16 x 16.
  static let product = """
    (program product
      (buffer a f32 1536 :input 0)
      (buffer b f32 1536 :input 1)
      (buffer c f32 1024 :output)
      (kernel k0 [(a f32 :read) (b f32 :read) (c f32 :write)] :origins [dot]
        (for bi 2 :block 1
          (for bj 2 :block 0
            (scratch sa f32 256)
            (scratch sb f32 256)
            (for ti 16 :thread 1
              (for tj 16 :thread 0
                (scratch acc f32 1)
                (let z f32 (constant 0))
                (store acc 0 z)
                (for k 3
                  (let va f32 (load a (add (mul (add (mul bi 16) ti) 48) (add (mul k 16) tj))))
                  (store sa (add (mul ti 16) tj) va)
                  (let vb f32 (load b (add (mul (add (mul k 16) ti) 32) (add (mul bj 16) tj))))
                  (store sb (add (mul ti 16) tj) vb)
                  (barrier)
                  (for p 16 :unrolled
                    (let xa f32 (load sa (add (mul ti 16) p)))
                    (let xb f32 (load sb (add (mul p 16) tj)))
                    (let o f32 (load acc 0))
                    (let n f32 (fma xa xb o))
                    (store acc 0 n))
                  (barrier))
                (let r f32 (load acc 0))
                (store c (add (mul (add (mul bi 16) ti) 32) (add (mul bj 16) tj)) r))))))
      (launch k0 [a b c])
      (return (c c)))
    """

  /// Four elements a thread, 16 bytes at a time, and a part left over.
  static let vectors = """
    (program vectors
      (buffer x f32 2048 :input 0)
      (buffer m bool 2048 :input 1)
      (buffer y f32 2048 :output)
      (kernel k0 [(x f32 :read) (m bool :read) (y f32 :write)] :origins [select]
        (for b 4 :block 0
          (for t 128 :thread 0
            (for i 4 :vector 4
              (let v f32 (load x (add (mul (add (mul b 128) t) 4) i)))
              (let p bool (load m (add (mul (add (mul b 128) t) 4) i)))
              (let n f32 (neg v))
              (let r f32 (select p v n))
              (store y (add (mul (add (mul b 128) t) 4) i) r)))))
      (launch k0 [x m y])
      (return (y y)))
    """

  /// More blocks along axis 1 than a grid has, and a block that goes on after another's shared data.
  static let manyBlocks = """
    (program many
      (buffer x i32 70000 :input 0)
      (buffer y i32 70000 :output)
      (kernel k0 [(x i32 :read) (y i32 :write)] :origins [reverse]
        (for b 70000 :block 1
          (scratch s i32 2)
          (for t 2 :thread 0
            (let v i32 (load x b))
            (store s t v)
            (barrier)
            (let w i32 (load s (add 1 (mul t -1))))
            (if (less t 1) (then (store y b w))))))
      (launch k0 [x y])
      (return (y y)))
    """

  /// Each warp reversed, and every thread given what the warp's lane 5 has, in values of a type.
  static func shuffles(_ dtype: DType) -> String {
    """
    (program shuffles
      (buffer x \(dtype) 192 :input 0)
      (buffer y \(dtype) 384 :output)
      (kernel k0 [(x \(dtype) :read) (y \(dtype) :write)]
        (for b 3 :block 0
          (for t 64 :thread 0
            (let v \(dtype) (load x (add (mul b 64) t)))
            (let r \(dtype) (shuffle v (add 31 (mul -1 (mod t 32)))))
            (let f \(dtype) (shuffle r 5))
            (store y (add (mul b 128) t) r)
            (store y (add (add (mul b 128) 64) t) f))))
      (launch k0 [x y])
      (return (y y)))
    """
  }

  static let all =
    [elementwise, rowSum, transpose, product, vectors, manyBlocks] + DType.allCases.map(shuffles)
}

extension LoopProgram {
  /// A program that its text says, verified.
  init(verifying text: String) throws {
    try self.init(parsing: SourceText(text))
    try verify()
  }
}
