// The scalar operations that the printed functions use, as `ScalarOp` defines them.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef float f32;
typedef double f64;
typedef int32_t i32;
typedef int64_t i64;
typedef uint32_t u32;
typedef uint64_t u64;

#define FLOATS(T, F)                                                      \
  static inline T neg_##T(T a) { return -a; }                             \
  static inline T abs_##T(T a) { return __builtin_fabs##F(a); }           \
  static inline T sqrt_##T(T a) { return __builtin_sqrt##F(a); }          \
  static inline T floor_##T(T a) { return __builtin_floor##F(a); }        \
  static inline T trunc_##T(T a) { return __builtin_trunc##F(a); }        \
  static inline T round_even_##T(T a) { return __builtin_rint##F(a); }    \
  static inline T add_##T(T a, T b) { return a + b; }                     \
  static inline T sub_##T(T a, T b) { return a - b; }                     \
  static inline T mul_##T(T a, T b) { return a * b; }                     \
  static inline T div_##T(T a, T b) { return a / b; }                     \
  static inline T fma_##T(T a, T b, T c) { return __builtin_fma##F(a, b, c); }

#define INTEGERS(T, U, S, BITS)                                                              \
  static inline T add_##T(T a, T b) { return (T)((U)a + (U)b); }                             \
  static inline T sub_##T(T a, T b) { return (T)((U)a - (U)b); }                             \
  static inline T mul_##T(T a, T b) { return (T)((U)a * (U)b); }                             \
  static inline T and_##T(T a, T b) { return a & b; }                                        \
  static inline T or_##T(T a, T b) { return a | b; }                                         \
  static inline T xor_##T(T a, T b) { return a ^ b; }                                        \
  static inline T shl_##T(T a, T b) { return (U)b < BITS ? (T)((U)a << b) : 0; }             \
  static inline T shr_logical_##T(T a, T b) { return (U)b < BITS ? (T)((U)a >> b) : 0; }     \
  static inline T shr_arith_##T(T a, T b) { return (T)((S)a >> ((U)b < BITS ? b : BITS - 1)); }

#define COMPARISONS(T)                                    \
  static inline bool eq_##T(T a, T b) { return a == b; }  \
  static inline bool ne_##T(T a, T b) { return a != b; }  \
  static inline bool lt_##T(T a, T b) { return a < b; }   \
  static inline bool le_##T(T a, T b) { return a <= b; }  \
  static inline bool gt_##T(T a, T b) { return a > b; }   \
  static inline bool ge_##T(T a, T b) { return a >= b; }  \
  static inline T select_##T(bool p, T a, T b) { return p ? a : b; }

#define BITCAST(A, B)                     \
  static inline B bitcast_##A##_##B(A a) { \
    B b;                                  \
    memcpy(&b, &a, sizeof b);             \
    return b;                             \
  }

FLOATS(f32, f)
FLOATS(f64, )
INTEGERS(i32, u32, i32, 32)
INTEGERS(i64, u64, i64, 64)
INTEGERS(u32, u32, i32, 32)
INTEGERS(u64, u64, i64, 64)
COMPARISONS(f32)
COMPARISONS(f64)
COMPARISONS(i32)
COMPARISONS(i64)
COMPARISONS(u32)
COMPARISONS(u64)
COMPARISONS(bool)
BITCAST(f32, i32)
BITCAST(i32, f32)
BITCAST(f32, u32)
BITCAST(u32, f32)
BITCAST(i32, u32)
BITCAST(u32, i32)
BITCAST(f64, i64)
BITCAST(i64, f64)
BITCAST(f64, u64)
BITCAST(u64, f64)
BITCAST(i64, u64)
BITCAST(u64, i64)

static inline u32 mul_high_u32(u32 a, u32 b) { return (u32)(((u64)a * b) >> 32); }
static inline u64 mul_high_u64(u64 a, u64 b) { return (u64)(((unsigned __int128)a * b) >> 64); }
static inline bool not_bool(bool a) { return !a; }
static inline bool and_bool(bool a, bool b) { return a && b; }
static inline bool or_bool(bool a, bool b) { return a || b; }
static inline f64 convert_f32_f64(f32 a) { return (f64)a; }
static inline f32 convert_f64_f32(f64 a) { return (f32)a; }
static inline f32 convert_i32_f32(i32 a) { return (f32)a; }
static inline f64 convert_i64_f64(i64 a) { return (f64)a; }

// The functions, in the order of the table: those of one argument, then those of two.
#define FOR_ALL_FUNCTIONS(ACTION)                                                              \
  ACTION(exp) ACTION(exp2) ACTION(expm1) ACTION(log) ACTION(log2) ACTION(log1p) ACTION(sqrt)   \
  ACTION(rsqrt) ACTION(cbrt) ACTION(sin) ACTION(cos) ACTION(tan) ACTION(asin) ACTION(acos)     \
  ACTION(atan) ACTION(sinh) ACTION(cosh) ACTION(tanh) ACTION(asinh) ACTION(acosh)              \
  ACTION(atanh) ACTION(logistic) ACTION(erf) ACTION(erfc) ACTION(erfinv) ACTION(lgamma)        \
  ACTION(digamma)
#define FOR_ALL_BINARY_FUNCTIONS(ACTION) ACTION(pow) ACTION(atan2) ACTION(fmod)
