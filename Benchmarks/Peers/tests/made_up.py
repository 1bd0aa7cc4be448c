"""Figures that are made up."""

from figures import Entry, Results, Row


def row(name: str = "exp", threads: int = 1, **rounds: list[float] | str) -> Row:
    """A row of contestants' seconds by round, or of the reasons why there are none."""
    entries = {
        contestant: Entry(reason=value) if isinstance(value, str) else Entry(rounds=value)
        for contestant, value in rounds.items()
    }
    return Row(name, f"title of {name}", threads, entries)


def results(*rows: Row, **missing: str) -> Results:
    """A run of some rows."""
    names = {name for row in rows for name in row.entries}
    titles = {name: f"{name} <1.0> & co" for name in sorted(names)}
    return Results("a machine", titles, missing, 0.25, list(rows))
