"""The encoder of MiniLM-L6: its sizes and random parameters, in the order of its arguments."""

import numpy as np

LAYERS, HEADS, WIDTH, HIDDEN = 6, 12, 384, 1536
HEAD_WIDTH = WIDTH // HEADS
SEQUENCE, POSITIONS, TYPES, WORDS = 128, 512, 2, 30522
EPSILON = 1e-12

EMBEDDING = [(WORDS, WIDTH), (POSITIONS, WIDTH), (TYPES, WIDTH), (WIDTH,), (WIDTH,)]
"""Words, positions, types; scale and shift of a normalisation."""
LAYER = [
    *[(WIDTH, WIDTH), (WIDTH,)] * 4,  # queries, keys, values, output
    *[(WIDTH,), (WIDTH,)],  # normalisation
    *[(WIDTH, HIDDEN), (HIDDEN,), (HIDDEN, WIDTH), (WIDTH,)],
    *[(WIDTH,), (WIDTH,)],  # normalisation
]
"""Weights, from inputs to outputs, and biases of a layer."""


def arguments(random: np.random.Generator, batch: int) -> list[np.ndarray]:
    """Token ids, then parameters."""
    ids = random.integers(1000, WORDS, (batch, SEQUENCE), dtype=np.int32)
    shapes = EMBEDDING + LAYER * LAYERS
    return [ids, *[random.standard_normal(shape, dtype=np.float32) * np.float32(0.05)
                   for shape in shapes]]  # fmt: skip


def operations(batch: int) -> int:
    """Multiplications and additions of the products."""
    linear = 4 * WIDTH * WIDTH + 2 * WIDTH * HIDDEN
    attention = 2 * SEQUENCE * WIDTH
    return 2 * batch * SEQUENCE * LAYERS * (linear + attention)


class Parameters:
    """Reads parameters in their order."""

    def __init__(self, arrays):
        self._rest = iter(arrays)

    def take(self, count: int = 1):
        """The next parameter, or the next ones."""
        taken = [next(self._rest) for _ in range(count)]
        return taken[0] if count == 1 else taken
