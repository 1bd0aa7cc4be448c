"""The workloads of workloads.tape and digits.tape in PyTorch (`torch.compile`) and JAX (`jit`).

usage: peers.py torch|jax cuda|cpu N R C M RUNS

N is the length of lines, R by C and M by M are the sizes of matrices.

Prints `NAME LIBRARY MILLISECONDS` a line, the median of so many runs on arrays that are on the
device. A library that is not installed, or sees no GPU where one is asked for, is left out without a
word; what fails is named on standard error.
"""

import sys
import time

LIBRARY, DEVICE = sys.argv[1:3]
N, R, C, M, RUNS = map(int, sys.argv[3:])
SHAPES = {
    "elementwise": [(N,), (N,)],
    "sum-all": [(N,)],
    "sum-rows": [(R, C)],
    "sum-columns": [(R, C)],
    "softmax": [(R, C)],
    "layer-norm": [(R, C), (C,), (C,)],
    "transpose": [(R, C)],
    "matmul": [(M, M), (M, M)],
}
IMAGES, PIXELS, HIDDEN, DIGITS = 128, 64, 128, 10
LAYERS = [(PIXELS, HIDDEN), (HIDDEN,), (HIDDEN, DIGITS), (DIGITS,)]


def median(run):
    """The median time of a run, in milliseconds, after two that may compile."""
    run()
    run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return sorted(times)[RUNS // 2] * 1e3


def report(name, *makers):
    """Prints the time of a workload.

    The first maker that works yields what is timed: a function without arguments, which waits for its
    end. Others fail where a workload does not fit, or the library does not take it.
    """
    for make in makers:
        try:
            print("%s %s %.4f" % (name, LIBRARY, median(make())), flush=True)
            return
        except Exception as error:
            message = str(error).strip().splitlines() or [type(error).__name__]
            print("%s, %s: %s" % (LIBRARY, name, message[0]), file=sys.stderr)


def run_torch():
    import torch
    import torch.nn.functional as nn

    if DEVICE == "cuda" and not torch.cuda.is_available():
        return
    torch.backends.cuda.matmul.allow_tf32 = False

    def wait():
        if DEVICE == "cuda":
            torch.cuda.synchronize()

    def random(*shape):
        return torch.rand(shape, device=DEVICE) * 2 - 1

    functions = {
        "elementwise": lambda x, y: torch.tanh(x) * y + torch.exp(y),
        "sum-all": lambda x: x.sum(),
        "sum-rows": lambda x: x.sum(1),
        "sum-columns": lambda x: x.sum(0),
        "softmax": lambda x: torch.softmax(x, 1),
        "layer-norm": lambda x, scale, shift: nn.layer_norm(x, (C,), scale, shift, 1e-5),
        "transpose": lambda x: x.t().contiguous(),
        "matmul": torch.matmul,
    }
    def compiled(function):
        torch.compiler.reset()
        return torch.compile(function, dynamic=False)

    def eager(function):
        return function

    for name, function in functions.items():

        def make(prepare):
            prepared = prepare(function)
            arguments = [random(*shape) for shape in SHAPES[name]]

            def run():
                with torch.inference_mode():
                    prepared(*arguments)
                wait()

            return run

        # Compiling needs tools, such as a compiler of C, which may not be there.
        report(name, lambda: make(compiled), lambda: make(eager))

    def step(prepare):
        parameters = [random(*shape).requires_grad_() for shape in LAYERS]
        velocities = [torch.zeros_like(parameter) for parameter in parameters]
        images = random(IMAGES, PIXELS)
        labels = torch.randint(0, DIGITS, (IMAGES,), device=DEVICE)

        def loss(weight, bias, last_weight, last_bias):
            hidden = torch.relu(torch.addmm(bias, images, weight))
            return nn.cross_entropy(torch.addmm(last_bias, hidden, last_weight), labels)

        def update(parameters, velocities, slopes):
            torch._foreach_mul_(velocities, 0.9)
            torch._foreach_add_(velocities, slopes)
            torch._foreach_add_(parameters, velocities, alpha=-0.2)

        prepared_loss = prepare(loss)
        prepared_update = prepare(update)

        def run():
            slopes = torch.autograd.grad(prepared_loss(*parameters), parameters)
            with torch.no_grad():
                prepared_update(parameters, velocities, list(slopes))
            wait()

        return run

    report("digits", lambda: step(compiled), lambda: step(eager))


def run_jax():
    import jax

    if DEVICE == "cpu":
        jax.config.update("jax_platforms", "cpu")
    import jax.numpy as jnp

    if DEVICE == "cuda" and jax.default_backend() != "gpu":
        return
    jax.config.update("jax_default_matmul_precision", "float32")
    keys = iter(jax.random.split(jax.random.key(0), 100))

    def random(shape):
        return jax.random.uniform(next(keys), shape, jnp.float32, -1, 1)

    def layer_norm(x, scale, shift):
        centred = x - x.mean(1, keepdims=True)
        variance = (centred * centred).mean(1, keepdims=True)
        return centred * jax.lax.rsqrt(variance + 1e-5) * scale + shift

    functions = {
        "elementwise": lambda x, y: jnp.tanh(x) * y + jnp.exp(y),
        "sum-all": jnp.sum,
        "sum-rows": lambda x: x.sum(1),
        "sum-columns": lambda x: x.sum(0),
        "softmax": lambda x: jax.nn.softmax(x, 1),
        "layer-norm": layer_norm,
        "transpose": jnp.transpose,
        "matmul": jnp.matmul,
    }
    for name, function in functions.items():

        def make():
            compiled = jax.jit(function)
            arguments = jax.block_until_ready([random(shape) for shape in SHAPES[name]])
            return lambda: compiled(*arguments).block_until_ready()

        report(name, make)

    def step():
        parameters = [random(shape) for shape in LAYERS]
        velocities = [jnp.zeros(shape) for shape in LAYERS]
        images = random((IMAGES, PIXELS))
        labels = jax.random.randint(next(keys), (IMAGES,), 0, DIGITS)

        def loss(parameters, images, labels):
            weight, bias, last_weight, last_bias = parameters
            scores = jax.nn.relu(images @ weight + bias) @ last_weight + last_bias
            return -jnp.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], 1).mean()

        def advance(parameters, velocities, images, labels):
            value, slopes = jax.value_and_grad(loss)(parameters, images, labels)
            velocities = [0.9 * old + slope for old, slope in zip(velocities, slopes)]
            parameters = [old - 0.2 * speed for old, speed in zip(parameters, velocities)]
            return parameters, velocities, value

        compiled = jax.jit(advance)
        return lambda: jax.block_until_ready(compiled(parameters, velocities, images, labels))

    report("digits", step)


try:
    {"torch": run_torch, "jax": run_jax}[LIBRARY]()
except (ImportError, OSError) as error:
    if not (isinstance(error, ModuleNotFoundError) and error.name == LIBRARY):
        print(f"{LIBRARY}, {error}", file=sys.stderr)
