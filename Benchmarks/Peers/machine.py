"""The machine that is measured on, and what else it does meanwhile."""

import os
import pathlib
import time


def cpu_flags() -> set[str]:
    """What the processor can do, in the kernel's words."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(line.partition(":")[2].split())
    return set()


def description() -> str:
    """The processor and what of it is there, without a name of the machine."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpus = len(os.sched_getaffinity(0))
    vectors = "AVX-512" if "avx512f" in cpu_flags() else "AVX2"
    return f"{models[0] if models else 'unknown CPU'}, {cpus} CPUs, {vectors}, {memory:.0f} GiB"


class OtherWork:
    """How much of the CPUs other processes use while a worker is measured."""

    def __init__(self) -> None:
        self._cpu_seconds = 0.0
        self._seconds = 0.0

    def measured(self, worker, action):
        """Carries out an action of a worker."""
        ticks = os.sysconf("SC_CLK_TCK")
        busy, own, start = _busy_ticks(), worker.processor_ticks(), time.perf_counter()
        result = action()
        others = (_busy_ticks() - busy) - (worker.processor_ticks() - own)
        self._cpu_seconds += max(0, others) / ticks
        self._seconds += time.perf_counter() - start
        return result

    @property
    def cpus(self) -> float:
        """CPUs that others kept busy, on average."""
        return self._cpu_seconds / max(self._seconds, 1e-9)


def _busy_ticks() -> int:
    """The ticks that all CPUs were busy since they started."""
    with open("/proc/stat") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle
