import DeviceRuntime
import Foundation

/// `Tests/FakeCUDA/fakecuda.c` in the place of NVIDIA's driver; each instance is a machine of its own.
package struct FakeDriver: @unchecked Sendable {
  package let driver: CUDADriver
  private let library: FakeLibrary

  /// Opens the driver of a machine with so many GPUs.
  package init(devices: Int = 1, memory: Int = 256 << 20) throws {
    let library = try FakeLibrary()
    library.set("fake_devices", to: Int32(devices))
    library.set("fake_memory", to: memory)
    self.library = library
    driver = try CUDADriver(opening: library.path)
  }

  /// A count that the driver keeps, such as `fake_launches`.
  package func count(_ name: String) -> Int { library.get("fake_\(name)", as: Int.self) }

  /// Lets a call of a function fail with a status, the first one or one after so many.
  package func fail(_ function: String, _ status: Int32, after count: Int32 = 0) {
    typealias Fail = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Void
    library.function("fake_fail", as: Fail.self)(function, status, count)
  }

  package typealias Kernel =
    @convention(c) (
      UnsafePointer<CChar>?, UnsafePointer<UInt32>?, UnsafePointer<UInt32>?, UInt32,
      UnsafePointer<UInt64>?, Int32
    ) -> Void

  /// What carries kernels out.
  package func setKernel(_ kernel: @escaping Kernel) { library.set("fake_kernel", to: kernel) }

  /// The memory around a device's address, and the address that it begins at.
  package func region(
    _ address: UInt64
  ) -> (start: UInt64, bytes: UnsafeMutableRawBufferPointer)? {
    typealias Region =
      @convention(c) (
        UInt64, UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutablePointer<Int>
      ) -> UInt64
    var memory: UnsafeMutableRawPointer?
    var count = 0
    let start = library.function("fake_region", as: Region.self)(address, &memory, &count)
    guard start != 0 else { return nil }
    return (start, UnsafeMutableRawBufferPointer(start: memory, count: count))
  }

  /// Whether all that was made has been given back.
  package var isClean: Bool {
    ["blocks", "pinned", "modules", "streams", "events", "contexts"].allSatisfy {
      count("live_\($0)") == 0
    }
  }
}

/// A copy of the compiled library, because one that is opened twice is there once.
final class FakeLibrary {
  let path: String
  private let handle: UnsafeMutableRawPointer

  enum Failure: Error { case compiler, loader }

  private static let compiled = Result {
    let source =
      URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/FakeCUDA/fakecuda.c"
    let target = FileManager.default.temporaryDirectory.path + "/fakecuda-\(UUID()).so"
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = [
      "clang", "-std=gnu11", "-O1", "-shared", "-fPIC", "-pthread", "-o", target, source,
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw Failure.compiler }
    return target
  }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/libcuda-\(UUID()).so"
    try FileManager.default.copyItem(atPath: FakeLibrary.compiled.get(), toPath: path)
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { throw Failure.loader }
    self.handle = handle
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func get<Value>(_ name: String, as type: Value.Type) -> Value {
    dlsym(handle, name).assumingMemoryBound(to: type).pointee
  }

  func set<Value>(_ name: String, to value: Value) {
    dlsym(handle, name).assumingMemoryBound(to: Value.self).pointee = value
  }

  func function<Function>(_ name: String, as type: Function.Type) -> Function {
    unsafeBitCast(dlsym(handle, name), to: type)
  }
}
