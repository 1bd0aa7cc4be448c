"""Indexing ops; gather and scatter are held against JAX's."""

import jax
import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, exact, makes
from values import ALL, FLOATS, INTEGERS, NUMBERS, UNSIGNED


def fill_value(dtype):
    if dtype in FLOATS:
        return np.nan
    if dtype == "bool":
        return True
    info = np.iinfo(values.NUMPY[dtype])
    return info.max if dtype in UNSIGNED else info.min


def random_indices(rng, mode, sizes, limit):
    """Indices along an axis; out of bounds only where the mode says what that means."""
    dtype = rng.choice(INTEGERS)
    low, high = (0, limit) if mode == "error" else (-2, limit + 2)
    low = 0 if dtype in UNSIGNED else low
    high = min(max(high, low + 1), 100)
    return rng.integers(low, high, sizes).astype(values.NUMPY[dtype])


@makes(VALUES, "take")
def take(rng, op):
    dtype, mode = rng.choice(ALL), rng.choice(["error", "clip", "fill"])
    x = values.array(rng, dtype, values.shape(rng, 4, 40, 1, zero=mode == "fill"))
    axis = int(rng.integers(x.ndim))
    i = random_indices(rng, mode, values.shape(rng, 2, 8), x.shape[axis])
    places = i.astype(np.int64)
    outside = (places < 0) | (places >= x.shape[axis])
    if x.shape[axis]:
        expected = np.take(x, places, axis, mode="clip")
    else:
        expected = np.zeros(x.shape[:axis] + i.shape + x.shape[axis + 1 :], x.dtype)
    if mode == "fill":
        lined = outside.reshape(i.shape + (1,) * (x.ndim - axis - 1))
        expected = np.where(lined, x.dtype.type(fill_value(dtype)), expected)
    text = "(take x i :axis %d%s)" % (axis, "" if mode == "error" else f" :mode {mode}")
    return exact({"x": x, "i": i}, text, expected.astype(x.dtype))


class Windows:
    """Random dimension numbers of a gather or scatter, with indices."""

    def __init__(self, rng, mode, most_elements=40):
        self.sizes = values.shape(rng, 4, most_elements, 1, zero=False)
        rank = len(self.sizes)
        axes = [int(axis) for axis in rng.permutation(rank)]
        self.operand_batch = sorted(axes[: int(rng.integers(0, 2))] if rank > 1 else [])
        others = [axis for axis in axes if axis not in self.operand_batch]
        self.index_map = others[: int(rng.integers(1, len(others) + 1))]
        self.slices = [1] * rank
        for axis in others:
            self.slices[axis] = int(rng.integers(1, self.sizes[axis] + 1))
        self.collapsed = sorted(a for a in others if self.slices[a] == 1 and rng.random() < 0.7)
        batch = [int(size) for size in rng.integers(1, 4, int(rng.integers(0, 3)))]
        self.index_batch = []
        for axis in self.operand_batch:
            place = int(rng.integers(len(batch) + 1))
            batch.insert(place, self.sizes[axis])
            self.index_batch.append(place)
        window = [s for a, s in enumerate(self.slices) if a not in self.collapsed + self.operand_batch]
        result_rank = len(batch) + len(window)
        self.offsets = sorted(int(a) for a in rng.permutation(result_rank)[: len(window)])
        rest, inside = iter(batch), iter(window)
        self.shape = [next(inside if axis in self.offsets else rest) for axis in range(result_rank)]
        dtype = rng.choice(INTEGERS)
        columns = []
        for axis in self.index_map:
            last = self.sizes[axis] - self.slices[axis]
            low, high = (0, last) if mode == "error" else (-1 if dtype not in UNSIGNED else 0, last + 1)
            columns.append(rng.integers(low, high, batch, endpoint=True))
        self.indices = np.stack(columns, -1).astype(values.NUMPY[dtype])
        self.vector = len(batch)
        self.written = self.indices
        if len(columns) == 1 and rng.random() < 0.4:
            self.vector = len(batch)
            self.written = self.indices[..., 0]
        elif rng.random() < 0.4:
            self.vector = int(rng.integers(len(batch) + 1))
            self.written = np.moveaxis(self.indices, -1, self.vector)
            # Positions in the written indices, which have the vector's axis among them.
            self.index_batch_written = [b + (b >= self.vector) for b in self.index_batch]
            return
        self.index_batch_written = self.index_batch

    def text(self, names):
        lists = [self.offsets, self.collapsed, self.operand_batch, self.index_batch_written,
                 self.index_map]  # fmt: skip
        parts = [f":{n} {values.sizes_text(v)}" for n, v in zip(names, lists) if v]
        if self.vector != self.written.ndim - 1:
            parts.append(f":index-vector-dim {self.vector}")
        return " ".join(parts)

    def gather_text(self, mode):
        names = ["offset-dims", "collapsed-slice-dims", "operand-batching-dims",
                 "start-indices-batching-dims", "start-index-map"]  # fmt: skip
        end = "" if mode == "error" else f" :mode {mode}"
        return f"{self.text(names)} :slice-sizes {values.sizes_text(self.slices)}{end}"

    def scatter_text(self, combine, mode):
        names = ["update-window-dims", "inserted-window-dims", "input-batching-dims",
                 "scatter-indices-batching-dims", "scatter-dims-to-operand-dims"]  # fmt: skip
        end = "" if mode == "error" else f" :mode {mode}"
        return f"{self.text(names)} :combine {combine}{end}"

    def gathered(self, x, mode):
        numbers = jax.lax.GatherDimensionNumbers(
            tuple(self.offsets), tuple(self.collapsed), tuple(self.index_map),
            tuple(self.operand_batch), tuple(self.index_batch),
        )  # fmt: skip
        mode = {"error": "clip", "fill": "fill"}.get(mode, mode)
        indices = self.indices.astype(np.int64)
        return jax.lax.gather(x, indices, numbers, tuple(self.slices), mode=mode)

    def scattered(self, x, updates, combine, mode):
        numbers = jax.lax.ScatterDimensionNumbers(
            tuple(self.offsets), tuple(self.collapsed), tuple(self.index_map),
            tuple(self.operand_batch), tuple(self.index_batch),
        )  # fmt: skip
        function = {"set": jax.lax.scatter, "add": jax.lax.scatter_add, "mul": jax.lax.scatter_mul,
                    "min": jax.lax.scatter_min, "max": jax.lax.scatter_max}[combine]  # fmt: skip
        mode = {"error": "clip"}.get(mode, mode)
        return function(x, self.indices.astype(np.int64), updates, numbers, mode=mode)


@makes(VALUES, "gather")
def gather(rng, op):
    dtype, mode = rng.choice(ALL), rng.choice(["error", "clip", "fill"])
    windows = Windows(rng, mode)
    x = values.array(rng, dtype, windows.sizes)
    expected = np.asarray(windows.gathered(jnp.asarray(x), mode))
    return exact({"x": x, "i": windows.written}, f"(gather x i {windows.gather_text(mode)})", expected)


@makes(VALUES, "scatter")
def scatter(rng, op):
    dtype, mode = rng.choice(NUMBERS), rng.choice(["error", "clip", "drop"])
    combine = rng.choice(["set", "add", "mul", "min", "max"])
    windows = Windows(rng, mode)
    if dtype in FLOATS:
        # Quarters, of which sums and products are exact in f32, so that all types are rounded once.
        x, u = (
            np.asarray(rng.integers(1, 9, sizes) / 4).astype(values.NUMPY[dtype])
            for sizes in (windows.sizes, windows.shape)
        )
    else:
        x, u = (values.array(rng, dtype, sizes) for sizes in (windows.sizes, windows.shape))
    wide = values.wide(dtype)
    expected = windows.scattered(jnp.asarray(x.astype(wide)), jnp.asarray(u.astype(wide)), combine, mode)
    text = f"(scatter x i u {windows.scatter_text(combine, mode)})"
    inputs = {"x": x, "i": windows.written, "u": u}
    expected = np.asarray(expected)
    if dtype in FLOATS and combine == "mul":
        return Case(
            "sums and products, " + dtype, inputs, [f"(y {text})"], ["y"],
            [expected.astype(np.float64)], relative=16 * values.EPSILON[dtype] if wide == x.dtype
            else values.EPSILON[dtype],
        )  # fmt: skip
    return exact(inputs, text, expected.astype(x.dtype))


def random_starts(rng, sizes, window):
    dtype = rng.choice(INTEGERS)
    low = 0 if dtype in UNSIGNED else -2
    return {
        f"s{axis}": np.asarray(rng.integers(low, size + 3)).astype(values.NUMPY[dtype])
        for axis, size in enumerate(sizes)
    }


def place_of(starts, sizes, window):
    clamped = [min(max(int(s), 0), n - w) for s, n, w in zip(starts.values(), sizes, window)]
    return tuple(slice(s, s + w) for s, w in zip(clamped, window))


def random_dynamic(rng, dtype, most_elements, **range_):
    x = values.array(rng, dtype, values.shape(rng, 4, most_elements), **range_)
    window = [int(rng.integers(size + 1)) for size in x.shape]
    starts = random_starts(rng, x.shape, window)
    return x, window, starts, place_of(starts, x.shape, window)


@makes(VALUES, "dynamic-slice")
def dynamic_slice(rng, op):
    x, window, starts, place = random_dynamic(rng, rng.choice(ALL), 60)
    text = f"(dynamic-slice x {' '.join(starts)} :slice-sizes {values.sizes_text(window)})"
    return exact({"x": x, **starts}, text, x[place])


@makes(VALUES, "dynamic-update-slice")
def dynamic_update_slice(rng, op):
    dtype = rng.choice(ALL)
    x, window, starts, place = random_dynamic(rng, dtype, 60)
    u = values.array(rng, dtype, window)
    expected = np.array(x)
    expected[place] = u
    return exact({"x": x, "u": u, **starts}, f"(dynamic-update-slice x u {' '.join(starts)})", expected)


# ---- Derivatives


@makes(DERIVATIVES, "take")
def smooth_take(rng, op):
    x = values.array(rng, rng.choice(["f64", "f32"]), values.shape(rng, 3, 12, 1, zero=False), -2, 2)
    axis, mode = int(rng.integers(x.ndim)), rng.choice(["error", "clip"])
    i = random_indices(rng, mode, values.shape(rng, 2, 6, zero=False), x.shape[axis])
    chosen = np.eye(x.shape[axis])[np.clip(i.astype(np.int64), 0, x.shape[axis] - 1)]

    def function(x):
        rows = jnp.moveaxis(x * x, axis, 0)
        picked = jnp.tensordot(chosen, rows, 1)
        return jnp.moveaxis(picked, range(i.ndim), range(axis, axis + i.ndim))

    return Smooth({"x": x}, [f"(r (take (mul x x) i :axis {axis} :mode {mode}))"], function,
                  constants={"i": i})  # fmt: skip


@makes(DERIVATIVES, "gather")
def smooth_gather(rng, op):
    mode = rng.choice(["error", "clip"])
    windows = Windows(rng, mode, 12)
    x = values.array(rng, rng.choice(["f64", "f32"]), windows.sizes, -2, 2)
    return Smooth({"x": x}, [f"(r (gather (mul x x) i {windows.gather_text(mode)}))"],
                  lambda x: windows.gathered(x * x, mode), constants={"i": windows.written})  # fmt: skip


@makes(DERIVATIVES, "scatter")
def smooth_scatter(rng, op):
    mode = rng.choice(["error", "clip", "drop"])
    combine = rng.choice(["set", "add", "mul", "min", "max"])
    windows = Windows(rng, mode, 12)
    dtype = rng.choice(["f64", "f32"])
    x, u = (values.array(rng, dtype, sizes, 0.5, 2) for sizes in (windows.sizes, windows.shape))
    # Combined by loops: JAX differentiates products only where indices are unique.
    flat = np.arange(x.size).reshape(x.shape)
    numbers = np.arange(u.size).reshape(u.shape)
    targets = [[] for _ in range(x.size)]
    for number in numbers.reshape(-1):
        seed = jnp.asarray(numbers + 1.0) * (numbers == number)
        reached = np.asarray(windows.scattered(jnp.zeros(x.shape), seed, "add", mode))
        for place in flat[reached > 0]:
            targets[place].append(int(number))

    def function(x, u):
        elements = [jnp.reshape(x * x, (-1,))[place] for place in range(x.size)]
        updates = jnp.reshape(u * u, (-1,))
        for place, numbers in enumerate(targets):
            for number in numbers:
                old, new = elements[place], updates[number]
                elements[place] = {"set": lambda: new, "add": lambda: old + new,
                                   "mul": lambda: old * new, "min": lambda: jnp.minimum(old, new),
                                   "max": lambda: jnp.maximum(old, new)}[combine]()  # fmt: skip
        return jnp.reshape(jnp.stack(elements), x.shape)

    text = f"(r (scatter (mul x x) i (mul u u) {windows.scatter_text(combine, mode)}))"
    return Smooth({"x": x, "u": u}, [text], function, constants={"i": windows.written})


@makes(DERIVATIVES, "dynamic-slice")
def smooth_dynamic_slice(rng, op):
    dtype = rng.choice(["f64", "f32"])
    x, window, starts, place = random_dynamic(rng, dtype, 12, low=-2, high=2)
    text = f"(r (dynamic-slice (mul x x) {' '.join(starts)} :slice-sizes {values.sizes_text(window)}))"
    return Smooth({"x": x}, [text], lambda x: (x * x)[place], constants=starts)


@makes(DERIVATIVES, "dynamic-update-slice")
def smooth_dynamic_update_slice(rng, op):
    dtype = rng.choice(["f64", "f32"])
    x, window, starts, place = random_dynamic(rng, dtype, 12, low=-2, high=2)
    u = values.array(rng, dtype, window, -2, 2)
    inside = np.zeros(x.shape, bool)
    inside[place] = True
    edges = [(s.start, n - s.stop) for s, n in zip(place, x.shape)]
    return Smooth(
        {"x": x, "u": u}, [f"(r (dynamic-update-slice (mul x x) (mul u u) {' '.join(starts)}))"],
        lambda x, u: jnp.where(inside, jnp.pad(u * u, edges) if x.ndim else u * u, x * x),
        constants=starts,
    )  # fmt: skip
