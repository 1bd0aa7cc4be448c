#include "floors.h"

/// Makes streamed stores visible before whatever is stored after them.
static inline void store_fence(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#if defined(__x86_64__)
#define SUFFIX avx512
#define TARGET __attribute__((target("avx512f")))
#define LANES 16
#define ACCUMULATORS 12
#define MULTIPLY_ADD __builtin_elementwise_fma
#include "loops.inc"

#define SUFFIX avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define ACCUMULATORS 12
#define MULTIPLY_ADD __builtin_elementwise_fma
#include "loops.inc"
#endif

#define SUFFIX plain
#define TARGET
#define LANES 4
#define ACCUMULATORS 12
#if defined(__x86_64__)
// Without the instruction, fused would mean a call.
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#else
#define MULTIPLY_ADD __builtin_elementwise_fma
#endif
#include "loops.inc"

const floor_loops *floor_loops_of_this_cpu(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return &loops_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &loops_avx2;
#endif
  return &loops_plain;
}
