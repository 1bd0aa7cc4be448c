import Glibc

/// A softmax in text form and its argument, in files.
struct SmallProgram: ~Copyable {
  private let folder: String
  var tape: String { folder + "/softmax.tape" }
  var input: String { folder + "/x.npy" }

  init() throws(BenchError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    folder = "\(parent)/tensorjit-startup-\(getpid())"
    guard mkdir(folder, 0o700) == 0 else { throw BenchError("cannot make \(folder)") }
    try write(
      """
      (tape softmax [(x f32[4,8])]
        (e (exp (sub x (reduce-max x :axes [1] :keep true))))
        (y (div e (reduce-sum e :axes [1] :keep true)))
        (return y))

      """, to: tape)
    // Version 1 of the format: a header of 128 bytes, then zeros.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }"
    let padding = String(repeating: " ", count: 117 - header.utf8.count)
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    bytes += Array((header + padding + "\n").utf8) + [UInt8](repeating: 0, count: 128)
    guard let file = fopen(input, "w") else { throw BenchError("cannot write \(input)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw BenchError("cannot write \(input)")
    }
  }

  deinit {
    unlink(folder + "/softmax.tape")
    unlink(folder + "/x.npy")
    rmdir(folder)
  }
}
