"""Large operands, made within the tape, and a few elements of what comes of them: so that segments,
blocks and tiles have edges."""

import numpy as np

import values
from case import COMPOSED, Case, makes

KINDS = ["reduce", "cumulative", "sort", "columns", "window", "dot", "arg", "transpose"]


def hashed(n, dtype, factor, modulus):
    """The numbers i · factor mod modulus as a tape's text and as NumPy's."""
    numbers = (np.arange(n, dtype=np.int64) * factor % modulus).astype(values.NUMPY[dtype])
    text = f"(convert (rem (mul (iota :type i64[{n}] :axis 0) {factor}) {modulus}) :to {dtype})"
    return text, numbers


@makes(COMPOSED, "large")
def large(rng, op):
    """Values only. Whole numbers, small enough for exact sums in every type used."""
    kind = rng.choice(KINDS)
    # The interpreters take their time.
    n = int(rng.integers(65_000, 70_000) if kind == "reduce" else rng.integers(3000, 9000))
    dtype = rng.choice(["f64", "i64"] if kind in ("cumulative", "columns", "reduce")
                       else ["f64", "f32", "i32", "i64"])  # fmt: skip
    make, x = hashed(n, dtype, int(rng.integers(1, 10**6)), int(rng.choice([7, 101, 1009])))
    lines = [f"(x {make})"]
    # Positions of the elements that are compared; edges of blocks among them.
    i = np.append(rng.integers(0, n, 20), [0, 1, n // 2, n - 2, n - 1])
    i = np.append(i, [p for p in (127, 128, 4095, 4096, 8192, 65535, 65536) if p < n]).astype(np.int32)
    inputs, picked = {"i": i}, "(y (take v i :axis 0))"
    if kind == "reduce":
        return Case("large operands", {}, [*lines, "(y (reduce-sum x :axes [0]))"], ["y"],
                    [np.asarray(np.sum(x))])  # fmt: skip
    if kind == "arg":
        return Case("large operands", {}, [*lines, "(y (argmax x :axis 0))"], ["y"],
                    [np.asarray(np.argmax(x), np.int32)])  # fmt: skip
    if kind == "cumulative":
        reverse = bool(rng.random() < 0.5)
        expected = np.cumsum(x[::-1])[::-1] if reverse else np.cumsum(x)
        lines += [f"(v (cum-sum x :axis 0 :reverse {'true' if reverse else 'false'}))", picked]
    elif kind == "sort":
        descending = bool(rng.random() < 0.5)
        order = np.argsort(-x if descending else x, kind="stable")
        lines += [f"([s v] (sort x (iota :type i32[{n}] :axis 0) :axis 0 :descending "
                  f"{'true' if descending else 'false'}))", picked]  # fmt: skip
        expected = order.astype(np.int32)
    elif kind == "window":
        w, s = int(rng.integers(2, 9)), int(rng.integers(1, 4))
        windows = np.lib.stride_tricks.sliding_window_view(x, w)[::s]
        expected = windows.sum(-1)
        inputs["i"] = i = (i % len(expected)).astype(np.int32)
        lines += [f"(v (window-sum x :window [{w}] :stride [{s}]))", picked]
    else:
        rows = int(rng.integers(3, 300))
        columns = n // rows
        x = x[: rows * columns].reshape(rows, columns)
        lines += [f"(m (reshape (slice x :start [0] :limit [{rows * columns}]) "
                  f":shape [{rows} {columns}]))"]  # fmt: skip
        if kind == "columns":
            axis = int(rng.integers(2))
            expected = np.sum(x, axis)
            lines += [f"(v (reduce-sum m :axes [{axis}]))", picked]
        elif kind == "transpose":
            expected = x.T.reshape(-1)
            lines += ["(t (add (transpose m :axes [1 0]) 0))",
                      f"(v (reshape t :shape [{rows * columns}]))", picked]  # fmt: skip
        else:
            small = x % x.dtype.type(7)
            expected = (small @ small[: min(rows, 8)].T).reshape(-1)
            lines += ["(a (rem m 7))", f"(b (slice a :start [0 0] :limit [{min(rows, 8)} {columns}]))",
                      "(d (dot a b :lhs-contract [1] :rhs-contract [1]))",
                      f"(v (reshape d :shape [{expected.size}]))", picked]  # fmt: skip
        inputs["i"] = i = (i % expected.size).astype(np.int32)
    return Case("large operands", inputs, lines, ["y"], [expected[i].astype(expected.dtype)])
