// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CTensorJIT
import TensorJIT

@c @implementation
public func tj_counters_get(
  _ counters: UnsafeMutablePointer<tj_counters>?, _ error: OpaquePointer?
) -> tj_status {
  call(error) { () throws(Failure) in
    let events = Runtime.shared.counters
    let live = HandleTable.shared.counts
    var found = tj_counters()
    found.runs = UInt64(events.evaluations)
    found.compiles = UInt64(events.compiles)
    found.kernels = UInt64(events.kernels)
    found.compile_seconds = events.compileSeconds
    found.cache_hits = UInt64(events.cacheHits)
    found.bytes_in_use = UInt64(events.bytesInUse)
    found.peak_bytes = UInt64(events.peakBytes)
    found.bytes_cached = UInt64(events.bytesCached)
    found.bytes_copied = UInt64(CopyCounter.shared.value)
    found.live_programs = UInt64(live.programs)
    found.live_errors = UInt64(live.errors)
    found.live_arrays = UInt64(live.arrays)
    try found.write(to: counters, "counters")
  }
}

@c @implementation
public func tj_counters_reset() {
  Runtime.shared.resetCounters()
  CopyCounter.shared.reset()
}

@c @implementation
public func tj_trim() { Runtime.shared.trim() }
