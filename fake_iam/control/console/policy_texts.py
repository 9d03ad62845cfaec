"""Texts of policies in lines, with the statements marked that decided something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy.decisions import Policy
from fake_iam.domain.policy.positions import Span
from fake_iam.domain.policy.statements import Statement, document

STANDS: Final = re.compile(r"statement(?: \S+)? of (arn:\S+), line (\d+), column (\d+)")


class Line(NamedTuple):
    """A line of a policy, and whether a statement that is pointed at is on it."""

    number: int
    text: str
    marked: bool


def lines(text: str, spans: Iterable[Span] = ()) -> list[Line]:
    """The lines of a policy's text, those of the spans marked."""
    marked = {number for span in spans for number in range(span.start.line, span.end.line + 1)}
    return [Line(number, line, number in marked) for number, line in enumerate(text.split("\n"), 1)]


def sentence(text: str) -> tuple[str, dict[str, str | None] | None]:
    """A sentence of an explanation, and the parameters of the page that shows the statement of a managed policy."""
    found = STANDS.search(text)
    if found is None:
        return text, None
    arn, line, column = found.groups()
    return text, {"account": _home(arn), "arn": arn, "line": line, "column": column}


def _home(arn: str | None) -> str | None:
    """The account of a policy; None for one of AWS's and for an inline one."""
    number = arn.split(":")[4] if arn else ""
    return number if number.isdigit() else None


def stands(policy: Policy, statement: Statement, kept_by: str | None) -> dict[str, Any]:
    """A statement as pages show it; ``kept_by`` says what kept it from counting, if it did not."""
    return {
        "policy": policy,
        "account": _home(policy.arn),
        "sid": statement.sid,
        "start": statement.span.start,
        "lines": lines(policy.text, [statement.span]),
        "kept_by": kept_by,
    }


def statements(text: str) -> Iterable[Statement]:
    """The statements of a policy's text; none of one that is no policy."""
    try:
        return document(text).statements
    except (ValueError, LookupError, TypeError):
        return ()
