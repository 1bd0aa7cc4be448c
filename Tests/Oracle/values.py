"""Element types: their NumPy types, random values, and how values are written in a spec file."""

import ml_dtypes
import numpy as np

NUMPY = {
    "f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
    "i64": np.int64, "i32": np.int32, "i16": np.int16, "i8": np.int8,
    "u64": np.uint64, "u32": np.uint32, "u16": np.uint16, "u8": np.uint8,
    "bool": np.bool_,
}  # fmt: skip
FLOATS = ["f64", "f32", "f16", "bf16"]
SIGNED = ["i64", "i32", "i16", "i8"]
UNSIGNED = ["u64", "u32", "u16", "u8"]
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS
ALL = NUMBERS + ["bool"]

# The distance of 1 from the next number, and the least denormal.
EPSILON = {"f64": 2.0**-52, "f32": 2.0**-23, "f16": 2.0**-10, "bf16": 2.0**-7}
LEAST = {"f64": 2.0**-1074, "f32": 2.0**-149, "f16": 2.0**-24, "bf16": 2.0**-133}

SPECIAL_FLOATS = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, 1e-40, 65504.0, 3e38]


def wide(dtype):
    """What an op of this element type computes in: f32 for f16 and bf16, else the type itself."""
    return np.float32 if dtype in ("f16", "bf16") else NUMPY[dtype]


def shape(rng, most_rank=5, most_elements=60, least_rank=0, zero=True):
    """A random shape of rank up to 5, whose sizes may be 0 and 1."""
    rank = int(rng.integers(least_rank, most_rank + 1))
    sizes = [int(rng.choice([1, 2, 3, 4, 5, 7])) for _ in range(rank)]
    if zero and rank and rng.random() < 0.08:
        sizes[int(rng.integers(rank))] = 0
    while np.prod(sizes, dtype=int) > most_elements:
        sizes[int(np.argmax(sizes))] = max(1, max(sizes) // 2)
    if most_rank >= 1 and zero and rng.random() < 0.04:
        return (int(rng.integers(100, 300)),) if least_rank <= 1 else tuple(sizes)
    return tuple(sizes)


def array(rng, dtype, sizes, low=None, high=None, special=True):
    """Random elements. Floats are normal at a random scale with special values strewn in, or even
    between `low` and `high`; integers are of any size, small ones and bounds more often."""
    with np.errstate(all="ignore"):
        if dtype == "bool":
            return rng.random(sizes) < 0.5
        if dtype in FLOATS:
            if low is not None:
                values = rng.uniform(low, high, sizes)
            else:
                values = rng.normal(size=sizes) * rng.choice([0.1, 1, 1, 10])
            if special and low is None:
                strewn = rng.choice(SPECIAL_FLOATS, sizes)
                values = np.where(rng.random(sizes) < 0.1, strewn, values)
            return np.asarray(values).astype(NUMPY[dtype])
        info = np.iinfo(NUMPY[dtype])
        least = info.min if low is None else low
        greatest = info.max if high is None else high
        any_size = rng.integers(least, greatest, sizes, dtype=NUMPY[dtype], endpoint=True)
        near = np.clip(rng.integers(-8, 9, sizes), least, greatest).astype(NUMPY[dtype])
        return np.where(rng.random(sizes) < 0.6, near, any_size).astype(NUMPY[dtype])


def written(element):
    """One element as the text form has it."""
    if isinstance(element, (bool, np.bool_)):
        return "true" if element else "false"
    if isinstance(element, np.integer):
        return str(int(element))
    number = float(element)
    if np.isnan(number):
        return "nan"
    return repr(number).replace("e+", "e")


def text(values):
    """An array as nested lists."""
    values = np.asarray(values)
    if values.ndim == 0:
        return written(values[()])
    return "[" + " ".join(text(part) for part in values) + "]"


def type_text(dtype, sizes):
    return f"{dtype}[{','.join(map(str, sizes))}]"


def sizes_text(sizes):
    return "[" + " ".join(str(int(size)) for size in sizes) + "]"
