"""Measures TensorJIT beside its peers and floors.

Each contestant is a process for each number of threads, pinned to as many CPUs. A workload is
prepared and checked in all of them, then measured round by round: contestants take turns, and those
whose turn it is not are stopped. `Benchmarks/Peers/README.md` says more.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import time

import baseline
import machine
import picture
import table
import worker
from figures import Results
from measure import Plan, measure
from process import BEFORE, FLOOR, OURS, prefer
from workloads import WORKLOADS, Kind, Workload

QUICK = {
    "chain", "softmax", "sum-all", "transpose", "matmul-512", "linear-gelu", "step-small",
    "minilm-1", "add-1", "adds-100", "first-chain-small",
}  # fmt: skip


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )

    def file(option: str, meaning: str) -> None:
        parser.add_argument(option, type=pathlib.Path, metavar="FILE", help=meaning)

    def text(option: str, metavar: str, meaning: str, default: str | None = None) -> None:
        parser.add_argument(option, metavar=metavar, help=meaning, default=default)

    peers = ",".join(worker.PEERS)
    parser.add_argument("runner", help="the built tensorjit-bench")
    text("--workloads", "NAME,…", "only these; a part of a name will do")
    text("--threads", "N,…", "numbers of threads (1,2)", "1,2")
    text("--peers", "NAME,…", f"some of {peers}, or none", peers)
    text("--against", "RUNNER", "another tensorjit-bench, measured in the same rounds")
    parser.add_argument("--rounds", type=int, default=7, help="of each workload (7)")
    parser.add_argument("--budget", type=float, default=0.1, metavar="SECONDS",
                        help="of samples of each contestant in a round (0.1)")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="few workloads, three rounds")
    parser.add_argument("--urgent", action="store_true",
                        help="goes before all other processes; needs root")  # fmt: skip
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".build/bench"),
                        help="for text, JSON, SVG and scratch files (.build/bench)")  # fmt: skip
    file("--json", "the figures go there too")
    file("--svg", "the picture goes there too")
    file("--page", "the table in Markdown replaces the one there")
    file("--store", "makes this run the baseline")
    file("--compare", "compares this run with a baseline, by ratios")
    file("--results", "figures of an earlier run in JSON, instead of measuring")
    return parser.parse_args()


def selected(names: str | None, quick: bool) -> list[Workload]:
    """The workloads that were asked for."""
    chosen = [workload for workload in WORKLOADS if not quick or workload.name in QUICK]
    if names is None:
        return chosen
    parts = names.split(",")
    found = [workload for workload in WORKLOADS if any(part in workload.name for part in parts)]
    if not found:
        sys.exit(f"bench: error: no workload's name contains {' or '.join(parts)}")
    return found


def run(asked: argparse.Namespace) -> Results:
    """Measures what was asked for."""
    cpus = len(os.sched_getaffinity(0))
    threads = [int(number) for number in asked.threads.split(",")]
    threads = [number for number in threads if number <= cpus] or [1]
    peers = [] if asked.peers == "none" else asked.peers.split(",")
    unknown = [peer for peer in peers if peer not in worker.PEERS]
    if unknown:
        sys.exit(f"bench: error: unknown peers: {', '.join(unknown)}")
    runners = {OURS: asked.runner, FLOOR: asked.runner}
    if asked.against:
        runners[BEFORE] = asked.against
    rounds = min(asked.rounds, 3) if asked.quick else asked.rounds
    scratch = asked.folder.absolute() / "scratch"
    plan = Plan(
        runners | dict.fromkeys(peers, ""), threads, rounds, asked.budget, scratch, asked.urgent
    )
    if asked.urgent:
        prefer(os.getpid())
    start = time.monotonic()
    workers = plan.start_all()
    rows = []
    try:
        if OURS in plan.missing:
            sys.exit(f"bench: error: {asked.runner}: {plan.missing[OURS]}")
        for workload in selected(asked.workloads, asked.quick):
            seconds = time.monotonic() - start
            print(f"bench: {workload.name}, after {seconds:.0f} s", file=sys.stderr, flush=True)
            busy = [] if workload.kind is Kind.FIRST else workers
            rows += measure(workload, busy, plan)
    finally:
        for process in workers:
            process.end()
        shutil.rmtree(scratch / "first", ignore_errors=True)
        if asked.urgent:
            prefer(os.getpid(), 0)
    titles = {name: plan.titles[name] for name in plan.runners}
    return Results(machine.description(), titles, plan.missing, plan.others.cpus, rows)


def write(path: pathlib.Path | None, text: str) -> None:
    """Writes a file, if there is to be one."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main() -> None:
    asked = options()
    if asked.results:
        results = Results.of_json(json.loads(asked.results.read_text()))
    else:
        results = run(asked)
    text, picture_text = table.text(results), picture.svg(results)
    figures = json.dumps(results.json(), indent=1, ensure_ascii=False) + "\n"
    print(text)
    write(asked.folder / "results.txt", text + "\n")
    for path in (asked.folder / "results.json", asked.json):
        write(path, figures)
    for path in (asked.folder / "results.svg", asked.svg):
        write(path, picture_text)
    if asked.page:
        before = asked.page.read_text() if asked.page.exists() else ""
        write(asked.page, table.page(before, results))
    if asked.store:
        write(asked.store, json.dumps(baseline.baseline(results), indent=1) + "\n")
    if asked.compare:
        stored = json.loads(asked.compare.read_text())
        print(f"\nagainst the baseline, of {stored['machine']}:\n")
        print(table.columns(baseline.compare(stored, results), left={0, 8}))
    wrong = [f"{row.workload} on {row.threads}" for row in results.rows
             if row.entries[OURS].reason]  # fmt: skip
    if wrong:
        sys.exit(f"bench: error: ours failed: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
