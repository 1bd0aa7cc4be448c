// What the files of this target share.
#ifndef FLOORS_H
#define FLOORS_H
#include "CBenchFloors.h"

/// A thread's part of a stream: `count` floats, a multiple of `stream_grain`.
typedef struct {
  const float *in[floor_most_reads];
  float *out;
  size_t count;
  int reads;
  bool streamed;
} stream_part;

/// Parts of arrays begin and end at multiples of this many floats.
enum { stream_grain = 64 };

/// One instruction set's loops.
typedef struct {
  /// Returns something that depends on all that was read.
  float (*stream)(const stream_part *part);
  /// Runs `rounds` times `multiply_add_width` fused multiplications and additions.
  float (*multiply_add)(long rounds);
  int multiply_add_width;
} floor_loops;

/// The loops for the widest vectors that the CPU has.
const floor_loops *floor_loops_of_this_cpu(void);
#endif
