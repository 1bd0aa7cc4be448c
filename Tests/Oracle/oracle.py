"""Compares TensorJIT with NumPy, SciPy and JAX on random cases.

Each case is a tape with random shapes, element types, attributes and arguments, and what the oracle
says comes of it: its results, or the first or second derivatives of its first result. Cases are written
as spec files, so `tensorjit check` runs each on every engine. Every op of `tensorjit ops` takes part, in
turn, with its derivatives where it has any; so does every composed function.

    oracle.py TOOL [--cases N] [--seed S] [--only CASE…] [--op NAME]

A case is made from the seed and its number alone, so that `--only` repeats it.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time
import traceback

import jax
import numpy as np

import composed
import contraction
import control
import differentiation
import elementwise
import indexing
import large
import linear_algebra
import movement
import reductions
import sorting
from case import COMPOSED, DERIVATIVES, VALUES, Case

BATCH = 40
TABLES = [composed, contraction, control, elementwise, indexing, large, linear_algebra, movement,
          reductions, sorting]  # fmt: skip


def ops(tool):
    """Each op of the tool, and whether its gradient is zero everywhere."""
    lines = subprocess.run([tool, "ops"], check=True, capture_output=True, text=True).stdout
    rows = [re.split(r"  +", line) for line in lines.splitlines()[1:]]
    return {row[0]: row[2].startswith("zero") for row in rows}


def check_coverage(known):
    """Fails where an op has no cases, or a gradient but no cases of derivatives."""
    missing = [op for op in known if op not in VALUES]
    missing += [f"{op} (derivatives)" for op, zero in known.items()
                if not zero and op not in DERIVATIVES]  # fmt: skip
    missing += [f"{op} (unknown to the tool)" for op in {*VALUES, *DERIVATIVES} - {*known}]
    if missing:
        sys.exit(f"oracle: error: no cases of: {', '.join(missing)}")


def tasks():
    """What is made cases of, in the order in which it has its turn: (maker, name, order)."""
    for name, makers in VALUES.items():
        for maker in makers:
            yield from [(maker, name, 0)] * 2
    for name, makers in DERIVATIVES.items():
        for maker in makers:
            yield from [(maker, name, 1), (maker, name, 2)]
    for name, makers in COMPOSED.items():
        for maker in makers:
            yield from [(maker, name, 0), (maker, name, 1), (maker, name, 2)]


def make(task, seed, number):
    maker, name, order = task
    rng = np.random.default_rng([seed, number])
    case = maker(rng, name)
    if isinstance(case, Case):
        return case
    return differentiation.value(case) if order == 0 else differentiation.of(case, order, rng)


class Report:
    """Counts, and the worst errors in units of the tolerance, by group."""

    def __init__(self):
        self.counts = collections.Counter()
        self.failures = []
        self.worst = collections.defaultdict(lambda: (0.0, ""))

    def add(self, batch, tool, folder):
        """Runs the cases of a batch; those that fail are taken out, and the rest runs again."""
        while batch:
            path = pathlib.Path(folder) / f"{batch[0][0]}.tape"
            starts, text = [], ""
            for number, name, case in batch:
                starts.append(text.count("\n") + 1)
                text += f"; {name}, case {number}\n{case.spec(f'case{number}')}"
            path.write_text(text)
            run = subprocess.run([tool, "check", "--errors", path], capture_output=True, text=True)

            def of_line(line):
                return max(index for index, start in enumerate(starts) if start <= line)

            if run.returncode == 0:
                for line, error in re.findall(r":(\d+): (\S+)$", run.stdout, re.MULTILINE):
                    number, name, case = batch[of_line(int(line))]
                    mark = (float(error), f"{name}, case {number}")
                    self.worst[case.group] = max(self.worst[case.group], mark)
                self.counts.update(case.group for _, _, case in batch)
                return
            messages = collections.defaultdict(list)
            for line, message in re.findall(r"\.tape:(\d+):\d+: error: (.*)", run.stderr):
                messages[of_line(int(line))].append(message)
            if not messages:
                self.failures.append(f"the tool ended with {run.returncode}: {run.stderr}\n{text}")
                return
            for index, said in messages.items():
                number, name, case = batch[index]
                self.counts[case.group] += 1
                spec = case.spec(f"case{number}")
                self.failures.append(f"{name}, case {number}:\n  " + "\n  ".join(said) + f"\n{spec}")
            batch = [entry for index, entry in enumerate(batch) if index not in messages]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", help="the tensorjit executable")
    parser.add_argument("--cases", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--only", type=int, nargs="+", help="cases to repeat")
    parser.add_argument("--op", help="only cases of this op or composed function")
    options = parser.parse_args()
    print(f"oracle: seed {options.seed}, {options.cases} cases", flush=True)
    start = time.monotonic()
    known = ops(options.tool)
    check_coverage(known)
    turns = list(tasks())
    turns = [turns[index] for index in np.random.default_rng(options.seed).permutation(len(turns))]
    numbers = options.only or range(options.cases)
    report = Report()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting, batch = [], []
        for number in numbers:
            task = turns[number % len(turns)]
            if options.op not in (None, task[1]):
                continue
            try:
                batch.append((number, task[1], make(task, options.seed, number)))
            except Exception:
                report.failures.append(
                    f"{task[1]}, case {number}: cannot be made\n{traceback.format_exc()}"
                )
            if number % 1000 == 999:
                jax.clear_caches()  # compiled programs would take gigabytes
            if len(batch) == BATCH:
                waiting.append(pool.submit(report.add, batch, options.tool, folder))
                batch = []
        waiting.append(pool.submit(report.add, batch, options.tool, folder))
        for result in waiting:
            result.result()
    for failure in report.failures:
        print(failure)
    if report.failures:
        print(f"oracle: repeat cases by --seed {options.seed} --only NUMBER…")
    print(f"{'group':34} {'cases':>6}  worst error / tolerance")
    for group, count in sorted(report.counts.items()):
        error, where = report.worst[group]
        print(f"{group:34} {count:6}  {'exact' if not where else f'{error:.3f}  ({where})'}")
    total = sum(report.counts.values())
    seconds = time.monotonic() - start
    print(
        f"oracle: seed {options.seed}: {total} cases of {len(known)} ops and {len(COMPOSED)} composed "
        f"functions, {len(report.failures)} failed, in {seconds:.0f} s"
    )
    sys.exit(1 if report.failures or total == 0 else 0)


if __name__ == "__main__":
    main()
