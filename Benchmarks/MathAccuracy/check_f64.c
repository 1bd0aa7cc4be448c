// The greatest error of each function over random doubles against MPFR with 90 bits, in units in the
// last place of the exact result.
//
// usage: check_f64 [SAMPLES [FUNCTION…]]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "exact.h"
#include "scalar_operations.h"

#include "functions.c"

#define MPFR2(F) \
  static void exact_##F(void) { mpfr_##F(exact, argument, second, MPFR_RNDN); }
MPFR2(pow) MPFR2(atan2) MPFR2(fmod)

/// The error of what was found, in units of the exact result, or of `term` if those are greater.
static double error(double term) {
  if (mpfr_nan_p(exact) || isnan(found)) return mpfr_nan_p(exact) && isnan(found) ? 0 : INFINITY;
  double nearest = mpfr_get_d(exact, MPFR_RNDN);
  if (isinf(nearest) || isinf(found)) {
    if (nearest == found) return 0;
    return nextafter(nearest, 0) == found || nextafter(found, 0) == nearest ? 1 : INFINITY;
  }
  if (mpfr_zero_p(exact))
    return found == 0 && !!signbit(found) == !!mpfr_signbit(exact) ? 0 : INFINITY;
  long exponent = mpfr_get_exp(exact) - 1;
  if (term != 0 && exponent < ilogb(term)) exponent = ilogb(term);
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
static const double bell[] = {.875, .925, 1, 2, 3, 4, 5, 5.9, -.5, .5, 26, 27.2};
static const double unit[] = {.5, -.5, 1, -1, .75, SQRT2 / 2, .99};
static const double tangent[] = {SQRT2 - 1, SQRT2 + 1, 1, -1, 1e10};
static const double least[] = {1, 1.5, 1.25, 2, 0x1p28};
static const double gamma_[] = {1, 2, -.58, .41421356, SQRT2, SQRT2 + 1, 8.4142, 1.4616321449683622, 9,
                                -1, -2, -3, -10, 3, 1e300, SQRT2 / 2};

static const struct {
  const char *name;
  double (*function)(double);
  double (*binary)(double, double);
  void (*reference)(void);
  double low, high;
  const double *places;
  unsigned placeCount;
} checks[] = {
#define ROW(F, LOW, HIGH, PLACES) \
  {#F, F##_of_f64, NULL, exact_##F, LOW, HIGH, PLACES, sizeof PLACES / sizeof *PLACES},
#define ROW2(F) {#F, NULL, F##_of_f64, exact_##F, -10, 10, gamma_, sizeof gamma_ / sizeof *gamma_},
    ROW(exp, -746, 710, exponential)
    ROW(exp2, -1076, 1025, power)
    ROW(expm1, -40, 710, exponential)
    ROW(log, 0, 10, logarithm)
    ROW(log2, 0, 10, logarithm)
    ROW(log1p, -1, 10, logarithm1p)
    ROW(sqrt, 0, 10, logarithm)
    ROW(rsqrt, 0, 10, logarithm)
    ROW(cbrt, -10, 10, logarithm)
    ROW(tanh, -20, 20, exponential)
    ROW(logistic, -746, 40, exponential)
    ROW(erf, -6, 6, bell)
    ROW(sin, -100, 100, angle)
    ROW(cos, -100, 100, angle)
    ROW(tan, -100, 100, angle)
    ROW(asin, -1, 1, unit)
    ROW(acos, -1, 1, unit)
    ROW(atan, -4, 4, tangent)
    ROW(sinh, -711, 711, exponential)
    ROW(cosh, -711, 711, exponential)
    ROW(asinh, -4, 4, unit)
    ROW(acosh, 1, 10, least)
    ROW(atanh, -1, 1, unit)
    ROW(erfc, -6, 28, bell)
    ROW(erfinv, -1, 1, unit)
    ROW(lgamma, 0, 20, gamma_)
    ROW(digamma, 0, 20, gamma_)
    ROW2(pow) ROW2(atan2) ROW2(fmod)};

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

/// The first factor for pairs whose power is within range more often than not.
static double samplePair(long number, unsigned check, double y) {
  if (number % 3 != 0 || y == 0) return sample(number / 5, check);
  return exp2((2 * uniform() - 1) * 1074 / fabs(y));
}

int main(int count, char **arguments) {
  long samples = count > 1 ? atol(arguments[1]) : 10000000;
  initExact();
  for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
    bool isWanted = count <= 2;
    for (int j = 2; j < count; j++) isWanted |= strcmp(arguments[j], checks[i].name) == 0;
    if (!isWanted) continue;
    double greatest = 0, at = 0, secondAt = 0;
    for (long number = 0; number < samples; number++) {
      double x = sample(number, i), y = 0;
      if (checks[i].binary) {
        y = x;
        x = samplePair(number, i, y);
      }
      mpfr_set_d(argument, x, MPFR_RNDN);
      mpfr_set_d(second, y, MPFR_RNDN);
      found = checks[i].binary ? checks[i].binary(x, y) : checks[i].function(x);
      checks[i].reference();
      // lgamma and digamma have zeros between negative whole numbers, where their error stays that of
      // the terms which cancel.
      bool cancels = checks[i].places == gamma_ && !checks[i].binary && x < 0;
      double e = error(cancels ? fmax(1, checks[i].function(-x)) : 0);
      if (e > greatest) {
        greatest = e;
        at = x;
        secondAt = y;
      }
    }
    printf("f64 %-9s %.4f ulp at %a, %a\n", checks[i].name, greatest, at, secondAt);
    fflush(stdout);
  }
}
