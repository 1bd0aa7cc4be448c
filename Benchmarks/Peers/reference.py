"""What the results of workloads have to be, in double precision."""

import math
from collections.abc import Callable

import numpy as np

import encoder
from workloads import Arrays


def expected(program: str, arguments: Arrays) -> Arrays:
    """The results of a run on its first arguments."""
    wide = [array.astype(np.float64) if array.dtype.kind == "f" else array for array in arguments]
    return [np.asarray(result) for result in _FUNCTIONS[program.split("-")[0]](program, *wide)]


def _chain(_, a, b, c, d):
    return [np.tanh(a * b + c) * np.exp(-d * d) + np.sqrt(np.abs(a))]


def gelu(x: np.ndarray) -> np.ndarray:
    """The approximation of x Φ(x) that uses tanh."""
    return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


_erf = np.vectorize(math.erf, otypes=[np.float64])


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _layer_norm(x, scale, shift, epsilon):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + epsilon) * scale + shift


def _sum(program, x):
    axis = {"sum-all": None, "sum-rows": 1, "sum-columns": 0}[program]
    return [x.sum(axis)]


def _convolution(_, images, kernel):
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return [np.einsum("nihwyx,oiyx->nohw", windows, kernel, optimize=True)]


def _step(_, *arguments):
    *parameters, images, labels = arguments
    layers = [*zip(parameters[::2], parameters[1::2])]
    inputs = [images]
    for weight, bias in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ weight + bias, 0))
    chances = _softmax(inputs[-1] @ layers[-1][0] + layers[-1][1])
    rows = np.arange(len(labels))
    loss = -np.log(chances[rows, labels]).mean()
    slope = chances.copy()
    slope[rows, labels] -= 1
    slope /= len(labels)
    updated = []
    for (weight, bias), x in zip(reversed(layers), reversed(inputs)):
        updated = [weight - 0.05 * x.T @ slope, bias - 0.05 * slope.sum(0), *updated]
        slope = (slope @ weight.T) * (x > 0)
    return [*updated, loss]


def _encoder(_, ids, *arrays):
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
        weights = _softmax(queries @ keys.swapaxes(2, 3) / np.sqrt(encoder.HEAD_WIDTH))
        x = norm(linear((weights @ values).transpose(0, 2, 1, 3).reshape(x.shape)) + x)
        hidden = linear(x)
        x = norm(linear(0.5 * hidden * (1 + _erf(hidden * np.sqrt(0.5)))) + x)
    return [x]


_FUNCTIONS: dict[str, Callable[..., Arrays]] = {
    "chain": _chain,
    "gelu": lambda _, x: [gelu(x)],
    "sigmoid": lambda _, x: [1 / (1 + np.exp(-x))],
    "exp": lambda _, x: [np.exp(x)],
    "log": lambda _, x: [np.log(x)],
    "softmax": lambda _, x: [_softmax(x)],
    "layer": lambda _, x, scale, shift: [_layer_norm(x, scale, shift, 1e-5)],
    "sum": _sum,
    "mean": lambda _, x: [x.mean(), x.var()],
    "broadcast": lambda _, a, b: [np.maximum(a + b, 0)],
    "transpose": lambda _, x: [x.T],
    "matmul": lambda _, a, b: [a @ b],
    "linear": lambda _, x, weight, bias: [gelu(x @ weight + bias)],
    "convolution": _convolution,
    "step": _step,
    "minilm": _encoder,
    "add": lambda _, a, b: [a + b],
    "adds": lambda _, a, b: [a + 100 * b],
}
"""By the first part of a program's name: a function of the whole name and the arguments."""


def error(found: Arrays, wanted: Arrays) -> float:
    """The greatest error of some results, relative to each value or to the root mean square of all.

    It is infinite where shapes differ or something is not a number.
    """
    if [array.shape for array in found] != [array.shape for array in wanted]:
        return float("inf")
    worst = 0.0
    for one, other in zip(found, wanted):
        scale = np.maximum(np.abs(other), np.sqrt(np.mean(np.square(other))) + 1e-30)
        difference = np.max(np.abs(one - other) / scale)
        worst = max(worst, float(difference) if np.isfinite(difference) else float("inf"))
    return worst
