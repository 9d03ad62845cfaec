"""What is measured, as values: rounds of a figure, and tables of figures with their ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured in several rounds, a value a round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    @property
    def low(self) -> float:
        """The least round."""
        return min(self.rounds)

    @property
    def high(self) -> float:
        """The greatest round."""
        return max(self.rounds)


def ratio(figure: Figure, other: Figure) -> float:
    """One median over the other; the rounds were interleaved, so that what slowed some of them slowed both."""
    return figure.median / other.median


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed, nearest rank: 0.99 for the 99th percentile."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(int(rank), 1) - 1]


@dataclass(slots=True)
class Table:
    """What one subject has measured: figures by row (what was called) and column (who was asked).

    Args:
        title: the subject.
        unit: what the figures count.
        how: how they were measured, for the reader.
        shown: the columns in the order in which they are shown.
        digits: how many decimals are worth showing.
        grows: whether the columns after the first are compared with it; else the first is compared with each other.
    """

    title: str
    unit: str
    how: str
    shown: tuple[str, ...]
    digits: int = 0
    grows: bool = False
    rows: dict[str, dict[str, Figure]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, row: str, column: str, value: float) -> None:
        """Add a round's value."""
        columns = self.rows.setdefault(row, {})
        before = columns[column].rounds if column in columns else ()
        columns[column] = Figure((*before, value))

    def figure(self, row: str, column: str) -> Figure | None:
        """A figure, if it was measured."""
        return self.rows.get(row, {}).get(column)

    def columns(self) -> list[str]:
        """The columns that have figures, in the order in which they are shown."""
        return [column for column in self.shown if any(column in columns for columns in self.rows.values())]

    def pairs(self) -> list[tuple[str, str]]:
        """Which column is compared with which."""
        first, *others = self.columns() or [""]
        return [(other, first) if self.grows else (first, other) for other in others]

    def as_data(self) -> dict[str, Any]:
        """All of it, for JSON."""
        rows = {
            row: {column: list(figure.rounds) for column, figure in columns.items()}
            for row, columns in self.rows.items()
        }
        return {"title": self.title, "unit": self.unit, "how": self.how, "rows": rows, "notes": self.notes}
