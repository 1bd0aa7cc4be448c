"""Workloads as ONNX models, which ONNX Runtime and OpenVINO run."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

import encoder
from job import MissingWorkload
from workloads import Arrays

_OPSET = 20
_IR_VERSION = 10


class Graph:
    """A model under construction; values are names."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *operands: str, **attributes: Any) -> str:
        """An operation with one result."""
        result = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, operands, [result], **attributes))
        return result

    def constant(self, value: Any, dtype: type = np.float32) -> str:
        """An array that is part of the model."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def model(self, inputs: dict[str, np.ndarray], results: list[str]) -> bytes:
        """The finished model."""
        types = {"f": onnx.TensorProto.FLOAT, "i": onnx.TensorProto.INT32}
        graph = helper.make_graph(
            self._nodes,
            "workload",
            [helper.make_tensor_value_info(name, types[array.dtype.kind], array.shape)
             for name, array in inputs.items()],
            [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
             for name in results],
            self._constants,
        )  # fmt: skip
        opset = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION)
        return model.SerializeToString()


def model(program: str, arguments: Arrays) -> tuple[bytes, dict[str, np.ndarray]]:
    """A program as a model, and its inputs.

    Weights of layers are part of the model, so that a runtime may reorder them beforehand.
    """
    kind = program.split("-")[0]
    if kind == "step":
        raise MissingWorkload("runs models, does not train them")
    if program == "adds-100-eager":
        raise MissingWorkload("runs whole models only")
    graph = Graph()
    weights = {"layer-norm": 1, "linear-gelu": 1, "convolution": 1, "minilm": 1}
    inputs = weights.get(program, weights.get(kind, len(arguments)))
    names = [f"x{number}" for number in range(inputs)]
    constants = [graph.constant(array) for array in arguments[inputs:]]
    build = _PROGRAMS[program if program in _PROGRAMS else kind]
    results = build(graph, *names, *constants)
    given = dict(zip(names, arguments))
    return graph.model(given, results), given


def _chain(g: Graph, a, b, c, d):
    left = g.op("Tanh", g.op("Add", g.op("Mul", a, b), c))
    right = g.op("Exp", g.op("Neg", g.op("Mul", d, d)))
    return [g.op("Add", g.op("Mul", left, right), g.op("Sqrt", g.op("Abs", a)))]


def _reduce(kind: str, *axes: int) -> Callable[..., list[str]]:
    def build(g: Graph, x: str) -> list[str]:
        operands = [x, g.constant(axes, np.int64)] if axes else [x]
        return [g.op(kind, *operands, keepdims=0)]

    return build


def _mean_variance(g: Graph, x):
    mean = g.op("ReduceMean", x, keepdims=0)
    centred = g.op("Sub", x, mean)
    return [mean, g.op("ReduceMean", g.op("Mul", centred, centred), keepdims=0)]


def _linear_gelu(g: Graph, x, weight, bias):
    return [g.op("Gelu", g.op("Add", g.op("MatMul", x, weight), bias), approximate="tanh")]


def _adds(g: Graph, a, b):
    for _ in range(100):
        a = g.op("Add", a, b)
    return [a]


def _encoder(g: Graph, ids, *arrays):
    parameters = encoder.Parameters(arrays)

    def linear(x):
        product = g.op("MatMul", x, parameters.take())
        return g.op("Add", product, parameters.take())

    def norm(x):
        scale, shift = parameters.take(2)
        return g.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=encoder.EPSILON)

    heads = g.constant([0, 0, encoder.HEADS, encoder.HEAD_WIDTH], np.int64)
    joined = g.constant([0, 0, encoder.WIDTH], np.int64)
    factor = g.constant(encoder.HEAD_WIDTH**-0.5)

    def split(x, *order):
        return g.op("Transpose", g.op("Reshape", x, heads), perm=order)

    words, positions, types = parameters.take(3)
    first = g.constant(np.arange(encoder.SEQUENCE), np.int64)
    embedded = g.op("Add", g.op("Gather", words, ids), g.op("Gather", positions, first))
    x = norm(g.op("Add", embedded, g.op("Gather", types, g.constant(0, np.int64))))
    for _ in range(encoder.LAYERS):
        queries = split(linear(x), 0, 2, 1, 3)
        keys = split(linear(x), 0, 2, 3, 1)
        values = split(linear(x), 0, 2, 1, 3)
        scores = g.op("Mul", g.op("MatMul", queries, keys), factor)
        mixed = g.op("MatMul", g.op("Softmax", scores, axis=-1), values)
        mixed = g.op("Reshape", g.op("Transpose", mixed, perm=(0, 2, 1, 3)), joined)
        x = norm(g.op("Add", linear(mixed), x))
        x = norm(g.op("Add", linear(g.op("Gelu", linear(x))), x))
    return [x]


_PROGRAMS: dict[str, Callable[..., list[str]]] = {
    "chain": _chain,
    "gelu": lambda g, x: [g.op("Gelu", x, approximate="tanh")],
    "sigmoid": lambda g, x: [g.op("Sigmoid", x)],
    "exp": lambda g, x: [g.op("Exp", x)],
    "log": lambda g, x: [g.op("Log", x)],
    "softmax": lambda g, x: [g.op("Softmax", x, axis=1)],
    "layer-norm": lambda g, *arrays: [g.op("LayerNormalization", *arrays, axis=-1, epsilon=1e-5)],
    "sum-all": _reduce("ReduceSum"),
    "sum-rows": _reduce("ReduceSum", 1),
    "sum-columns": _reduce("ReduceSum", 0),
    "mean-variance": _mean_variance,
    "broadcast-relu": lambda g, a, b: [g.op("Relu", g.op("Add", a, b))],
    "transpose": lambda g, x: [g.op("Transpose", x, perm=(1, 0))],
    "matmul": lambda g, a, b: [g.op("MatMul", a, b)],
    "linear-gelu": _linear_gelu,
    "convolution": lambda g, images, kernel: [g.op("Conv", images, kernel, pads=[1, 1, 1, 1])],
    "minilm": _encoder,
    "add-1": lambda g, a, b: [g.op("Add", a, b)],
    "adds-100": _adds,
}
"""By name, or by its first part: what builds the results from the arguments."""
