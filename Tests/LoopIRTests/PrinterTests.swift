import LoopIR
import ScalarIR
import Testing

/// A copy through scratch, with symbols, conditions, marks and a constant that has two axes.
let sample = LoopProgram(
  name: "sample", symbols: ["B"],
  buffers: [
    BufferDeclaration(name: "x", dtype: .f32, count: .symbol("B") * 8, role: .input(0)),
    BufferDeclaration(
      name: "c", dtype: .f32, count: 4,
      role: .constant(Literal(dtype: .f32, sizes: [2, 2], bits: [0, 0x3FC0_0000, 0, 0x7F80_0000]))),
    BufferDeclaration(name: "y", dtype: .f32, count: .symbol("B") * 8, role: .output),
  ],
  kernels: [
    Kernel(
      name: "k0",
      parameters: [
        ArrayParameter(name: "x", dtype: .f32, access: .read),
        ArrayParameter(name: "y", dtype: .f32, access: .write),
      ],
      body: [
        .loop(
          Loop(
            Variable("i"), .symbol("B"), .parallel,
            [
              .scratch(name: "row", .f32, count: 16),
              .loop(
                Loop(
                  Variable("l"), 16, .vector(width: 16),
                  [
                    .define(
                      Variable("v0"), .f32,
                      .load(
                        array: "x", index: .variable(Variable("i")) * 8 + .variable(Variable("l")),
                        condition: Condition([.less(.variable(Variable("l")), 8)]),
                        otherwise: .lowest(.f32))),
                    .define(Variable("v1"), .f32, .unary(.neg, Variable("v0"))),
                    .store(array: "row", index: .variable(Variable("l")), value: Variable("v1")),
                  ])),
              .loop(
                Loop(
                  Variable("m"), 8, .serial,
                  [
                    .define(
                      Variable("v2"), .f32, .load(array: "row", index: .variable(Variable("m")))),
                    .conditional(
                      Condition([
                        .less(.variable(Variable("m")), 4), .less(0, .variable(Variable("i"))),
                      ]),
                      then: [
                        .store(
                          array: "y",
                          index: .variable(Variable("i")) * 8 + .variable(Variable("m")),
                          value: Variable("v2"))
                      ],
                      else: [
                        .store(
                          array: "y",
                          index: .variable(Variable("i")) * 8 + .variable(Variable("m")),
                          value: Variable("v2"))
                      ]),
                  ])),
            ]))
      ], origins: ["neg", "Sources/App.swift:3"])
  ],
  steps: [.launch(Launch(kernel: 0, arguments: [BufferID(0), BufferID(2)]))],
  results: [ProgramResult(name: "y", buffer: BufferID(2))])

let sampleText = """
  (program sample
    (symbols B)
    (buffer x f32 (mul B 8) :input 0)
    (buffer c f32 4 :constant [0 1.5 0 inf] :shape [2 2])
    (buffer y f32 (mul B 8) :output)
    (kernel k0 [(x f32 :read) (y f32 :write)] :origins [neg "Sources/App.swift:3"]
      (for i B :parallel
        (scratch row f32 16)
        (for l 16 :vector 16
          (let v0 f32 (load x (add (mul i 8) l) :if (less l 8) :else -inf))
          (let v1 f32 (neg v0))
          (store row l v1))
        (for m 8
          (let v2 f32 (load row m))
          (if (and (less m 4) (less 0 i))
            (then
              (store y (add (mul i 8) m) v2))
            (else
              (store y (add (mul i 8) m) v2))))))
    (launch k0 [x y])
    (return (y y)))

  """

@Suite struct PrinterTests {
  @Test func programsReadAsWritten() { #expect(sample.text == sampleText) }

  @Test func theSampleIsValid() throws { try sample.verify() }
}
