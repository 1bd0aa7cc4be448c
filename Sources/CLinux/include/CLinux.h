// What Swift's Glibc module leaves out of the C library (GNU extensions) and of the instruction
// set. Names differ from the C library's so that they can never clash with its own declarations.
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>

/// The CPU that the calling thread is running on.
int linux_current_cpu(void) __asm__("sched_getcpu");

/// The CPUs that a thread (0: the calling one) may run on, as a bit set.
int linux_get_affinity(int thread, size_t size, void *mask) __asm__("sched_getaffinity");

/// Restricts a thread (0: the calling one) to the CPUs of a bit set.
int linux_set_affinity(int thread, size_t size, const void *mask) __asm__("sched_setaffinity");

/// The return addresses of the calls that are going on, innermost first, at most `count`. The stack is
/// unwound by the tables that exceptions use, which reach as far as there are some; nothing on the
/// stack is trusted to be a frame pointer.
int linux_return_addresses(void **addresses, int count) __asm__("backtrace");

#if defined(__x86_64__)
/// The control and status register of SSE arithmetic.
static inline uint32_t linux_get_mxcsr(void) { return __builtin_ia32_stmxcsr(); }
static inline void linux_set_mxcsr(uint32_t value) { __builtin_ia32_ldmxcsr(value); }

/// A hint that the calling thread waits for another one's store.
static inline void linux_pause(void) { __builtin_ia32_pause(); }
#endif
#endif
