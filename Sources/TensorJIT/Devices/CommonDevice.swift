import DeviceRuntime
import TapeIR

extension Tensor {
  /// Operands on one device, which is where the op is computed; nil where it is computed wherever
  /// the result is used, since all operands are constants or made of such.
  ///
  /// Single numbers on the processor are moved to where the others are, as they may come from
  /// variables of the program.
  ///
  /// - Throws: `TensorError.invalidOperands` naming the devices, where there are several.
  static func placed(
    _ operands: [Tensor], for op: Op
  ) throws(TensorError) -> (operands: [Tensor], device: DeviceName?) {
    if let target = DeviceMove.target(of: op) { return (operands, target) }
    var common: DeviceName?
    var isMixed = false
    for operand in operands {
      guard let device = operand.handle.slot.device else { continue }
      if common == nil { common = device } else if common != device { isMixed = true }
    }
    if !isMixed { return (operands, common) }
    let devices = operands.filter { !$0.isNumberOnProcessor }.compactMap(\.handle.slot.device)
    guard let device = devices.first, devices.allSatisfy({ $0 == device }) else {
      var types: [String] = []
      for operand in operands { types.append(try operand.tensorType.description) }
      let found = operands.compactMap { $0.handle.slot.device?.description }
      throw .invalidOperands(
        op: op.name, operands: types, constraint: "C0",
        message:
          "\(op.name) needs operands on one device, found \(found.joined(separator: " and "))"
          + "; to(_:) moves them",
        location: nil)
    }
    return (operands.map { $0.handle.slot.device == nil ? $0 : $0.to(Device(device)) }, device)
  }

  /// The one device that the arguments of a traced function are on, single numbers on the processor
  /// left out; nil where they are all constants.
  ///
  /// - Throws: `TensorError.device` where there are several.
  static func commonDevice(_ arguments: [Tensor]) throws(TensorError) -> DeviceName? {
    let devices = Set(
      arguments.filter { !$0.isNumberOnProcessor }.compactMap(\.handle.slot.device))
    if devices.count > 1 {
      let names = devices.map(\.description).sorted().joined(separator: " and ")
      throw .device("the arguments of a traced function need to be on one device, found \(names)")
    }
    return devices.first ?? arguments.lazy.compactMap(\.handle.slot.device).first
  }

  /// The tensor, moved to where another one is where it is a single number on the processor.
  func placed(with other: Tensor) throws(TensorError) -> Tensor {
    guard let device = other.handle.slot.device, device != handle.slot.device,
      isNumberOnProcessor
    else { return self }
    return to(Device(device))
  }

  private var isNumberOnProcessor: Bool {
    handle.slot.device == .cpu && handle.slot.type?.shape.rank == 0
  }
}
