"""Elementwise ops and sources."""

import jax
import jax.numpy as jnp
import jax.scipy.special
import mpmath
import numpy as np
import scipy.special

import values
from case import DERIVATIVES, VALUES, Smooth, exact, makes, near
from values import ALL, FLOATS, INTEGERS, NUMBERS

# ---- Math functions: NumPy's or SciPy's in f64, the interval where they are finite (for derivatives a
# part of it where they are tame), and JAX's.

MATH = {
    "sqrt": (np.sqrt, (0.1, 4), jnp.sqrt),
    "exp": (np.exp, (-3, 3), jnp.exp),
    "exp2": (np.exp2, (-3, 3), jnp.exp2),
    "expm1": (np.expm1, (-3, 3), jnp.expm1),
    "log": (np.log, (0.1, 5), jnp.log),
    "log2": (np.log2, (0.1, 5), jnp.log2),
    "log1p": (np.log1p, (-0.8, 5), jnp.log1p),
    "rsqrt": (lambda x: 1 / np.sqrt(x), (0.1, 5), jax.lax.rsqrt),
    "cbrt": (np.cbrt, (0.1, 5), jnp.cbrt),
    "sin": (np.sin, (-9, 9), jnp.sin),
    "cos": (np.cos, (-9, 9), jnp.cos),
    "tan": (np.tan, (-1.3, 1.3), jnp.tan),
    "asin": (np.arcsin, (-0.9, 0.9), jnp.arcsin),
    "acos": (np.arccos, (-0.9, 0.9), jnp.arccos),
    "atan": (np.arctan, (-4, 4), jnp.arctan),
    "sinh": (np.sinh, (-3, 3), jnp.sinh),
    "cosh": (np.cosh, (-3, 3), jnp.cosh),
    "tanh": (np.tanh, (-3, 3), jnp.tanh),
    "asinh": (np.arcsinh, (-4, 4), jnp.arcsinh),
    "acosh": (np.arccosh, (1.2, 5), jnp.arccosh),
    "atanh": (np.arctanh, (-0.9, 0.9), jnp.arctanh),
    "erf": (scipy.special.erf, (-2, 2), jax.scipy.special.erf),
    "erfc": (scipy.special.erfc, (-2, 2), jax.scipy.special.erfc),
    "erf-inv": (scipy.special.erfinv, (-0.9, 0.9), jax.scipy.special.erfinv),
    "lgamma": (scipy.special.gammaln, (0.3, 6), jax.scipy.special.gammaln),
    "digamma": (scipy.special.digamma, (0.3, 6), jax.scipy.special.digamma),
    "logistic": (scipy.special.expit, (-4, 4), jax.nn.sigmoid),
}

# Units in the last place of f64 that TensorJIT and the oracle may be apart, where these are not 4; f32 is
# within 2 everywhere.
DOUBLE_ULPS = {"tan": 8}

# SciPy's f64 is off by tens of units in places; there it tells only which results are finite.
PRECISE = {"erfc": mpmath.erfc, "erf-inv": mpmath.erfinv, "lgamma": mpmath.loggamma,
           "digamma": mpmath.digamma}  # fmt: skip


def precisely(op, x, rough):
    """The finite results among `rough`, computed with many digits and rounded."""
    with mpmath.workprec(120):
        results = [
            float(mpmath.re(PRECISE[op](mpmath.mpf(float(v))))) if np.isfinite(v) and np.isfinite(r) else r
            for v, r in zip(x.reshape(-1), rough.reshape(-1))
        ]
    return np.array(results, np.float64).reshape(x.shape)


@makes(VALUES, *MATH)
def math_function(rng, op):
    function, interval, _ = MATH[op]
    dtype = rng.choice(FLOATS)
    sizes = values.shape(rng)
    if rng.random() < 0.5:
        x = values.array(rng, dtype, sizes, *interval)
    else:
        x = values.array(rng, dtype, sizes)
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
        expected = function(wide)
        is_negative = np.any(wide < 0)
    if op == "lgamma":
        expected = np.where(np.isinf(wide), np.inf, expected)
    if op in PRECISE and dtype == "f64":
        expected = precisely(op, wide, np.asarray(expected))
    # Near its zeros on the negative side a gamma function's error is relative to terms that cancel.
    cancelling = op in ("lgamma", "digamma") and is_negative
    absolute = 64 * values.EPSILON[dtype] if cancelling else 0.0
    ulps = DOUBLE_ULPS.get(op, 4) if dtype == "f64" else 2
    return near("math functions, " + dtype, {"x": x}, f"({op} x)", dtype, expected, ulps, absolute)


@makes(DERIVATIVES, *MATH)
def smooth_math_function(rng, op):
    _, interval, function = MATH[op]
    dtype = rng.choice(["f64", "f64", "f32", "f32", "f16", "bf16"])
    x = values.array(rng, dtype, values.shape(rng, 3, 12), *interval)
    scale = 8.0 if op in ("erf-inv", "lgamma", "digamma") else 1.0
    return Smooth({"x": x}, [f"(r ({op} x))"], function, scale)


# ---- Ops whose results are known exactly.


def in_width(function):
    """The function computed as TensorJIT does: f16 and bf16 in f32, rounded once."""

    def computed(dtype, *operands):
        width = values.wide(dtype)
        with np.errstate(all="ignore"):
            result = function(*[operand.astype(width) for operand in operands])
            return np.asarray(result).astype(values.NUMPY[dtype])

    return computed


def bits_of(dtype):
    return values.NUMPY[dtype](0).dtype.itemsize * 8


def unsigned(x):
    return x.view(f"u{x.dtype.itemsize}") if x.ndim else np.asarray(x).reshape(1).view(
        f"u{x.dtype.itemsize}").reshape(())  # fmt: skip


def population(x):
    return np.vectorize(lambda v: int(v).bit_count(), otypes=[np.int64])(unsigned(x)).astype(x.dtype)


def leading_zeros(x):
    width = x.dtype.itemsize * 8
    count = np.vectorize(lambda v: width - int(v).bit_length(), otypes=[np.int64])
    return count(unsigned(x)).astype(x.dtype)


def sign(x):
    if x.dtype.kind in "iu":
        return np.sign(x)
    return np.where(np.isnan(x) | (x == 0), x, np.copysign(x.dtype.type(1), x))


EXACT_UNARY = {
    "neg": (np.negative, NUMBERS),
    "abs": (np.abs, NUMBERS),
    "sign": (sign, NUMBERS),
    "floor": (np.floor, FLOATS),
    "ceil": (np.ceil, FLOATS),
    "round": (np.rint, FLOATS),
    "trunc": (np.trunc, FLOATS),
    "not": (np.invert, INTEGERS + ["bool"]),
    "popcnt": (population, INTEGERS),
    "clz": (leading_zeros, INTEGERS),
}


@makes(VALUES, *EXACT_UNARY)
def exact_unary(rng, op):
    function, dtypes = EXACT_UNARY[op]
    dtype = rng.choice(dtypes)
    x = values.array(rng, dtype, values.shape(rng))
    return exact({"x": x}, f"({op} x)", in_width(function)(dtype, x))


@makes(VALUES, "is-finite")
def is_finite(rng, op):
    x = values.array(rng, rng.choice(FLOATS), values.shape(rng))
    return exact({"x": x}, "(is-finite x)", np.isfinite(x.astype(np.float64)))


def maximum(a, b):
    """IEEE 754-2019 maximum: NaN wins, −0 < +0."""
    if a.dtype.kind != "f":
        return np.maximum(a, b)
    equal_zeros = (a == 0) & (b == 0)
    return np.where(equal_zeros, np.where(np.signbit(a), b, a), np.maximum(a, b))


def minimum(a, b):
    if a.dtype.kind != "f":
        return np.minimum(a, b)
    equal_zeros = (a == 0) & (b == 0)
    return np.where(equal_zeros, np.where(np.signbit(a), a, b), np.minimum(a, b))


def quotient(a, b):
    if a.dtype.kind == "f":
        return a / b

    def divide(a, b):
        a, b = int(a), int(b)
        if b == 0:
            return -1
        return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)

    return wrapped(divide, a, b)


def remainder(a, b):
    if a.dtype.kind == "f":
        return np.fmod(a, b)

    def rest(a, b):
        a, b = int(a), int(b)
        return a if b == 0 else abs(a) % abs(b) * (-1 if a < 0 else 1)

    return wrapped(rest, a, b)


def power(a, b):
    def raised(a, b):
        a, b = int(a), int(b)
        if b >= 0:
            return pow(a, b, 2**64)
        return {1: 1, -1: 1 if b % 2 == 0 else -1}.get(a, 0)

    return wrapped(raised, a, b)


def wrapped(function, a, b):
    """An integer function of Python's numbers, with results that wrap."""
    results = np.vectorize(lambda a, b: function(a, b) % 2**64, otypes=[np.uint64])(a, b)
    return results.astype(a.dtype)


def shifted(kind):
    def shift(a, b):
        width = a.dtype.itemsize * 8

        def one(a, b):
            a, b = int(a), int(b) % 2**width
            if kind == "left":
                return a << b if b < width else 0
            if kind == "logical":
                return a % 2**width >> b
            negative = a % 2**width >= 2 ** (width - 1)
            a = a % 2**width - (2**width if negative else 0)
            return a >> min(b, width)

        return wrapped(one, a, b)

    return shift


EXACT_BINARY = {
    "add": (np.add, ALL),
    "sub": (np.subtract, NUMBERS),
    "mul": (np.multiply, ALL),
    "div": (quotient, NUMBERS),
    "rem": (remainder, NUMBERS),
    "pow": (power, INTEGERS),
    "max": (maximum, ALL),
    "min": (minimum, ALL),
    "and": (np.bitwise_and, INTEGERS + ["bool"]),
    "or": (np.bitwise_or, INTEGERS + ["bool"]),
    "xor": (np.bitwise_xor, INTEGERS + ["bool"]),
    "shl": (shifted("left"), INTEGERS),
    "shr-arith": (shifted("arithmetic"), INTEGERS),
    "shr-logical": (shifted("logical"), INTEGERS),
}
COMPARISONS = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
    "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip


def broadcasting_shapes(rng, count, most_elements=60):
    """Shapes that NumPy's rule broadcasts together."""
    full = values.shape(rng, most_elements=most_elements)
    shapes = []
    for number in range(count):
        cut = full[int(rng.integers(len(full) + 1)) :] if number and rng.random() < 0.3 else full
        ones = rng.random(len(cut)) < (0.2 if rng.random() < 0.5 else 0)
        shapes.append(tuple(1 if one else size for one, size in zip(ones, cut)))
    return shapes


@makes(VALUES, *EXACT_BINARY)
def exact_binary(rng, op):
    function, dtypes = EXACT_BINARY[op]
    dtype = rng.choice(dtypes)
    a, b = (values.array(rng, dtype, sizes) for sizes in broadcasting_shapes(rng, 2))
    if op.startswith("sh") and rng.random() < 0.7:
        b = values.array(rng, dtype, b.shape, 0, bits_of(dtype))
    return exact({"a": a, "b": b}, f"({op} a b)", in_width(function)(dtype, a, b))


@makes(VALUES, *COMPARISONS)
def comparison(rng, op):
    dtype = rng.choice(ALL)
    a, b = (values.array(rng, dtype, sizes) for sizes in broadcasting_shapes(rng, 2))
    if a.shape == b.shape:
        b = np.where(rng.random(a.shape) < 0.3, a, b)
    width = values.wide(dtype)
    expected = COMPARISONS[op](a.astype(width), b.astype(width))
    return exact({"a": a, "b": b}, f"({op} a b)", expected)


@makes(VALUES, "pow", "atan2")
def float_binary(rng, op):
    dtype = rng.choice(FLOATS)
    a, b = (values.array(rng, dtype, sizes) for sizes in broadcasting_shapes(rng, 2))
    if op == "pow" and rng.random() < 0.6:
        a = np.abs(a)
    with np.errstate(all="ignore"):
        function = np.power if op == "pow" else np.arctan2
        expected = function(a.astype(np.float64), b.astype(np.float64))
    ulps = 4 if dtype == "f64" else 2
    return near("math functions, " + dtype, {"a": a, "b": b}, f"({op} a b)", dtype, expected, ulps)


@makes(VALUES, "select")
def select(rng, op):
    shapes = broadcasting_shapes(rng, 3)
    p = values.array(rng, "bool", shapes[0])
    dtype = rng.choice(ALL)
    a, b = (values.array(rng, dtype, sizes) for sizes in shapes[1:])
    return exact({"p": p, "a": a, "b": b}, "(select p a b)", np.where(p, a, b))


@makes(VALUES, "clamp")
def clamp(rng, op):
    dtype = rng.choice(NUMBERS)
    lo, x, hi = (values.array(rng, dtype, sizes) for sizes in broadcasting_shapes(rng, 3))
    expected = in_width(lambda lo, x, hi: minimum(maximum(x, lo), hi))(dtype, lo, x, hi)
    return exact({"lo": lo, "x": x, "hi": hi}, "(clamp lo x hi)", expected)


def converted(x, source, target):
    """x as elements of another type: truncated and saturated, wrapped, or rounded once."""
    if target == "bool":
        return x.astype(values.wide(source)) != 0
    if source in FLOATS and target in INTEGERS:
        info = np.iinfo(values.NUMPY[target])

        def whole(v):
            v = float(v)
            if np.isnan(v):
                return 0
            return info.max if v >= info.max else info.min if v <= info.min else int(v)

        whole_numbers = [whole(v) for v in x.reshape(-1)]
        return np.array(whole_numbers, values.NUMPY[target]).reshape(x.shape)
    if source in ("i64", "u64") and target in ("f16", "bf16", "f32"):
        return np.array(
            [rounded(int(v), target) for v in x.reshape(-1)], values.NUMPY[target]
        ).reshape(x.shape)
    if source in FLOATS and target in ("f16", "bf16"):
        # Not by way of f32: that would round f64 twice.
        return np.array(
            [rounded(float(v), target) for v in x.reshape(-1)], values.NUMPY[target]
        ).reshape(x.shape)
    return x.astype(np.float64 if source in INTEGERS and target in FLOATS else x.dtype).astype(
        values.NUMPY[target])  # fmt: skip


def rounded(number, target):
    """A number rounded once to nearest even, by exact fractions."""
    import fractions
    import math

    if isinstance(number, float) and (math.isnan(number) or math.isinf(number) or number == 0):
        return number
    exactly = fractions.Fraction(number)
    digits, least = {"f32": (24, -149), "f16": (11, -24), "bf16": (8, -133)}[target]
    exponent = max(math.frexp(abs(float(number)))[1] - digits, least)
    if abs(exactly) >= fractions.Fraction(2) ** (exponent + digits):
        exponent += 1
    if abs(exactly) < fractions.Fraction(2) ** (exponent + digits - 1) and exponent > least:
        exponent -= 1
    unit = fractions.Fraction(2) ** exponent
    nearest = round(exactly / unit) * unit
    greatest = {"f32": 2.0**128, "f16": 2.0**16, "bf16": 2.0**128}[target]
    if abs(nearest) >= greatest:
        return math.copysign(math.inf, number)
    return math.copysign(float(nearest), number)


@makes(VALUES, "convert")
def convert(rng, op):
    source, target = rng.choice(ALL), rng.choice(ALL)
    x = values.array(rng, source, values.shape(rng))
    if source in FLOATS and target in INTEGERS and rng.random() < 0.5:
        x = (x.astype(np.float64) * 1e3).astype(x.dtype)
    return exact({"x": x}, f"(convert x :to {target})", converted(x, source, target))


@makes(VALUES, "bitcast")
def bitcast(rng, op):
    source, target = rng.choice(NUMBERS), rng.choice(INTEGERS)
    x = values.array(rng, source, values.shape(rng, 3, 24))
    if source in FLOATS:
        # The bits of a NaN are not specified.
        x = np.where(np.isnan(x.astype(np.float64)), x.dtype.type(1), x)
    narrow, broad = bits_of(target), bits_of(source)
    raw = np.ascontiguousarray(x)
    if narrow < broad:
        parts = raw.reshape(-1).view(values.NUMPY[target])
        expected = parts.reshape(x.shape + (broad // narrow,))
    elif narrow == broad:
        expected = raw.reshape(-1).view(values.NUMPY[target]).reshape(x.shape)
    else:
        count = narrow // broad
        x = np.repeat(x[..., None], count, axis=-1)
        raw = np.ascontiguousarray(x)
        expected = raw.reshape(-1).view(values.NUMPY[target]).reshape(x.shape[:-1])
    return exact({"x": x}, f"(bitcast x :to {target})", expected)


# ---- Sources.


@makes(VALUES, "constant")
def constant(rng, op):
    dtype = rng.choice(ALL)
    x = values.array(rng, dtype, values.shape(rng))
    kind = values.type_text(dtype, x.shape)
    if rng.random() < 0.3:
        x = np.full(x.shape, values.array(rng, dtype, ()))
        value = values.written(x.reshape(-1)[0]) if x.size else "1" if dtype != "bool" else "true"
    else:
        value = values.text(x)
    return exact({}, f"(constant {value} :type {kind})", x)


@makes(VALUES, "iota")
def iota(rng, op):
    dtype = rng.choice(NUMBERS)
    sizes = values.shape(rng, least_rank=1)
    axis = int(rng.integers(len(sizes)))
    along = [1] * len(sizes)
    along[axis] = sizes[axis]
    places = np.arange(sizes[axis]).reshape(along)
    expected = np.broadcast_to(places, sizes).astype(values.NUMPY[dtype])
    return exact({}, f"(iota :type {values.type_text(dtype, sizes)} :axis {axis})", expected)


@makes(VALUES, "random-bits")
def random_bits(rng, op):
    dtype = rng.choice(values.UNSIGNED)
    sizes = values.shape(rng)
    seed = values.array(rng, "u32", (2,))
    key = jax.random.wrap_key_data(seed, impl="threefry2x32")
    with jax.threefry_partitionable(True):
        expected = np.asarray(jax.random.bits(key, sizes, values.NUMPY[dtype]))
    kind = values.type_text(dtype, sizes)
    return exact({"key": seed}, f"(random-bits key :type {kind})", expected)


# ---- Derivatives of the others.

SMOOTH_BINARY = {
    "add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.divide,
    "max": jnp.maximum, "min": jnp.minimum, "atan2": jnp.arctan2, "pow": jnp.power,
    "rem": lambda a, b: a - b * jax.lax.stop_gradient(jnp.trunc(a / b)),
}  # fmt: skip


@makes(DERIVATIVES, *SMOOTH_BINARY)
def smooth_binary(rng, op):
    dtype = rng.choice(["f64", "f32"])
    shapes = broadcasting_shapes(rng, 2, 12)
    a, b = (values.array(rng, dtype, sizes, 0.3, 3) for sizes in shapes)
    if op not in ("pow", "rem"):
        a, b = (x * rng.choice([-1, 1], x.shape).astype(x.dtype) for x in (a, b))
    return Smooth({"a": a, "b": b}, [f"(r ({op} a b))"], SMOOTH_BINARY[op], 4.0)


@makes(DERIVATIVES, "neg", "abs")
def smooth_unary(rng, op):
    x = values.array(rng, rng.choice(FLOATS), values.shape(rng, 3, 12), 0.1, 2)
    x = x * rng.choice([-1, 1], x.shape).astype(x.dtype)
    return Smooth({"x": x}, [f"(r (mul x ({op} x)))"],
                  lambda x: x * (-x if op == "neg" else jnp.abs(x)))  # fmt: skip


@makes(DERIVATIVES, "select")
def smooth_select(rng, op):
    dtype = rng.choice(["f64", "f32"])
    shapes = broadcasting_shapes(rng, 3, 12)
    p = values.array(rng, "bool", shapes[0])
    a, b = (values.array(rng, dtype, sizes, -2, 2) for sizes in shapes[1:])
    return Smooth(
        {"a": a, "b": b}, ["(r (select p (mul a a) (mul a b)))"],
        lambda a, b: jnp.where(p, a * a, a * b), constants={"p": p},
    )  # fmt: skip


@makes(DERIVATIVES, "clamp")
def smooth_clamp(rng, op):
    dtype = rng.choice(["f64", "f32"])
    shapes = broadcasting_shapes(rng, 3, 12)
    lo = values.array(rng, dtype, shapes[0], -2, -0.5)
    hi = values.array(rng, dtype, shapes[2], 0.5, 2)
    x = values.array(rng, dtype, shapes[1], -4, 4)
    return Smooth(
        {"lo": lo, "x": x, "hi": hi}, ["(r (clamp lo (mul x x) hi))"],
        lambda lo, x, hi: jnp.minimum(jnp.maximum(x * x, lo), hi),
    )  # fmt: skip


@makes(DERIVATIVES, "convert")
def smooth_convert(rng, op):
    source, target = rng.permutation(["f64", "f32"])
    x = values.array(rng, source, values.shape(rng, 3, 12), -2, 2)
    lines = [f"(r (convert (exp (convert x :to {target})) :to {source}))"]
    scale = 1e7 if source == "f64" else 1.0
    return Smooth({"x": x}, lines, jnp.exp, scale)
