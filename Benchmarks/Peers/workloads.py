"""What is measured: names, arguments, floors. All that are compared get the same arguments."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

import encoder

Arrays = list[np.ndarray]


class Kind(Enum):
    """How a workload is measured."""

    REPEATED = "repeated"
    """Runs after the first, of which memory and caches are warm."""
    FIRST = "first call"
    """The first run in a process of its own: tracing, compiling, running."""


@dataclass(frozen=True)
class Workload:
    """Something to measure."""

    name: str
    title: str
    arguments: Callable[[np.random.Generator], Arrays]
    floor: str
    """The floor as `tensorjit-bench --worker floors` names it; empty where there is none."""
    kind: Kind = Kind.REPEATED
    program: str = ""
    """The workload that workers are asked for, where that has another name."""
    carried: int = 0
    """How many results replace as many of the arguments in the next run."""
    tolerance: float = 1e-4
    """The greatest error, relative to a result or to the root mean square of all."""

    @property
    def program_name(self) -> str:
        return self.program or self.name


def _normal(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], Arrays]:
    return lambda random: [random.standard_normal(shape, dtype=np.float32) for shape in shapes]


def _uniform(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], Arrays]:
    return lambda random: [random.random(shape, dtype=np.float32) for shape in shapes]


def _positive(size: int) -> Callable[[np.random.Generator], Arrays]:
    return lambda random: [
        np.abs(random.standard_normal(size, dtype=np.float32)) + np.float32(1e-3)
    ]


def _network(*sizes: int, batch: int) -> Callable[[np.random.Generator], Arrays]:
    """Weights and biases of linear layers, then images and labels."""

    def make(random: np.random.Generator) -> Arrays:
        arrays: Arrays = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            scale = np.float32(np.sqrt(2 / inputs))
            arrays.append(random.standard_normal((inputs, outputs), dtype=np.float32) * scale)
            arrays.append(np.zeros(outputs, np.float32))
        images = random.random((batch, sizes[0]), dtype=np.float32)
        return [*arrays, images, random.integers(0, sizes[-1], batch, dtype=np.int32)]

    return make


def _step_operations(*sizes: int, batch: int) -> int:
    """Multiplications and additions of the products: two or three for each layer."""
    products = [2 * batch * inputs * outputs for inputs, outputs in zip(sizes, sizes[1:])]
    return 3 * sum(products) - products[0]


def _stream(reads: int, read_bytes: int, write_bytes: int) -> str:
    return f"stream:{reads}:{read_bytes}:{write_bytes}"


def _matmul(m: int, n: int, k: int) -> Workload:
    name = f"matmul-{m}" if m == n == k else f"matmul-{m}x{n}x{k}"
    title = f"product {m}³" if m == n == k else f"product {m}×{n}×{k}"
    return Workload(name, title, _normal((m, k), (k, n)), f"arithmetic:{2 * m * n * k}")


def _encoder(batch: int) -> Workload:
    return Workload(
        f"minilm-{batch}",
        f"MiniLM-L6 forward, {batch}×128",
        lambda random: encoder.arguments(random, batch),
        f"arithmetic:{encoder.operations(batch)}",
    )


_IN_ORDER = 1e-2
"""What adding 16 million floats one by one may be wrong by, which some peers do."""
_LONG = 1 << 24
_LONG_BYTES = 4 * _LONG
_ROWS = (4096, 1024)
_ROWS_BYTES = 4 * 4096 * 1024
_SQUARE = (4096, 4096)
_SMALL_STEP, _LARGE_STEP = (64, 128, 10), (784, 1024, 1024, 10)

WORKLOADS = [
    Workload("chain", "chain, 16M", _normal(*[(_LONG,)] * 4), _stream(4, _LONG_BYTES, _LONG_BYTES)),
    Workload("gelu", "gelu (tanh), 16M", _normal((_LONG,)), _stream(1, _LONG_BYTES, _LONG_BYTES)),
    Workload("sigmoid", "sigmoid, 16M", _normal((_LONG,)), _stream(1, _LONG_BYTES, _LONG_BYTES)),
    Workload("exp", "exp, 16M", _normal((_LONG,)), _stream(1, _LONG_BYTES, _LONG_BYTES)),
    Workload("log", "log, 16M", _positive(_LONG), _stream(1, _LONG_BYTES, _LONG_BYTES)),
    Workload("softmax", "softmax 4096×1024", _normal(_ROWS), _stream(1, _ROWS_BYTES, _ROWS_BYTES)),
    Workload(
        "layer-norm",
        "layer norm 4096×1024",
        _normal(_ROWS, (1024,), (1024,)),
        _stream(1, _ROWS_BYTES, _ROWS_BYTES),
    ),
    Workload(
        "sum-all",
        "sum 4096², all",
        _uniform(_SQUARE),
        _stream(1, _LONG_BYTES, 0),
        tolerance=_IN_ORDER,
    ),
    Workload("sum-rows", "sum 4096², rows", _uniform(_SQUARE), _stream(1, _LONG_BYTES, 0)),
    Workload("sum-columns", "sum 4096², columns", _uniform(_SQUARE), _stream(1, _LONG_BYTES, 0)),
    Workload(
        "mean-variance",
        "mean, variance of 4096²",
        _uniform(_SQUARE),
        _stream(1, _LONG_BYTES, 0),
        tolerance=_IN_ORDER,
    ),
    Workload(
        "broadcast-relu",
        "relu (4096,1)+(1,4096)",
        _normal((4096, 1), (1, 4096)),
        _stream(0, 0, _LONG_BYTES),
    ),
    Workload(
        "transpose", "transpose 4096²", _normal(_SQUARE), _stream(1, _LONG_BYTES, _LONG_BYTES)
    ),
    *[_matmul(size, size, size) for size in (256, 512, 1024, 2048)],
    _matmul(128, 128, 64),
    _matmul(128, 10, 128),
    Workload(
        "linear-gelu",
        "linear + gelu 512×3072×768",
        lambda random: [
            random.standard_normal((512, 768), dtype=np.float32),
            random.standard_normal((768, 3072), dtype=np.float32) * np.float32(0.03),
            random.standard_normal(3072, dtype=np.float32),
        ],
        f"arithmetic:{2 * 512 * 768 * 3072}",
    ),
    Workload(
        "convolution",
        "convolution 3×3, 4×64×56²",
        _normal((4, 64, 56, 56), (64, 64, 3, 3)),
        f"arithmetic:{2 * 4 * 64 * 64 * 9 * 56 * 56}",
    ),
    Workload(
        "step-small",
        "training step 64-128-10, 128",
        _network(*_SMALL_STEP, batch=128),
        f"arithmetic:{_step_operations(*_SMALL_STEP, batch=128)}",
        carried=4,
    ),
    Workload(
        "step-large",
        "training step 784-1024-1024-10, 256",
        _network(*_LARGE_STEP, batch=256),
        f"arithmetic:{_step_operations(*_LARGE_STEP, batch=256)}",
        carried=6,
    ),
    *[_encoder(batch) for batch in (1, 8)],
    Workload("add-1", "one add of 16", _normal((16,), (16,)), "calls:1:16"),
    Workload("adds-100", "100 dependent adds of 16", _normal((16,), (16,)), "calls:100:16"),
    Workload(
        "adds-100-eager",
        "100 adds of 16, one by one",
        _normal((16,), (16,)),
        "calls:100:16",
    ),
    Workload(
        "first-chain-small",
        "first call, chain of 1024",
        _normal(*[(1024,)] * 4),
        "",
        Kind.FIRST,
        "chain",
    ),
    Workload(
        "first-chain",
        "first call, chain of 16M",
        _normal(*[(_LONG,)] * 4),
        "",
        Kind.FIRST,
        "chain",
    ),
    Workload(
        "first-step",
        "first call, training step",
        _network(*_SMALL_STEP, batch=128),
        "",
        Kind.FIRST,
        "step-small",
        carried=4,
    ),
]
