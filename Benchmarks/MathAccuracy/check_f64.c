// The greatest error of each function over random doubles against MPFR with 90 bits, in units in the
// last place of the exact result.
//
// usage: check_f64 [SAMPLES]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include <mpfr.h>

#include "scalar_operations.h"

#include "functions.c"

static mpfr_t argument, exact, difference;

#define MPFR(F) \
  static void exact_##F(void) { mpfr_##F(exact, argument, MPFR_RNDN); }
MPFR(exp) MPFR(exp2) MPFR(expm1) MPFR(log) MPFR(log2) MPFR(log1p) MPFR(tanh) MPFR(erf) MPFR(sin)
MPFR(cos)

static void exact_rsqrt(void) { mpfr_rec_sqrt(exact, argument, MPFR_RNDN); }

static void exact_logistic(void) {
  mpfr_neg(exact, argument, MPFR_RNDN);
  mpfr_exp(exact, exact, MPFR_RNDN);
  mpfr_add_ui(exact, exact, 1, MPFR_RNDN);
  mpfr_ui_div(exact, 1, exact, MPFR_RNDN);
}

static double error(double found) {
  if (mpfr_nan_p(exact) || isnan(found)) return mpfr_nan_p(exact) && isnan(found) ? 0 : INFINITY;
  double nearest = mpfr_get_d(exact, MPFR_RNDN);
  if (isinf(nearest) || isinf(found)) {
    if (nearest == found) return 0;
    return nextafter(nearest, 0) == found || nextafter(found, 0) == nearest ? 1 : INFINITY;
  }
  if (mpfr_zero_p(exact)) return found == 0 ? 0 : INFINITY;
  long exponent = mpfr_get_exp(exact) - 1;
  mpfr_sub_d(difference, exact, found, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, 52 - (exponent < -1022 ? -1022 : exponent), MPFR_RNDN);
  return fabs(mpfr_get_d(difference, MPFR_RNDN));
}

// Where the functions change from one formula to another, or their results end.
#define HALF_LN2 0x1.62e42fefa39efp-2
#define SQRT2 0x1.6a09e667f3bcdp0
#define PI 0x1.921fb54442d18p1
static const double exponential[] = {HALF_LN2, -HALF_LN2, 2 * HALF_LN2, HALF_LN2 / 2, -745, -708.4,
                                     709.78, 1, -36, 36, 18};
static const double power[] = {.5, -.5, 1.5, -1074, -1022, 1023, 1, 3};
static const double logarithm[] = {1, SQRT2, SQRT2 / 2, 2, .5};
static const double logarithm1p[] = {-1, -.5, SQRT2 / 2, 0x1.a827999fcef34p-2,
                                     -0x1.2bec333018867p-2, 1, 1e15, 9e15};
static const double angle[] = {PI / 2, PI, 2 * PI, PI / 4, 6381956970095103. * 0x1p797, 1048576,
                               1e15, 1e22, PI * 0x1p19, PI * 0x1p39};
static const double bell[] = {.875, .925, 1, 2, 3, 4, 5, 5.9};

static const struct {
  const char *name;
  double (*function)(double);
  void (*reference)(void);
  double low, high;
  const double *places;
  unsigned placeCount;
} checks[] = {
#define ROW(F, LOW, HIGH, PLACES) \
  {#F, F##_of_f64, exact_##F, LOW, HIGH, PLACES, sizeof PLACES / sizeof *PLACES},
    ROW(exp, -746, 710, exponential)
    ROW(exp2, -1076, 1025, power)
    ROW(expm1, -40, 710, exponential)
    ROW(log, 0, 10, logarithm)
    ROW(log2, 0, 10, logarithm)
    ROW(log1p, -1, 10, logarithm1p)
    ROW(rsqrt, 0, 10, logarithm)
    ROW(tanh, -20, 20, exponential)
    ROW(logistic, -746, 40, exponential)
    ROW(erf, -6, 6, bell)
    ROW(sin, -100, 100, angle)
    ROW(cos, -100, 100, angle)};

/// Marsaglia's xorshift64*.
static uint64_t randomBits(void) {
  static uint64_t state = 88172645463325252ull;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545F4914F6CDD1Dull;
}

static double uniform(void) { return (double)(randomBits() >> 11) * 0x1p-53; }

/// In turn: any bits; the interval where the result is not trivial; all magnitudes around 1; near
/// zero; near the places where something changes.
static double sample(long number, unsigned check) {
  double sign;
  switch (number % 5) {
    case 0: return bitcast_u64_f64(randomBits());
    case 1: return checks[check].low + (checks[check].high - checks[check].low) * uniform();
    case 2:
      sign = randomBits() & 1 ? -1 : 1;
      return sign * exp2(-60 + 72 * uniform());
    case 3: return (2 * uniform() - 1) * 4;
    default:
      return checks[check].places[randomBits() % checks[check].placeCount] *
             (1 + (2 * uniform() - 1) * exp2(-52 * uniform()));
  }
}

int main(int count, char **arguments) {
  long samples = count > 1 ? atol(arguments[1]) : 10000000;
  mpfr_init2(argument, 53);
  mpfr_init2(exact, 90);
  mpfr_init2(difference, 90);
  for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
    double greatest = 0, at = 0;
    for (long number = 0; number < samples; number++) {
      double x = sample(number, i);
      mpfr_set_d(argument, x, MPFR_RNDN);
      checks[i].reference();
      double e = error(checks[i].function(x));
      if (e > greatest) {
        greatest = e;
        at = x;
      }
    }
    printf("f64 %-9s %.4f ulp at %a\n", checks[i].name, greatest, at);
    fflush(stdout);
  }
}
