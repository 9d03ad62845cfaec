"""The main comparison as a picture: bars in an SVG that reads on light and on dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 720
LABELS: Final = 215
VALUES: Final = 90
BAR: Final = 24
STEP: Final = 38
LINE: Final = 18  # of the small print below
TOP: Final = 52
# Grey text with a contrast of more than 4 on white and on near-black; bars that stand out from both.
TEXT: Final = "#737b85"
OWN: Final = "#2f81f7"
OTHER: Final = "#8b949e"


def bars(title: str, unit: str, values: Mapping[str, float], own: str, below: Sequence[str]) -> str:
    """A bar for each value, the least first; that of ``own`` in a colour of its own."""
    ordered = sorted(values.items(), key=lambda item: item[1])
    greatest = ordered[-1][1]
    under = TOP + STEP * len(ordered) + 16
    height = under + LINE * len(below)
    spoken = ", ".join(f"{name} {value:,.0f}" for name, value in ordered)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="15" fill="{TEXT}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(f"{unit}, less is better: {spoken}.")}</desc>',
        f'<text x="0" y="22" font-size="17" font-weight="600">{escape(title)}</text>',
        f'<text x="{WIDTH}" y="22" text-anchor="end">{escape(unit)}, less is better</text>',
    ]
    for place, (name, value) in enumerate(ordered):
        top = TOP + STEP * place
        length = max((WIDTH - LABELS - VALUES) * value / greatest, 2.0)
        weight = ' font-weight="600"' if name == own else ""
        lines += [
            f'<text x="{LABELS - 12}" y="{top + 17}" text-anchor="end"{weight}>{escape(name)}</text>',
            f'<rect x="{LABELS}" y="{top}" width="{length:.1f}" height="{BAR}" rx="3" '
            f'fill="{OWN if name == own else OTHER}"/>',
            f'<text x="{LABELS + length + 8:.1f}" y="{top + 17}"{weight}>{value:,.0f}</text>',
        ]
    for place, text in enumerate(below):
        lines.append(f'<text x="0" y="{under + LINE * place}" font-size="12">{escape(text)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"
