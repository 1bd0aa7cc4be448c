"""Measures workloads, contestant after contestant, round after round."""

import pathlib
import statistics
import sys
from dataclasses import dataclass, field

import numpy as np

import reference
from figures import Entry, Row
from machine import OtherWork
from process import FLOOR, Failed, Skipped, Worker
from workloads import Arrays, Kind, Workload

FIRST_CALL_ROUNDS = 3
_NO_FIRST_CALL = {
    FLOOR: "no loop by hand compiles",
    "numpy": "compiles nothing",
    "torch": "compiles nothing",
}


@dataclass
class Plan:
    """What to measure, and how."""

    runners: dict[str, str]
    """For each contestant, the program that runs it; nothing for a peer."""
    threads: list[int]
    rounds: int
    budget: float
    """Seconds of samples of each contestant in a round."""
    scratch: pathlib.Path
    is_urgent: bool
    """Whether contestants go before all other processes."""
    missing: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    others: OtherWork = field(default_factory=OtherWork)

    def start(self, name: str, threads: int) -> Worker:
        """A contestant's process.

        Raises Skipped or Failed where it cannot take part.
        """
        worker = Worker(name, self.runners[name], threads, self.scratch, self.is_urgent)
        self.titles[name] = worker.title
        return worker

    def start_all(self) -> list[Worker]:
        """Processes of all contestants that can take part, which are then those of the plan."""
        workers: list[Worker] = []
        for name in [*self.runners]:
            started: list[Worker] = []
            try:
                for threads in self.threads:
                    started.append(self.start(name, threads))
                workers += started
            except (Skipped, Failed) as problem:
                self.missing[name] = str(problem)
                del self.runners[name]
                for worker in started:
                    worker.end()
        return workers


class Inputs:
    """A workload's arguments in files, and what has to come of them."""

    def __init__(self, workload: Workload, folder: pathlib.Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._workload = folder, workload
        arguments = workload.arguments(np.random.default_rng(0))
        self._expected = reference.expected(workload.program_name, arguments)
        self.words = []
        for number, array in enumerate(arguments):
            path = folder / f"argument-{number}"
            np.ascontiguousarray(array).tofile(path)
            dtype = {"f": "f32", "i": "i32"}[array.dtype.kind]
            shape = "x".join(str(size) for size in array.shape)
            self.words.append(f"{dtype}:{shape}:{path}")

    def request(self, name: str) -> list[str]:
        """What asks a contestant to prepare the workload."""
        if name == FLOOR:
            return ["prepare", self._workload.name, self._workload.floor]
        return ["prepare", self._workload.program_name, *self.words]

    def check(self, worker: Worker) -> float:
        """The error of a worker's results.

        Raises Failed where it is too great.
        """
        types = worker.ask("outputs", self._folder).split()
        found: Arrays = []
        for number, word in enumerate(types):
            shape = [int(size) for size in word.partition(":")[2].split("x") if size]
            elements = np.fromfile(self._folder / str(number), np.float32)
            found.append(elements.astype(np.float64).reshape(shape))
        error = reference.error(found, self._expected)
        if not error <= self._workload.tolerance:
            raise Failed(f"wrong results, with an error of {error:.1g}")
        return error

    def remove(self) -> None:
        """Deletes the files."""
        for path in self._folder.iterdir():
            path.unlink()


def measure(workload: Workload, workers: list[Worker], plan: Plan) -> list[Row]:
    """The workload's rows, one for each number of threads."""
    inputs = Inputs(workload, plan.scratch / "arrays")
    try:
        if workload.kind is Kind.FIRST:
            entries = _measure_first_calls(workload, inputs, plan)
        else:
            entries = _measure_rounds(workload, inputs, workers, plan)
    finally:
        inputs.remove()
    return [
        Row(workload.name, workload.title, threads,
            {name: entries[name, threads] for name in plan.runners if (name, threads) in entries})
        for threads in plan.threads
    ]  # fmt: skip


def _measure_rounds(
    workload: Workload, inputs: Inputs, workers: list[Worker], plan: Plan
) -> dict[tuple[str, int], Entry]:
    entries = {(worker.name, worker.threads): Entry() for worker in workers}
    ready = []
    for worker in workers:
        entry = entries[worker.name, worker.threads]
        try:
            worker.revive()
            worker.ask(*inputs.request(worker.name))
            if worker.name != FLOOR:
                entry.error = inputs.check(worker)
            if worker.is_python:
                worker.ask("place")
            ready.append(worker)
        except (Skipped, Failed) as problem:
            entry.reason = str(problem)
            _say(f"{workload.name}, {worker.name}, {worker.threads}: {problem}")
    for number in range(plan.rounds):
        # Each round starts with another contestant.
        shift = number * max(1, len(ready) // plan.rounds) % max(1, len(ready))
        for worker in ready[shift:] + ready[:shift]:
            entry = entries[worker.name, worker.threads]
            try:
                words = plan.others.measured(
                    worker, lambda worker=worker: worker.ask("sample", plan.budget)
                )
                entry.rounds.append(statistics.median(float(word) for word in words.split()))
            except Failed as problem:
                entry.reason = str(problem)
    for worker in workers:
        try:
            worker.ask("release")
        except (Skipped, Failed) as problem:
            _say(f"{worker.name}: {problem}")
    return entries


def _measure_first_calls(
    workload: Workload, inputs: Inputs, plan: Plan
) -> dict[tuple[str, int], Entry]:
    entries = {}
    for threads in plan.threads:
        for name in plan.runners:
            entries[name, threads] = Entry(reason=_NO_FIRST_CALL.get(name, ""))
    for number in range(min(plan.rounds, FIRST_CALL_ROUNDS)):
        for (name, threads), entry in entries.items():
            if entry.reason:
                continue
            # Nothing that an earlier process compiled is found.
            scratch = plan.scratch / "first" / f"{name}-{threads}-{number}-{workload.name}"
            try:
                worker = Worker(name, plan.runners[name], threads, scratch, plan.is_urgent)
                try:
                    worker.ask(*inputs.request(name))
                    entry.rounds.append(
                        plan.others.measured(
                            worker, lambda worker=worker: float(worker.ask("first"))
                        )
                    )
                    if number == 0:
                        entry.error = inputs.check(worker)
                finally:
                    worker.end()
            except (Skipped, Failed) as problem:
                entry.reason = str(problem)
    return entries


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)
