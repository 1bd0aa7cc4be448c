"""JAX: functions under `jit`, the state of training donated."""

import jax
import jax.numpy as jnp
import numpy as np

import encoder
from job import Job, stateful
from workloads import Arrays

jax.config.update("jax_platforms", "cpu")


def title(_peer: str, _threads: int) -> str:
    return f"JAX {jax.__version__}"


def prepare(program: str, arguments: Arrays, _peer: str, _threads: int) -> Job:
    """A job that runs a program."""
    kind = program.split("-")[0]
    function = _PROGRAMS[program if program in _PROGRAMS else kind]
    carried = len(arguments) - 2 if kind == "step" else 0
    if program != "adds-100-eager":
        function = jax.jit(function, donate_argnums=range(carried))
    first = jax.block_until_ready([jnp.array(array) for array in arguments])

    def copies() -> list[jax.Array]:
        return jax.block_until_ready([jnp.array(array, copy=True) for array in first[:carried]])

    def outputs() -> Arrays:
        return [np.asarray(result) for result in function(*copies(), *first[carried:])]

    if carried == 0:
        return Job(lambda: jax.block_until_ready(function(*first)), outputs)
    current = [*copies(), *first[carried:]]

    def reset() -> None:
        current[:carried] = copies()

    step = stateful(function, current, carried)
    return Job(lambda: jax.block_until_ready(step()), outputs, reset)


def _layer_norm(x, scale, shift, epsilon=1e-5):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt(x.var(-1, keepdims=True) + epsilon) * scale + shift


def _adds(a, b):
    for _ in range(100):
        a = a + b
    return [a]


def _step(*arguments):
    *parameters, images, labels = arguments

    def loss(parameters):
        values = images
        for number in range(0, len(parameters), 2):
            values = jax.nn.relu(values) if number else values
            values = values @ parameters[number] + parameters[number + 1]
        return -jnp.take_along_axis(jax.nn.log_softmax(values), labels[:, None], 1).mean()

    value, slopes = jax.value_and_grad(loss)(parameters)
    return [*(old - 0.05 * slope for old, slope in zip(parameters, slopes)), value]


def _encoder(ids, *arrays):
    parameters = encoder.Parameters(arrays)

    def linear(x):
        return x @ parameters.take() + parameters.take()

    def norm(x):
        return _layer_norm(x, *parameters.take(2), encoder.EPSILON)

    def split(x):
        return x.reshape(*ids.shape, encoder.HEADS, -1).transpose(0, 2, 1, 3)

    words, positions, types = parameters.take(3)
    x = norm(words[ids] + positions[: ids.shape[1]] + types[0])
    for _ in range(encoder.LAYERS):
        queries, keys, values = split(linear(x)), split(linear(x)), split(linear(x))
        weights = jax.nn.softmax(queries @ keys.swapaxes(2, 3) * encoder.HEAD_WIDTH**-0.5)
        x = norm(linear((weights @ values).transpose(0, 2, 1, 3).reshape(x.shape)) + x)
        x = norm(linear(jax.nn.gelu(linear(x), approximate=False)) + x)
    return [x]


def _convolution(images, kernel):
    return [jax.lax.conv_general_dilated(images, kernel, (1, 1), "SAME")]


_PROGRAMS = {
    "chain": lambda a, b, c, d: [jnp.tanh(a * b + c) * jnp.exp(-d * d) + jnp.sqrt(jnp.abs(a))],
    "gelu": lambda x: [jax.nn.gelu(x, approximate=True)],
    "sigmoid": lambda x: [jax.nn.sigmoid(x)],
    "exp": lambda x: [jnp.exp(x)],
    "log": lambda x: [jnp.log(x)],
    "softmax": lambda x: [jax.nn.softmax(x, 1)],
    "layer-norm": lambda *arrays: [_layer_norm(*arrays)],
    "sum-all": lambda x: [x.sum()],
    "sum-rows": lambda x: [x.sum(1)],
    "sum-columns": lambda x: [x.sum(0)],
    "mean-variance": lambda x: [x.mean(), x.var()],
    "broadcast-relu": lambda a, b: [jax.nn.relu(a + b)],
    "transpose": lambda x: [x.T],
    "matmul": lambda a, b: [a @ b],
    "linear-gelu": lambda x, weight, bias: [jax.nn.gelu(x @ weight + bias, approximate=True)],
    "convolution": _convolution,
    "step": _step,
    "minilm": _encoder,
    "add-1": lambda a, b: [a + b],
    "adds-100": _adds,
    "adds-100-eager": _adds,
}
"""By name, or by its first part: a function from arguments to results."""
