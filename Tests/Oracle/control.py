"""Ops with bodies: cond, while, scan."""

import jax.numpy as jnp
import numpy as np

import values
from case import DERIVATIVES, VALUES, Case, Smooth, exact, makes
from elementwise import in_width

# ---- Values: exact ones, as each step rounds as its ops do.


def stepped(dtype, function, *operands):
    return in_width(function)(dtype, *operands)


@makes(VALUES, "cond")
def cond(rng, op):
    dtype = rng.choice(values.NUMBERS)
    sizes = values.shape(rng)
    a, b = (values.array(rng, dtype, sizes) for _ in range(2))
    p = values.array(rng, "bool", ())
    kind = values.type_text(dtype, sizes)
    text = (
        f"(cond p a b :then (tape t [(u {kind}) (v {kind})] (r (mul u v)) (return r)) "
        f":else (tape e [(u {kind}) (v {kind})] (r (sub u v)) (return r)))"
    )
    expected = stepped(dtype, np.multiply if p else np.subtract, a, b)
    return exact({"p": p, "a": a, "b": b}, text, expected)


@makes(VALUES, "while")
def loop(rng, op):
    dtype = rng.choice(values.NUMBERS)
    sizes = values.shape(rng, most_elements=30)
    x, a = (values.array(rng, dtype, sizes) for _ in range(2))
    count = int(rng.integers(0, 6))
    kind = values.type_text(dtype, sizes)
    state = f"(i i32[]) (x {kind}) (a {kind})"
    lines = [
        f"([i y b] (while n x a :cond (tape c [{state}] (p (lt i 5)) (return p)) "
        f":body (tape s [{state}] (j (add i 1)) (m (mul x a)) (z (sub m a)) (return j z a))))"
    ]
    start = np.asarray(5 - count, np.int32)
    expected = x
    for _ in range(count):
        expected = stepped(dtype, np.subtract, stepped(dtype, np.multiply, expected, a), a)
    return Case("exact", {"n": start, "x": x, "a": a}, lines, ["i", "y"],
                [np.asarray(5, np.int32), expected])  # fmt: skip


def scan_text(kind, length, reverse, step):
    return (
        f"(scan c x :length {length} :carry 1{' :reverse true' if reverse else ''} "
        f":body (tape step [(h {kind}) (v {kind})] {step}))"
    )


@makes(VALUES, "scan")
def scan(rng, op):
    dtype = rng.choice(values.NUMBERS)
    sizes = values.shape(rng, 3, 12)
    length, reverse = int(rng.integers(0, 6)), bool(rng.random() < 0.4)
    c = values.array(rng, dtype, sizes)
    x = values.array(rng, dtype, (length, *sizes))
    text = scan_text(values.type_text(dtype, sizes), length, reverse,
                     "(m (mul h v)) (n (sub m v)) (return n m)")  # fmt: skip
    state, stack = c, np.zeros_like(x)
    for place in reversed(range(length)) if reverse else range(length):
        stack[place] = stepped(dtype, np.multiply, state, x[place])
        state = stepped(dtype, np.subtract, stack[place], x[place])
    return Case("exact", {"c": c, "x": x}, [f"([y z] {text})"], ["y", "z"], [state, stack])


# ---- Derivatives


@makes(DERIVATIVES, "cond")
def smooth_cond(rng, op):
    dtype = rng.choice(["f64", "f32"])
    sizes = values.shape(rng, 3, 12)
    a, b = (values.array(rng, dtype, sizes, 0.5, 2) for _ in range(2))
    p = values.array(rng, "bool", ())
    kind = values.type_text(dtype, sizes)
    text = (
        f"(cond p a b :then (tape t [(u {kind}) (v {kind})] (r (mul u (mul u v))) (return r)) "
        f":else (tape e [(u {kind}) (v {kind})] (r (div u v)) (return r)))"
    )
    function = (lambda a, b: a * a * b) if p else (lambda a, b: a / b)
    return Smooth({"a": a, "b": b}, [f"(r {text})"], function, constants={"p": p})


@makes(DERIVATIVES, "while")
def smooth_loop(rng, op):
    dtype = rng.choice(["f64", "f32"])
    sizes = values.shape(rng, 2, 8)
    x, a = (values.array(rng, dtype, sizes, 0.5, 1.2) for _ in range(2))
    count = int(rng.integers(0, 5))
    kind = values.type_text(dtype, sizes)
    state = f"(i i32[]) (x {kind}) (a {kind})"
    lines = [
        f"([i r b] (while 0 x a :cond (tape c [{state}] (p (lt i {count})) (return p)) "
        f":body (tape s [{state}] (j (add i 1)) (z (mul (sin x) a)) (return j z a))))"
    ]

    def function(x, a):
        for _ in range(count):
            x = jnp.sin(x) * a
        return x

    return Smooth({"x": x, "a": a}, lines, function, 4.0)


@makes(DERIVATIVES, "scan")
def smooth_scan(rng, op):
    dtype = rng.choice(["f64", "f32"])
    sizes = values.shape(rng, 2, 4)
    length, reverse = int(rng.integers(1, 5)), bool(rng.random() < 0.4)
    c = values.array(rng, dtype, sizes, -1, 1)
    x = values.array(rng, dtype, (length, *sizes), -1, 1)
    text = scan_text(values.type_text(dtype, sizes), length, reverse,
                     "(n (tanh (add (mul h v) v))) (m (mul n h)) (return n m)")  # fmt: skip

    def function(c, x):
        stack = [None] * length
        for place in reversed(range(length)) if reverse else range(length):
            new = jnp.tanh(c * x[place] + x[place])
            stack[place] = new * c
            c = new
        return jnp.stack(stack) + c

    return Smooth({"c": c, "x": x}, [f"([y z] {text})", "(r (add z y))"], function, 4.0)
