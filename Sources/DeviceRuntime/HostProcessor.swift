/// What the kernel says of this machine's processor.
package struct HostProcessor: Equatable {
  /// The maker's identification, e.g. `AuthenticAMD`.
  package var vendor = ""
  /// The instruction sets and other features, by Linux's names.
  package var flags: Set<Substring> = []

  /// Reads the first processor of the text of `/proc/cpuinfo`.
  package init(cpuInfo: String) {
    for line in cpuInfo.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty, !flags.isEmpty { break }
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      if line.hasPrefix("vendor_id") { vendor = String(value) }
      if line.hasPrefix("flags") { flags = Set(value.split(separator: " ")) }
    }
  }

  /// The processor at hand; without features where the kernel does not say.
  package static func current() -> HostProcessor {
    HostProcessor(cpuInfo: TextFile.read("/proc/cpuinfo", limit: 1 << 16) ?? "")
  }
}
