import LoopIR
import SExpression
import ScalarIR
import TensorJITTestSupport
import Testing

/// A chain x → t → u → v → y whose second step is `step`.
private func chain(
  _ step: String = "(for i 100 (let w f32 (load p i)) (store q i w))", u: String = "f32 100"
) throws -> LoopProgram {
  try program(
    """
    (program p
      (symbols n)
      (buffer x f32 100 :input 0)
      (buffer t f32 100 :temporary)
      (buffer u \(u) :temporary)
      (buffer v f32 100 :temporary)
      (buffer y f32 100 :output)
      (kernel reverse [(p f32 :read) (q f32 :write)]
        (for i 100 (let w f32 (load p (add 99 (mul i -1)))) (store q i w)))
      (kernel step [(p f32 :read) (q f32 :write)] \(step))
      (launch reverse [x t])
      (launch step [t u])
      (launch reverse [u v])
      (launch reverse [v y])
      (return (y y)))
    """)
}

private func offsets(_ program: LoopProgram) -> [String: String] {
  var offsets: [String: String] = [:]
  for buffer in program.memoryPlanned().buffers {
    if case .temporary(let offset?) = buffer.role { offsets[buffer.name] = "\(offset)" }
  }
  return offsets
}

@Suite struct PlanMemoryTests {
  @Test func temporariesShareWhenTheirLivesAreApart() throws {
    let plan = try chain("(for i 100 (let w f32 (load p (mod (mul i 3) 100))) (store q i w))")
    #expect(offsets(plan) == ["t": "0", "u": "448", "v": "0"])
    #expect(plan.memoryPlanned().arenaBytes == 896)
  }

  /// Offsets end where no machine has memory any more, instead of overflowing.
  @Test func placesBeyondAnyMemorySaturate() throws {
    let names = (0..<5000).map { "t\($0)" }
    let large = try program(
      """
      (program p
        \(names.map { "(buffer \($0) f64 281474976710656 :temporary)" }.joined(separator: "\n"))
        (buffer y f64 1 :output)
        (kernel fill [(q f64 :write)]
          (for i 281474976710656 (let w f64 (constant 1)) (store q i w)))
        (kernel read [(p f64 :read) (q f64 :write)] (let w f64 (load p 0)) (store q 0 w))
        \(names.map { "(launch fill [\($0)])" }.joined(separator: "\n"))
        \(names.map { "(launch read [\($0) y])" }.joined(separator: "\n"))
        (return (y y)))
      """)
    #expect(large.memoryPlanned().arenaBytes == .constant(1 << 62))
  }

  @Test func elementwiseStepsWorkInPlace() throws {
    #expect(try offsets(chain()) == ["t": "0", "u": "0", "v": "448"])
    let nest =
      "(for i 10 (for j 10 (let w f32 (load p (add (mul i 10) j))) (store q (add j (mul i 10)) w)))"
    #expect(try offsets(chain(nest))["u"] == "0")
  }

  @Test(arguments: [
    // Another element, an element that is read later or in several iterations, another type's size.
    "(for i 100 (let w f32 (load p (mod (add i 1) 100))) (store q i w))",
    "(for i 100 (let w f32 (load p i)) (store q i w) (let z f32 (load p i)))",
    "(for i 2 (for j 100 (let w f32 (load p j)) (store q j w)))",
    "(for i 100 (let w f32 (load p i)) (store q i w)) (for j 100 (let z f32 (load p j)))",
    "(for i 11 (for j 10 (let w f32 (load p (add (mul i 9) j))) (store q (add (mul i 9) j) w)))",
  ])
  func otherStepsDoNot(step: String) throws {
    let offsets = try offsets(chain(step))
    #expect(offsets["t"] != offsets["u"])
  }

  @Test func symbolicSizesComeLast() throws {
    let plan = try program(
      """
      (program p
        (symbols n)
        (buffer x f32 n :input 0)
        (buffer s f32 n :temporary)
        (buffer c f32 3 :temporary)
        (buffer t f32 n :temporary)
        (buffer u f32 n :temporary)
        (buffer y f32 n :output)
        (kernel reverse [(p f32 :read) (q f32 :write)]
          (for i n (let w f32 (load p (add n (add -1 (mul i -1))))) (store q i w)))
        (kernel three [(q f32 :write)]
          (for i 3 (let w f32 (constant 1)) (store q i w)))
        (launch three [c])
        (launch reverse [x s])
        (launch reverse [s t])
        (launch reverse [t u])
        (launch reverse [u y])
        (return (y y)))
      """)
    let bytes = "(mul (floordiv (add (mul n 4) 63) 64) 64)"
    #expect(offsets(plan) == ["c": "0", "s": "64", "t": "(add \(bytes) 64)", "u": "64"])
    let input = floats([1, 2, 3])
    #expect(try plan.memoryPlanned().interpret(inputs: [input], symbols: [3]) == [input])
  }

  @Test func outputsMayTakeOverDyingInputs() throws {
    func candidates(_ steps: String, _ results: String = "(y y)") throws -> [[Int]] {
      try program(
        """
        (program p
          (buffer x f32 4 :input 0)
          (buffer z f32 4 :input 1)
          (buffer c f32 4 :constant 1)
          (buffer y f32 4 :output)
          (kernel add [(p f32 :read) (q f32 :read) (r f32 :write)]
            (for i 4 (let a f32 (load p i)) (let b f32 (load q (floordiv i 2)))
              (let s f32 (add a b)) (store r i s)))
          \(steps)
          (return \(results)))
        """
      ).inPlaceCandidates().map { [$0.output.index, $0.input.index] }
    }
    #expect(try candidates("(launch add [x z y])") == [[3, 0]])
    #expect(try candidates("(launch add [c z y])") == [])
    #expect(try candidates("(launch add [x x y])") == [])
    #expect(try candidates("(launch add [x z y])", "(y y) (x x)") == [])
    #expect(try candidates("(launch add [x z y]) (launch add [x z y])") == [])
  }

  @Test func candidatesKeepResults() throws {
    var count = 0
    for seed in 0..<200 as Range<UInt64> {
      let random = RandomProgram(seed: seed)
      let expected = try random.program.interpret(
        inputs: random.inputs, symbols: random.symbolValues)
      for (output, input) in random.program.inPlaceCandidates()
      where random.program.buffers[output.index].dtype == random.program.buffers[input.index].dtype
      {
        count += 1
        let program = sharing(random.program, output, input)
        let results = try program.interpret(inputs: random.inputs, symbols: random.symbolValues)
        #expect(results == expected, "seed \(seed)\n\(program)")
      }
    }
    #expect(count > 20)
  }

  /// The program with the output's memory holding a copy of the input from the start.
  private func sharing(
    _ program: LoopProgram, _ output: BufferID, _ input: BufferID
  ) -> LoopProgram {
    var program = program
    let declaration = program.buffers[input.index]
    let (i, v) = (Variable("i"), Variable("v"))
    for step in program.steps.indices {
      guard case .launch(var launch) = program.steps[step] else { continue }
      launch.arguments = launch.arguments.map { $0 == input ? output : $0 }
      program.steps[step] = .launch(launch)
    }
    program.kernels.append(
      Kernel(
        name: "copy",
        parameters: [
          ArrayParameter(name: "p", dtype: declaration.dtype, access: .read),
          ArrayParameter(name: "q", dtype: declaration.dtype, access: .write),
        ],
        body: [
          .loop(
            Loop(
              i, declaration.count, .serial,
              [
                .define(v, declaration.dtype, .load(array: "p", index: .variable(i))),
                .store(array: "q", index: .variable(i), value: v),
              ]))
        ]))
    program.steps.insert(
      .launch(Launch(kernel: program.kernels.count - 1, arguments: [input, output])), at: 0)
    return program
  }
}
