"""Where a process's threads run.

The kernel may put two threads that wake each other on one CPU, which halves what they reach. A
pool that does not pin its threads is therefore measured with the fastest of some placements.
"""

import contextlib
import os
import pathlib
import time
from collections.abc import Callable

_CPUS = sorted(os.sched_getaffinity(0))


def choose(seconds: Callable[[int], float], threads: int) -> str:
    """Puts this process's threads where runs take the least time; a word for where that is."""
    if threads == 1:
        return "one"
    _apply({})
    placements = _placements(_busy_threads(seconds))
    times = {}
    for name, placement in placements.items():
        _apply(placement)
        times[name] = _median_seconds(seconds)
    # The kernel may change its mind: what it chooses has to be clearly faster than fixed places.
    best = min(times, key=lambda name: times[name] * (1.1 if name == "free" else 1))
    _apply(placements[best])
    return best


def _threads() -> dict[int, int]:
    """The process's threads and the ticks that each has run."""
    ticks = {}
    for task in pathlib.Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            ticks[int(task.name)] = int(fields[11]) + int(fields[12])
    return ticks


def _busy_threads(seconds: Callable[[int], float]) -> list[int]:
    """The threads that work, those that work most first."""
    before = _threads()
    end = time.perf_counter() + 0.2
    while time.perf_counter() < end:
        seconds(1)
    worked = {thread: ticks - before.get(thread, 0) for thread, ticks in _threads().items()}
    busy = [thread for thread, ticks in worked.items() if ticks > 1]
    return sorted(busy, key=lambda thread: worked[thread], reverse=True)


def _placements(busy: list[int]) -> dict[str, dict[int, int]]:
    """CPUs for threads, by the name of the placement; threads that are not named run anywhere."""
    caller = os.getpid()
    others = [thread for thread in sorted(_threads()) if thread != caller]
    rest = _CPUS[1:] or _CPUS
    return {
        "free": {},
        "by-work": {thread: _CPUS[n % len(_CPUS)] for n, thread in enumerate(busy)},
        "caller-apart": {
            caller: _CPUS[0],
            **{thread: rest[n % len(rest)] for n, thread in enumerate(others)},
        },
        "in-turn": {
            caller: _CPUS[0],
            **{thread: _CPUS[(n + 1) % len(_CPUS)] for n, thread in enumerate(others)},
        },
    }


def _apply(placement: dict[int, int]) -> None:
    for thread in _threads():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(thread, {placement[thread]} if thread in placement else _CPUS)


def _median_seconds(seconds: Callable[[int], float]) -> float:
    times: list[float] = []
    end = time.perf_counter() + 0.08
    while time.perf_counter() < end or len(times) < 3:
        times.append(seconds(1))
    return sorted(times)[len(times) // 2]
