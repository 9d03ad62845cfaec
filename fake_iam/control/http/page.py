"""What a page of the control plane is: method, path, what it takes, what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_iam.control.documents.format import Kind, Record, Schema
from fake_iam.control.documents.problems import Where

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a page: query parameters, the body as text, and the fields read from it."""

    query: Mapping[str, str]
    text: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page. ``body`` is what it takes as JSON or YAML; ``shown`` the same where only the page itself can read it."""

    method: str
    path: str
    meaning: str
    answer: Callable[[Asked], Document]
    body: Record | None = None
    shown: Record | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    open_to_all: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """A value that the page hands on as it came, described by another kind."""

    kind: Kind

    def read(self, value: Any, where: Where) -> Any:
        """The value itself."""
        return value

    def schema(self) -> Schema:
        """The schema of what it is handed to."""
        return self.kind.schema()


def done(act: Callable[[Asked], object], status: str = "done") -> Callable[[Asked], Document]:
    """An answer that says that something is done."""

    def answer(asked: Asked) -> Document:
        act(asked)
        return {"status": status}

    return answer
