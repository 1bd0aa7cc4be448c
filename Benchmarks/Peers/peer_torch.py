"""PyTorch, eager and under `torch.compile`."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as nn

import encoder
from job import Job, MissingWorkload
from workloads import Arrays


def title(peer: str, threads: int) -> str:
    torch.set_num_threads(threads)
    suffix = " (torch.compile)" if peer == "torch.compile" else ""
    return f"PyTorch {torch.__version__}{suffix}"


def prepare(program: str, arguments: Arrays, peer: str, _threads: int) -> Job:
    """A job that runs a program."""
    torch.compiler.reset()
    compiles = peer == "torch.compile"
    if compiles and program == "adds-100-eager":
        raise MissingWorkload("torch.compile makes one program of them")
    kind = program.split("-")[0]
    tensors = [torch.from_numpy(array) for array in arguments]
    if kind == "step":
        return _training(tensors, compiles)
    function = _PROGRAMS[program if program in _PROGRAMS else kind]
    if kind == "minilm":
        tensors = _encoder_arguments(tensors)
    if compiles:
        function = torch.compile(function, dynamic=False)

    def run() -> Any:
        with torch.inference_mode():
            return function(*tensors)

    return Job(run, lambda: [result.numpy() for result in run()])


def _training(first: list[torch.Tensor], compiles: bool) -> Job:
    images, labels = first[-2], first[-1].long()
    parameters = [array.clone().requires_grad_() for array in first[:-2]]

    def loss(images: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        values = images
        for number in range(0, len(parameters), 2):
            values = torch.relu(values) if number else values
            values = torch.addmm(parameters[number + 1], values, parameters[number])
        return nn.cross_entropy(values, labels)

    def update(parameters: list[torch.Tensor], slopes: list[torch.Tensor]) -> None:
        torch._foreach_add_(parameters, slopes, alpha=-0.05)

    loss_function: Callable[..., torch.Tensor] = loss
    update_function: Callable[..., None] = update
    if compiles:
        loss_function = torch.compile(loss, dynamic=False)
        update_function = torch.compile(update, dynamic=False)

    def run() -> torch.Tensor:
        value = loss_function(images, *parameters)
        slopes = torch.autograd.grad(value, parameters)
        with torch.no_grad():
            update_function(parameters, list(slopes))
        return value

    def reset() -> None:
        with torch.no_grad():
            for parameter, array in zip(parameters, first):
                parameter.copy_(array)

    def outputs() -> Arrays:
        reset()
        value = run()
        return [result.detach().numpy().copy() for result in [*parameters, value]]

    return Job(run, outputs, reset)


def _encoder_arguments(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Weights of linear layers as PyTorch has them, from outputs to inputs."""
    ids, *parameters = tensors
    embeddings = len(encoder.EMBEDDING)
    turned = [weight.t().contiguous() if weight.dim() == 2 else weight
              for weight in parameters[embeddings:]]  # fmt: skip
    return [ids.long(), *parameters[:embeddings], *turned]


def _encoder(ids, *arrays):
    parameters = encoder.Parameters(arrays)

    def linear(x):
        return nn.linear(x, *parameters.take(2))

    def norm(x):
        return nn.layer_norm(x, (encoder.WIDTH,), *parameters.take(2), encoder.EPSILON)

    def split(x):
        return x.view(*ids.shape, encoder.HEADS, encoder.HEAD_WIDTH).transpose(1, 2)

    words, positions, types = parameters.take(3)
    x = norm(nn.embedding(ids, words) + positions[: ids.shape[1]] + types[0])
    for _ in range(encoder.LAYERS):
        queries, keys, values = split(linear(x)), split(linear(x)), split(linear(x))
        mixed = nn.scaled_dot_product_attention(queries, keys, values)
        x = norm(linear(mixed.transpose(1, 2).reshape(x.shape)) + x)
        x = norm(linear(nn.gelu(linear(x))) + x)
    return [x]


def _adds(a, b):
    for _ in range(100):
        a = a + b
    return [a]


def _mean_variance(x):
    variance, mean = torch.var_mean(x, correction=0)
    return [mean, variance]


def _linear_gelu(x, weight, bias):
    return [nn.gelu(torch.addmm(bias, x, weight), approximate="tanh")]


_PROGRAMS: dict[str, Callable[..., list[torch.Tensor]]] = {
    "chain": lambda a, b, c, d: [
        torch.tanh(a * b + c) * torch.exp(-d * d) + torch.sqrt(torch.abs(a))
    ],
    "gelu": lambda x: [nn.gelu(x, approximate="tanh")],
    "sigmoid": lambda x: [torch.sigmoid(x)],
    "exp": lambda x: [torch.exp(x)],
    "log": lambda x: [torch.log(x)],
    "softmax": lambda x: [torch.softmax(x, 1)],
    "layer-norm": lambda x, scale, shift: [nn.layer_norm(x, (x.shape[1],), scale, shift, 1e-5)],
    "sum-all": lambda x: [x.sum()],
    "sum-rows": lambda x: [x.sum(1)],
    "sum-columns": lambda x: [x.sum(0)],
    "mean-variance": _mean_variance,
    "broadcast-relu": lambda a, b: [torch.relu(a + b)],
    "transpose": lambda x: [x.t().contiguous()],
    "matmul": lambda a, b: [a @ b],
    "linear-gelu": _linear_gelu,
    "convolution": lambda images, kernel: [nn.conv2d(images, kernel, padding=1)],
    "minilm": _encoder,
    "add-1": lambda a, b: [a + b],
    "adds-100": _adds,
    "adds-100-eager": _adds,
}
"""By name, or by its first part: a function from arguments to results."""
