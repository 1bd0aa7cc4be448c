// The greatest error of each function over every float, or every n-th one, against the C library's
// functions of doubles, in units in the last place of the exact result.
//
// usage: check_f32 [STRIDE [FUNCTION]]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "scalar_operations.h"

#include "functions.c"

static double logistic(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double rsqrt(double x) { return (double)(1 / sqrtl(x)); }

static const double wrong = INFINITY;

/// Infinite where only one of them is NaN, where the sign of a zero differs, and where an infinity
/// is not the float next to the exact result.
static double error(float found, double exact) {
  if (isnan(exact) || isnan(found)) return isnan(exact) && isnan(found) ? 0 : wrong;
  const double largest = 0x1.fffffep127, unit = 0x1p104;
  double magnitude = fabs(exact);
  if (magnitude > largest || isinf(found)) {
    if (!!signbit(found) != !!signbit(exact)) return wrong;
    if (isinf(found)) return magnitude > largest ? 0 : (0x1p128 - magnitude) / unit;
    return isinf(exact) ? wrong : (magnitude - fabs((double)found)) / unit;
  }
  if ((found == 0 || exact == 0) && !!signbit(found) != !!signbit(exact)) return wrong;
  if (exact == 0) return found == 0 ? 0 : wrong;
  int exponent = (int)(bitcast_f64_u64(magnitude) >> 52) - 1023;
  int unitExponent = (exponent < -126 ? -126 : exponent) - 23;
  return fabs(found - exact) * bitcast_u64_f64((u64)(1023 - unitExponent) << 52);
}

typedef struct {
  double greatest;
  uint32_t at;
} Result;

#define DEFINE_CHECK(F)                                                 \
  static Result check_##F(uint64_t stride) {                            \
    Result result = {0, 0};                                             \
    _Pragma("omp parallel")                                             \
    {                                                                   \
      Result own = {0, 0};                                              \
      _Pragma("omp for schedule(dynamic, 1 << 16) nowait")              \
      for (uint64_t bits = 0; bits < 1ull << 32; bits += stride) {      \
        float x = bitcast_u32_f32((u32)bits);                           \
        double e = error(F##_of_f32(x), F((double)x));                  \
        if (e > own.greatest) own = (Result){e, (uint32_t)bits};        \
      }                                                                 \
      _Pragma("omp critical")                                           \
      if (own.greatest > result.greatest) result = own;                 \
    }                                                                   \
    return result;                                                      \
  }
FOR_ALL_FUNCTIONS(DEFINE_CHECK)

static const struct {
  const char *name;
  Result (*check)(uint64_t);
} checks[] = {
#define ROW(F) {#F, check_##F},
    FOR_ALL_FUNCTIONS(ROW)};

int main(int count, char **arguments) {
  uint64_t stride = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  if (stride == 0) return 2;
  for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
    if (count > 2 && strcmp(arguments[2], checks[i].name) != 0) continue;
    Result result = checks[i].check(stride);
    float x = bitcast_u32_f32(result.at);
    printf("f32 %-9s %.4f ulp at %a\n", checks[i].name, result.greatest, x);
    fflush(stdout);
  }
}
