"""A stored run, and how another one compares with it.

Times of different days do not compare: clock and memory bandwidth drift by up to a factor of two.
Ratios of times that were measured in the same round do, so our time is compared relative to the
floor and to each peer of its own run.
"""

import statistics
from typing import Any

from figures import Results, Row
from process import BEFORE, FLOOR, OURS

Key = tuple[str, int]


def baseline(results: Results) -> dict[str, Any]:
    """What is stored of a run: our time relative to each other contestant's."""
    return {
        "machine": results.machine,
        "titles": results.titles,
        "ratios": [
            {"workload": row.workload, "threads": row.threads, "ours_to": _references(row)}
            for row in results.rows
        ],
    }


def _references(row: Row) -> dict[str, float]:
    names = [name for name in row.entries if name not in (OURS, BEFORE)]
    ratios = {name: row.ratio(OURS, name) for name in names}
    return {name: round(ratio, 4) for name, ratio in ratios.items() if ratio}


def compare(stored: dict[str, Any], results: Results) -> list[list[str]]:
    """Lines of a table: for each row of both runs, how our time changed relative to others'.

    The change is the median over floor and peers; `spread` is the least and the greatest, and tells
    how much the change can be trusted.
    """
    then = {(row["workload"], row["threads"]): row["ours_to"] for row in stored["ratios"]}
    table = [["workload", "threads", "to floor then", "now", "to best peer then", "now",
              "change", "spread", ""]]  # fmt: skip
    for row in results.rows:
        old, new = then.get((row.workload, row.threads), {}), _references(row)
        changes = [new[name] / old[name] for name in new if name in old]
        if not changes:
            continue
        # The peer that is the best now; then it need not have been.
        best = row.best_peer or ""
        change, low, high = statistics.median(changes), min(changes), max(changes)
        table.append([
            row.title, str(row.threads),
            *[_ratio(ratios.get(name)) for name in (FLOOR, best) for ratios in (old, new)],
            f"{change:.2f}", f"{low:.2f}–{high:.2f}", verdict(low, high),
        ])  # fmt: skip
    return table


def verdict(low: float, high: float) -> str:
    """Whether all that our time is compared with say that it changed by more than a tenth."""
    if low > 1.1:
        return "slower"
    return "faster" if high < 1 / 1.1 else ""


def _ratio(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}"
