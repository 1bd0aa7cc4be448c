// What the machine can do: loops written by hand that move bytes, multiply and add, and call
// functions, on threads that are pinned to CPUs of their own. Benchmarks stand beside them.
#ifndef CBENCHFLOORS_H
#define CBENCHFLOORS_H
#include <stdbool.h>
#include <stddef.h>

/// Threads, each pinned to one CPU, and the arrays that they work on.
typedef struct floor_team floor_team;

/// The most arrays that a stream reads.
enum { floor_most_reads = 4 };

/// Keeps the calling thread on the first of the CPUs that it may use.
void floor_pin_current_thread(void);

/// A team with arrays of up to `array_bytes` each on huge pages; null where the system refuses. Its
/// threads are pinned to the CPUs that the calling thread may use at that time.
floor_team *floor_team_create(int threads, size_t array_bytes);
void floor_team_destroy(floor_team *team);

/// Seconds for `threads` of the team to read `read_bytes` from each of `reads` arrays (0, 1, 2 or 4) while writing
/// `write_bytes` to another (none where 0): the sum of what is read, or a constant. Where both are
/// given they are equal. `streamed` stores bypass the caches.
double floor_stream(
  floor_team *team, int threads, int reads, size_t read_bytes, size_t write_bytes, bool streamed);

/// Seconds for `threads` of the team to do about `operations` float32 multiplications and additions,
/// fused, in registers.
double floor_arithmetic(floor_team *team, int threads, double operations);

/// Seconds for `calls` calls, one after the other, of a function that adds one array of `count`
/// floats to another, on the first thread.
double floor_calls(floor_team *team, long calls, size_t count);

/// Seconds to load a shared library, with all that it needs, once more: into a namespace of its own,
/// where nothing of it is there yet. Negative where that fails.
double floor_load_library(const char *name);
#endif
