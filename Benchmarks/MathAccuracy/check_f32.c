// The greatest error of each function over every float, or every n-th one, in units in the last place
// of the exact result. Functions of two arguments are tried at random pairs.
//
// Results are held against references in double precision. Whatever is off by more than 0.9 units, or
// further than anything before it, is measured again against MPFR, and so is a sample of the references.
//
// usage: check_f32 [STRIDE [FUNCTION…]]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "exact.h"
#include "scalar_operations.h"

#include "functions.c"
#include "reference.h"

/// Infinite where only one of them is NaN or the signs differ. Infinity counts as 2^128.
static inline double error(float value, double exact) {
  double magnitude = fabs(exact);
  double expected = magnitude < 0x1p128 ? exact : copysign(0x1p128, exact);
  double actual = fabsf(value) < INFINITY ? value : copysign(0x1p128, value);
  i64 exponent = (i64)(bitcast_f64_u64(magnitude) >> 52) - 1023;
  exponent = exponent < -126 ? -126 : exponent > 127 ? 127 : exponent;
  double e = fabs(actual - expected) * bitcast_u64_f64((u64)(1023 + 23 - exponent) << 52);
  u64 signs = bitcast_f64_u64(exact) ^ bitcast_f64_u64((double)value);
  e = signs >> 63 ? INFINITY : e;
  bool isNaN = exact != exact, isFoundNaN = value != value;
  return isNaN | isFoundNaN ? (isNaN & isFoundNaN ? 0 : INFINITY) : e;
}

/// The error against MPFR, where that has more digits to say.
static double exactError(float x, float value, void (*reference)(void)) {
  mpfr_set_d(argument, x, MPFR_RNDN);
  found = value;
  reference();
  double nearest = mpfr_get_d(exact, MPFR_RNDN);
  double e = error(value, nearest);
  if (!isfinite(nearest) || !isfinite(value) || isinf(e)) return e;
  long exponent = mpfr_zero_p(exact) ? -126 : mpfr_get_exp(exact) - 1;
  mpfr_sub_d(difference, exact, value, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, 23 - (exponent < -126 ? -126 : exponent), MPFR_RNDN);
  return fabs(mpfr_get_d(difference, MPFR_RNDN));
}

enum { blockSize = 1 << 12, referenceSampling = 65537 };

typedef struct {
  const char *name;
  void (*run)(const float *, float *, double *, double *);
  void (*reference)(void);
} Function;

/// Runs a function and its reference on a block.
#define DEFINE_RUN(F)                                                                     \
  __attribute__((optimize("O3"))) static void run_##F(                                     \
      const float *restrict x, float *restrict values, double *restrict references,       \
      double *restrict errors) {                                                          \
    _Pragma("omp simd") for (int i = 0; i < blockSize; i++) values[i] = F##_of_f32(x[i]); \
    _Pragma("omp simd") for (int i = 0; i < blockSize; i++)                               \
        references[i] = reference_##F(x[i]);                                              \
    _Pragma("omp simd") for (int i = 0; i < blockSize; i++)                               \
        errors[i] = error(values[i], references[i]);                                      \
  }
FOR_ALL_FUNCTIONS(DEFINE_RUN)

static const Function functions[] = {
#define ROW(F) {#F, run_##F, exact_##F},
    FOR_ALL_FUNCTIONS(ROW)};

typedef struct {
  double greatest;
  u32 at, second;
  /// How many results were measured against MPFR, and the greatest error of a reference.
  long rechecked;
  double ofReference;
} Result;

static void note(Result *result, double e, u32 at) {
  if (e > result->greatest) {
    result->greatest = e;
    result->at = at;
  }
}

static void checkBlock(const Function *function, u64 start, u64 stride, Result *result) {
  static _Thread_local float x[blockSize], values[blockSize];
  static _Thread_local double references[blockSize], errors[blockSize];
  for (int i = 0; i < blockSize; i++) {
    u64 bits = start + (u64)i * stride;
    x[i] = bitcast_u32_f32(bits >> 32 ? 0 : (u32)bits);
  }
  function->run(x, values, references, errors);
  double greatest = 0;
  for (int i = 0; i < blockSize; i++) greatest = errors[i] > greatest ? errors[i] : greatest;
  bool isSampled = start / blockSize % 16 == 0;
  if (greatest <= 0.5 && greatest <= result->greatest && !isSampled) return;
  for (int i = 0; i < blockSize; i++) {
    bool isReferenceSampled = isSampled && i == (int)((start >> 16) % blockSize);
    bool isDoubtful = errors[i] > (result->greatest < 0.9 ? fmax(result->greatest, 0.5) : 0.9);
    if (!isDoubtful && !isReferenceSampled) {
      note(result, errors[i] <= 0.5 ? errors[i] : 0, bitcast_f32_u32(x[i]));
      continue;
    }
    note(result, exactError(x[i], values[i], function->reference), bitcast_f32_u32(x[i]));
    result->rechecked++;
    double nearest = mpfr_get_d(exact, MPFR_RNDN);
    if (!isReferenceSampled || !isfinite(nearest) || nearest == 0) continue;
    double off = fabs(references[i] - nearest) / fmax(fabs(nearest), 0x1p-126) * 0x1p24;
    if (off > result->ofReference) result->ofReference = off;
  }
}

static Result check(const Function *function, u64 stride) {
  Result result = {0};
  u64 blocks = ((1ull << 32) / stride + blockSize - 1) / blockSize;
#pragma omp parallel
  {
    Result own = {0};
    initExact();
#pragma omp for schedule(dynamic, 64) nowait
    for (u64 block = 0; block < blocks; block++) {
      checkBlock(function, block * blockSize * stride, stride, &own);
    }
#pragma omp critical
    {
      note(&result, own.greatest, own.at);
      result.rechecked += own.rechecked;
      if (own.ofReference > result.ofReference) result.ofReference = own.ofReference;
    }
  }
  return result;
}

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
  static Result check_##F(u64 stride) {                            \
    Result result = {0};                                           \
    u64 count = (1ull << 28) / stride;                             \
    for (u64 number = 0; number < count; number++) {               \
      float x = sample(number % 3), y = sample(number / 3 % 3);    \
      double e = error(F##_of_f32(x, y), F((double)x, (double)y)); \
      if (e > result.greatest) result.second = bitcast_f32_u32(y); \
      note(&result, e, bitcast_f32_u32(x));                        \
    }                                                              \
    return result;                                                 \
  }
FOR_ALL_BINARY_FUNCTIONS(DEFINE_BINARY_CHECK)

static const struct {
  const char *name;
  Result (*check)(u64);
} binaryFunctions[] = {
#define BINARY_ROW(F) {#F, check_##F},
    FOR_ALL_BINARY_FUNCTIONS(BINARY_ROW)};

static bool isWanted(const char *name, int count, char **arguments) {
  for (int i = 2; i < count; i++) {
    if (strcmp(arguments[i], name) == 0) return true;
  }
  return count <= 2;
}

int main(int count, char **arguments) {
  u64 stride = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  if (stride == 0) return 2;
  initReference();
  for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!isWanted(functions[i].name, count, arguments)) continue;
    Result result = check(&functions[i], stride);
    printf("f32 %-9s %.4f ulp at %a; %ld rechecked, references within %.1e ulp\n",
           functions[i].name, result.greatest, bitcast_u32_f32(result.at), result.rechecked,
           result.ofReference);
    fflush(stdout);
  }
  for (unsigned i = 0; i < sizeof binaryFunctions / sizeof *binaryFunctions; i++) {
    if (!isWanted(binaryFunctions[i].name, count, arguments)) continue;
    Result result = binaryFunctions[i].check(stride);
    printf("f32 %-9s %.4f ulp at %a, %a\n", binaryFunctions[i].name, result.greatest,
           bitcast_u32_f32(result.at), bitcast_u32_f32(result.second));
    fflush(stdout);
  }
}
