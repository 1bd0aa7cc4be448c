// The header as C, on its own; its functions are in Sources/TensorJITC. What programs were built
// against must stay: members keep their places, and new ones come at the end.
#include "tensorjit.h"

#define PLACE(type, member, offset) \
  _Static_assert(offsetof(type, member) == (offset), #type "." #member " has moved")

PLACE(tj_buffer, struct_size, 0);
PLACE(tj_buffer, data, 8);
PLACE(tj_buffer, byte_count, 16);
PLACE(tj_buffer, offset, 24);
PLACE(tj_buffer, dtype, 32);
PLACE(tj_buffer, rank, 36);
PLACE(tj_buffer, sizes, 40);
PLACE(tj_buffer, strides, 48);
_Static_assert(sizeof(tj_buffer) >= 56, "tj_buffer has lost members");

PLACE(tj_device, name, 8);
PLACE(tj_device, model, 16);
PLACE(tj_device, memory_bytes, 24);
PLACE(tj_device, thread_count, 32);
PLACE(tj_device, vector_bits, 36);
_Static_assert(sizeof(tj_device) >= 40, "tj_device has lost members");

PLACE(tj_load_options, file, 8);
PLACE(tj_load_options, entry, 16);
PLACE(tj_load_options, engine, 24);
PLACE(tj_load_options, flags, 32);
PLACE(tj_load_options, gradient_names, 40);
PLACE(tj_load_options, gradient_name_count, 48);
PLACE(tj_load_options, model_types, 56);
PLACE(tj_load_options, model_type_count, 64);
_Static_assert(sizeof(tj_load_options) >= 72, "tj_load_options has lost members");

PLACE(tj_value, name, 8);
PLACE(tj_value, type, 16);
PLACE(tj_value, dtype, 24);
PLACE(tj_value, rank, 28);
PLACE(tj_value, sizes, 32);
PLACE(tj_value, size_texts, 40);
_Static_assert(sizeof(tj_value) >= 48, "tj_value has lost members");

PLACE(tj_run_options, threads, 8);
_Static_assert(sizeof(tj_run_options) >= 16, "tj_run_options has lost members");

PLACE(tj_counters, runs, 8);
PLACE(tj_counters, compiles, 16);
PLACE(tj_counters, kernels, 24);
PLACE(tj_counters, compile_seconds, 32);
PLACE(tj_counters, cache_hits, 40);
PLACE(tj_counters, bytes_in_use, 48);
PLACE(tj_counters, peak_bytes, 56);
PLACE(tj_counters, bytes_cached, 64);
PLACE(tj_counters, bytes_copied, 72);
PLACE(tj_counters, live_programs, 80);
PLACE(tj_counters, live_errors, 88);
PLACE(tj_counters, live_arrays, 96);
_Static_assert(sizeof(tj_counters) >= 104, "tj_counters has lost members");
