"""What measurements say: times, and ratios of times of the same round."""

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any

from process import BEFORE, FLOOR, OURS


@dataclass
class Entry:
    """What was measured of one contestant."""

    rounds: list[float] = field(default_factory=list)
    """For each round, the median of its samples in seconds a run."""
    reason: str = ""
    """Why there is nothing, where there is nothing."""
    error: float | None = None
    """The greatest error of its results."""

    @property
    def seconds(self) -> float | None:
        return statistics.median(self.rounds) if self.rounds and not self.reason else None


@dataclass
class Row:
    """A workload on a number of threads."""

    workload: str
    title: str
    threads: int
    entries: dict[str, Entry]

    def seconds(self, name: str) -> float | None:
        """The median over rounds of a contestant's time."""
        return self.entries[name].seconds if name in self.entries else None

    def ratio(self, name: str, to: str) -> float | None:
        """The median over rounds of one contestant's time relative to another's in that round."""
        if self.seconds(name) is None or self.seconds(to) is None:
            return None
        pairs = zip(self.entries[name].rounds, self.entries[to].rounds)
        return statistics.median(one / other for one, other in pairs)

    @property
    def peers(self) -> list[str]:
        """Those that were measured besides ours and the floor."""
        return [name for name in self.entries
                if name not in (OURS, FLOOR, BEFORE) and self.seconds(name)]  # fmt: skip

    @property
    def best_peer(self) -> str | None:
        """The fastest of them."""
        return min(self.peers, key=lambda name: self.seconds(name) or 0, default=None)

    @property
    def best_ratio(self) -> float | None:
        """Our time relative to the best peer's; below 1 we are faster."""
        return self.ratio(OURS, self.best_peer) if self.best_peer else None

    @property
    def floor_share(self) -> float | None:
        """The floor's time relative to ours: the part of our time that nobody could save."""
        return self.ratio(FLOOR, OURS)


@dataclass
class Results:
    """A whole run."""

    machine: str
    titles: dict[str, str]
    """What each contestant is, with its version."""
    missing: dict[str, str]
    """Contestants that could not take part, and why."""
    other_cpus: float
    """CPUs that other processes kept busy meanwhile."""
    rows: list[Row]

    def json(self) -> dict[str, Any]:
        """All of it, for a file."""
        fields = asdict(self)
        for row, values in zip(self.rows, fields["rows"]):
            values["best_peer"] = row.best_peer
            values["ratio_to_best_peer"] = row.best_ratio
            values["floor_share"] = row.floor_share
        return fields

    @staticmethod
    def of_json(fields: dict[str, Any]) -> "Results":
        """What `json` gave."""
        rows = [
            Row(row["workload"], row["title"], row["threads"],
                {name: Entry(**entry) for name, entry in row["entries"].items()})
            for row in fields["rows"]
        ]  # fmt: skip
        return Results(
            fields["machine"], fields["titles"], fields["missing"], fields["other_cpus"], rows
        )
