"""What a document may hold, declared once: the declaration reads it, names the bad field, and gives its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from fake_iam.control.documents.moments import read_moment, read_past, read_span
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.protocol.constraints import Violation, checker
from fake_iam.protocol.model import Shape, load_service

Schema = dict[str, Any]


class Kind(Protocol):
    """A kind of value."""

    def read(self, value: Any, where: Where) -> Any:
        """The value in Python's terms. Raises FormatError."""
        ...

    def schema(self) -> Schema:
        """Its JSON Schema."""
        ...


@dataclass(frozen=True)
class Text:
    """A string; ``shape`` names a shape of IAM's model whose constraints hold, ``choices`` the only values.

    Nothing is held to a shape that the model of an older botocore lacks.
    ``pattern`` is a regular expression that ``says`` puts into words.
    """

    shape: str | None = None
    pattern: str | None = None
    says: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False

    def read(self, value: Any, where: Where) -> str:
        """The string. Raises FormatError."""
        shown = "the value" if self.secret else repr(value)
        if not isinstance(value, str):
            raise FormatError(where, f"{shown} is no text; put it in quotes")
        if self.choices and value not in self.choices:
            raise FormatError(where, f"{shown} is not one of {', '.join(self.choices)}")
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise FormatError(where, f"{shown} is not {self.says}")
        shape = self._shape()
        if shape:
            found: list[Violation] = []
            checker(load_service("iam"), shape.name)(value, "", found)
            if found:
                raise FormatError(where, f"{shown} is refused: {found[0].constraint}")
        if self.secret and not value:
            raise FormatError(where, "the value is empty; it must have at least one character")
        return value

    def schema(self) -> Schema:
        """Its JSON Schema; the patterns of the model are left to the server, since they are Java's."""
        shape = self._shape()
        found: Schema = {
            "type": "string",
            "enum": list(self.choices) or None,
            "pattern": f"^{self.pattern}$" if self.pattern else None,
            "minLength": shape.min if shape else None,
            "maxLength": shape.max if shape else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _shape(self) -> Shape | None:
        return load_service("iam").shapes.get(self.shape) if self.shape else None


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def read(self, value: Any, where: Where) -> bool:
        """The boolean. Raises FormatError."""
        if not isinstance(value, bool):
            raise FormatError(where, f"{value!r} is neither true nor false")
        return value

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``; a whole one unless ``fraction``."""

    low: float
    high: float
    fraction: bool = False

    def read(self, value: Any, where: Where) -> Any:
        """The number. Raises FormatError."""
        kinds = (int, float) if self.fraction else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise FormatError(where, f"{value!r} is no {'number' if self.fraction else 'whole number'}")
        if not self.low <= value <= self.high:
            raise FormatError(where, f"{value!r} is out of range; it must be from {self.low} to {self.high}")
        return value

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "number" if self.fraction else "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Moment:
    """A date and time, absolute or seen from ``now``; not after it if ``past``."""

    now: datetime
    past: bool = True

    def read(self, value: Any, where: Where) -> datetime:
        """The moment in UTC. Raises FormatError."""
        try:
            return (read_past if self.past else read_moment)(value, self.now)
        except ValueError as problem:
            raise FormatError(where, str(problem)) from None

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "string", "examples": ["2026-01-31T12:00:00Z", "91 days ago"]}


@dataclass(frozen=True)
class Span:
    """A span of time."""

    def read(self, value: Any, where: Where) -> timedelta:
        """The span. Raises FormatError."""
        try:
            return read_span(value)
        except ValueError as problem:
            raise FormatError(where, str(problem)) from None

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "string", "examples": ["91 days", "PT8S"]}


@dataclass(frozen=True)
class ListOf:
    """A list of one kind."""

    item: Kind

    def read(self, value: Any, where: Where) -> list[Any]:
        """The list. Raises FormatError."""
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise FormatError(where, f"{_short(value)} is no list")
        return [self.item.read(item, (*where, number)) for number, item in enumerate(value)]

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "array", "items": self.item.schema()}


@dataclass(frozen=True)
class MapOf:
    """A mapping from keys of one kind to values of one kind; keys that YAML took for numbers are text again."""

    key: Kind
    value: Kind
    max_size: int | None = None

    def read(self, value: Any, where: Where) -> dict[str, Any]:
        """The mapping. Raises FormatError."""
        if not isinstance(value, Mapping):
            raise FormatError(where, f"{_short(value)} is no mapping")
        if self.max_size is not None and len(value) > self.max_size:
            raise FormatError(where, f"{len(value)} entries are too many; there may be {self.max_size}")
        found = {}
        for name, item in value.items():
            at = (*where, str(name))
            found[self.key.read(str(name) if isinstance(name, int) else name, at)] = self.value.read(item, at)
        return found

    def schema(self) -> Schema:
        """Its JSON Schema."""
        found: Schema = {
            "type": "object",
            "propertyNames": self.key.schema(),
            "additionalProperties": self.value.schema(),
        }
        return found if self.max_size is None else {**found, "maxProperties": self.max_size}


@dataclass(frozen=True)
class Field:
    """A field of a record: its kind, what it means, whether it must be there, whether null is a value of its own."""

    kind: Kind
    meaning: str
    required: bool = False
    null: bool = False


@dataclass(frozen=True)
class Record:
    """A mapping of known fields; any other field is refused. One that is null counts as left out, unless it may be."""

    fields: Mapping[str, Field]
    check: Callable[[dict[str, Any], Where], None] = field(default=lambda values, where: None)

    def read(self, value: Any, where: Where = ()) -> dict[str, Any]:
        """The fields that are there. Raises FormatError."""
        if not isinstance(value, Mapping):
            raise FormatError(where, f"{_short(value)} is no mapping of {', '.join(self.fields)}")
        for name in value:
            if name not in self.fields:
                raise FormatError((*where, str(name)), f"is no field; there are {', '.join(self.fields)}")
        found = {
            name: self.fields[name].kind.read(item, (*where, name))
            for name, item in value.items()
            if item is not None or self.fields[name].null
        }
        for name, declared in self.fields.items():
            if declared.required and name not in found:
                raise FormatError((*where, name), "is missing")
        self.check(found, where)
        return found

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {
            "type": "object",
            "properties": {
                name: {**declared.kind.schema(), "description": declared.meaning}
                for name, declared in self.fields.items()
            },
            "required": [name for name, declared in self.fields.items() if declared.required],
            "additionalProperties": False,
        }


ACCOUNT_ID: Final = Text(pattern=r"\d{12}", says="an account number of twelve digits")


def _short(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
