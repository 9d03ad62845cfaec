"""What is to be reached, as data, and whether it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks import (
    boto3_calls,
    cold_start,
    decisions,
    fixture,
    growth,
    in_process,
    load,
    long_work,
    memory,
    policies,
    single_connection,
    stores,
)
from benchmarks.figures import Table, ratio
from benchmarks.targets import FAKE_IAM, HELLO_WORLD, MINISTACK, MOTO


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit on the ratio of two columns' medians, or on one column's median.

    Args:
        table: the table's title.
        row: the row; None stands for every row.
        column: whose figure it is.
        against: whose figure it is divided by; None for the figure itself.
        limit: the limit, which may be met exactly unless ``below``.
        at_least: the limit is the least; else it is the most.
        below: the figure must be below the limit.
    """

    table: str
    row: str | None
    column: str
    against: str | None
    limit: float
    at_least: bool = False
    below: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a value is good enough."""
        if self.at_least:
            return value >= self.limit
        return value < self.limit if self.below else value <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<" if self.below else "<="
        return f"{sign} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure beside another (or alone), with the goal that it has, if any. ``value`` is None if not measured."""

    table: str
    row: str
    column: str
    against: str | None
    value: float | None
    goal: Goal | None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None if there is none."""
        if self.goal is None:
            return None
        return self.value is not None and self.goal.met_by(self.value)

    @property
    def verdict(self) -> str:
        """That in words."""
        if self.goal is None:
            return ""
        return "not measured" if self.value is None else "met" if self.met else "not met"


def _against(
    table: str, rows: Sequence[str], moto: float, ministack: float, floor: float | None = None, at_least: bool = False
) -> list[Goal]:
    """The goals of rows to moto_server, to MiniStack and to the floor."""
    limits = {MOTO.name: moto, MINISTACK.name: ministack}
    if floor is not None:
        limits[HELLO_WORLD.name] = floor
    return [Goal(table, row, FAKE_IAM.name, other, limit, at_least) for row in rows for other, limit in limits.items()]


GOALS: Final = (
    *_against(single_connection.TITLE, ["UpdateAccessKey"], 0.06, 0.35, 0.30),
    *_against(single_connection.TITLE, ["ListAccessKeys", "GetUser", "CreateUser"], 0.07, 0.40),
    *_against(load.TITLE, [load.requests_row(8)], 12, 1.7, 3, at_least=True),
    *_against(load.TITLE, [load.p99_row(8)], 0.25, 1),
    *_against(boto3_calls.TITLE, [boto3_calls.ROW], 0.32, 0.75),
    *_against(cold_start.TITLE, [cold_start.ROW], 0.30, 0.75),
    Goal(in_process.TITLE, boto3_calls.ROW, in_process.FAKE_COLUMN, in_process.MOTO_COLUMN, 0.5),
    Goal(growth.title(FAKE_IAM), None, growth.column(10_000), growth.column(100), 1.2),
    Goal(stores.TITLE, "UpdateAccessKey", stores.SQLITE, stores.MEMORY, 5),
    Goal(stores.TITLE, "UpdateAccessKey", stores.POSTGRESQL, stores.MEMORY, 15),
    *(
        Goal(f"Growth of {stores.STATE_FILE}", change, growth.column(100_000), growth.column(100), 1.2)
        for change in ("UpdateAccessKey", "CreateUser", "DeleteUser", "CreateAccessKey", "DeleteAccessKey")
    ),
    Goal(stores.WORKERS_TITLE, stores.READS, stores.workers(2), stores.workers(1), 1.6, at_least=True),
    Goal(memory.TITLE, memory.row(10_000), FAKE_IAM.name, None, 56),
    *(Goal(policies.TITLE, None, policies.MANY, other, 1.1) for other in (policies.ONE, policies.OFF)),
    Goal(decisions.TITLE, decisions.ROW, decisions.ANEW, decisions.SIMULATE, 1 / 20),
    Goal(long_work.TITLE, None, long_work.BESIDE, None, 50),
    Goal(fixture.TITLE, "start", fixture.COLUMN, None, 20, below=True),
    Goal(fixture.TITLE, "reset", fixture.COLUMN, None, 1, below=True),
    Goal(fixture.TITLE, "stop", fixture.COLUMN, None, 20, below=True),
)


def comparisons(table: Table) -> list[Comparison]:
    """Every comparison of a table: each row's ratios, and its goals, those not measured among them."""
    return list(_comparisons(table))


def _comparisons(table: Table) -> Iterator[Comparison]:
    goals = {
        (row, goal.column, goal.against): goal
        for goal in GOALS
        if goal.table == table.title
        for row in (table.rows if goal.row is None else [goal.row])
    }
    for row in table.rows:
        for column, against in table.pairs():
            value = _value(table, row, column, against)
            if value is not None:
                yield Comparison(table.title, row, column, against, value, goals.pop((row, column, against), None))
    for (row, column, other), goal in goals.items():
        yield Comparison(table.title, row, column, other, _value(table, row, column, other), goal)


def _value(table: Table, row: str, column: str, against: str | None) -> float | None:
    figure = table.figure(row, column)
    if figure is None or against is None:
        return None if figure is None else figure.median
    other = table.figure(row, against)
    return None if other is None else ratio(figure, other)
