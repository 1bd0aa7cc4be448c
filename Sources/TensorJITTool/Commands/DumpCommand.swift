import ArgumentParser
import SExpression
import TapeIR
import TapePasses
import TensorJIT

/// `tensorjit dump-ir`: prints what becomes of a tape.
struct DumpCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump-ir", abstract: "Prints a tape after a stage of the pipeline.",
    discussion: """
      Without a stage, prints the tape as it was read, in canonical form, with its gradients where \
      they are asked for. The stages: \(Pipeline.stageNames(for: .cpu).joined(separator: " ")); \
      for ptx: \(Pipeline.stageNames(for: .gpu).joined(separator: " ")); \
      for grid: \(Pipeline.stageNames(for: .grid).joined(separator: " ")).
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, dot
  }

  @OptionGroup var source: TapeSource
  @OptionGroup var gradient: GradientOptions

  @Option(help: "The stage after which to print.")
  var after: String?

  @Flag(help: "Print after each stage.")
  var all = false

  @Option(help: "What to compile for: cpu, ptx, ptx:sm_90a, or grid: a GPU's kernels on the CPU.")
  var target = Target.cpu

  @Option(help: "text, or dot: a graph for Graphviz, of stages up to fuse.")
  var format = Format.text

  func validate() throws {
    if all, after != nil { throw ValidationError("--all and --after exclude each other") }
    if all, format == .dot { throw ValidationError("--format dot needs one stage") }
    guard let after else { return }
    if let names = (try? codeTarget).map(Pipeline.stageNames(for:)), !names.contains(after) {
      let targets = Target.kinds.filter { Pipeline.stageNames(for: $0.target).contains(after) }
      guard targets.isEmpty else {
        let list = targets.map(\.name).joined(separator: " and ")
        throw ValidationError(
          "stage '\(after)' is of target\(targets.count == 1 ? "" : "s") \(list); give --target")
      }
      throw ValidationError(
        "unknown stage '\(after)'; the stages are \(names.joined(separator: ", "))")
    }
    if format == .dot, !Graph.stages.contains(after) {
      throw ValidationError("after \(after) there is no graph, only until fuse")
    }
  }

  /// What is compiled for; the stage `ptx` means a GPU.
  private var codeTarget: CodeTarget {
    get throws(ToolError) {
      let name: String
      switch target {
      case .cpu where after == "ptx": name = Target.defaultArchitecture
      case .cpu: return .cpu
      case .grid: return .grid
      case .ptx(let architecture): name = architecture
      }
      do { return try .ptx(named: name) } catch { throw .program(error.description) }
    }
  }

  func perform(_ console: inout Console) throws(ToolError) {
    let tape = try source.tape(console)
    // The pipeline would find the same errors, but knows less of where they stand.
    _ = try gradient.appended(to: tape)
    var options = PipelineOptions()
    options.target = try codeTarget
    if gradient.isRequested { options.gradient = GradientRequest(names: gradient.names) }
    let stage = all ? nil : after ?? "gradient"
    var text = ""
    do throws(TensorError) {
      try Pipeline.walk(tape, options: options, through: stage) {
        (reached, print) throws(TensorError) in
        if stage == nil { text += "; after \(reached)\n" }
        if stage == nil || reached == stage { text += try print().endingLine }
        if stage == nil { text += "\n" }
      }
    } catch {
      throw ToolError(error)
    }
    if format == .dot {
      do { text = try Graph(text).text } catch { throw ToolError(error) }
    }
    console.output = text
  }
}

extension DumpCommand {
  /// What code is made for.
  enum Target: Hashable, ExpressibleByArgument {
    case cpu
    /// Grids, as a GPU runs them, on the CPU.
    case grid
    /// A GPU of the given architecture.
    case ptx(String)

    static let defaultArchitecture = "sm_90a"

    /// A target of each kind, as it is written.
    static let kinds: [(name: String, target: CodeTarget)] = [
      ("cpu", .cpu), ("ptx:ARCH", .gpu), ("grid", .grid),
    ]

    init?(argument: String) {
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      switch (parts.first, parts.count) {
      case ("cpu", 1): self = .cpu
      case ("grid", 1): self = .grid
      case ("ptx", 1): self = .ptx(Target.defaultArchitecture)
      case ("ptx", 2) where parts[1].wholeMatch(of: /sm_[0-9]+[af]?/) != nil:
        self = .ptx(String(parts[1]))
      default: return nil
      }
    }

    var defaultValueDescription: String { "cpu" }
  }
}

extension String {
  /// The text with a line's end at its end.
  fileprivate var endingLine: String { hasSuffix("\n") ? self : self + "\n" }
}
