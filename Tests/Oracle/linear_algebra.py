"""Linear algebra, held against LAPACK through NumPy, and JAX's derivatives.

Matrices are made with singular values apart from each other, so that factors are unique.
"""

import jax
import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, makes

DTYPES = ["f64", "f32"]
# Errors are relative to the greatest magnitude of a result, in units of the type's epsilon.
FACTOR_ULPS = 100


def batch_of(rng):
    return [int(size) for size in rng.integers(1, 3, int(rng.integers(0, 3)))]


def separated(rng, dtype, batch, rows, columns, symmetric=False, positive=False):
    """Matrices with singular values (or eigenvalues) about 1 apart, of condition at most 10."""
    result = np.zeros((*batch, rows, columns))
    count = min(rows, columns)
    for index in np.ndindex(*batch):
        left = np.linalg.qr(rng.normal(size=(rows, rows)))[0][:, :count]
        right = np.linalg.qr(rng.normal(size=(columns, columns)))[0][:, :count]
        scale = (1 + np.arange(count) + rng.uniform(0, 0.4, count)) / 2
        if symmetric:
            right = left
            scale = scale if positive else scale * rng.choice([-1, 1], count)
            # Eigenvalues of both signs are apart, too, as their magnitudes are.
        result[index] = left * scale @ right.T
    return result.astype(values.NUMPY[dtype])


def case(dtype, x, lines, results, expected, group="linear algebra"):
    greatest = max([1.0] + [float(np.max(np.abs(part), initial=0)) for part in expected])
    loss = FACTOR_ULPS * values.EPSILON[dtype]
    return Case(f"{group}, {dtype}", x, lines, results, expected, loss, loss * greatest)


def symmetric_part(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


@makes(VALUES, "cholesky")
def cholesky(rng, op):
    dtype, n = rng.choice(DTYPES), int(rng.integers(0, 7))
    x = separated(rng, dtype, batch_of(rng), n, n, True, True)
    skew = np.asarray(rng.normal(size=x.shape) * 0.05).astype(x.dtype)  # symmetrised away
    x = x + skew - np.swapaxes(skew, -1, -2)
    expected = np.linalg.cholesky(symmetric_part(x.astype(np.float64)))
    return case(dtype, {"x": x}, ["(y (cholesky x))"], ["y"], [expected])


def random_solve(rng, most, most_columns):
    dtype, n, columns = rng.choice(DTYPES), int(rng.integers(1, most)), int(rng.integers(0, most_columns))
    columns = max(columns, 1) if most < 5 else columns
    batch = batch_of(rng)
    left, lower, transpose, unit = (bool(flag) for flag in rng.random(4) < 0.5)
    a = rng.uniform(-0.5, 0.5, (*batch, n, n)) + np.eye(n) * rng.choice([-1.5, 1.5], n)
    b = rng.normal(size=(*batch, n, columns) if left else (*batch, columns, n))
    a, b = (np.asarray(x).astype(values.NUMPY[dtype]) for x in (a, b))
    flags = f":left {left} :lower {lower} :transpose {transpose} :unit-diagonal {unit}".lower()
    return dtype, a, b, left, lower, transpose, unit, f"(triangular-solve a b {flags})"


@makes(VALUES, "triangular-solve")
def triangular_solve(rng, op):
    dtype, a, b, left, lower, transpose, unit, text = random_solve(rng, 7, 5)
    expected = np.zeros(b.shape)
    for index in np.ndindex(*a.shape[:-2]):
        matrix = a[index].astype(np.float64)
        matrix = np.tril(matrix) if lower else np.triu(matrix)
        if unit:
            np.fill_diagonal(matrix, 1)
        matrix = matrix.T if transpose else matrix
        right = b[index].astype(np.float64)
        solved = np.linalg.solve(matrix if left else matrix.T, right if left else right.T)
        expected[index] = solved if left else solved.T
    return case(dtype, {"a": a, "b": b}, [f"(y {text})"], ["y"], [expected])


def random_matrix(rng, most, tall=False):
    dtype, rows, columns = rng.choice(DTYPES), int(rng.integers(1, most)), int(rng.integers(1, most))
    if tall:
        rows, columns = max(rows, columns), min(rows, columns)
    return dtype, separated(rng, dtype, batch_of(rng), rows, columns)


@makes(VALUES, "qr")
def qr(rng, op):
    dtype, x = random_matrix(rng, 7)
    q, r = np.linalg.qr(x.astype(np.float64))
    signs = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    expected = [q * signs[..., None, :], r * signs[..., :, None]]
    return case(dtype, {"x": x}, ["([q r] (qr x))"], ["q", "r"], expected)


def column_signs(u):
    """The signs of each column's entry of largest magnitude."""
    places = np.argmax(np.abs(u), axis=-2, keepdims=True)
    return np.where(np.take_along_axis(u, places, -2) < 0, -1.0, 1.0)


def is_clear(u):
    """Whether each column's entry of largest magnitude is one but for rounding."""
    if u.shape[-2] < 2:
        return True
    greatest = np.sort(np.abs(u), axis=-2)
    return bool(np.all(greatest[..., -1, :] > greatest[..., -2, :] * 1.01))


@makes(VALUES, "svd")
def svd(rng, op):
    while True:
        dtype, x = random_matrix(rng, 7)
        u, s, vt = np.linalg.svd(x.astype(np.float64), full_matrices=False)
        if is_clear(u):
            break
    signs = column_signs(u)
    expected = [u * signs, s, vt * np.swapaxes(signs, -1, -2)]
    return case(dtype, {"x": x}, ["([u s vt] (svd x))"], ["u", "s", "vt"], expected)


@makes(VALUES, "eigh")
def eigh(rng, op):
    while True:
        dtype, n = rng.choice(DTYPES), int(rng.integers(1, 7))
        x = separated(rng, dtype, batch_of(rng), n, n, True)
        w, v = np.linalg.eigh(symmetric_part(x.astype(np.float64)))
        if is_clear(v):
            break
    return case(dtype, {"x": x}, ["([w v] (eigh x))"], ["w", "v"], [w, v * column_signs(v)])


# ---- Derivatives


@makes(DERIVATIVES, "cholesky")
def smooth_cholesky(rng, op):
    dtype, n = rng.choice(DTYPES), int(rng.integers(1, 5))
    x = separated(rng, dtype, batch_of(rng), n, n, True, True)
    return Smooth({"x": x}, ["(v (cholesky x))", "(r (mul v v))"],
                  lambda x: jnp.square(jax.lax.linalg.cholesky(x)), 50.0)  # fmt: skip


@makes(DERIVATIVES, "triangular-solve")
def smooth_triangular_solve(rng, op):
    _, a, b, left, lower, transpose, unit, text = random_solve(rng, 4, 3)
    return Smooth(
        {"a": a, "b": b}, [f"(v {text})", "(r (mul v v))"],
        lambda a, b: jnp.square(jax.lax.linalg.triangular_solve(
            a, b, left_side=left, lower=lower, transpose_a=transpose, unit_diagonal=unit)),
        50.0,
    )  # fmt: skip


@makes(DERIVATIVES, "qr")
def smooth_qr(rng, op):
    _, x = random_matrix(rng, 4, tall=True)
    _, r = np.linalg.qr(x.astype(np.float64))
    signs = np.where(np.diagonal(r, axis1=-2, axis2=-1) < 0, -1.0, 1.0)

    def function(x):
        q, r = jnp.linalg.qr(x)
        return jnp.matmul(jnp.square(q * signs[..., None, :]), r * signs[..., :, None])

    return Smooth({"x": x}, ["([q t] (qr x))", "(r (matmul (mul q q) t))"], function, 200.0)


@makes(DERIVATIVES, "svd")
def smooth_svd(rng, op):
    while True:
        _, x = random_matrix(rng, 4)
        u, _, _ = np.linalg.svd(x.astype(np.float64), full_matrices=False)
        if is_clear(u):
            break
    signs = column_signs(u)

    def function(x):
        u, s, vt = jnp.linalg.svd(x, full_matrices=False)
        scaled = u * signs * jnp.square(s)[..., None, :]
        return jnp.matmul(scaled, jnp.square(vt * np.swapaxes(signs, -1, -2)))

    kept = values.sizes_text([*x.shape[:-2], 1, min(x.shape[-2:])])
    lines = ["([u s vt] (svd x))", f"(d (reshape (mul s s) :shape {kept}))",
             "(r (matmul (mul u d) (mul vt vt)))"]  # fmt: skip
    return Smooth({"x": x}, lines, function, 2000.0)


@makes(DERIVATIVES, "eigh")
def smooth_eigh(rng, op):
    while True:
        dtype, n = rng.choice(DTYPES), int(rng.integers(1, 4))
        x = separated(rng, dtype, batch_of(rng), n, n, True)
        w, v = np.linalg.eigh(x.astype(np.float64))
        if is_clear(v):
            break
    signs = column_signs(v)

    def function(x):
        v, w = jax.lax.linalg.eigh(x)
        return v * signs * jnp.square(w)[..., None, :]

    kept = values.sizes_text([*x.shape[:-2], 1, n])
    lines = ["([w2 v] (eigh x))", f"(d (reshape (mul w2 w2) :shape {kept}))", "(r (mul v d))"]
    return Smooth({"x": x}, lines, function, 2000.0)
