"""Lines over time, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 340, 90, 40, 130, 45
LOOKS = (("#b3261e", ""), ("#1f6feb", "8 4"), ("#1a7f37", "2 3"))
"""Colour and dashes of each line: told apart without colour too."""

Line = Sequence[tuple[float, float]]


def chart(title: str, across: str, up: str, lines: Mapping[str, Line]) -> str:
    """The drawing. lines: points by name, both axes begin at 0."""
    far = _ticks(max(x for line in lines.values() for x, _ in line))
    high = _ticks(max(y for line in lines.values() for _, y in line))
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(LEFT + (right - LEFT) * x / far[-1], 1),
            round(bottom - (bottom - TOP) * y / high[-1], 1),
        )

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 22, title, "start"),
        _text((LEFT + right) / 2, HEIGHT - 8, across, "middle"),
        f'<g transform="translate(16 {(TOP + bottom) / 2}) rotate(-90)">{_text(0, 0, up, "middle")}</g>',
    ]
    for tick in high:
        _, y = place(0, tick)
        drawn.append(f'<path d="M{LEFT} {y}H{right}" stroke="#ddd"/>{_text(LEFT - 6, y + 4, tick, "end")}')
    for tick in far:
        x, _ = place(tick, 0)
        drawn.append(_text(x, bottom + 16, tick, "middle"))
    for row, ((name, line), (colour, dashes)) in enumerate(zip(lines.items(), LOOKS, strict=True)):
        look = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        points = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        level = TOP + 10 + 20 * row
        drawn.append(f'<polyline points="{points}" {look}/>')
        drawn.append(f'<path d="M{right + 10} {level}h24" {look}/>')
        drawn.append(_text(right + 40, level + 4, name, "start"))
    return "\n".join([*drawn, "</svg>", ""])


def _text(x: float, y: float, words: str | float, anchor: str) -> str:
    said = words if isinstance(words, str) else f"{words:,g}" if words < 1_000 else f"{words:,.0f}"
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(said)}</text>'


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 on, four to ten of them, the last no smaller than `most`."""
    rough = (most or 1) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * count for count in range(math.ceil((most or 1) / step) + 1)]
