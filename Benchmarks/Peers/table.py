"""The table as text."""

import collections

from figures import Results, Row
from process import BEFORE, FLOOR, OURS

MARK = "<!-- What follows is written by make bench BENCH='--page FILE'. -->"

NOTABLE_ERROR = 1e-4
"""Relative errors beyond it are told."""


def duration(seconds: float | None) -> str:
    """A time with three digits and its unit."""
    if seconds is None:
        return "–"
    for unit, size in [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= size:
            return f"{_three_digits(seconds / size)} {unit}"
    return f"{_three_digits(seconds * 1e9)} ns"


def _three_digits(number: float) -> str:
    return f"{number:.{2 if number < 10 else 1 if number < 100 else 0}f}"


def _cells(row: Row, peers: list[str], compares: bool) -> list[str]:
    best, ratio, share = row.best_peer, row.best_ratio, row.floor_share
    cells = [
        row.title,
        str(row.threads),
        duration(row.seconds(OURS)),
        duration(row.seconds(FLOOR)),
        "–" if share is None else f"{share * 100:.0f} %",
        best or "–",
        "–" if ratio is None else f"{ratio:.2f}",
        *[duration(row.seconds(peer)) for peer in peers],
    ]
    before = row.ratio(OURS, BEFORE)
    return cells + (["–" if before is None else f"{before:.2f}"] if compares else [])


def lines(results: Results) -> list[list[str]]:
    """The head and the rows of the table."""
    peers = [name for name in results.titles if name not in (OURS, FLOOR, BEFORE)]
    compares = BEFORE in results.titles
    head = ["workload", "threads", "ours", "floor", "share", "best peer", "ours / best", *peers]
    head += ["ours / before"] if compares else []
    return [head] + [_cells(row, peers, compares) for row in results.rows]


def columns(table: list[list[str]], left: set[int]) -> str:
    """A table in columns, of which some are aligned at their left."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column in left else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in table
    )  # fmt: skip


def text(results: Results) -> str:
    """The table in columns, then what is missing and why."""
    return "\n".join([columns(lines(results), left={0, 5}), "", *notes(results)])


def page(before: str, results: Results) -> str:
    """A page of Markdown with a new table and notes; what stands above them stays."""
    return before.partition(MARK)[0] + MARK + "\n\n" + markdown(results)


def markdown(results: Results) -> str:
    """The table and its notes in Markdown."""
    head, *rows = lines(results)
    rule = ["---" if column in (0, 5) else "---:" for column in range(len(head))]
    table = ["| " + " | ".join(line) + " |" for line in [head, rule, *rows]]
    return "\n".join([*table, "", *[f"* {note}" for note in notes(results)], ""])


def notes(results: Results) -> list[str]:
    """What the table was measured with, and why cells are empty."""
    titles = [title for name, title in results.titles.items() if name != FLOOR]
    found = [
        results.machine,
        "; ".join(titles),
        f"other processes kept {results.other_cpus:.2f} CPUs busy meanwhile",
    ]
    found += [f"{name} left out: {reason}" for name, reason in results.missing.items()]
    reasons: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    errors: dict[tuple[str, str], float] = {}
    for row in results.rows:
        for name, entry in row.entries.items():
            if entry.reason:
                if row.workload not in reasons[name, entry.reason]:
                    reasons[name, entry.reason].append(row.workload)
            elif entry.error is not None and entry.error > NOTABLE_ERROR:
                errors[name, row.workload] = max(entry.error, errors.get((name, row.workload), 0))
    found += [f"{name}, {', '.join(workloads)}: {reason}"
              for (name, reason), workloads in reasons.items()]  # fmt: skip
    found += [f"{name}, {workload}: results are wrong by {error:.1g}"
              for (name, workload), error in errors.items()]  # fmt: skip
    return found
