import Glibc

/// What memory the process may have.
package enum ProcessMemory {
  /// The bytes of the machine's memory, or of the addresses that the process may use (`ulimit -v`) if
  /// those are fewer.
  package static let limit: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    var addresses = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &addresses) == 0
    let most = isKnown ? Int(clamping: addresses.rlim_cur) : .max
    return min(machine > 0 ? machine : .max, most)
  }()
}
