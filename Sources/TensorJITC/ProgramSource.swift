import CTensorJIT
import SExpression
import TapeIR

/// The tape that a text and the options of `tj_program_load` name.
struct ProgramSource {
  let text: SourceText
  let entry: String?
  /// The types of a model's parameters; none for a tape.
  let modelTypes: [String]

  func tape() throws(Failure) -> Tape {
    var file: SourceFile
    do throws(TapeError) { file = try SourceFile(text) } catch { throw Failure(error) }
    if let tape = try chosenTape(in: file) {
      guard modelTypes.isEmpty else {
        throw .argument("model_types are for a model; \(tape.name) is a tape")
      }
      return tape
    }
    return try instance(of: try chosenModel(in: file), in: &file)
  }

  private func chosenTape(in file: SourceFile) throws(Failure) -> Tape? {
    if let entry { return file.tape(named: entry) }
    return (file.tapes.count > 1 ? file.tape(named: "main") : nil) ?? file.tapes.last
  }

  private func chosenModel(in file: SourceFile) throws(Failure) -> SourceFile.Model {
    if let entry {
      if let model = file.models.first(where: { $0.name == entry }) { return model }
      let names = file.tapes.map(\.name) + file.models.map(\.name)
      let list = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw .argument("\(text.name) has no tape or model \(entry); it has \(list)")
    }
    let main = file.models.count > 1 ? file.models.first { $0.name == "main" } : nil
    guard let model = main ?? file.models.last else {
      throw Failure(
        SourceError(
          file: text.name, position: .start, message: "nothing to run",
          expected: "(tape …) or (defmodel …)",
          found: text.bytes.isEmpty ? "an empty text" : "none"))
    }
    return model
  }

  /// The tape that calls a model with parameters of the given types.
  ///
  ///     (defmodel scale [x k] (mul x k))  with  f32[N] f32[]
  ///     (tape scale-call [(x f32[N]) (k f32[])] (scale (scale x k)) (return scale))
  private func instance(
    of model: SourceFile.Model, in file: inout SourceFile
  ) throws(Failure) -> Tape {
    guard model.parameters.count == modelTypes.count else {
      throw .argument(
        "the model \(model.name) needs \(model.parameters.count) model_types, one for each "
          + "parameter; found \(modelTypes.count)")
    }
    var parameters: [SExpression] = []
    for (name, text) in zip(model.parameters, modelTypes) {
      parameters.append(form([symbol(name), try type(text, of: name)]))
    }
    var callName = model.name + "-call"
    while file.tape(named: callName) != nil || file.models.contains(where: { $0.name == callName })
    {
      callName += "-call"
    }
    var result = model.name
    while model.parameters.contains(result) { result += "-result" }
    let use = form([symbol(model.name)] + model.parameters.map(symbol))
    do throws(TapeError) {
      try file.add(
        form([
          symbol("tape"), symbol(callName), SExpression(.list(parameters)),
          form([symbol(result), use]), form([symbol("return"), symbol(result)]),
        ]))
    } catch {
      throw Failure(error)
    }
    guard var tape = file.tape(named: callName) else {
      throw Failure(.failure, "the model \(model.name) became no tape")
    }
    tape.name = model.name
    return tape
  }

  /// A type that the caller wrote, with its own name in messages.
  private func type(_ text: String, of parameter: String) throws(Failure) -> SExpression {
    let name = "<type of \(parameter)>"
    do throws(SourceError) {
      let expression = try SExpressionReader.readOne(SourceText(name: name, text))
      _ = try TensorType(expression, in: expression, file: name)
      return expression
    } catch {
      throw Failure(error)
    }
  }

  private func form(_ elements: [SExpression]) -> SExpression { SExpression(.form(elements)) }
  private func symbol(_ name: String) -> SExpression { SExpression(.symbol(name)) }
}
