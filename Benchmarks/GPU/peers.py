"""The workloads of workloads.tape in PyTorch and JAX on a GPU: `NAME LIBRARY MILLISECONDS` a line.

What is not installed, or sees no GPU, is left out without a word.
"""

import time

SHAPES = {
    "elementwise": [(1 << 24,), (1 << 24,)],
    "sum": [(1 << 24,)],
    "softmax": [(4096, 4096)],
    "transpose": [(4096, 4096)],
    "matmul": [(2048, 2048), (2048, 2048)],
}


def median(run, repeats=20):
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return sorted(times)[repeats // 2] * 1e3


def torch_times():
    import torch

    if not torch.cuda.is_available():
        return
    torch.backends.cuda.matmul.allow_tf32 = False
    functions = {
        "elementwise": lambda x, y: torch.tanh(x) * y + torch.exp(y),
        "sum": lambda x: x.sum(),
        "softmax": lambda x: torch.softmax(x, 1),
        "transpose": lambda x: x.t().contiguous(),
        "matmul": torch.matmul,
    }
    for name, function in functions.items():
        arguments = [torch.zeros(shape, device="cuda") for shape in SHAPES[name]]

        def run():
            function(*arguments)
            torch.cuda.synchronize()

        yield name, "torch", median(run)


def jax_times():
    import jax
    import jax.numpy as jnp

    if jax.default_backend() != "gpu":
        return
    jax.config.update("jax_default_matmul_precision", "float32")
    functions = {
        "elementwise": lambda x, y: jnp.tanh(x) * y + jnp.exp(y),
        "sum": jnp.sum,
        "softmax": lambda x: jax.nn.softmax(x, 1),
        "transpose": jnp.transpose,
        "matmul": jnp.matmul,
    }
    for name, function in functions.items():
        compiled = jax.jit(function)
        arguments = [jnp.zeros(shape, jnp.float32) for shape in SHAPES[name]]
        yield name, "jax", median(lambda: compiled(*arguments).block_until_ready())


for times in (torch_times, jax_times):
    try:
        for line in times():
            print("%s %s %.4f" % line, flush=True)
    except ImportError:
        pass
