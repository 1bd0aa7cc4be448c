"""The table as a picture in SVG: each contestant's time relative to ours."""

import math
from xml.sax.saxutils import escape

from figures import Results, Row
from process import BEFORE, FLOOR, OURS

_COLORS = ["#0b84a5", "#f6a01a", "#ca472f", "#8b5fbf", "#6f9e3f", "#9d6b4f"]
_DECADES = (-2, 3)
_LABEL, _WIDTH, _LINE = 250, 620, 20
_TOP = 70


def svg(results: Results) -> str:
    """A line a workload and number of threads; marks right of the middle are slower than ours."""
    peers = [name for name in results.titles if name not in (OURS, FLOOR, BEFORE)]
    colors = dict(zip(peers, _COLORS * len(peers)))
    rows = [row for row in results.rows if row.seconds(OURS)]
    height = _TOP + _LINE * len(rows) + 20
    width = _LABEL + _WIDTH + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(results, colors),
        *_grid(height - 20),
    ]
    for number, row in enumerate(rows):
        parts += _row(row, colors, _TOP + _LINE * number + _LINE / 2)
    return "\n".join([*parts, "</svg>", ""])


def _x(ratio: float) -> float:
    low, high = _DECADES
    place = (min(max(math.log10(ratio), low), high) - low) / (high - low)
    return _LABEL + _WIDTH * place


def _legend(results: Results, colors: dict[str, str]) -> list[str]:
    parts = []
    x = 10.0
    for name, color in colors.items():
        title = escape(results.titles[name])
        parts.append(f'<circle cx="{x:.0f}" cy="16" r="4" fill="{color}"/>')
        parts.append(f'<text x="{x + 8:.0f}" y="20">{title}</text>')
        x += 24 + 6.7 * len(title)
    parts.append(f'<path d="M10 30v12" stroke="black" stroke-width="2"/>'
                 f'<text x="18" y="40">floor</text>'
                 f'<text x="{_LABEL + _WIDTH:.0f}" y="40" text-anchor="end">'
                 "time relative to TensorJIT's; further right is slower</text>")  # fmt: skip
    return parts


def _grid(bottom: float) -> list[str]:
    parts = []
    for decade in range(_DECADES[0], _DECADES[1] + 1):
        x = _x(10.0**decade)
        color = "black" if decade == 0 else "#dddddd"
        parts.append(f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="{color}"/>')
        label = f"{10.0**decade:g}×"
        parts.append(f'<text x="{x:.1f}" y="{_TOP - 6}" text-anchor="middle">{label}</text>')
    return parts


def _row(row: Row, colors: dict[str, str], y: float) -> list[str]:
    title = escape(f"{row.title} · {row.threads}")
    parts = [
        f'<text x="{_LABEL - 8}" y="{y + 4:.1f}" text-anchor="end">{title}</text>',
        f'<path d="M{_LABEL} {y:.1f}h{_WIDTH}" stroke="#eeeeee"/>',
    ]
    floor = row.ratio(FLOOR, OURS)
    if floor:
        parts.append(f'<path d="M{_x(floor):.1f} {y - 6:.1f}v12" stroke="black" stroke-width="2"/>')
    for name, color in colors.items():
        ratio = row.ratio(name, OURS)
        if ratio:
            parts.append(
                f'<circle cx="{_x(ratio):.1f}" cy="{y:.1f}" r="4" fill="{color}" '
                f'fill-opacity="0.85"><title>{escape(name)}: {ratio:.2f}×</title></circle>'
            )
    return parts
