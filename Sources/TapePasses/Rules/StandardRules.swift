import SExpression

extension RuleSet {
  /// The rules of the algebra pass. Those without `:fast` keep every bit, for every input: zeros
  /// keep their signs, and what is infinite or NaN stays so.
  package static let standard = RuleSet(wellFormed: standardText)

  /// The rules of a text of ours.
  private init(wellFormed text: String) {
    do {
      try self.init(parsing: SourceText(name: "<standard rules>", text))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static let standardText = """
    ; Signs.
    (rule neg-neg   (neg (neg ?x))   ?x)
    (rule abs-neg   (abs (neg ?x))   (abs ?x) :when (not (unsigned ?x)))
    (rule abs-abs   (abs (abs ?x))   (abs ?x))
    (rule sign-sign (sign (sign ?x)) (sign ?x))
    (rule add-neg   (add ?x (neg ?y)) (sub ?x ?y))
    (rule sub-neg   (sub ?x (neg ?y)) (add ?x ?y))
    (rule mul-neg   (mul (neg ?x) (neg ?y)) (mul ?x ?y))
    (rule div-neg   (div (neg ?x) (neg ?y)) (div ?x ?y) :when (floating ?x))
    (rule cos-neg   (cos (neg ?x))   (cos ?x))
    (rule cos-abs   (cos (abs ?x))   (cos ?x))
    (rule cosh-neg  (cosh (neg ?x))  (cosh ?x))
    (rule cosh-abs  (cosh (abs ?x))  (cosh ?x))

    ; Neutral elements. On floats x + 0.0 is not x, for x = -0.0; x + -0.0 is, and so is x - 0.0.
    (rule mul-one       (mul ?x 1)    ?x)
    (rule mul-minus-one (mul ?x -1)   (neg ?x))
    (rule div-one       (div ?x 1)    ?x)
    (rule div-minus-one (div ?x -1)   (neg ?x))
    (rule sub-zero      (sub ?x 0)    ?x)
    (rule add-neg-zero  (add ?x -0.0) ?x)
    (rule add-zero      (add ?x 0)    ?x :when (integer ?x))
    (rule zero-sub      (sub 0 ?x)    (neg ?x) :when (integer ?x))
    (rule neg-zero-sub  (sub -0.0 ?x) (neg ?x))

    ; Integers have no infinities to lose.
    (rule mul-zero (mul ?x 0)  0 :when (integer ?x))
    (rule sub-same (sub ?x ?x) 0 :when (integer ?x))

    (rule rem-one  (rem ?x 1)  0         :when (integer ?x))
    (rule pow-one  (pow ?x 1)  ?x        :when (integer ?x))
    (rule pow-two  (pow ?x 2)  (mul ?x ?x) :when (integer ?x))
    (rule pow-zero (pow ?x 0)  1)

    ; What is whole stays so.
    (rule floor-floor (floor (floor ?x)) (floor ?x))
    (rule ceil-ceil   (ceil (ceil ?x))   (ceil ?x))
    (rule round-round (round (round ?x)) (round ?x))
    (rule trunc-trunc (trunc (trunc ?x)) (trunc ?x))

    ; Booleans and bits.
    (rule not-not   (not (not ?x)) ?x)
    (rule and-same  (and ?x ?x)    ?x)
    (rule or-same   (or ?x ?x)     ?x)
    (rule and-true  (and ?x true)  ?x)
    (rule and-false (and ?x false) false)
    (rule or-true   (or ?x true)   true)
    (rule or-false  (or ?x false)  ?x)
    (rule and-zero  (and ?x 0)     0)
    (rule or-zero   (or ?x 0)      ?x)
    (rule xor-false (xor ?x false) ?x)
    (rule xor-true  (xor ?x true)  (not ?x))
    (rule xor-zero  (xor ?x 0)     ?x)
    (rule xor-same  (xor ?x ?x)    0 :when (integer ?x))
    (rule shl-zero  (shl ?x 0)         ?x)
    (rule shr-zero  (shr-arith ?x 0)   ?x)
    (rule shrl-zero (shr-logical ?x 0) ?x)
    (rule not-eq    (not (eq ?x ?y)) (ne ?x ?y))
    (rule not-ne    (not (ne ?x ?y)) (eq ?x ?y))
    (rule not-lt    (not (lt ?x ?y)) (ge ?x ?y) :when (not (floating ?x)))
    (rule not-le    (not (le ?x ?y)) (gt ?x ?y) :when (not (floating ?x)))
    (rule not-gt    (not (gt ?x ?y)) (le ?x ?y) :when (not (floating ?x)))
    (rule not-ge    (not (ge ?x ?y)) (lt ?x ?y) :when (not (floating ?x)))
    (rule eq-same   (eq ?x ?x) true  :when (not (floating ?x)))
    (rule ne-same   (ne ?x ?x) false :when (not (floating ?x)))
    (rule le-same   (le ?x ?x) true  :when (not (floating ?x)))
    (rule ge-same   (ge ?x ?x) true  :when (not (floating ?x)))
    (rule lt-same   (lt ?x ?x) false)
    (rule gt-same   (gt ?x ?x) false)

    ; Choices.
    (rule max-same     (max ?x ?x)           ?x)
    (rule min-same     (min ?x ?x)           ?x)
    (rule select-same  (select ?p ?x ?x)     ?x)
    (rule select-true  (select true ?x ?y)   ?x)
    (rule select-false (select false ?x ?y)  ?y)
    (rule select-not   (select (not ?p) ?x ?y) (select ?p ?y ?x))
    (rule select-bool  (select ?p true false)  ?p)

    ; A conversion that loses nothing, before another one. From integers to integers by way of floats
    ; the ways differ where values do not fit: integers wrap, and floats saturate.
    (rule convert-convert (convert (convert ?x :to ?a) :to ?b) (convert ?x :to ?b)
      :when (and (exact ?x ?a)
                 (or (floating ?x) (not (floating ?a)) (floating ?b) (bool ?b) (exact ?x ?b))))
    (rule convert-same (convert ?x :to ?a) ?x :when (same-type ?x ?a))
    (rule bitcast-bitcast (bitcast (bitcast ?x :to ?a) :to ?b) (bitcast ?x :to ?b))
    (rule bitcast-same    (bitcast ?x :to ?a) ?x :when (same-type ?x ?a))

    ; These may change values: only where that is asked for.
    (rule log-exp       (log (exp ?x)) ?x :fast true)
    (rule exp-log       (exp (log ?x)) ?x :fast true)
    (rule fast-pow-one  (pow ?x 1)     ?x :fast true)
    (rule fast-pow-two  (pow ?x 2)     (mul ?x ?x) :fast true)
    (rule fast-add-zero (add ?x 0)     ?x :fast true)
    (rule fast-zero-sub (sub 0 ?x)     (neg ?x) :fast true)
    (rule fast-mul-zero (mul ?x 0)     0  :when (floating ?x) :fast true)
    (rule fast-sub-same (sub ?x ?x)    0  :when (floating ?x) :fast true)
    (rule fast-div-same (div ?x ?x)    1  :when (floating ?x) :fast true)
    (rule fast-eq-same  (eq ?x ?x) true   :fast true)
    (rule fast-ne-same  (ne ?x ?x) false  :fast true)
    (rule sqrt-square   (sqrt (mul ?x ?x)) (abs ?x) :fast true)
    (rule add-add       (add (add ?x ?a) ?b) (add ?x (add ?a ?b))
      :when (and (constant ?a) (constant ?b)) :fast true)
    (rule mul-mul       (mul (mul ?x ?a) ?b) (mul ?x (mul ?a ?b))
      :when (and (constant ?a) (constant ?b)) :fast true)
    """
}
