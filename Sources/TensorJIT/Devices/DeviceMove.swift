import DeviceRuntime
import Locking
import ScalarIR
import TapeIR

/// The ops that move tensors between devices: the identity, whose gradient moves the other way.
///
/// Tapes do not know of devices, so no tape that is compiled holds such an op: an evaluation ends
/// before each and another one begins behind it.
enum DeviceMove {
  private struct Ends: Hashable {
    let source: DeviceName
    let target: DeviceName
  }

  private struct Table {
    var ops: [Ends: Op] = [:]
    var targets: [ObjectIdentifier: DeviceName] = [:]
  }

  private static let table = Lock(Table())

  /// The op that moves from a device to another.
  static func op(from source: DeviceName, to target: DeviceName) -> Op {
    table.withLock { table in
      let ends = Ends(source: source, target: target)
      if let known = table.ops[ends] { return known }
      let op = make(ends)
      table.ops[ends] = op
      table.targets[ObjectIdentifier(op)] = target
      return op
    }
  }

  /// Where an op moves its operand; nil for other ops.
  static func target(of op: Op) -> DeviceName? {
    guard op.isTransparent else { return nil }
    return table.withLock { $0.targets[ObjectIdentifier(op)] }
  }

  private static func make(_ ends: Ends) -> Op {
    Op(
      "move", summary: "the same on another device", kind: .movement,
      constraints: ["C1 type(y) = type(x)."], arity: .exactly(1), isTransparent: true,
      infer: { types, _ in types },
      family: { types, _ in
        .movement(
          .mapped([
            Movement.Piece(
              operand: 0,
              coordinates: types[0].shape.dims.indices.map { Movement.Coordinate(axis: $0) })
          ]))
      },
      gradient: .rule { (builder, context) throws(TapeError) in
        guard let cotangent = context.cotangents[0] else { return [nil] }
        return [try builder.op(op(from: ends.target, to: ends.source), cotangent)]
      })
  }
}

extension Tensor {
  /// The device that the tensor is on, or will be when it is computed.
  public var device: Device { Device(handle.slot.device ?? DefaultDevice.current) }

  /// The tensor on another device: itself if it is there, else a copy, made when it is asked for.
  ///
  /// Gradients move back on their way. A tensor that is moved to a device that is not there carries
  /// the error, which says why.
  public func to(_ device: Device) -> Tensor {
    if handle.slot.device == device.name { return self }
    do throws(TensorError) {
      let type = try tensorType
      _ = try Runtime.shared.open(device.name)
      let source = handle.slot.device ?? DefaultDevice.current
      let move = DeviceMove.op(from: source, to: device.name)
      return Tensor.append(move, [self], .none, types: [type])[0]
    } catch {
      return Tensor(failure: error)
    }
  }
}

extension TensorRecord {
  /// The record with all its tensors on another device.
  public func to(_ device: Device) -> Self { mapTensors { $0.to(device) } }
}
