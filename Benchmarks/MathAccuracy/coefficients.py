#!/usr/bin/env python3
"""Fits the polynomials of Sources/ScalarIR/MathFunctions and says whether they are in those files.

Each fit minimises max |weight(x) (f(x) - p(x))| over an interval by the Remez exchange at 60
digits; then each coefficient is rounded to the format. Needs mpmath.
"""
import re
import struct
import sys
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
SOURCES = Path(__file__).resolve().parents[2] / "Sources/ScalarIR/MathFunctions"


def remez(f, weight, low, high, degree, samples=2000, exchanges=30):
    """The coefficients of the best polynomial, lowest degree first, and its weighted error."""
    low, high, count = mp.mpf(low), mp.mpf(high), degree + 2

    def chebyshev(position):
        return (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * position)

    points = [chebyshev((i + mp.mpf(1) / 3) / (count - mp.mpf(1) / 3)) for i in range(count)]
    grid = [low] + [chebyshev((i + mp.mpf("0.37")) / samples) for i in range(samples)] + [high]
    values, weights = [f(x) for x in grid], [weight(x) for x in grid]
    for _ in range(exchanges):
        matrix, right = mp.matrix(count, count), mp.matrix(count, 1)
        for row, x in enumerate(points):
            for power in range(degree + 1):
                matrix[row, power] = x**power
            matrix[row, degree + 1] = (-1) ** row / weight(x)
            right[row] = f(x)
        solution = mp.lu_solve(matrix, right)
        coefficients = [solution[power] for power in range(degree + 1)]
        errors = [
            w * (y - mp.polyval(coefficients[::-1], x)) for x, y, w in zip(grid, values, weights)
        ]
        # The greatest error of each stretch of one sign.
        extrema = []
        for index, error in enumerate(errors):
            if error == 0:
                continue
            if extrema and (error > 0) == (errors[extrema[-1]] > 0):
                if abs(error) > abs(errors[extrema[-1]]):
                    extrema[-1] = index
            else:
                extrema.append(index)
        while len(extrema) > count:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        greatest = max(abs(error) for error in errors)
        if len(extrema) < count:
            break
        points = [grid[index] for index in extrema]
        if greatest / abs(solution[degree + 1]) - 1 < mp.mpf("1e-3"):
            break
    return coefficients, greatest


# Fits in f64 whose first coefficient stands in the sources with the rest that rounding took.
PAIRED = {"erf-inv below 6.25", "erf-inv tail", "erf-inv far tail", "digamma", "sin of half turns"}


def off_zero(x, least="1e-9"):
    """x, or a small number near zero, where a quotient would be 0 / 0."""
    return x if abs(x) > mp.mpf(least) else mp.mpf(least)


def at_least(x, bound):
    return max(abs(x), mp.mpf(bound))


def fits():
    """For each fit: its name, and for f32 and f64 function, weight, interval, degree and samples."""
    log2 = mp.log(2)
    margin = 1 + mp.mpf(2) ** -10

    def exponential(r):
        r = off_zero(r)
        return (mp.exp(r) - 1 - r - r * r / 2) / r**3

    half = log2 / 2 * margin
    for name, degrees in (("exp", (3, 8)), ("expm1", (4, 9))):
        weight = lambda r: at_least(r, "1e-4") ** 3 / mp.exp(r)
        yield name, [(exponential, weight, -half, half, degree, 2000) for degree in degrees]

    yield "exp2", [
        (
            lambda f: (2 ** off_zero(f) - 1) / off_zero(f),
            lambda f: at_least(f, "1e-3") / 2**f,
            mp.mpf("-0.5005"), mp.mpf("0.5005"), degree, 2000,
        )
        for degree in (5, 10)
    ]

    def logarithm(f):
        return (mp.log1p(f) - f + f * f / 2) / f**3

    def area_tangent(z):
        return (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z

    greatest = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
    yield "log", [
        (
            logarithm, lambda f: abs(f**3 / mp.log1p(f)) + mp.mpf(10) ** -30,
            mp.sqrt(mp.mpf("0.5")) - 1, mp.sqrt(2) - 1, 8, 2000,
        ),
        (area_tangent, lambda z: z / 2, mp.mpf(10) ** -14, greatest, 6, 2000),
    ]

    def cotangent(z):
        return (mp.sqrt(z) * mp.coth(mp.sqrt(z)) - 1) / z

    quarter = (log2 / 4 * margin) ** 2
    yield "tanh, logistic", [
        (cotangent, lambda z: z + mp.mpf(10) ** -30, mp.mpf(10) ** -12, quarter, degree, 2000)
        for degree in (1, 4)
    ]

    def error_function(z):
        root = mp.sqrt(max(z, mp.mpf("1e-30")))
        return mp.erf(root) / root

    cut, overlap = mp.mpf("0.875"), mp.mpf("0.005")
    yield "erf below 0.875", [
        (
            lambda z: error_function(z) - 1, lambda z: 1 / error_function(z),
            0, (cut + overlap) ** 2, degree, 600,
        )
        for degree in (6, 11)
    ]
    yield "erf above 0.875", [
        (lambda t: mp.log(mp.erfc(t)), mp.erfc, cut - overlap, top, degree, 600)
        for top, degree in ((4, 6), (6, 18))
    ]

    def root(z):
        return mp.sqrt(max(z, mp.mpf("1e-20")))

    angle = (mp.pi / 4 * (1 + mp.mpf(2) ** -7)) ** 2
    yield "sin", [
        (
            lambda z: (mp.sin(root(z)) / root(z) - 1) / root(z) ** 2,
            lambda z: at_least(z, "1e-4") * root(z) / mp.sin(root(z)), 0, angle, degree, 800,
        )
        for degree in (2, 5)
    ]
    yield "cos", [
        (
            lambda z: (mp.cos(root(z)) - 1 + root(z) ** 2 / 2) / root(z) ** 4,
            lambda z: at_least(z, "1e-4") ** 2 / mp.cos(root(z)), 0, angle, degree, 800,
        )
        for degree in (2, 5)
    ]


def inverse_error(w):
    """erf⁻¹(x) / x at x = √(1 - exp(-w)), by Halley's method on the complement of erf."""
    if w < mp.mpf("1e-20"):
        return mp.sqrt(mp.pi) / 2
    x = mp.sqrt(-mp.expm1(-w))
    if w < 1:
        return mp.erfinv(x) / x
    complement = -mp.expm1(mp.log1p(-mp.exp(-w)) / 2)
    y = mp.sqrt(w) * mp.mpf("0.9")
    for _ in range(60):
        step = (mp.erfc(y) - complement) / (2 / mp.sqrt(mp.pi) * mp.exp(-y * y))
        step = step / (1 + y * step) if abs(y * step) < mp.mpf("0.5") else step / 2
        y += step
        if abs(step) < mp.mpf(10) ** -52:
            break
    return y / x


def asymptotic(f, z):
    """f at x = 1 / √z, with digits to spare for what cancels."""
    mp.mp.dps = 90
    try:
        return f(1 / mp.sqrt(max(z, mp.mpf("1e-10"))))
    finally:
        mp.mp.dps = 60


def wide_fits():
    """The same for functions that are computed in f64 for f32 too; some have one series for both."""

    def root(z):
        return mp.sqrt(max(z, mp.mpf("1e-24")))

    def odd(name, f, high, degrees):
        """x + x³ p(x²)"""

        def series(z):
            return (f(root(z)) / root(z) - 1) / root(z) ** 2

        def weight(z):
            return max(z, mp.mpf("1e-6")) * root(z) / f(root(z))

        return name, [(series, weight, 0, high, degree, 500) for degree in degrees]

    quarter = mp.mpf("0.2501")
    margin = 1 + mp.mpf(2) ** -20
    yield odd("atan", mp.atan, (mp.tan(mp.pi / 8) * margin) ** 2, (5, 11))
    yield odd("asin", mp.asin, quarter, (5, 12))
    yield odd("sinh", mp.sinh, mp.mpf("1.001"), (3, 6))
    yield odd("asinh", mp.asinh, quarter, (5, 12))
    yield odd("atanh", mp.atanh, quarter, (6, 13))

    def inverse_cosine(t):
        t = max(t, mp.mpf("1e-24"))
        return (mp.acosh(1 + t) / mp.sqrt(2 * t) - 1) / t

    yield "acosh", [
        (inverse_cosine, lambda t: max(t, mp.mpf("1e-6")), 0, mp.mpf("0.501"), degree, 500)
        for degree in (5, 11)
    ]
    yield "cbrt", [(mp.cbrt, lambda m: 1 / mp.cbrt(m), 1, 2, 6, 500)]

    def scaled_complement(t):
        y = 4 * (1 + t) / (1 - t)
        return (1 + 2 * y) * mp.erfc(y) * mp.exp(y * y)

    def place(y):
        return (mp.mpf(y) - 4) / (mp.mpf(y) + 4)

    yield "erfc", [
        (scaled_complement, lambda t: 1, place("0.49"), place(28), degree, 500)
        for degree in (12, 22)
    ]

    def shifted(center):
        return lambda s: inverse_error((s + mp.mpf(center)) ** 2)

    def relative(f):
        return lambda x: 1 / f(x)

    middle = lambda v: inverse_error(v + 1)
    yield "erf-inv below 6.25", [
        (middle, relative(middle), -1, mp.mpf("5.26"), degree, 500) for degree in (12, 24)
    ]
    near, far = shifted("3.25"), shifted(5)
    low = mp.mpf("2.49") - mp.mpf("3.25")
    yield "erf-inv tail", [
        (near, relative(near), low, mp.mpf(high) - mp.mpf("3.25"), degree, 500)
        for high, degree in (("4.2", 10), ("4.01", 20))
    ]
    yield "erf-inv far tail", [
        (far, relative(far), mp.mpf("-1.01"), mp.mpf("1.05"), 19, 500)
    ]

    slope = mp.psi(0, 2)

    def gamma(t):
        if abs(t) < mp.mpf("1e-12"):
            return mp.psi(1, 2) / 2
        return (mp.loggamma(2 + t) - slope * t) / t**2

    yield "lgamma", [
        (gamma, lambda t: at_least(t, "1e-4"), mp.mpf("-0.587"), mp.mpf("0.4145"), 18, 500)
    ]

    def stirling(x):
        return (mp.loggamma(x) - ((x - mp.mpf("0.5")) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)) * x

    yield "lgamma from 8 on", [
        (
            lambda z: asymptotic(stirling, z), lambda z: mp.sqrt(z) + mp.mpf("1e-4"),
            0, mp.mpf(1) / 63, 5, 500,
        )
    ]
    zero = mp.findroot(lambda x: mp.psi(0, x), mp.mpf("1.46163214496836234126"))

    def digamma(t):
        x = t + mp.mpf("1.5")
        return mp.psi(1, zero) if abs(x - zero) < mp.mpf("1e-15") else mp.psi(0, x) / (x - zero)

    yield "digamma", [
        (digamma, relative(digamma), mp.mpf("-0.5005"), mp.mpf("0.5005"), 22, 500)
    ]

    def digamma_tail(x):
        return (mp.log(x) - 1 / (2 * x) - mp.psi(0, x)) * x * x

    yield "digamma from 3 on", [
        (
            lambda z: asymptotic(digamma_tail, z), lambda z: z + mp.mpf("1e-8"),
            0, mp.mpf("1.02") / 9, 12, 600,
        )
    ]

    def cotangent(z):
        r = mp.sqrt(z)
        return mp.pi * r * mp.cot(mp.pi * r) / (1 - 4 * z)

    def cotangent_tail(z):
        z = max(z, mp.mpf("1e-12"))
        fourth = mp.mpf("0.25")
        z = z if abs(z - fourth) > mp.mpf("1e-20") else fourth - mp.mpf("1e-20")
        return (cotangent(z) - 1) / z

    yield "cot of half turns", [
        (
            cotangent_tail, lambda z: (z + mp.mpf("1e-6")) / (1 + z * cotangent_tail(z)),
            0, mp.mpf("0.25025"), 14, 600,
        )
    ]

    def half_turns(z):
        return mp.sin(mp.pi * root(z)) / root(z)

    yield "sin of half turns", [(half_turns, relative(half_turns), 0, quarter, 8, 500)]

    def logarithm_pair(z):
        z = max(z, mp.mpf("1e-10"))
        s = mp.sqrt(z)
        return ((2 * mp.atanh(s) - 2 * s) / (s * z) - mp.mpf(2) / 3) / z

    greatest = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * margin
    yield "log as a pair", [
        (logarithm_pair, lambda z: z * z + mp.mpf(10) ** -9, 0, greatest, 6, 500)
    ]


def rounded(x, is_single):
    return struct.unpack("f", struct.pack("f", float(x)))[0] if is_single else float(x)


def main():
    written = set()
    for path in SOURCES.glob("*.swift"):
        for text in re.findall(r"-?0x[0-9a-f]+\.?[0-9a-f]*p[+-]?[0-9]+", path.read_text()):
            written.add(float.fromhex(text))
    is_complete = True
    jobs = [((True, False), fit) for fit in fits()] + [((False, False), fit) for fit in wide_fits()]
    for formats, (name, variants) in jobs:
        for is_single, (f, weight, low, high, degree, samples) in zip(formats, variants):
            coefficients, error = remez(f, weight, low, high, degree, samples)
            values = [rounded(x, is_single) for x in coefficients]
            if name in PAIRED and not is_single:
                values.append(float(coefficients[0] - mp.mpf(values[0])))
            # logistic uses tanh's coefficients times powers of two.
            missing = sum(value not in written for value in values)
            is_complete = is_complete and missing == 0
            print(
                f"{name} {'f32' if is_single else 'f64'}: degree {degree}, "
                f"error 2^{float(mp.log(error, 2)):.1f}, "
                + ("as in the sources" if missing == 0 else f"{missing} NOT IN THE SOURCES")
            )
            print("  " + ", ".join(value.hex() for value in values))
            sys.stdout.flush()
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
