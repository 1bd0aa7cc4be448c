"""Functions composed of many ops, with their derivatives; and discontinuous ops behind library calls."""

import jax
import jax.numpy as jnp
import numpy as np

import values
from case import COMPOSED, Case, Smooth, makes


def size(rng, most=5):
    return int(rng.integers(1, most))


def floats(rng, *shapes, low=-1.5, high=1.5, dtypes=("f64", "f32")):
    dtype = rng.choice(dtypes)
    return [values.array(rng, dtype, sizes, low, high) for sizes in shapes]


@makes(COMPOSED, "softmax")
def softmax(rng, op):
    (x,) = floats(rng, (size(rng), size(rng)), low=-4, high=4)
    lines = ["(m (reduce-max x :axes [1] :keep true))", "(e (exp (sub x m)))",
             "(r (div e (reduce-sum e :axes [1] :keep true)))"]  # fmt: skip
    return Smooth({"x": x}, lines, lambda x: jax.nn.softmax(x, -1))


@makes(COMPOSED, "log-sum-exp")
def log_sum_exp(rng, op):
    (x,) = floats(rng, (size(rng), size(rng), size(rng, 3)), low=-4, high=4)
    lines = ["(m (reduce-max x :axes [1 2] :keep true))",
             "(s (log (reduce-sum (exp (sub x m)) :axes [1 2])))",
             "(r (add s (reduce-max x :axes [1 2])))"]  # fmt: skip
    return Smooth({"x": x}, lines, lambda x: jax.scipy.special.logsumexp(x, (1, 2)), 4.0)


@makes(COMPOSED, "layer-norm")
def layer_norm(rng, op):
    n, d = size(rng), 2 + size(rng)
    x, g, b = floats(rng, (n, d), (d,), (d,), low=-2, high=2)
    x = x + np.arange(d, dtype=x.dtype)  # no row is constant
    lines = [f"(c (sub x (div (reduce-sum x :axes [1] :keep true) {d})))",
             f"(v (div (reduce-sum (mul c c) :axes [1] :keep true) {d}))",
             "(r (add (mul (mul c (rsqrt (add v 1e-5))) g) b))"]  # fmt: skip

    def function(x, g, b):
        centred = x - jnp.mean(x, 1, keepdims=True)
        return centred / jnp.sqrt(jnp.mean(centred**2, 1, keepdims=True) + 1e-5) * g + b

    return Smooth({"x": x, "g": g, "b": b}, lines, function, 20.0)


@makes(COMPOSED, "variance")
def variance(rng, op):
    sizes = (size(rng), size(rng), size(rng))
    (x,) = floats(rng, sizes)
    axes = sorted(int(axis) for axis in rng.permutation(3)[: int(rng.integers(1, 4))])
    n = int(np.prod([sizes[axis] for axis in axes]))
    at = values.sizes_text(axes)
    lines = [f"(c (sub x (div (reduce-sum x :axes {at} :keep true) {n})))",
             f"(r (div (reduce-sum (mul c c) :axes {at}) {n}))"]  # fmt: skip
    return Smooth({"x": x}, lines, lambda x: jnp.var(x, tuple(axes)))


@makes(COMPOSED, "attention")
def attention(rng, op):
    n, m, d = size(rng, 4), size(rng, 4), size(rng, 4)
    batch = [size(rng, 3) for _ in range(int(rng.integers(0, 2)))]
    q, k, v = floats(rng, (*batch, n, d), (*batch, m, d), (*batch, m, d))
    b, last = list(range(len(batch))), len(batch) + 1
    lines = [f"(s (mul (dot q k :lhs-batch {values.sizes_text(b)} :rhs-batch {values.sizes_text(b)} "
             f":lhs-contract [{last}] :rhs-contract [{last}]) {values.written(np.float64(0.5))}))",
             f"(e (exp (sub s (reduce-max s :axes [{last}] :keep true))))",
             f"(p (div e (reduce-sum e :axes [{last}] :keep true)))", "(r (matmul p v))"]  # fmt: skip

    def function(q, k, v):
        return jnp.matmul(jax.nn.softmax(jnp.matmul(q, jnp.swapaxes(k, -1, -2)) * 0.5, -1), v)

    return Smooth({"q": q, "k": k, "v": v}, lines, function, 4.0)


@makes(COMPOSED, "network-loss")
def network_loss(rng, op):
    n, i, h, o = size(rng, 4), size(rng), size(rng), 1 + size(rng, 4)
    x, a, b, c, d = floats(rng, (n, i), (i, h), (h,), (h, o), (o,))
    labels = rng.integers(0, o, n).astype(np.int32)
    kind = values.type_text(f"{'f64' if x.dtype == np.float64 else 'f32'}", (n, o))
    lines = ["(u (tanh (add (matmul x a) b)))", "(z (add (matmul u c) d))",
             "(m (reduce-max z :axes [1] :keep true))",
             "(l (add (log (reduce-sum (exp (sub z m)) :axes [1] :keep true)) m))",
             f"(t (select (eq (iota :type i32[{n},{o}] :axis 1) "
             f"(reshape k :shape [{n} 1])) (sub l z) (constant 0 :type {kind})))",
             f"(r (div (reduce-sum t :axes [0 1]) {n}))"]  # fmt: skip
    hot = np.eye(o)[labels]

    def function(x, a, b, c, d):
        logits = jnp.matmul(jnp.tanh(jnp.matmul(x, a) + b), c) + d
        return -jnp.mean(jnp.sum(hot * jax.nn.log_softmax(logits, -1), -1))

    return Smooth({"x": x, "a": a, "b": b, "c": c, "d": d}, lines, function, 4.0,
                  constants={"k": labels})  # fmt: skip


@makes(COMPOSED, "einsum-chain")
def einsum_chain(rng, op):
    b, i, j, k, m = (size(rng, 4) for _ in range(5))
    x, y, z = floats(rng, (b, i, j), (b, k, j), (k, m))
    lines = ["(s (dot x y :lhs-batch [0] :rhs-batch [0] :lhs-contract [2] :rhs-contract [2]))",
             "(r (dot (sin s) z :lhs-contract [2] :rhs-contract [0]))"]  # fmt: skip
    return Smooth({"x": x, "y": y, "z": z}, lines, lambda x, y, z: jnp.einsum(
        "bik,km->bim", jnp.sin(jnp.einsum("bij,bkj->bik", x, y)), z), 4.0)  # fmt: skip


@makes(COMPOSED, "convolutional-network")
def convolutional_network(rng, op):
    n, c, f, h, w = size(rng, 3), size(rng, 3), size(rng, 3), 4 + size(rng, 3), 4 + size(rng, 3)
    x, k, b = floats(rng, (n, c, h, w), (f, c, 3, 3), (f, 1, 1))
    lines = ["(v (conv x k :stride [1 1] :low [1 1] :high [1 1] :layout [NCHW OIHW NCHW]))",
             "(u (logistic (add v b)))",
             "(p (window-max u :window [1 1 2 2] :stride [1 1 2 2]))",
             "(r (reduce-sum (mul p p) :axes [2 3]))"]  # fmt: skip

    def function(x, k, b):
        u = jax.nn.sigmoid(jax.lax.conv_general_dilated(x, k, (1, 1), [(1, 1), (1, 1)]) + b)
        u = u[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, f, h // 2, 2, w // 2, 2)
        return jnp.sum(jnp.square(jnp.max(u, (3, 5))), (2, 3))

    return Smooth({"x": x, "k": k, "b": b}, lines, function, 20.0)


@makes(COMPOSED, "recurrent-network")
def recurrent_network(rng, op):
    t, n, i, h = size(rng, 5), size(rng, 3), size(rng, 4), size(rng, 4)
    x, s, a, b = floats(rng, (t, n, i), (n, h), (i, h), (h, h), low=-1, high=1)
    dtype = "f64" if x.dtype == np.float64 else "f32"
    kind = [values.type_text(dtype, sizes) for sizes in ((n, h), (i, h), (h, h), (n, i))]
    lines = [f"([z a1 b1 r] (scan s a b x :length {t} :carry 3 :body (tape step [(s {kind[0]}) "
             f"(a {kind[1]}) (b {kind[2]}) (x {kind[3]})] "
             "(y (tanh (add (matmul x a) (matmul s b)))) (t y) (return y a b t))))"]  # fmt: skip

    def function(x, s, a, b):
        states = []
        for step in range(t):
            s = jnp.tanh(jnp.matmul(x[step], a) + jnp.matmul(s, b))
            states.append(s)
        return jnp.stack(states)

    return Smooth({"x": x, "s": s, "a": a, "b": b}, lines, function, 4.0)


@makes(COMPOSED, "gelu")
def gelu(rng, op):
    (x,) = floats(rng, values.shape(rng, 4, 20), low=-3, high=3,
                  dtypes=("f64", "f32", "f16", "bf16"))  # fmt: skip
    lines = ["(r (mul (mul 0.5 x) (add 1 (erf (mul x 0.7071067811865476)))))"]
    return Smooth({"x": x}, lines, lambda x: jax.nn.gelu(x, approximate=False), 2.0)


@makes(COMPOSED, "cosine-similarity")
def cosine_similarity(rng, op):
    n, d = size(rng), size(rng)
    a, b = floats(rng, (n, d), (n, d), low=0.3, high=2)
    lines = ["(s (reduce-sum (mul a b) :axes [1]))",
             "(l (sqrt (mul (reduce-sum (mul a a) :axes [1]) (reduce-sum (mul b b) :axes [1]))))",
             "(r (div s l))"]  # fmt: skip
    return Smooth({"a": a, "b": b}, lines, lambda a, b: jnp.sum(a * b, 1) / jnp.sqrt(
        jnp.sum(a * a, 1) * jnp.sum(b * b, 1)), 4.0)  # fmt: skip


@makes(COMPOSED, "embedding")
def embedding(rng, op):
    rows, d, n = size(rng), size(rng), size(rng)
    e, w = floats(rng, (rows, d), (d, 2))
    i = rng.integers(0, rows, n).astype(np.int32)
    chosen = np.eye(rows)[i]
    lines = ["(v (matmul (take e i :axis 0) w))", "(r (sin v))"]
    return Smooth({"e": e, "w": w}, lines,
                  lambda e, w: jnp.sin(jnp.matmul(jnp.matmul(chosen, e), w)),
                  constants={"i": i})  # fmt: skip


@makes(COMPOSED, "gaussian-log-likelihood")
def gaussian_log_likelihood(rng, op):
    n = size(rng, 4)
    a, x = floats(rng, (n, n), (n, 1))
    eye = np.eye(n, dtype=x.dtype)
    lines = ["(l (cholesky (add (matmul a (transpose a :axes [1 0])) k)))",
             "(z (triangular-solve l x))",
             "(d (reduce-sum (mul k l) :axes [1]))",
             "(r (add (mul 0.5 (reduce-sum (mul z z) :axes [0 1])) "
             "(reduce-sum (log d) :axes [0])))"]  # fmt: skip

    def function(a, x, k):
        matrix = jnp.matmul(a, a.T) + k
        lower = jax.lax.linalg.cholesky(matrix)
        z = jax.lax.linalg.triangular_solve(lower, x, left_side=True, lower=True)
        return 0.5 * jnp.sum(z * z) + jnp.sum(jnp.log(jnp.sum(k * lower, 1)))

    return Smooth({"a": a, "x": x, "k": eye}, lines, function, 50.0)


# ---- Discontinuous ops behind a product, whose rounding differs between engines: kept apart from ties.

GAP = {"f64": 1e-9, "f32": 1e-3}
DISCONTINUOUS = ["argmax", "sort", "top-k", "floor", "compare"]


@makes(COMPOSED, "discontinuous")
def discontinuous(rng, op):
    """Values only: derivatives of what is behind a discontinuity are those of its operand, or zero."""
    kind = rng.choice(DISCONTINUOUS)
    dtype = rng.choice(["f64", "f32"])
    while True:
        a, b = (values.array(rng, dtype, (size(rng), 4), -1.5, 1.5) for _ in range(2))
        y = a.astype(np.float64) @ b.astype(np.float64).T
        if kind in ("argmax", "sort", "top-k"):
            distance = np.min(np.diff(np.sort(y, axis=1), axis=1), initial=1)
        else:
            distance = np.min(np.abs(y - np.round(y)))
        if distance > GAP[dtype]:
            break
    order = np.argsort(-y, axis=1)
    places = np.arange(y.size, dtype=np.int32).reshape(y.shape)
    text, expected = {
        "argmax": ("(y (argmax v :axis 1))", np.argmax(y, 1).astype(np.int32)),
        "sort": ("([s y] (sort v k :axis 1 :descending true))", np.take_along_axis(places, order, 1)),
        "top-k": ("([s y] (top-k v :k 1))", order[:, :1].astype(np.int32)),
        "floor": ("(y (floor v))", np.floor(y).astype(a.dtype)),
        "compare": ("(y (gt v 0))", y > 0),
    }[kind]
    inputs = {"a": a, "b": b, "k": places}
    return Case("discontinuous behind dot", inputs,
                ["(v (dot a b :lhs-contract [1] :rhs-contract [1]))", text], ["y"], [expected])  # fmt: skip
