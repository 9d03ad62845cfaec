"""Where a case's answer is known from: three marks, and the rule that a case has exactly one of them.

``observed``: somebody saw AWS answer so, at a date, and published it. ``documented``: a page of AWS says so.
``assumed``: nobody has said; the reason tells what the guess rests on.

After these come ids: of a fact (``ak-quota``, or ``5:quota counts inactive`` for a sentence of a section), or of a
public case (``C01``). A case without ids is no error, an id of another form is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pytest

KINDS: Final = ("observed", "documented", "assumed")
MARKERS: Final = (
    "observed(date, source, *ids): AWS was seen to answer so",
    "documented(page, *ids): AWS documents the answer",
    "assumed(reason, *ids): nobody has said what AWS answers; this is the best guess",
    "fake_only(reason): only a fake can run this case; it is skipped elsewhere",
)
FACT_ROW: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
FACT_SENTENCE: Final = re.compile(r"\d+(\.\d+)*:[\w*]([\w ,.*-]*[\w*])?", re.ASCII)
CASE: Final = re.compile(r"C\d{2}", re.ASCII)


class ProvenanceError(ValueError):
    """A case does not say, or says wrongly, where its answer is known from."""


@dataclass(frozen=True)
class Provenance:
    """Where one case's answer is known from. ``date`` is empty unless it was observed."""

    kind: str
    date: str
    origin: str
    ids: tuple[str, ...]


def observed(date: str, source: str, *ids: str) -> pytest.MarkDecorator:
    """Mark a case whose answer AWS was seen to give; the date may be ``undated``."""
    return pytest.mark.observed(date, source, *ids)


def documented(page: str, *ids: str) -> pytest.MarkDecorator:
    """Mark a case whose answer a page of AWS's documentation gives."""
    return pytest.mark.documented(page, *ids)


def assumed(reason: str, *ids: str) -> pytest.MarkDecorator:
    """Mark a case whose answer is a guess, and say what it rests on."""
    return pytest.mark.assumed(reason, *ids)


def fake_only(reason: str) -> pytest.MarkDecorator:
    """Mark a case that needs what only a fake has: a clock to turn, a quota to lower."""
    return pytest.mark.fake_only(reason)


def provenance_of(marks: Iterable[Any]) -> Provenance:
    """The one provenance among a case's marks. Raises ProvenanceError if there is none, or two, or a bad one."""
    found = [mark for mark in marks if mark.name in KINDS]
    if len(found) != 1:
        given = ", ".join(mark.name for mark in found) or "none"
        raise ProvenanceError(f"a case has exactly one of {', '.join(KINDS)}; this one has {given}")
    (mark,) = found
    said = 2 if mark.name == "observed" else 1
    texts = (*mark.args, *mark.kwargs.values())
    if len(mark.args) < said or mark.kwargs or not all(isinstance(text, str) and text for text in texts):
        raise ProvenanceError(f"{mark.name} takes {said} text(s), then ids; it is given {mark.args!r}")
    ids = mark.args[said:]
    for name in ids:
        if not any(form.fullmatch(name) for form in (FACT_ROW, FACT_SENTENCE, CASE)):
            raise ProvenanceError(f"{name!r} has not the form of a fact (ak-quota, 5:some words) or a case (C01)")
    return Provenance(mark.name, mark.args[0] if said == 2 else "", mark.args[said - 1], tuple(ids))
