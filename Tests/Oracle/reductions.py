"""Reductions, scans along an axis, windows, and `reduce`."""

import itertools

import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, exact, makes
from elementwise import maximum, minimum
from values import ALL, FLOATS, INTEGERS, NUMBERS


def least(dtype):
    if dtype == "bool":
        return False
    return -np.inf if dtype in FLOATS else np.iinfo(values.NUMPY[dtype]).min


def greatest(dtype):
    if dtype == "bool":
        return True
    return np.inf if dtype in FLOATS else np.iinfo(values.NUMPY[dtype]).max


def folded(kind, dtype, elements):
    """A list of equally shaped arrays of the computing type combined in f64 or exactly."""
    if kind == "max":
        step = maximum
    elif kind == "min":
        step = minimum
    else:
        step = {"sum": np.add, "prod": np.multiply, "and": np.bitwise_and,
                "or": np.bitwise_or}[kind]  # fmt: skip
    with np.errstate(all="ignore"):
        result = elements[0]
        for element in elements[1:]:
            result = step(result, element)
    return result


def neutral(kind, dtype):
    if kind == "and":
        return True if dtype == "bool" else values.NUMPY[dtype](0) | np.invert(values.NUMPY[dtype](0))
    return {"sum": 0, "prod": 1, "or": 0, "max": least(dtype), "min": greatest(dtype)}[kind]


def computing(dtype):
    """Sums of floats are compared with sums in f64."""
    return np.float64 if dtype in FLOATS else values.NUMPY[dtype]


def result_of(kind, dtype, inputs, expression, expected, terms, magnitude):
    """Integers and maxima exactly; sums and products within what rounding `terms` times may lose."""
    if dtype not in FLOATS or kind in ("max", "min"):
        return exact(inputs, expression, np.asarray(expected).astype(values.NUMPY[dtype]))
    if dtype in ("f16", "bf16"):
        relative = values.EPSILON[dtype]
        absolute = (terms * 2.0**-23) * magnitude + values.LEAST[dtype]
    else:
        relative = (terms if kind == "prod" else 1) * values.EPSILON[dtype]
        absolute = terms * values.EPSILON[dtype] * magnitude + 2 * values.LEAST[dtype]
    return Case(
        "sums and products, " + dtype, inputs, [f"(y {expression})"], ["y"], [expected],
        relative=relative, absolute=absolute if kind == "sum" else terms * values.LEAST[dtype],
    )  # fmt: skip


def summands(rng, kind, dtype, sizes):
    """Elements; of products near one, so that they neither vanish nor overflow."""
    if dtype in FLOATS and kind in ("sum", "prod"):
        x = rng.uniform(0.5, 1.6, sizes) * rng.choice([-1, 1], sizes)
        if rng.random() < 0.15:
            x = np.where(rng.random(sizes) < 0.1, rng.choice([0, np.inf, np.nan], sizes), x)
        return np.asarray(x).astype(values.NUMPY[dtype])
    return values.array(rng, dtype, sizes)


def finite_sum(x):
    x = np.abs(x.astype(np.float64))
    return float(np.sum(x[np.isfinite(x)], initial=0))


REDUCTIONS = {"sum": ALL, "prod": ALL, "max": ALL, "min": ALL, "and": INTEGERS + ["bool"],
              "or": INTEGERS + ["bool"]}  # fmt: skip


@makes(VALUES, *[f"reduce-{kind}" for kind in REDUCTIONS])
def reduction(rng, op):
    kind = op.removeprefix("reduce-")
    dtype = rng.choice(REDUCTIONS[kind])
    x = summands(rng, kind, dtype, values.shape(rng, most_elements=200))
    axes = [int(axis) for axis in rng.permutation(x.ndim)[: int(rng.integers(x.ndim + 1))]]
    keep = rng.random() < 0.4
    wide = x.astype(computing(dtype))
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    kept = [x.shape[axis] for axis in rest]
    rows = np.transpose(wide, sorted(axes) + rest).reshape([-1] + kept if wide.size else [0] + kept)
    count = int(np.prod([x.shape[axis] for axis in axes], dtype=int))
    if count == 0:
        expected = np.full(kept, neutral(kind, dtype), wide.dtype)
    elif x.size == 0:
        expected = np.zeros(kept, wide.dtype)
    else:
        expected = folded(kind, dtype, list(rows))
    expected = np.asarray(expected).reshape(
        [1 if axis in axes else size for axis, size in enumerate(x.shape)] if keep else kept
    )
    text = f"({op} x :axes {values.sizes_text(axes)}{' :keep true' if keep else ''})"
    return result_of(kind, dtype, {"x": x}, text, expected, max(count, 1), finite_sum(x))


@makes(VALUES, "argmax", "argmin")
def position(rng, op):
    dtype = rng.choice(NUMBERS)
    x = values.array(rng, dtype, values.shape(rng, least_rank=1, zero=False))
    axis = int(rng.integers(x.ndim))
    # NumPy also takes the first NaN, else the first of equals.
    wide = x.astype(values.wide(dtype))
    expected = (np.argmax if op == "argmax" else np.argmin)(wide, axis).astype(np.int32)
    return exact({"x": x}, f"({op} x :axis {axis})", expected)


@makes(VALUES, "cum-sum", "cum-prod", "cum-max", "cum-min")
def cumulative(rng, op):
    kind = op.removeprefix("cum-")
    dtype = rng.choice(NUMBERS)
    x = summands(rng, kind, dtype, values.shape(rng, least_rank=1))
    axis, reverse = int(rng.integers(x.ndim)), rng.random() < 0.4
    rows = np.moveaxis(x.astype(computing(dtype)), axis, 0)
    rows = rows[::-1] if reverse else rows
    states = [folded(kind, dtype, list(rows[: end + 1])) for end in range(len(rows))]
    expected = np.array(states, rows.dtype).reshape(rows.shape)
    expected = np.moveaxis(expected[::-1] if reverse else expected, 0, axis)
    text = f"({op} x :axis {axis}{' :reverse true' if reverse else ''})"
    return result_of(kind, dtype, {"x": x}, text, expected, max(len(rows), 1), finite_sum(x))


@makes(VALUES, "linear-recurrence")
def linear_recurrence(rng, op):
    dtype = rng.choice(NUMBERS)
    sizes = values.shape(rng, least_rank=1)
    a, b = (summands(rng, "sum", dtype, sizes) for _ in range(2))
    if dtype in FLOATS:
        a = (a * a.dtype.type(0.5)).astype(a.dtype)
    axis, reverse = int(rng.integers(len(sizes))), rng.random() < 0.4
    expected = recurrence(np, a.astype(computing(dtype)), b.astype(computing(dtype)), axis, reverse)
    text = f"(linear-recurrence a b :axis {axis}{' :reverse true' if reverse else ''})"
    magnitude = 2 * finite_sum(b)
    return result_of("sum", dtype, {"a": a, "b": b}, text, expected, 2 * sizes[axis] + 2, magnitude)


def recurrence(xp, a, b, axis, reverse):
    a, b = xp.moveaxis(a, axis, 0), xp.moveaxis(b, axis, 0)
    states = [None] * len(b)
    state = xp.zeros(b.shape[1:], b.dtype)
    with np.errstate(all="ignore"):
        for place in reversed(range(len(b))) if reverse else range(len(b)):
            state = a[place] * state + b[place]
            states[place] = state
    return xp.moveaxis(xp.stack(states), 0, axis) if states else xp.moveaxis(b, 0, axis)


# ---- Windows


def random_window(rng, x, most=4):
    rank = x.ndim
    window = [int(rng.integers(1, most)) for _ in range(rank)]
    stride = [int(rng.integers(1, 3)) for _ in range(rank)]
    dilation = [int(rng.integers(1, 3)) for _ in range(rank)]
    low, high = ([int(rng.integers(-1, 3)) for _ in range(rank)] for _ in range(2))
    return window, stride, low, high, dilation


def window_text(window, stride, low, high, dilation):
    names = ["window", "stride", "low", "high", "dilation"]
    parts = zip(names, (window, stride, low, high, dilation))
    return " ".join(f":{name} {values.sizes_text(part)}" for name, part in parts)


def window_places(sizes, window, stride, low, high, dilation):
    """The result's shape, and for each of its elements the places that its window takes in."""
    shape = [
        max(0, (n + l + h - ((w - 1) * d + 1)) // s + 1)
        for n, w, s, l, h, d in zip(sizes, window, stride, low, high, dilation)
    ]
    places = {}
    for index in np.ndindex(*shape):
        reached = [
            [r * s + i * d - l for i in range(w) if 0 <= r * s + i * d - l < n]
            for r, n, w, s, l, d in zip(index, sizes, window, stride, low, dilation)
        ]
        places[index] = list(itertools.product(*reached))
    return shape, places


@makes(VALUES, "window-sum", "window-prod", "window-max", "window-min")
def window(rng, op):
    kind = op.removeprefix("window-")
    dtype = rng.choice(NUMBERS)
    x = summands(rng, kind, dtype, values.shape(rng, most_rank=3))
    attributes = random_window(rng, x)
    wide = x.astype(computing(dtype))
    shape, places = window_places(x.shape, *attributes)
    expected = np.full(shape, neutral(kind, dtype), wide.dtype)
    for index, inside in places.items():
        if inside:
            expected[index] = folded(kind, dtype, [wide[place] for place in inside])
    terms = int(np.prod(attributes[0], dtype=int))
    text = f"({op} x {window_text(*attributes)})"
    return result_of(kind, dtype, {"x": x}, text, expected, terms, finite_sum(x))


@makes(VALUES, "window-sum-equal")
def window_sum_equal(rng, op):
    dtype, summed = rng.choice(NUMBERS), rng.choice(NUMBERS)
    x = values.array(rng, dtype, values.shape(rng, most_rank=3), *(
        (0, 3) if dtype in INTEGERS else (None, None)))  # fmt: skip
    if dtype in FLOATS:
        x = np.round(x.astype(np.float64)).astype(x.dtype)
    v = summands(rng, "sum", summed, x.shape)
    attributes = random_window(rng, x)
    shape, places = window_places(x.shape, *attributes)
    k = np.zeros(shape, x.dtype)
    expected = np.zeros(shape, computing(summed))
    wide = x.astype(values.wide(dtype))
    for index, inside in places.items():
        if inside:
            k[index] = x[inside[int(rng.integers(len(inside)))]]
        key = np.asarray(k[index]).astype(wide.dtype)
        with np.errstate(all="ignore"):
            for place in inside:
                if wide[place] == key or (wide[place] != wide[place] and key != key):
                    expected[index] += v[place].astype(expected.dtype)
    terms = int(np.prod(attributes[0], dtype=int))
    text = f"(window-sum-equal x v k {window_text(*attributes)})"
    inputs = {"x": x, "v": v, "k": k}
    return result_of("sum", summed, inputs, text, expected, terms, finite_sum(v))


# ---- The general `reduce`


BODIES = {
    "(r (add a b))": ("sum", 0), "(r (mul a b))": ("prod", 1),
    "(s (add a b)) (t (mul a b)) (r (sub s t))": ("either", 0),  # 1 − (1 − a)(1 − b)
}  # fmt: skip


@makes(VALUES, "reduce")
def general(rng, op):
    if rng.random() < 0.4:
        return greatest_with_position(rng)
    dtype = rng.choice(NUMBERS)
    x = summands(rng, "prod", dtype, values.shape(rng))
    axes = [int(axis) for axis in rng.permutation(x.ndim)[: int(rng.integers(x.ndim + 1))]]
    body = rng.choice(list(BODIES))
    kind, _ = BODIES[body]
    init = summands(rng, "prod", dtype, ())
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    kept = [x.shape[axis] for axis in rest]
    count = int(np.prod([x.shape[axis] for axis in axes], dtype=int))
    # Each step is rounded, so the oracle rounds each, too; that makes results exact.
    width = values.wide(dtype)

    def step(function, *operands):
        with np.errstate(all="ignore"):
            result = function(*[np.asarray(operand).astype(width) for operand in operands])
        return result.astype(x.dtype)

    expected = np.full(kept, init)
    rows = np.transpose(x, sorted(axes) + rest).reshape([count] + kept)
    for row in rows:
        if kind == "sum":
            expected = step(np.add, expected, row)
        elif kind == "prod":
            expected = step(np.multiply, expected, row)
        else:
            total, product = step(np.add, expected, row), step(np.multiply, expected, row)
            expected = step(np.subtract, total, product)
    t = f"{dtype}[]"
    text = (
        f"(reduce x i :axes {values.sizes_text(sorted(axes))} "
        f":body (tape f [(a {t}) (b {t})] {body} (return r)))"
    )
    return exact({"x": x, "i": init}, text, expected.astype(x.dtype))


def greatest_with_position(rng):
    """Two operands: the greatest element and where it is, the first of equals."""
    dtype = rng.choice(INTEGERS)
    x = values.array(rng, dtype, values.shape(rng, least_rank=1, zero=False), 0, 5)
    places = np.arange(x.size, dtype=np.int32).reshape(x.shape)
    axis = int(rng.integers(x.ndim))
    best = np.max(x, axis)
    where = np.argmax(x, axis)
    chosen = np.take_along_axis(places, np.expand_dims(where, axis), axis).squeeze(axis)
    t = f"{dtype}[]"
    lines = [
        f"([y z] (reduce x p 0 -1 :axes [{axis}] :body (tape best [(a {t}) (i i32[]) (b {t}) "
        f"(j i32[])] (first (or (gt a b) (and (eq a b) (ge i 0)))) (v (select first a b)) "
        f"(n (select first i j)) (return v n))))"
    ]
    return Case("exact", {"x": x, "p": places}, lines, ["y", "z"], [best, chosen])


# ---- Derivatives


@makes(DERIVATIVES, "reduce-sum", "reduce-prod", "reduce-max", "reduce-min")
def smooth_reduction(rng, op):
    dtype = rng.choice(["f64", "f32"])
    x = values.array(rng, dtype, values.shape(rng, 3, 16, zero=False), 0.5, 1.6)
    axes = sorted(int(axis) for axis in rng.permutation(x.ndim)[: int(rng.integers(x.ndim + 1))])
    function = getattr(jnp, op.removeprefix("reduce-"))
    return Smooth(
        {"x": x}, ["(v (mul x x))", f"(r ({op} v :axes {values.sizes_text(axes)}))"],
        lambda x: function(x * x, tuple(axes)),
    )  # fmt: skip


@makes(DERIVATIVES, "cum-sum", "cum-prod", "cum-max", "cum-min", "linear-recurrence")
def smooth_cumulative(rng, op):
    dtype = rng.choice(["f64", "f32"])
    sizes = values.shape(rng, 2, 12, 1, zero=False)
    axis, reverse = int(rng.integers(len(sizes))), bool(rng.random() < 0.4)
    x = values.array(rng, dtype, sizes, 0.5, 1.6)
    end = f":axis {axis}{' :reverse true' if reverse else ''}"
    if op == "linear-recurrence":
        return Smooth(
            {"a": x, "b": values.array(rng, dtype, sizes, -1, 1)},
            [f"(r (linear-recurrence a b {end}))"],
            lambda a, b: recurrence(jnp, a, b, axis, reverse),
        )
    step = {"cum-sum": jnp.add, "cum-prod": jnp.multiply, "cum-max": jnp.maximum,
            "cum-min": jnp.minimum}[op]  # fmt: skip

    def function(x):
        rows = list(jnp.moveaxis(x * x, axis, 0))
        rows = list(itertools.accumulate(rows[::-1] if reverse else rows, step))
        return jnp.moveaxis(jnp.stack(rows[::-1] if reverse else rows), 0, axis)

    return Smooth({"x": x}, [f"(r ({op} (mul x x) {end}))"], function)


@makes(DERIVATIVES, "window-sum", "window-prod", "window-max", "window-min", "window-sum-equal")
def smooth_window(rng, op):
    dtype = rng.choice(["f64", "f32"])
    x = values.array(rng, dtype, values.shape(rng, 2, 12, zero=False), 0.5, 1.6)
    attributes = random_window(rng, x, 3)
    shape, places = window_places(x.shape, *attributes)
    outside = {"window-prod": 1.0, "window-max": -1e300, "window-min": 1e300}.get(op, 0.0)
    if op in ("window-max", "window-min"):
        # Windows without elements are infinite.
        if not places or not all(places.values()):
            attributes = ([1] * x.ndim, [1] * x.ndim, [0] * x.ndim, [0] * x.ndim, [1] * x.ndim)
            shape, places = window_places(x.shape, *attributes)
    count = max([len(inside) for inside in places.values()], default=0)
    table = np.full((*shape, count), x.size)
    flat = np.arange(x.size).reshape(x.shape)
    for index, inside in places.items():
        for number, place in enumerate(inside):
            table[index][number] = flat[place]
    combine = {"window-prod": jnp.prod, "window-max": jnp.max, "window-min": jnp.min}.get(op, jnp.sum)
    chosen = np.eye(x.size + 1)[table]  # a product with it gathers

    if op == "window-sum-equal":
        marks = rng.integers(0, 2, x.shape).astype(np.int32)
        keys = rng.integers(0, 2, shape).astype(np.int32)
        equal = (np.append(marks, -1)[table] == keys[..., None]) & (table < x.size)
        mask = np.where(equal, 1.0, 0.0)
        return Smooth(
            {"v": x}, [f"(r (window-sum-equal m (mul v v) k {window_text(*attributes)}))"],
            lambda v: jnp.sum(mask * (chosen[..., :-1] @ jnp.reshape(v * v, (-1,))), -1),
            constants={"m": marks, "k": keys},
        )  # fmt: skip

    def function(x):
        elements = jnp.append(jnp.reshape(x * x, (-1,)), outside)
        if op in ("window-max", "window-min"):
            return combine(elements[table], -1)
        return combine(chosen @ elements, -1) if count else jnp.full(shape, outside)

    return Smooth({"x": x}, [f"(r ({op} (mul x x) {window_text(*attributes)}))"], function)


@makes(DERIVATIVES, "reduce")
def smooth_general(rng, op):
    dtype = rng.choice(["f64", "f32"])
    x = values.array(rng, dtype, values.shape(rng, 2, 8, zero=False), 0.5, 1.5)
    init = values.array(rng, dtype, (), 0.5, 1.5)
    axes = list(range(int(rng.integers(x.ndim + 1))))
    t = f"{dtype}[]"
    body = f"(tape f [(a {t}) (b {t})] (r (add (mul a b) (mul a 0))) (return r))"
    text = f"(r (reduce x i :axes {values.sizes_text(axes)} :body {body}))"
    return Smooth({"x": x, "i": init}, [text], lambda x, i: i * jnp.prod(x, tuple(axes)))
