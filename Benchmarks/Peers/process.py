"""Workers: processes that measure when they are asked to, and are stopped while others do."""

import contextlib
import ctypes
import os
import pathlib
import select
import signal
import subprocess
import sys

from machine import cpu_flags

OURS, FLOOR, BEFORE = "tensorjit", "floor", "before"
_HERE = pathlib.Path(__file__).parent
_SECONDS = 900
_C_LIBRARY = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_ENDED = "its process has ended"

_THREAD_VARIABLES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
_PEER_ENVIRONMENT = {
    # Big arrays stay mapped and lie on huge pages: new memory costs more than most workloads.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 30),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
    "OPENVINO_TELEMETRY": "0",
}


class Skipped(Exception):
    """What a worker does not have, and why."""


class Failed(Exception):
    """What went wrong in a worker."""


class Worker:
    """A contestant's process, which has a number of threads and as many CPUs."""

    def __init__(
        self, name: str, runner: str, threads: int, scratch: pathlib.Path, is_urgent: bool = False
    ):
        self.name, self.threads = name, threads
        self._runner, self._scratch, self._is_urgent = runner, scratch, is_urgent
        self._process, self.title = self._start()

    def _start(self) -> tuple[subprocess.Popen[str], str]:
        """A new process, and what it says that it is."""
        cpus = sorted(os.sched_getaffinity(0))[: self.threads]
        self._scratch.mkdir(parents=True, exist_ok=True)
        with open(self._scratch / f"{self.name}-{self.threads}.log", "a") as log:
            try:
                process = subprocess.Popen(
                    _command(self.name, self._runner, self.threads),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    env=_environment(self.name, self.threads, self._scratch),
                    start_new_session=True,
                    preexec_fn=lambda: _confine(cpus),
                )
            except OSError as problem:
                raise Failed(f"cannot be run: {problem}") from problem
        try:
            if self._is_urgent:
                prefer(process.pid)
            return process, _answer(process)
        except (Skipped, Failed):
            _end(process)
            raise

    def revive(self) -> None:
        """Starts a new process where the old one has ended."""
        if self._process.poll() is not None:
            self._process, self.title = self._start()

    @property
    def is_python(self) -> bool:
        """Whether it is a peer, whose threads may need places."""
        return self.name not in (OURS, FLOOR, BEFORE)

    def ask(self, *words: object) -> str:
        """Sends a request and waits for the answer, while the worker runs."""
        self._signal(signal.SIGCONT)
        try:
            print(*words, file=self._process.stdin, flush=True)
            return _answer(self._process)
        except OSError as problem:
            raise Failed(_ENDED) from problem
        finally:
            self._signal(signal.SIGSTOP)

    def end(self) -> None:
        """Ends the process."""
        _end(self._process)

    def processor_ticks(self) -> int:
        """The ticks that the process has run, all threads together."""
        with contextlib.suppress(OSError):
            stat = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text()
            fields = stat.rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        return 0

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _answer(process: subprocess.Popen[str]) -> str:
    """What a process answers; it ends where it does not answer."""
    output = process.stdout
    assert output
    ready, _, _ = select.select([output], [], [], _SECONDS)
    line = output.readline() if ready else ""
    kind, _, text = line.strip().partition(" ")
    if kind == "ok":
        return text
    if kind == "skip":
        raise Skipped(text)
    if not text:
        _end(process)
        text = _ENDED if ready else f"no answer in {_SECONDS} s"
    raise Failed(text)


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _confine(cpus: list[int]) -> None:
    """Keeps this new process on some CPUs, and lets it end when the one that made it does."""
    os.sched_setaffinity(0, cpus)
    _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def prefer(process: int, nice: int = -15) -> None:
    """Lets the kernel prefer a process and its session to all others; 0 takes that back."""
    os.setpriority(os.PRIO_PROCESS, process, nice)
    with contextlib.suppress(OSError):
        pathlib.Path(f"/proc/{process}/autogroup").write_text(str(nice))


def _command(name: str, runner: str, threads: int) -> list[str]:
    if name in (OURS, BEFORE):
        return [runner, "--worker", "tensors", "--threads", str(threads)]
    if name == FLOOR:
        return [runner, "--worker", "floors", "--threads", str(threads)]
    return [sys.executable, str(_HERE / "worker.py"), name, str(threads)]


def _environment(name: str, threads: int, scratch: pathlib.Path) -> dict[str, str]:
    """What makes a contestant fast."""
    environment = dict(os.environ)
    # OpenBLAS takes new AMD processors for Haswell and runs at half speed.
    environment.pop("OPENBLAS_CORETYPE", None)
    if name in (OURS, FLOOR, BEFORE):
        return environment
    if "avx512vl" in cpu_flags():
        environment["OPENBLAS_CORETYPE"] = "SkylakeX"
    environment |= {variable: str(threads) for variable in _THREAD_VARIABLES} | _PEER_ENVIRONMENT
    environment["TORCHINDUCTOR_CACHE_DIR"] = str(scratch / "inductor")
    if name == "jax" and threads == 1:
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return environment
