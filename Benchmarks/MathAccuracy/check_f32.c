// The greatest error of each function over every float, or every n-th one, against the C library's
// functions of doubles, in units in the last place of the exact result. Functions of two arguments are
// tried at random pairs.
//
// usage: check_f32 [STRIDE [FUNCTION]]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "scalar_operations.h"

#include "functions.c"

static double logistic(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double rsqrt(double x) { return (double)(1 / sqrtl(x)); }

/// Newton's method on the error function's complement.
static double erfinv(double x) {
  if (!(fabs(x) < 1)) return fabs(x) == 1 ? copysign(INFINITY, x) : NAN;
  if (fabs(x) < 1e-9) return (double)(x * (sqrtl(M_PIl) / 2));
  long double y = fabsl(x), c = 1 - y, w = -logl(c * (1 + y));
  long double root = w < 1 ? y * 0.9L : sqrtl(w) * 0.9L;
  for (int step = 0; step < 20; step++) {
    long double bell = 2 / sqrtl(M_PIl) * expl(-root * root);
    long double excess = c > 0.5L ? y - erfl(root) : erfcl(root) - c;
    long double change = excess / bell;
    change /= 1 + root * change;
    root += change;
    if (fabsl(change) < 1e-12L * root) break;
  }
  return (double)copysignl(root, x);
}

/// The recurrence up to 20 and the asymptotic series from there; reflection for negative numbers.
static double digamma(double x) {
  if (x == 0) return -copysign(INFINITY, x);
  if (isnan(x) || x == -INFINITY) return NAN;
  if (x < 0 && x == floor(x)) return NAN;
  long double y = fabsl(x), sum = 0;
  if (x < 0) {
    long double r = y - rintl(y);
    sum = 1 / y + M_PIl / tanl(M_PIl * r);
  }
  for (; y < 20; y += 1) sum -= 1 / y;
  long double z = 1 / (y * y);
  long double tail = z * (1 / 12.L - z * (1 / 120.L - z * (1 / 252.L - z * (1 / 240.L - z *
                     (1 / 132.L - z * (691 / 32760.L - z * (1 / 12.L)))))));
  return (double)(sum + logl(y) - 0.5L / y - tail);
}

static double logarithmOfGamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}
#define lgamma logarithmOfGamma

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
  uint32_t at, second;
} Result;

#define DEFINE_CHECK(F)                                                 \
  static Result check_##F(uint64_t stride) {                            \
    Result result = {0, 0, 0};                                           \
    _Pragma("omp parallel")                                             \
    {                                                                   \
      Result own = {0, 0, 0};                                              \
      _Pragma("omp for schedule(dynamic, 1 << 16) nowait")              \
      for (uint64_t bits = 0; bits < 1ull << 32; bits += stride) {      \
        float x = bitcast_u32_f32((u32)bits);                           \
        double e = error(F##_of_f32(x), F((double)x));                  \
        if (e > own.greatest) own = (Result){e, (uint32_t)bits, 0};        \
      }                                                                 \
      _Pragma("omp critical")                                           \
      if (own.greatest > result.greatest) result = own;                 \
    }                                                                   \
    return result;                                                      \
  }
FOR_ALL_FUNCTIONS(DEFINE_CHECK)

/// Marsaglia's xorshift64*.
static uint64_t state = 88172645463325252ull;
static uint64_t randomBits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545F4914F6CDD1Dull;
}

/// In turn any bits, small numbers, and whole ones.
static float sample(unsigned kind) {
  float any = bitcast_u32_f32((u32)(randomBits() >> 32));
  if (kind == 0) return any;
  if (kind == 1) return (float)((int32_t)randomBits() * 0x1p-28);
  return (float)((int64_t)(randomBits() % 41) - 20);
}

/// Over `count` pairs.
#define DEFINE_BINARY_CHECK(F)                                     \
  static Result check_##F(uint64_t stride) {                       \
    Result result = {0, 0, 0};                                      \
    uint64_t count = (1ull << 28) / stride;                        \
    for (uint64_t number = 0; number < count; number++) {          \
      float x = sample(number % 3), y = sample(number / 3 % 3);    \
      double e = error(F##_of_f32(x, y), F((double)x, (double)y)); \
      if (e > result.greatest) {                                   \
        result = (Result){e, bitcast_f32_u32(x), bitcast_f32_u32(y)}; \
      }                                                            \
    }                                                              \
    return result;                                                 \
  }
FOR_ALL_BINARY_FUNCTIONS(DEFINE_BINARY_CHECK)

static const struct {
  const char *name;
  Result (*check)(uint64_t);
} checks[] = {
#define ROW(F) {#F, check_##F},
    FOR_ALL_FUNCTIONS(ROW) FOR_ALL_BINARY_FUNCTIONS(ROW)};

int main(int count, char **arguments) {
  uint64_t stride = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  if (stride == 0) return 2;
  for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
    if (count > 2 && strcmp(arguments[2], checks[i].name) != 0) continue;
    Result result = checks[i].check(stride);
    float x = bitcast_u32_f32(result.at), y = bitcast_u32_f32(result.second);
    printf("f32 %-9s %.4f ulp at %a, %a\n", checks[i].name, result.greatest, x, y);
    fflush(stdout);
  }
}
