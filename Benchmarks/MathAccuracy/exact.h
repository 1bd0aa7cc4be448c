// The exact results of the functions, by MPFR with 90 bits.
#include <math.h>
#include <stdbool.h>

#include <mpfr.h>

static _Thread_local mpfr_t argument, second, exact, difference, work;

/// Each thread has numbers of its own.
static void initExact(void) {
  mpfr_init2(argument, 53);
  mpfr_init2(second, 53);
  mpfr_init2(exact, 90);
  mpfr_init2(difference, 90);
  mpfr_init2(work, 90);
}

#define MPFR(F) \
  static void exact_##F(void) { mpfr_##F(exact, argument, MPFR_RNDN); }
MPFR(exp) MPFR(exp2) MPFR(expm1) MPFR(log) MPFR(log2) MPFR(log1p) MPFR(tanh) MPFR(erf) MPFR(sin)
MPFR(cos) MPFR(sqrt) MPFR(cbrt) MPFR(tan) MPFR(asin) MPFR(acos) MPFR(atan) MPFR(sinh) MPFR(cosh)
MPFR(asinh) MPFR(acosh) MPFR(atanh) MPFR(erfc)

static void exact_lgamma(void) {
  int sign;
  mpfr_lgamma(exact, &sign, argument, MPFR_RNDN);
}

static void exact_digamma(void) {
  mpfr_digamma(exact, argument, MPFR_RNDN);
  if (mpfr_zero_p(argument)) mpfr_set_inf(exact, mpfr_signbit(argument) ? 1 : -1);
}

/// Newton's method from the double that was found: its error squared is no error any more.
static _Thread_local double found;
static void exact_erfinv(void) {
  if (mpfr_cmpabs_ui(argument, 1) >= 0 || mpfr_nan_p(argument) || mpfr_zero_p(argument) ||
      !isfinite(found)) {
    double x = mpfr_get_d(argument, MPFR_RNDN);
    if (fabs(x) == 1) mpfr_set_inf(exact, x > 0 ? 1 : -1);
    else if (x == 0) mpfr_set(exact, argument, MPFR_RNDN);
    else mpfr_set_nan(exact);
    return;
  }
  mpfr_set_d(exact, found, MPFR_RNDN);
  mpfr_erf(difference, exact, MPFR_RNDN);
  mpfr_sub(difference, argument, difference, MPFR_RNDN);
  mpfr_sqr(work, exact, MPFR_RNDN);
  mpfr_exp(work, work, MPFR_RNDN);
  mpfr_mul(difference, difference, work, MPFR_RNDN);
  mpfr_const_pi(work, MPFR_RNDN);
  mpfr_sqrt(work, work, MPFR_RNDN);
  mpfr_div_2ui(work, work, 1, MPFR_RNDN);
  mpfr_mul(difference, difference, work, MPFR_RNDN);
  mpfr_add(exact, exact, difference, MPFR_RNDN);
}

/// IEEE 754's of -0 is -∞.
static void exact_rsqrt(void) {
  mpfr_rec_sqrt(exact, argument, MPFR_RNDN);
  if (mpfr_zero_p(argument)) mpfr_set_inf(exact, mpfr_signbit(argument) ? -1 : 1);
}

static void exact_logistic(void) {
  mpfr_neg(exact, argument, MPFR_RNDN);
  mpfr_exp(exact, exact, MPFR_RNDN);
  mpfr_add_ui(exact, exact, 1, MPFR_RNDN);
  mpfr_ui_div(exact, 1, exact, MPFR_RNDN);
}
