"""What a case is, and the table of what makes them."""

from dataclasses import dataclass, field

import numpy as np

import values


@dataclass
class Case:
    """A tape, its arguments, and what the oracle says comes of them."""

    group: str
    inputs: dict  # name -> array, whose element type is the parameter's
    lines: list  # bindings
    results: list  # names
    expected: list  # an array for each result
    relative: float = 0.0  # 0 and 0: exact
    absolute: float = 0.0
    order: int = 0  # 1 and 2: a claim about first and second derivatives

    def spec(self, name):
        """The tape and its directive, as a spec file has them."""
        parameters = " ".join(
            f"({key} {values.type_text(dtype_of(array), array.shape)})"
            for key, array in self.inputs.items()
        )
        lines = "".join(f"  {line}\n" for line in self.lines)
        arguments = " ".join(values.text(array) for array in self.inputs.values())
        expected = " ".join(values.text(array) for array in self.expected)
        tolerance = f" :rtol {values.written(self.relative)} :atol {values.written(self.absolute)}"
        is_exact = self.relative == 0 and self.absolute == 0
        kind = "run" if self.order == 0 else "grad"
        options = "" if self.order == 0 else f" :order {self.order} :differences false"
        return (
            f"(tape {name} [{parameters}]\n{lines}  (return {' '.join(self.results)}))\n"
            f"; {kind}: ({name} {arguments}) {'==' if is_exact else '~'} {expected}"
            f"{'' if is_exact else tolerance}{options}\n"
        )


@dataclass
class Smooth:
    """A differentiable expression: its text, and a JAX function of the same arguments."""

    inputs: dict  # floating arrays are what is differentiated by
    lines: list  # bindings; the last one is `r`, the value
    function: object
    scale: float = 1.0  # how much more than usual may be lost
    constants: dict = field(default_factory=dict)  # parameters of other types


# The makers of each op: of cases about values, and of smooth expressions.
VALUES = {}
DERIVATIVES = {}
COMPOSED = {}


def makes(table, *names):
    """Registers a maker, called with a random generator and a name, under each name."""

    def register(maker):
        for name in names:
            table.setdefault(name, []).append(maker)
        return maker

    return register


def dtype_of(array):
    for dtype, numpy_type in values.NUMPY.items():
        if array.dtype == numpy_type:
            return dtype
    raise TypeError(f"no element type for {array.dtype}")


def exact(inputs, expression, expected, attributes=""):
    """A case of one op whose result is known to the last bit."""
    dtype = values.type_text(dtype_of(np.asarray(expected)), np.shape(expected))
    return Case("exact", inputs, [f"(y {expression} {dtype})"], ["y"], [np.asarray(expected)])


def near(group, inputs, expression, dtype, expected, ulps, absolute=0.0):
    """A case whose result is known to some units in the last place; 1 for f16 and bf16."""
    if dtype in ("f16", "bf16"):
        ulps = 1
    return Case(
        group, inputs, [f"(y {expression})"], ["y"], [np.asarray(expected)],
        relative=ulps * values.EPSILON[dtype],
        absolute=max(absolute, max(ulps, 2) * values.LEAST[dtype]),
    )  # fmt: skip
