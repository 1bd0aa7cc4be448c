import DeviceRuntime
import Locking
import ScalarIR
import TapeIR

/// The pending ops behind some slots as a closed program whose parameters are the evaluated leaves.
struct Capture {
  private(set) var program = TraceProgram()
  /// The recipes of the program's ops, in their order.
  private(set) var recipes: [Recipe] = []
  /// The leaves, in the order of the tape's parameters.
  private(set) var leaves: [Slot] = []
  /// The slots that the tape's results are for, in their order.
  private(set) var outputs: [Slot] = []
  /// The pending slots, in the order in which they were reached.
  private var pending: [Slot] = []
  /// The slots, and among the leaves, that nobody but the program needs: they have been doomed.
  private(set) var doomed: [Slot] = []
  private(set) var doomedLeaves: [Int] = []
  /// An evaluation that is under way and has one of the slots; then there is nothing else.
  private(set) var obstacle: Latch?
  private var valueCount = 0

  /// Guards the marks of all slots: one walk at a time.
  static let lock = Lock(0)

  /// What a walk knows about a slot.
  struct Mark {
    /// The walk that the rest is about.
    fileprivate var walk = 0
    /// The slot's value in the program; −1 before it has one.
    fileprivate var value = -1
    /// How often ops of the program take the slot's value.
    fileprivate var uses = 0
    fileprivate var isOutput = false
    /// The evaluation that computes the slot, and is over when the latch is open.
    fileprivate var claim: Latch?
  }

  /// Captures what `roots` need, without claiming it: for a program that is run later.
  ///
  /// Arguments of a function that is being traced are leaves too.
  ///
  /// - Throws: the error of a failed slot among them.
  /// - Complexity: linear in the pending ops; not recursive.
  init(tracing roots: [Slot]) throws(TensorError) {
    try Runtime.shared.settleMoves(behind: roots)
    self = try Capture.lock.withLock { (walks) throws(TensorError) -> Capture in
      walks += 1
      var capture = Capture()
      try capture.collect(roots, walk: walks, allowsAbstract: true)
      return capture
    }
  }

  /// Captures what `roots` need, and claims it for an evaluation that is over when `latch` is opened.
  /// Slots on the way that anybody but the program holds become results too, so that they need not
  /// be computed again.
  ///
  /// - Throws: the error of a failed slot among them; `TensorError.traced` for an argument of a
  ///   function that is being traced.
  /// - Complexity: linear in the pending ops; not recursive.
  init(evaluating roots: [Slot], until latch: Latch) throws(TensorError) {
    self = try Capture.lock.withLock { (walks) throws(TensorError) -> Capture in
      walks += 1
      var capture = Capture()
      try capture.collect(roots, walk: walks, allowsAbstract: false)
      if capture.obstacle == nil { capture.claim(latch) }
      return capture
    }
  }

  private init() {}

  /// The device on which the program runs: that of its results, which is one.
  var device: DeviceName {
    let known = outputs.lazy.compactMap(\.device).first ?? leaves.lazy.compactMap(\.device).first
    return known ?? DefaultDevice.current
  }

  /// The program as a tape.
  func tape() throws(TapeError) -> Tape { try program.tape(recipes) }

  /// `FILE:LINE` of the call that recorded an op; nil where that is not known, or several did.
  func place(ofOp name: String) -> String? {
    var places: Set<String> = []
    for recipe in recipes where recipe.op.name == name {
      guard let place = recipe.site?.description else { return nil }
      places.insert(place)
    }
    return places.count == 1 ? places.first : nil
  }

  private mutating func collect(
    _ roots: [Slot], walk: Int, allowsAbstract: Bool
  ) throws(TensorError) {
    var stack = Array(roots.reversed())
    while let slot = stack.last {
      if slot.mark.walk != walk {
        slot.mark.begin(walk)
      } else if slot.mark.value >= 0 {
        stack.removeLast()
        continue
      }
      // Looked at before the state: an evaluation that ends in between has published by then.
      let claim = slot.mark.claim.flatMap { $0.isOpen ? nil : $0 }
      switch slot.current {
      case .failed(let error): throw error
      case .released: throw .failure("a value was let go that is still needed")
      case .abstract where !allowsAbstract: throw .traced
      case .value, .abstract:
        stack.removeLast()
        guard let type = slot.type else { throw .traced }
        enter(slot, .leaf(type))
        leaves.append(slot)
      case .constant(let value):
        stack.removeLast()
        guard let type = slot.type else { throw .traced }
        enter(slot, .constant(value, type))
      case .pending(let recipe, _):
        if !allowsAbstract, let claim {
          obstacle = claim
          return
        }
        if DeviceMove.target(of: recipe.op) != nil {
          throw .failure(
            "a tensor is moved to another device inside of a function that is being traced; "
              + "move the function's arguments instead")
        }
        var isReady = true
        for operand in recipe.evaluatedOperands.reversed()
        where operand.slot.mark.walk != walk || operand.slot.mark.value < 0 {
          stack.append(operand.slot)
          isReady = false
        }
        guard isReady else { continue }
        stack.removeLast()
        enter(recipe, walk: walk)
      }
    }
    for root in roots where !root.mark.isOutput { addOutput(root) }
  }

  private mutating func addOutput(_ slot: Slot) {
    slot.mark.isOutput = true
    outputs.append(slot)
    program.results.append(slot.mark.value)
  }

  private mutating func enter(_ slot: Slot, _ step: TraceProgram.Step) {
    slot.mark.value = valueCount
    valueCount += 1
    program.steps.append(step)
  }

  /// Enters a recipe whose operands have been entered, with all its results.
  private mutating func enter(_ recipe: Recipe, walk: Int) {
    let isTransparent = recipe.op.isTransparent
    let first = valueCount
    if !isTransparent {
      for operand in recipe.operands { program.operands.append(operand.slot.mark.value) }
      program.steps.append(
        .op(
          recipe.op, recipe.attributes.withoutTransparentOps,
          operandCount: recipe.operands.count))
      recipes.append(recipe)
      valueCount += recipe.outputs.count
    }
    for (number, slot) in recipe.outputs.enumerated() {
      // A result that was let go, or that is there already, needs nothing.
      guard case .pending = slot.current else { continue }
      if slot.mark.walk != walk { slot.mark.begin(walk) }
      slot.mark.value = isTransparent ? recipe.operands[number].slot.mark.value : first + number
      for operand in recipe.operands where operand.slot.mark.walk == walk {
        operand.slot.mark.uses += 1
      }
      pending.append(slot)
    }
  }

  /// Claims the pending slots, and dooms those, and leaves, that only they need.
  private mutating func claim(_ latch: Latch) {
    for slot in pending {
      slot.mark.claim = latch
      if slot.mark.isOutput { continue }
      if slot.doom(expecting: slot.mark.uses) {
        doomed.append(slot)
      } else {
        addOutput(slot)
      }
    }
    for (number, leaf) in leaves.enumerated() where leaf.doom(expecting: leaf.mark.uses) {
      doomed.append(leaf)
      doomedLeaves.append(number)
    }
  }
}

extension Capture.Mark {
  /// Forgets what an earlier walk knew.
  fileprivate mutating func begin(_ walk: Int) {
    self.walk = walk
    value = -1
    uses = 0
    isOutput = false
  }
}

extension Recipe {
  /// The operands whose values an evaluation needs.
  fileprivate var evaluatedOperands: ArraySlice<Operand> {
    op.isTransparent ? operands.prefix(outputs.count) : operands[...]
  }
}
