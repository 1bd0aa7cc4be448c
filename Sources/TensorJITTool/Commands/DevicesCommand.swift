import ArgumentParser
import TensorJIT

/// `tensorjit devices`: what programs can run on.
struct DevicesCommand: ToolCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Lists the devices, or says why there are none.")

  func perform(_ console: inout Console) throws(ToolError) {
    console.print(Device.cpu.summary)
    console.print(Device.cuda.summary)
    var number = 1
    while Device.cuda(number).isAvailable {
      console.print(Device.cuda(number).summary)
      number += 1
    }
  }
}
