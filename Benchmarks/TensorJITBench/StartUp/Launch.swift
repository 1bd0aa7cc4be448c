import Glibc

/// How long a process took, from before it was made until it was gone.
struct Launch {
  let seconds: Double
  /// Of the processor, which other processes do not lengthen.
  let processorSeconds: Double
  /// What it printed.
  let output: String

  /// Runs a command and waits for its end.
  ///
  /// - Throws: `BenchError` where it cannot be started or fails.
  init(_ command: [String]) throws(BenchError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw BenchError("there is no pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])

    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let start = ContinuousClock().now
    let failure = posix_spawn(&process, command[0], &actions, nil, &arguments, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard failure == 0 else { throw BenchError("cannot run \(command[0])") }
    output = Self.readAll(ends[0])
    var status: Int32 = 0
    var usage = rusage()
    wait4(process, &status, 0, &usage)
    seconds = (ContinuousClock().now - start).inSeconds
    processorSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) { total, time in
      total + Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }
    guard status == 0 else { throw BenchError("'\(command.joined(separator: " "))' failed") }
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
