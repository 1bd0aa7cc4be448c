internal import CLinux
internal import Runtime
import TapeIR

/// Where in the user's source an op was recorded: return addresses now, a file and a line when
/// somebody asks.
///
/// Operators cannot take `#line`, and passing it through every function would burden each call, so
/// the stack is looked at instead, only where an error is made or debugging is on. It is unwound by
/// the tables of exceptions, as frame pointers need not be there. The user's place is the innermost
/// frame outside of this library's sources. Without debug information there is none.
struct CallSite: Sendable {
  /// Innermost first.
  private let returnAddresses: [UInt]

  /// The most calls that are looked at.
  private static let limit = 64

  /// The place of the call that is going on; nil where the stack cannot be read.
  init?() {
    returnAddresses = withUnsafeTemporaryAllocation(
      of: UnsafeMutableRawPointer?.self, capacity: Self.limit
    ) { addresses in
      let count = Int(linux_return_addresses(addresses.baseAddress, Int32(Self.limit)))
      return addresses.prefix(max(0, count)).map { UInt(bitPattern: $0) }
    }
    if returnAddresses.isEmpty { return nil }
  }

  /// The file, line and column of the user's call.
  var location: Provenance.Location? {
    guard let backtrace = Backtrace(returnAddresses: returnAddresses),
      let symbolicated = backtrace.symbolicated(with: .capture(), options: .default)
    else { return nil }
    for frame in symbolicated.frames {
      guard let place = frame.symbol?.sourceLocation, place.line > 0,
        !CallSite.isOurs(place.path)
      else { continue }
      return Provenance.Location(file: place.path, line: place.line, column: place.column)
    }
    return nil
  }

  /// `FILE:LINE`, as an error names it.
  var description: String? { location.map { "\($0.file):\($0.line)" } }

  /// Whether a file is one of this target's, or made by the compiler.
  private static func isOurs(_ path: String) -> Bool {
    path.contains(sourceFolder) || path.hasSuffix("<compiler-generated>") || path.isEmpty
  }

  /// The folder of this target's sources, without what leads to the package: debug information names
  /// files from there or in full.
  private static let sourceFolder: String = {
    let folder = (#filePath).split(separator: "/").dropLast(2).suffix(2)
    return folder.joined(separator: "/") + "/"
  }()
}
