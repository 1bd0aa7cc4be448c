"""Products: dot, matmul, conv."""

import jax
import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, exact, makes
from values import ALL, FLOATS


def factor(rng, dtype, sizes):
    """Elements of about one, so that sums of products neither vanish nor overflow; any integers."""
    if dtype in FLOATS:
        return np.asarray(rng.uniform(-1.5, 1.5, sizes)).astype(values.NUMPY[dtype])
    return values.array(rng, dtype, sizes)


def summed(dtype, inputs, text, function, terms):
    """A sum of products: exact of integers; of floats within what rounding each term may lose."""
    if dtype in FLOATS:
        wide = [x.astype(np.float64) for x in inputs.values()]
        magnitude = np.max(function(*map(np.abs, wide)), initial=0)
        relative = values.EPSILON[dtype]
        unit = 2.0**-23 if dtype in ("f16", "bf16") else relative
        return Case(
            "dot and conv, " + dtype, inputs, [f"(y {text})"], ["y"], [function(*wide)],
            relative=relative, absolute=(terms + 1) * unit * magnitude + values.LEAST[dtype],
        )  # fmt: skip
    with np.errstate(all="ignore"):
        if dtype == "bool":
            expected = function(*[x.astype(np.int64) for x in inputs.values()]) != 0
        else:
            expected = function(*inputs.values()).astype(values.NUMPY[dtype])
    return exact(inputs, text, expected)


def random_dot(rng, dtype, make):
    count = {kind: int(rng.integers(0, 3)) for kind in ("batch", "sum", "a", "b")}
    size = {kind: [int(rng.choice([1, 2, 3, 4])) for _ in range(n)] for kind, n in count.items()}
    if rng.random() < 0.06 and dtype != "smooth" and size["sum"]:
        size["sum"][0] = 0
    letters = iter("abcdefghijkl")
    names = {kind: [next(letters) for _ in range(n)] for kind, n in count.items()}
    extents = {n: s for kind in names for n, s in zip(names[kind], size[kind])}
    a_axes = list(rng.permutation(names["batch"] + names["sum"] + names["a"]))
    b_axes = list(rng.permutation(names["batch"] + names["sum"] + names["b"]))
    a, b = (make([extents[n] for n in axes]) for axes in (a_axes, b_axes))
    equation = f"{''.join(a_axes)},{''.join(b_axes)}->" + "".join(
        names["batch"] + [n for n in a_axes if n in names["a"]] + [n for n in b_axes if n in names["b"]]
    )
    lists = [("lhs-batch", a_axes, "batch"), ("rhs-batch", b_axes, "batch"),
             ("lhs-contract", a_axes, "sum"), ("rhs-contract", b_axes, "sum")]  # fmt: skip
    text = "(dot a b"
    for name, axes, kind in lists:
        if kind == "sum" or names[kind] or rng.random() < 0.5:
            text += f" :{name} " + values.sizes_text([axes.index(n) for n in names[kind]])
    terms = int(np.prod(size["sum"], dtype=int))
    return {"a": a, "b": b}, text + ")", equation, terms


@makes(VALUES, "dot")
def dot(rng, op):
    dtype = rng.choice(ALL)
    inputs, text, equation, terms = random_dot(rng, dtype, lambda sizes: factor(rng, dtype, sizes))
    return summed(dtype, inputs, text, lambda a, b: np.einsum(equation, a, b), terms)


@makes(DERIVATIVES, "dot")
def smooth_dot(rng, op):
    dtype = rng.choice(["f64", "f32"])
    make = lambda sizes: factor(rng, dtype, [min(size, 2) for size in sizes])  # noqa: E731
    inputs, text, equation, _ = random_dot(rng, "smooth", make)
    return Smooth(inputs, [f"(r (exp (mul 0.25 {text})))"],
                  lambda a, b: jnp.exp(0.25 * jnp.einsum(equation, a, b)))  # fmt: skip


def random_matrices(rng, dtype, most=5):
    m, k, n = (int(rng.integers(1, most)) for _ in range(3))
    batch = [int(size) for size in rng.integers(1, 3, int(rng.integers(0, 3)))]
    a = [*batch[int(rng.integers(len(batch) + 1)) :], m, k] if rng.random() < 0.85 else [k]
    b = [*batch[int(rng.integers(len(batch) + 1)) :], k, n] if rng.random() < 0.85 else [k]
    if len(a) > 2 and rng.random() < 0.3:
        a[0] = 1
    return {"a": factor(rng, dtype, a), "b": factor(rng, dtype, b)}, k


@makes(VALUES, "matmul")
def matmul(rng, op):
    dtype = rng.choice(ALL)
    inputs, terms = random_matrices(rng, dtype, 9)
    return summed(dtype, inputs, "(matmul a b)", np.matmul, terms)


@makes(DERIVATIVES, "matmul")
def smooth_matmul(rng, op):
    inputs, _ = random_matrices(rng, rng.choice(["f64", "f32"]), 4)
    return Smooth(inputs, ["(v (matmul a b))", "(r (mul v v))"],
                  lambda a, b: jnp.square(jnp.matmul(a, b)))  # fmt: skip


# ---- conv


def random_conv(rng, dtype, small):
    """Operands, the text, and the arguments of JAX's convolution."""
    places = int(rng.integers(1, 3 if small else 4))
    spatial = "DHW"[3 - places :]
    groups = int(rng.choice([1, 1, 2]))
    batch, features, outputs = (int(rng.integers(1, 3)) for _ in range(3))
    outputs *= groups
    most = 4 if small or places == 3 else 6
    extents = [int(rng.integers(1, most + 1)) for _ in range(places)]
    kernel = [int(rng.integers(1, 4 if places < 3 else 3)) for _ in range(places)]
    stride, lhs, rhs = ([int(rng.choice([1, 1, 2])) for _ in range(places)] for _ in range(3))
    low, high = [], []
    for n, w, l, r in zip(extents, kernel, lhs, rhs):
        full, span = (n - 1) * l + 1, (w - 1) * r + 1
        low.append(int(rng.integers(-1 if full > 1 else 0, 3)))
        high.append(int(rng.integers(-1 if full > 2 else 0, 3)))
        high[-1] = max(high[-1], span - full - low[-1])
    letters = ["".join(rng.permutation(list("NC" + spatial))), "".join(rng.permutation(list("OI" + spatial))),
               "".join(rng.permutation(list("NC" + spatial)))]  # fmt: skip
    if rng.random() < 0.4:
        letters = ["NC" + spatial, "OI" + spatial, "NC" + spatial]
    size = dict(zip(spatial, extents)) | {"N": batch, "C": features * groups}
    k_size = dict(zip(spatial, kernel)) | {"O": outputs, "I": features}
    x = factor(rng, dtype, [size[name] for name in letters[0]])
    k = factor(rng, dtype, [k_size[name] for name in letters[1]])
    names = ["stride", "low", "high", "lhs-dilation", "rhs-dilation"]
    parts = zip(names, (stride, low, high, lhs, rhs))
    reverse = rng.random() < 0.2
    text = f"(conv x k {' '.join(f':{name} {values.sizes_text(part)}' for name, part in parts)}"
    text += f" :groups {groups}{' :reverse true' if reverse else ''} :layout [{' '.join(letters)}])"
    turned = [letters[1].index(name) for name in spatial] if reverse else []

    # JAX takes attributes in the order of the kernel's letters.
    turns = [spatial.index(name) for name in letters[1] if name in spatial]
    steps, lows, highs, x_gaps, k_gaps = (
        [part[turn] for turn in turns] for part in (stride, low, high, lhs, rhs)
    )

    def function(x, k):
        if turned:
            k = jnp.flip(k, turned)
        return jax.lax.conv_general_dilated(
            x, k, steps, list(zip(lows, highs)), x_gaps, k_gaps, tuple(letters), groups,
            precision=jax.lax.Precision.HIGHEST,
        )  # fmt: skip

    order = [spatial, letters, stride, low, high, lhs, rhs, groups, turned]
    return {"x": x, "k": k}, text, function, order, features * int(np.prod(kernel))


def convolved(x, k, spatial, letters, stride, low, high, lhs, rhs, groups, turned):
    """StableHLO's convolution, summed by NumPy over the kernel's places."""
    if turned:
        k = np.flip(k, turned)
    x = np.transpose(x, [letters[0].index(name) for name in "NC" + spatial])
    k = np.transpose(k, [letters[1].index(name) for name in "OI" + spatial])
    full = [(n - 1) * l + 1 for n, l in zip(x.shape[2:], lhs)]
    edge = 2  # what is cropped is cut from a margin
    margin = [(edge + max(l, 0), edge + max(h, 0)) for l, h in zip(low, high)]
    padded = np.zeros(
        [*x.shape[:2], *[n + a + b for n, (a, b) in zip(full, margin)]], x.dtype
    )
    inside = tuple(slice(a, a + n, l) for n, (a, _), l in zip(full, margin, lhs))
    padded[(slice(None), slice(None), *inside)] = x
    starts = [a - l for (a, _), l in zip(margin, low)]
    spans = [n + l + h for n, l, h in zip(full, low, high)]
    cropped = padded[(slice(None), slice(None),
                      *[slice(s, s + n) for s, n in zip(starts, spans)])]  # fmt: skip
    shape = [
        (n - ((w - 1) * r + 1)) // s + 1 if n >= (w - 1) * r + 1 else 0
        for n, w, r, s in zip(spans, k.shape[2:], rhs, stride)
    ]
    result = np.zeros([x.shape[0], k.shape[0], *shape], x.dtype)
    per_group = k.shape[0] // groups
    for place in np.ndindex(*k.shape[2:]):
        cut = tuple(
            slice(p * r, p * r + (m - 1) * s + 1 if m else 0, s)
            for p, r, m, s in zip(place, rhs, shape, stride)
        )
        part = cropped[(slice(None), slice(None), *cut)]
        for group in range(groups):
            outputs = slice(group * per_group, (group + 1) * per_group)
            inputs = slice(group * k.shape[1], (group + 1) * k.shape[1])
            weights = k[(outputs, slice(None), *place)]
            result[:, outputs] += np.einsum("nc...,oc->no...", part[:, inputs], weights)
    return np.transpose(result, ["NC".find(n) if n in "NC" else 2 + spatial.index(n) for n in letters[2]])


@makes(VALUES, "conv")
def conv(rng, op):
    dtype = rng.choice(ALL)
    inputs, text, _, order, terms = random_conv(rng, dtype, small=False)
    return summed(dtype, inputs, text, lambda x, k: convolved(x, k, *order), terms)


@makes(DERIVATIVES, "conv")
def smooth_conv(rng, op):
    inputs, text, function, _, _ = random_conv(rng, rng.choice(["f64", "f32"]), small=True)
    return Smooth(inputs, [f"(v {text})", "(r (mul v v))"],
                  lambda x, k: jnp.square(function(x, k)))  # fmt: skip
