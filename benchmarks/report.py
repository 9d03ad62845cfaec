"""What was measured in words: tables for a terminal, and the page docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.figures import Figure, Table
from benchmarks.goals import Comparison, comparisons
from benchmarks.machine import Surroundings

NOTE = "<!-- Written by `python -m benchmarks --write`; run it again instead of editing this page. -->"


def shown(figure: Figure | None, digits: int) -> str:
    """A figure: its median and, if there were several rounds, the least and the greatest."""
    if figure is None:
        return ""
    if len(figure.rounds) == 1:
        return f"{figure.median:,.{digits}f}"
    return f"{figure.median:,.{digits}f} ({figure.low:,.{digits}f} .. {figure.high:,.{digits}f})"


def as_text(table: Table) -> str:
    """A table for a terminal, and below it every ratio with its goal."""
    lines = [["", *table.columns()]]
    for row, columns in table.rows.items():
        lines.append([row, *(shown(columns.get(column), table.digits) for column in table.columns())])
    parts = [f"{table.title} ({table.unit})", _aligned(lines)]
    compared = [[each.row, _what(each), _value(each), _goal(each), each.verdict] for each in comparisons(table)]
    if compared:
        parts.append(_aligned(compared))
    parts += [f"  note: {note}" for note in table.notes]
    return "\n".join(parts)


def summary(tables: Sequence[Table]) -> str:
    """How many goals are met, and which are not."""
    judged = [each for table in tables for each in comparisons(table) if each.goal is not None]
    met = sum(each.met is True for each in judged)
    lines = [f"{met} of {len(judged)} targets are met."]
    for each in judged:
        if not each.met:
            lines.append(f"- {each.table}, {each.row}, {_what(each)}: {_value(each)}, {_goal(each)}: {each.verdict}")
    return "\n".join(lines)


def as_page(tables: Sequence[Table], around: Surroundings, left_out: Mapping[str, str]) -> str:
    """The page docs/performance.md."""
    versions = ["| | version |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in around.versions.items())]
    parts = [
        "# Performance",
        NOTE,
        "How long fake_iam takes, beside moto_server, MiniStack, and a floor: a hello-world that answers any POST with "
        "the same few bytes, on werkzeug's own server. Each is started as its users start it, in a process of its own. "
        "The rounds of all are interleaved, in a shuffled order. Every answer is checked; one that is wrong or missing "
        "ends the run, and no page is written.",
        "![UpdateAccessKey on one connection: how long each server takes](performance.svg)",
        "Nothing of fake_iam is switched off. All calls but a start's first are signed by a key it issued, so that it "
        "checks them (a wrong signature must be refused); parameters are validated; the journal is kept and "
        "last uses are tracked (both are read back from the servers). Only its quota of users is raised, since more "
        "are made than AWS allows.",
        f"Measured on {around.date}: {around.machine}, {around.system}. Load of the machine before the run: "
        f"{around.load} (0 is idle).",
        "\n".join(versions),
        *([f"Left out: {'; '.join(f'{name}, {why}' for name, why in left_out.items())}."] if left_out else []),
        "A cell is the median of all rounds, with the least and the greatest round in brackets. A ratio is one "
        "median over the other. To run it: `tox -e bench`; what is fair about it and what is not: "
        "`benchmarks/README.md`.",
        "## Targets",
        summary(tables),
        *(part for table in tables for part in _section(table)),
    ]
    return "\n\n".join(parts) + "\n"


def _section(table: Table) -> list[str]:
    columns = table.columns()
    lines = [_cells([table.unit, *columns]), _cells(["---"] * (len(columns) + 1))]
    for row, figures in table.rows.items():
        lines.append(_cells([row, *(shown(figures.get(column), table.digits) for column in columns)]))
    parts = [f"## {table.title}", table.how, "\n".join(lines)]
    compared = comparisons(table)
    if compared:
        lines = [_cells(["", "", "measured", "target", ""]), _cells(["---"] * 5)]
        for each in compared:
            lines.append(_cells([each.row, _what(each), _value(each), _goal(each), _emphasized(each.verdict)]))
        parts.append("\n".join(lines))
    return [*parts, *(f"{note[0].upper()}{note[1:]}." for note in table.notes)]


def _what(each: Comparison) -> str:
    return each.column if each.against is None else f"{each.column} / {each.against}"


def _value(each: Comparison) -> str:
    return "-" if each.value is None else f"{each.value:.3g}"


def _goal(each: Comparison) -> str:
    return "" if each.goal is None else str(each.goal)


def _emphasized(verdict: str) -> str:
    return f"**{verdict}**" if verdict.startswith("not") else verdict


def _cells(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
