"""Movement ops."""

import jax.lax
import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Smooth, exact, makes


def moved(rng, op, dtype, most_elements=60):
    """Operands, an expression, and the function of a random movement; `xp` is NumPy or JAX's."""
    least = 1 if op in ("concat",) else 0
    sizes = values.shape(rng, least_rank=least, most_elements=most_elements)
    smooth = {} if dtype == "any" else {"low": -2, "high": 2}
    dtype = rng.choice(values.ALL) if dtype == "any" else dtype
    x = values.array(rng, dtype, sizes, **smooth)
    rank = len(sizes)
    if op == "broadcast":
        full = tuple(int(rng.integers(1, 4)) if size == 1 else size for size in sizes)
        extra = tuple(int(size) for size in rng.integers(1, 4, int(rng.integers(3))))
        if rng.random() < 0.5:
            shape = extra + full
            return {"x": x}, f"(broadcast x :shape {values.sizes_text(shape)})", (
                lambda xp, x: xp.broadcast_to(x, shape))  # fmt: skip
        places = [int(axis) for axis in rng.permutation(rank + len(extra))[:rank]]
        others = iter(extra)
        shape = tuple(
            full[places.index(axis)] if axis in places else next(others)
            for axis in range(rank + len(extra))
        )
        order = sorted(range(rank), key=lambda axis: places[axis])
        lined = [1] * len(shape)
        for axis, place in enumerate(places):
            lined[place] = sizes[axis]

        def spread(xp, x):
            return xp.broadcast_to(xp.reshape(xp.transpose(x, order), lined), shape)

        text = f"(broadcast x :shape {values.sizes_text(shape)} :axes {values.sizes_text(places)})"
        return {"x": x}, text, spread
    if op == "reshape":
        shape = reshaped(rng, sizes)
        return {"x": x}, f"(reshape x :shape {values.sizes_text(shape)})", (
            lambda xp, x: xp.reshape(x, shape))  # fmt: skip
    if op == "transpose":
        axes = [int(axis) for axis in rng.permutation(rank)]
        return {"x": x}, f"(transpose x :axes {values.sizes_text(axes)})", (
            lambda xp, x: xp.transpose(x, axes))  # fmt: skip
    if op == "slice":
        start = [int(rng.integers(size + 1)) for size in sizes]
        limit = [int(rng.integers(low, size + 1)) for low, size in zip(start, sizes)]
        stride = [int(rng.integers(1, 4)) for _ in sizes]
        text = f"(slice x :start {values.sizes_text(start)} :limit {values.sizes_text(limit)}"
        if rng.random() < 0.5:
            stride = [1] * rank
        else:
            text += f" :stride {values.sizes_text(stride)}"
        cut = tuple(map(slice, start, limit, stride))
        return {"x": x}, text + ")", lambda xp, x: x[cut]
    if op == "reverse":
        axes = [int(axis) for axis in rng.permutation(rank)[: int(rng.integers(rank + 1))]]
        return {"x": x}, f"(reverse x :axes {values.sizes_text(axes)})", (
            lambda xp, x: xp.flip(x, axes) if axes else x)  # fmt: skip
    if op == "concat":
        axis = int(rng.integers(rank))
        parts = {"x": x}
        for number in range(int(rng.integers(0, 3))):
            part = list(sizes)
            part[axis] = int(rng.integers(0, 4))
            parts[f"x{number}"] = values.array(rng, dtype, part, **smooth)
        return parts, f"(concat {' '.join(parts)} :axis {axis})", (
            lambda xp, *xs: xp.concatenate(xs, axis))  # fmt: skip
    assert op == "pad"
    v = values.array(rng, dtype, (), **smooth)
    interior = [int(rng.integers(3)) if rng.random() < 0.5 else 0 for _ in sizes]
    full = [size + max(size - 1, 0) * gap for size, gap in zip(sizes, interior)]
    low = [int(rng.integers(-min(size, 2), 3)) for size in full]
    high = [int(rng.integers(-max(min(size + l, 2), 0), 3)) for size, l in zip(full, low)]
    edges = list(zip(low, high, interior))

    def padded(xp, x, v):
        if xp is jnp:
            return jax.lax.pad(x, v, edges)
        result = np.full([size + l + h for size, (l, h, _) in zip(full, edges)], v)
        for index in np.ndindex(*x.shape):
            place = tuple(i * (gap + 1) + l for i, (l, _, gap) in zip(index, edges))
            if all(0 <= p < size for p, size in zip(place, result.shape)):
                result[place] = x[index]
        return result

    text = f"(pad x v :low {values.sizes_text(low)} :high {values.sizes_text(high)}"
    if any(interior) or rng.random() < 0.5:
        text += f" :interior {values.sizes_text(interior)}"
    return {"x": x, "v": v}, text + ")", padded


def reshaped(rng, sizes):
    """Another shape of as many elements."""
    factors = []
    for size in sizes:
        rest = size
        for prime in (2, 3, 5, 7):
            while rest > 1 and rest % prime == 0:
                factors.append(prime)
                rest //= prime
        if rest != 1:
            factors.append(rest)
    rng.shuffle(factors)
    shape = []
    for factor in factors:
        if shape and rng.random() < 0.5:
            shape[-1] *= factor
        else:
            shape.append(factor)
    for _ in range(int(rng.integers(3))):
        shape.insert(int(rng.integers(len(shape) + 1)), 1)
    return tuple(int(size) for size in shape)


OPS = ["broadcast", "reshape", "transpose", "slice", "reverse", "concat", "pad"]


@makes(VALUES, *OPS)
def movement(rng, op):
    inputs, text, function = moved(rng, op, "any")
    return exact(inputs, text, function(np, *inputs.values()))


@makes(DERIVATIVES, *OPS)
def smooth_movement(rng, op):
    dtype = rng.choice(["f64", "f32", "f16", "bf16"])
    inputs, text, function = moved(rng, op, dtype, 12)
    return Smooth(
        inputs, [f"(t {text})", "(r (mul t t))"], lambda *xs: jnp.square(function(jnp, *xs))
    )
