"""Sorting ops."""

import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, makes
from values import ALL


def sort_key(value):
    """NaN after everything, -0 equal to 0."""
    number = float(value) if isinstance(value, np.floating) or value.dtype.kind == "V" else value
    if isinstance(number, float):
        return (1, 0.0) if np.isnan(number) else (0, number + 0.0)
    return (0, int(number))


def permutation(keys, axis, descending):
    """The stable order along an axis of the elements, by keys compared one after the other."""
    lanes = [np.moveaxis(key, axis, -1) for key in keys]
    order = np.zeros(lanes[0].shape, np.int64)
    for index in np.ndindex(*lanes[0].shape[:-1]):
        rows = [lane[index] for lane in lanes]
        # Python keeps the order of equals also when it sorts in reverse.
        order[index] = sorted(range(order.shape[-1]), reverse=descending,
                              key=lambda place: tuple(sort_key(row[place]) for row in rows))  # fmt: skip
    return np.moveaxis(order, -1, axis)


def with_ties(rng, dtype, sizes):
    x = values.array(rng, dtype, sizes)
    if dtype != "bool" and rng.random() < 0.5:
        small = rng.integers(0, 3, sizes).astype(x.dtype)
        x = np.where(rng.random(sizes) < 0.7, small, x).astype(x.dtype)
    return x


@makes(VALUES, "sort")
def sort(rng, op):
    sizes = values.shape(rng, least_rank=1)
    axis, descending = int(rng.integers(len(sizes))), bool(rng.random() < 0.5)
    count = int(rng.integers(1, 4))
    keys = int(rng.integers(1, count + 1))
    inputs = {f"x{n}": with_ties(rng, rng.choice(ALL), sizes) for n in range(count)}
    order = permutation(list(inputs.values())[:keys], axis, descending)
    expected = [np.take_along_axis(x, order, axis) for x in inputs.values()]
    results = [f"y{n}" for n in range(count)]
    text = f"(sort {' '.join(inputs)} :axis {axis} :keys {keys}"
    text += " :descending true)" if descending else ")"
    return Case("exact", inputs, [f"([{' '.join(results)}] {text})"], results, expected)


@makes(VALUES, "top-k")
def top_k(rng, op):
    x = with_ties(rng, rng.choice(ALL), values.shape(rng, least_rank=1))
    k = int(rng.integers(x.shape[-1] + 1))
    order = permutation([x], x.ndim - 1, True)[..., :k]
    expected = [np.take_along_axis(x, order, -1), order.astype(np.int32)]
    return Case("exact", {"x": x}, [f"([v i] (top-k x :k {k}))"], ["v", "i"], expected)


@makes(DERIVATIVES, "sort", "top-k")
def smooth_sort(rng, op):
    dtype = rng.choice(["f64", "f32"])
    sizes = values.shape(rng, 3, 12, 1, zero=False)
    x = values.array(rng, dtype, sizes, -2, 2)
    axis = x.ndim - 1 if op == "top-k" else int(rng.integers(x.ndim))
    descending = op == "top-k" or bool(rng.random() < 0.5)
    order = permutation([x], axis, descending)
    if op == "top-k":
        k = int(rng.integers(1, x.shape[-1] + 1))
        order = order[..., :k]
    # The order is a constant: places in the flat array, picked by a product with zeros and ones.
    places = np.take_along_axis(np.arange(x.size).reshape(x.shape), order, axis)
    chosen = np.eye(x.size)[places]
    if op == "top-k":
        return Smooth({"x": x}, [f"([v i] (top-k x :k {k}))", "(r (mul v v))"],
                      lambda x: jnp.square(chosen @ jnp.reshape(x, (-1,))))  # fmt: skip
    u = values.array(rng, dtype, sizes, -2, 2)
    text = f"(sort x u :axis {axis}{' :descending true' if descending else ''})"
    return Smooth(
        {"x": x, "u": u}, [f"([v q] {text})", "(r (mul v q))"],
        lambda x, u: (chosen @ jnp.reshape(x, (-1,))) * (chosen @ jnp.reshape(u, (-1,))),
    )  # fmt: skip
