"""First and second derivatives by JAX.

JAX differentiates a function to its own program, a jaxpr. Compiling each one by XLA would take a second
a case, so its commonest primitives are evaluated by NumPy here, in f64, and only others by JAX.
"""

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import scipy.special

import values
from case import Case, dtype_of

jax.config.update("jax_enable_x64", True)


# What composed functions and derivatives may lose, relative to the greatest magnitude of the results.
VALUE_LOSS = {"f64": 2e-15, "f32": 1e-6, "f16": 4e-3, "bf16": 3e-2}
DERIVATIVE_LOSS = {"f64": 2e-14, "f32": 2e-6, "f16": 1e-2, "bf16": 8e-2}


def value(smooth):
    """A case about the values of a smooth expression."""
    dtype = dtype_of(next(iter(smooth.inputs.values())))
    inputs = [np.asarray(array, np.float64) for array in smooth.inputs.values()]
    expected = evaluate(smooth.function, *inputs)
    loss = VALUE_LOSS[dtype] * smooth.scale
    return Case(
        f"composed functions, {dtype}", {**smooth.inputs, **smooth.constants}, smooth.lines, ["r"],
        expected, relative=loss, absolute=loss * greatest_magnitude(expected),
    )  # fmt: skip


def greatest_magnitude(arrays):
    return max([1.0] + [float(np.max(np.abs(array), initial=0)) for array in arrays])


def of(smooth, order, rng):
    """A case about the derivatives of a smooth expression's elements, weighted at random."""
    names = list(smooth.inputs)
    dtype = dtype_of(smooth.inputs[names[0]])
    inputs = {name: np.asarray(array, np.float64) for name, array in smooth.inputs.items()}
    result = jax.eval_shape(smooth.function, *inputs.values())
    weights = rng.uniform(0.25, 1.5, result.shape) * rng.choice([-1, 1], result.shape)
    weights = np.asarray(weights).astype(values.NUMPY[dtype])

    def total(*arguments):
        return jnp.sum(smooth.function(*arguments[:-1]) * arguments[-1])

    first = jax.grad(total, argnums=tuple(range(len(names) + 1)))

    def total_of_first(*arguments):
        return sum(jnp.sum(gradient) for gradient in first(*arguments))

    second = jax.grad(total_of_first, argnums=tuple(range(len(names) + 1)))
    arguments = [*inputs.values(), np.asarray(weights, np.float64)]
    expected = evaluate(first if order == 1 else second, *arguments)
    loss = DERIVATIVE_LOSS[dtype] * smooth.scale
    return Case(
        f"derivatives of order {order}, {dtype}",
        {**smooth.inputs, "weights": weights, **smooth.constants},
        [*smooth.lines, "(weighted (mul r weights))"], ["weighted"], expected,
        relative=loss, absolute=loss * greatest_magnitude(expected), order=order,
    )  # fmt: skip


def evaluate(function, *arguments):
    """The results of a JAX function, by NumPy as far as that goes."""
    closed = jax.make_jaxpr(function)(*arguments)
    with np.errstate(all="ignore"):
        return [np.asarray(result) for result in _run(closed.jaxpr, closed.consts, arguments)]


def _run(jaxpr, constants, arguments):
    known = {}

    def read(atom):
        return atom.val if isinstance(atom, jax.extend.core.Literal) else known[atom]

    known.update(zip(jaxpr.constvars, constants))
    known.update(zip(jaxpr.invars, arguments))
    for equation in jaxpr.eqns:
        operands = [read(atom) for atom in equation.invars]
        name, parameters = equation.primitive.name, equation.params
        inner = parameters.get("jaxpr") or parameters.get("call_jaxpr")
        if name in ("jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call"):
            results = _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), operands)
        elif name in ELEMENTWISE:
            results = [ELEMENTWISE[name](*operands)]
        elif name in STRUCTURAL:
            results = [STRUCTURAL[name](*operands, **parameters)]
        else:
            results = equation.primitive.bind(*operands, **parameters)
            results = results if equation.primitive.multiple_results else [results]
        known.update(zip(equation.outvars, map(np.asarray, results)))
    return [read(atom) for atom in jaxpr.outvars]


def _quotient(a, b):
    floats = np.issubdtype(np.asarray(a).dtype, np.floating)
    return np.true_divide(a, b) if floats else jax.lax.div(a, b)


ELEMENTWISE = {
    "div": _quotient,
    "add": np.add, "add_any": np.add, "sub": np.subtract, "mul": np.multiply,
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "pow": np.power, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "cbrt": np.cbrt, "exp": np.exp, "exp2": np.exp2,
    "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "tanh": np.tanh, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "atan2": np.arctan2, "logistic": scipy.special.expit,
    "erf": scipy.special.erf, "erfc": scipy.special.erfc, "erf_inv": scipy.special.erfinv,
    "lgamma": scipy.special.gammaln, "digamma": scipy.special.digamma,
    "max": np.maximum, "min": np.minimum, "eq": np.equal, "ne": np.not_equal, "lt": np.less,
    "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "stop_gradient": lambda x: x, "copy": lambda x: x,
    "copy_p": lambda x: x, "square": np.square,
    "select_n": lambda which, *cases: np.select(
        [np.asarray(which) == number for number in range(len(cases))], cases),
}  # fmt: skip


def _broadcast(x, *_, shape, broadcast_dimensions, **__):
    sizes = [1] * len(shape)
    for axis, place in enumerate(broadcast_dimensions):
        sizes[place] = np.shape(x)[axis]
    return np.broadcast_to(np.reshape(x, sizes), shape)


def _dot(a, b, *, dimension_numbers, **_):
    (a_sum, b_sum), (a_batch, b_batch) = dimension_numbers
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    a_axes = [next(letters) for _ in range(np.ndim(a))]
    b_axes = [next(letters) for _ in range(np.ndim(b))]
    for mine, other in zip((*a_sum, *a_batch), (*b_sum, *b_batch)):
        b_axes[other] = a_axes[mine]
    batch = [a_axes[axis] for axis in a_batch]
    free = [a_axes[axis] for axis in range(np.ndim(a)) if axis not in (*a_sum, *a_batch)]
    free += [b_axes[axis] for axis in range(np.ndim(b)) if axis not in (*b_sum, *b_batch)]
    return np.einsum(f"{''.join(a_axes)},{''.join(b_axes)}->{''.join(batch + free)}", a, b)


STRUCTURAL = {
    "broadcast_in_dim": _broadcast,
    "reshape": lambda x, *, new_sizes, dimensions, **_: np.reshape(
        x if dimensions is None else np.transpose(x, dimensions), new_sizes
    ),
    "squeeze": lambda x, *, dimensions: np.squeeze(x, dimensions),
    "transpose": lambda x, *, permutation: np.transpose(x, permutation),
    "reduce_sum": lambda x, *, axes, **_: np.sum(x, axis=axes),
    "reduce_max": lambda x, *, axes, **_: np.max(x, axis=axes),
    "reduce_min": lambda x, *, axes, **_: np.min(x, axis=axes),
    "convert_element_type": lambda x, *, new_dtype, **_: np.asarray(x).astype(new_dtype),
    "integer_pow": lambda x, *, y: np.power(np.asarray(x, np.float64), y),
    "concatenate": lambda *parts, dimension: np.concatenate(parts, dimension),
    "rev": lambda x, *, dimensions: np.flip(x, dimensions),
    "slice": lambda x, *, start_indices, limit_indices, strides: np.asarray(x)[
        tuple(map(slice, start_indices, limit_indices, strides or [None] * np.ndim(x)))
    ],
    "dot_general": _dot,
}
