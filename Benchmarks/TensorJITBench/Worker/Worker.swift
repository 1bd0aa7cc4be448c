import Glibc
import TensorJIT

/// One of the processes that a comparison measures in turn. It reads a request a line, and answers
/// each with a line: `ok` and words, `skip` and a reason, or `error` and a message.
///
///     prepare NAME ARGUMENT…   makes a workload ready, without compiling it
///     first                    runs it once: seconds
///     outputs FOLDER           writes what it computes to FOLDER/0, FOLDER/1, …: a type for each
///     sample SECONDS           runs it for so long: seconds a run, a word a sample
///     release                  forgets the workload
struct Worker {
  /// What the process is.
  let title: String
  /// Makes a workload ready, from its name and its arguments.
  let prepare: (_ name: String, _ arguments: [Substring]) throws -> Job

  /// Answers requests until there are no more.
  func serve() {
    answer("ok \(title)")
    var job: Job?
    while let request = readLine() {
      do {
        answer("ok " + (try reply(to: request.split(separator: " "), &job)))
      } catch let missing as MissingWorkload {
        answer("skip \(missing.reason)")
      } catch {
        answer("error \(error)")
      }
    }
  }

  private func reply(to words: [Substring], _ job: inout Job?) throws -> String {
    switch (words.first, words.count) {
    case ("prepare", 2...):
      job = nil
      job = try prepare(String(words[1]), Array(words[2...]))
      return ""
    case ("release", 1):
      job = nil
      Runtime.shared.trim()
      return ""
    case _: break
    }
    guard let job else { throw BenchError("no workload is prepared") }
    switch (words.first, words.count) {
    case ("first", 1): return "\(try job.seconds(1))"
    case ("sample", 2):
      guard let budget = Double(words[1]) else { throw BenchError("'\(words[1])' is no number") }
      return try job.samples(during: budget).map { "\($0)" }.joined(separator: " ")
    case ("outputs", 2):
      return try job.outputs().enumerated().map { number, output in
        try ArrayFile.write(output, to: "\(words[1])/\(number)")
      }.joined(separator: " ")
    case _: throw BenchError("unknown request '\(words.joined(separator: " "))'")
    }
  }

  private func answer(_ line: String) {
    print(line.split(whereSeparator: \.isNewline).joined(separator: " "))
    fflush(nil)
  }
}

/// A workload that a worker does not have, and why.
struct MissingWorkload: Error {
  let reason: String
}
