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


def rounded(x, is_single):
    return struct.unpack("f", struct.pack("f", float(x)))[0] if is_single else float(x)


def main():
    written = set()
    for path in SOURCES.glob("*.swift"):
        for text in re.findall(r"-?0x[0-9a-f]+\.?[0-9a-f]*p[+-]?[0-9]+", path.read_text()):
            written.add(float.fromhex(text))
    is_complete = True
    for name, variants in fits():
        for is_single, (f, weight, low, high, degree, samples) in zip((True, False), variants):
            coefficients, error = remez(f, weight, low, high, degree, samples)
            values = [rounded(x, is_single) for x in coefficients]
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
