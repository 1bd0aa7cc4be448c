"""NumPy, with results in arrays that exist already, as far as it can."""

from collections.abc import Callable

import numpy as np

import encoder
from job import Job, MissingWorkload, stateful
from workloads import Arrays

F = np.float32


def title(_peer: str, _threads: int) -> str:
    return f"NumPy {np.__version__}"


def prepare(program: str, arguments: Arrays, _peer: str, _threads: int) -> Job:
    """A job that runs a program."""
    if program == "convolution":
        raise MissingWorkload("NumPy has no convolution of images")
    kind = program.split("-")[0]
    if kind == "step":
        return _training(arguments)
    run = _PROGRAMS[program if program in _PROGRAMS else kind](*arguments)
    return Job(run, lambda: [np.asarray(result) for result in run()])


def _chain(a, b, c, d) -> Callable[[], Arrays]:
    result, scratch = np.empty_like(a), np.empty_like(a)

    def run() -> Arrays:
        np.multiply(a, b, out=result)
        np.add(result, c, out=result)
        np.tanh(result, out=result)
        np.multiply(d, d, out=scratch)
        np.negative(scratch, out=scratch)
        np.exp(scratch, out=scratch)
        np.multiply(result, scratch, out=result)
        np.abs(a, out=scratch)
        np.sqrt(scratch, out=scratch)
        np.add(result, scratch, out=result)
        return [result]

    return run


def _gelu_into(x: np.ndarray, result: np.ndarray) -> None:
    np.multiply(x, x, out=result)
    np.multiply(result, x, out=result)
    np.multiply(result, F(0.044715), out=result)
    np.add(result, x, out=result)
    np.multiply(result, F(0.7978845608028654), out=result)
    np.tanh(result, out=result)
    np.add(result, F(1), out=result)
    np.multiply(result, x, out=result)
    np.multiply(result, F(0.5), out=result)


def _gelu(x) -> Callable[[], Arrays]:
    result = np.empty_like(x)

    def run() -> Arrays:
        _gelu_into(x, result)
        return [result]

    return run


def _sigmoid(x) -> Callable[[], Arrays]:
    result = np.empty_like(x)

    def run() -> Arrays:
        np.negative(x, out=result)
        np.exp(result, out=result)
        np.add(result, F(1), out=result)
        return [np.reciprocal(result, out=result)]

    return run


def _softmax(x) -> Callable[[], Arrays]:
    result = np.empty_like(x)

    def run() -> Arrays:
        np.subtract(x, x.max(1, keepdims=True), out=result)
        np.exp(result, out=result)
        return [np.divide(result, result.sum(1, keepdims=True), out=result)]

    return run


def _layer_norm(x, scale, shift) -> Callable[[], Arrays]:
    result = np.empty_like(x)

    def run() -> Arrays:
        np.subtract(x, x.mean(1, keepdims=True), out=result)
        variance = np.einsum("ij,ij->i", result, result)[:, None] / F(x.shape[1])
        np.multiply(result, F(1) / np.sqrt(variance + F(1e-5)), out=result)
        np.multiply(result, scale, out=result)
        return [np.add(result, shift, out=result)]

    return run


def _broadcast_relu(a, b) -> Callable[[], Arrays]:
    result = np.empty((a.shape[0], b.shape[1]), F)

    def run() -> Arrays:
        np.add(a, b, out=result)
        return [np.maximum(result, F(0), out=result)]

    return run


def _transpose(x) -> Callable[[], Arrays]:
    result = np.empty_like(x.T, order="C")

    def run() -> Arrays:
        np.copyto(result, x.T)
        return [result]

    return run


def _matmul(a, b) -> Callable[[], Arrays]:
    result = np.empty((a.shape[0], b.shape[1]), F)
    return lambda: [np.matmul(a, b, out=result)]


def _linear_gelu(x, weight, bias) -> Callable[[], Arrays]:
    product = np.empty((x.shape[0], weight.shape[1]), F)
    result = np.empty_like(product)

    def run() -> Arrays:
        np.matmul(x, weight, out=product)
        np.add(product, bias, out=product)
        _gelu_into(product, result)
        return [result]

    return run


def _adds(a, b) -> Callable[[], Arrays]:
    result = np.empty_like(a)

    def run() -> Arrays:
        np.add(a, b, out=result)
        for _ in range(99):
            np.add(result, b, out=result)
        return [result]

    return run


def _eager_adds(a, b) -> Callable[[], Arrays]:
    def run() -> Arrays:
        total = a
        for _ in range(100):
            total = total + b
        return [total]

    return run


def _training(arguments: Arrays) -> Job:
    carried = len(arguments) - 2
    targets = np.eye(arguments[carried - 1].size, dtype=F)[arguments[-1]]

    def step(*values: np.ndarray) -> Arrays:
        *parameters, images, _ = values
        weights, biases = parameters[::2], parameters[1::2]
        inputs = [images]
        for weight, bias in zip(weights, biases):
            product = inputs[-1] @ weight
            product += bias
            if len(inputs) < len(weights):
                np.maximum(product, 0, out=product)
            inputs.append(product)
        scores = inputs.pop()
        scores -= scores.max(1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(1, keepdims=True)
        loss = (np.log(sums[:, 0]) - (scores * targets).sum(1)).mean()
        slope = (powers / sums - targets) * F(1 / len(images))
        for number in reversed(range(len(weights))):
            x = inputs[number]
            weight_slope, bias_slope = x.T @ slope, slope.sum(0)
            if number:
                slope = slope @ weights[number].T
                slope *= x > 0
            weight_slope *= F(0.05)
            weights[number] -= weight_slope
            biases[number] -= F(0.05) * bias_slope
        return [*parameters, np.asarray(loss)]

    current = list(arguments)

    def reset() -> None:
        current[:carried] = [array.copy() for array in arguments[:carried]]

    def outputs() -> Arrays:
        return step(*[array.copy() for array in arguments[:carried]], *arguments[carried:])

    reset()
    return Job(stateful(step, current, carried), outputs, reset)


def _encoder(ids, *arrays) -> Callable[[], Arrays]:
    # NumPy has no error function: Abramowitz and Stegun, 7.1.26, is right to 1.5e-7.
    def erf(x: np.ndarray) -> np.ndarray:
        t = F(1) / (F(1) + F(0.3275911) * np.abs(x))
        series = t * (F(0.254829592) + t * (F(-0.284496736) + t * (
            F(1.421413741) + t * (F(-1.453152027) + t * F(1.061405429)))))  # fmt: skip
        return np.copysign(F(1) - series * np.exp(-x * x), x)

    def run() -> Arrays:
        parameters = encoder.Parameters(arrays)

        def linear(x):
            product = x.reshape(-1, x.shape[-1]) @ parameters.take()
            product += parameters.take()
            return product.reshape(*x.shape[:-1], -1)

        def norm(x):
            centred = x - x.mean(-1, keepdims=True)
            variance = np.square(centred).mean(-1, keepdims=True)
            centred *= F(1) / np.sqrt(variance + F(encoder.EPSILON))
            centred *= parameters.take()
            centred += parameters.take()
            return centred

        def split(x):
            return x.reshape(*ids.shape, encoder.HEADS, -1).transpose(0, 2, 1, 3)

        words, positions, types = parameters.take(3)
        x = norm(words[ids] + positions[: ids.shape[1]] + types[0])
        for _ in range(encoder.LAYERS):
            queries, keys, values = split(linear(x)), split(linear(x)), split(linear(x))
            scores = queries @ keys.swapaxes(2, 3) * F(encoder.HEAD_WIDTH**-0.5)
            scores -= scores.max(-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(-1, keepdims=True)
            x = norm(linear((scores @ values).transpose(0, 2, 1, 3).reshape(x.shape)) + x)
            hidden = linear(x)
            x = norm(linear(F(0.5) * hidden * (1 + erf(hidden * F(0.5**0.5)))) + x)
        return [x]

    return run


_PROGRAMS: dict[str, Callable[..., Callable[[], Arrays]]] = {
    "chain": _chain,
    "gelu": _gelu,
    "sigmoid": _sigmoid,
    "exp": lambda x: (lambda result: lambda: [np.exp(x, out=result)])(np.empty_like(x)),
    "log": lambda x: (lambda result: lambda: [np.log(x, out=result)])(np.empty_like(x)),
    "softmax": _softmax,
    "layer-norm": _layer_norm,
    "sum-all": lambda x: lambda: [x.sum()],
    "sum-rows": lambda x: lambda: [x.sum(1)],
    "sum-columns": lambda x: lambda: [x.sum(0)],
    "mean-variance": lambda x: lambda: [x.mean(), x.var()],
    "broadcast-relu": _broadcast_relu,
    "transpose": _transpose,
    "matmul": _matmul,
    "linear-gelu": _linear_gelu,
    "minilm": _encoder,
    "add-1": lambda a, b: (lambda result: lambda: [np.add(a, b, out=result)])(np.empty_like(a)),
    "adds-100": _adds,
    "adds-100-eager": _eager_adds,
}
"""By name, or by its first part: what makes a run from the arguments."""
