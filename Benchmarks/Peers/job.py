"""Something that a worker has made ready to be measured."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_SAMPLE_SECONDS = 0.001
_FEWEST_SAMPLES = 3
_MOST_SAMPLES = 500


class MissingWorkload(Exception):
    """A workload that a peer does not have, and why."""


@dataclass
class Job:
    """A workload on its arguments."""

    run: Callable[[], Any]
    """Runs it once, to its end."""
    outputs: Callable[[], list[np.ndarray]]
    """What it computes, from its first arguments."""
    reset: Callable[[], None] = lambda: None
    """Makes the next run start from the first arguments."""

    def seconds(self, runs: int) -> float:
        """The seconds that so many runs in a row take."""
        run = self.run
        start = time.perf_counter()
        for _ in range(runs):
            run()
        return time.perf_counter() - start

    def samples(self, budget: float) -> list[float]:
        """Seconds a run, sampled for about as long as asked for, after one that is not counted."""
        self.reset()
        self.seconds(1)
        runs = int(min(max(_SAMPLE_SECONDS / max(self.seconds(1), 1e-9), 1), 1000))
        samples: list[float] = []
        spent = 0.0
        gc.disable()
        while len(samples) < _FEWEST_SAMPLES or (spent < budget and len(samples) < _MOST_SAMPLES):
            seconds = self.seconds(runs)
            samples.append(seconds / runs)
            spent += seconds
        gc.enable()
        return samples


def stateful(step: Callable[..., list], arguments: list, carried: int) -> Callable[[], Any]:
    """A run that replaces the first arguments by the first results each time.

    `step` takes all arguments and gives all results; `arguments` is changed in place.
    """

    def run() -> Any:
        results = step(*arguments)
        arguments[:carried] = results[:carried]
        return results

    return run
