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

  /// The bytes of the outermost cache, of which the kernel tells for the first processor; 32 MiB
  /// where it does not.
  package static let lastLevelCacheBytes: Int = {
    let sizes = (0..<8).compactMap { index -> Int? in
      let path = "/sys/devices/system/cpu/cpu0/cache/index\(index)/size"
      let text = TextFile.read(path, limit: 64)?.filter { !$0.isWhitespace } ?? ""
      return Int(text.dropLast()).map { $0 << (text.hasSuffix("M") ? 20 : 10) }
    }
    return sizes.max() ?? 32 << 20
  }()
}
