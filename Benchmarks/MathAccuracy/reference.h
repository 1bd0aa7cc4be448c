// References for `f32`: each function of a float in double precision, of many at once where there is a way.
//
// glibc's vector functions are within 4 units of a double, far less than what is measured here.
#define VECTOR(F) __attribute__((simd("notinbranch"))) double F(double);
#ifdef __x86_64__
VECTOR(exp) VECTOR(exp2) VECTOR(expm1) VECTOR(log) VECTOR(log2) VECTOR(log1p) VECTOR(cbrt)
VECTOR(sin) VECTOR(cos) VECTOR(asin) VECTOR(acos) VECTOR(atan) VECTOR(sinh) VECTOR(cosh)
VECTOR(tanh) VECTOR(asinh) VECTOR(acosh) VECTOR(atanh) VECTOR(erf) VECTOR(erfc)
#endif

#define REFERENCE(F) static inline double reference_##F(float x) { return F((double)x); }
REFERENCE(exp) REFERENCE(exp2) REFERENCE(expm1) REFERENCE(log) REFERENCE(log2) REFERENCE(log1p)
REFERENCE(sqrt) REFERENCE(cbrt) REFERENCE(asin) REFERENCE(acos) REFERENCE(atan) REFERENCE(sinh)
REFERENCE(cosh) REFERENCE(tanh) REFERENCE(asinh) REFERENCE(acosh) REFERENCE(atanh) REFERENCE(erf)
REFERENCE(erfc)

static inline double reference_logistic(float x) { return 1 / (1 + exp(-(double)x)); }
static inline double reference_rsqrt(float x) { return 1 / sqrt((double)x); }

/// 2^e · 2/π modulo 4 for each biased exponent e + 150 of a float, times 2^126, in four words from the
/// top.
static u32 quarterTurns[4][256];

static void initReference(void) {
  mpfr_t turns, part;
  mpfr_init2(turns, 512);
  mpfr_init2(part, 512);
  for (int biased = 0; biased < 256; biased++) {
    mpfr_const_pi(turns, MPFR_RNDN);
    mpfr_ui_div(turns, 1, turns, MPFR_RNDN);
    // A quarter of it, less its whole part, is a fraction of 2^128.
    mpfr_mul_2si(turns, turns, biased - 150 - 1, MPFR_RNDN);
    mpfr_frac(turns, turns, MPFR_RNDN);
    for (int word = 0; word < 4; word++) {
      mpfr_mul_2ui(turns, turns, 32, MPFR_RNDN);
      mpfr_floor(part, turns);
      quarterTurns[word][biased] = (u32)mpfr_get_ui(part, MPFR_RNDN);
      mpfr_sub(turns, turns, part, MPFR_RNDN);
    }
  }
  mpfr_clear(turns);
  mpfr_clear(part);
}

typedef struct {
  u32 quadrant;
  double rest;
} Angle;

/// |x| less the nearest multiple of π/2: a product of whole numbers modulo 2^128, so that no digit that
/// counts is lost, however large x is.
static inline Angle reduced(float x) {
  u32 bits = bitcast_f32_u32(x) & 0x7fffffff, biased = bits >> 23;
  u64 m = (bits & 0x7fffff) | 0x800000;
  u64 d = m * quarterTurns[3][biased];
  u64 c = m * quarterTurns[2][biased] + (d >> 32);
  u64 b = m * quarterTurns[1][biased] + (c >> 32);
  u64 a = m * quarterTurns[0][biased] + (b >> 32);
  u64 high = a << 32 | (u32)b, low = c << 32 | (u32)d;
  u32 quadrant = (u32)((high + (1ull << 61)) >> 62);
  high -= (u64)quadrant << 62;
  // The fraction's sign and magnitude, less one in the last place where it is negative.
  u64 mask = (u64)((i64)high >> 63);
  double fraction = (double)(i64)(high ^ mask) * 0x1p-62 + (double)((low ^ mask) >> 1) * 0x1p-125;
  double rest = fraction * 0x1.921fb54442d18p0;
  double magnitude = (double)bitcast_u32_f32(bits);
  bool isSmall = biased < 126;
  return (Angle){isSmall ? 0 : quadrant & 3, isSmall ? magnitude : mask ? -rest : rest};
}

static inline double inQuadrant(float x, u32 quadrant, double sine, double cosine) {
  double value = quadrant & 1 ? cosine : sine;
  return fabsf(x) < INFINITY ? (quadrant & 2 ? -value : value) : NAN;
}

static inline double reference_sin(float x) {
  Angle angle = reduced(x);
  double value = inQuadrant(x, angle.quadrant, sin(angle.rest), cos(angle.rest));
  return bitcast_f32_u32(x) >> 31 ? -value : value;
}

static inline double reference_cos(float x) {
  Angle angle = reduced(x);
  return inQuadrant(x, angle.quadrant + 1, sin(angle.rest), cos(angle.rest));
}

static inline double reference_tan(float x) {
  Angle angle = reduced(x);
  double sine = sin(angle.rest), cosine = cos(angle.rest);
  double value = angle.quadrant & 1 ? -cosine / sine : sine / cosine;
  value = fabsf(x) < INFINITY ? value : NAN;
  return bitcast_f32_u32(x) >> 31 ? -value : value;
}

/// Newton's method on the error function's complement.
static double reference_erfinv(float argument) {
  double x = argument;
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
static double reference_digamma(float argument) {
  double x = argument;
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

static double reference_lgamma(float x) {
  int sign;
  return lgamma_r(x, &sign);
}
