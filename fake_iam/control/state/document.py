"""The format of seeds and dumps: accounts with what the nouns state, and in a dump all else that a server remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, ListOf, MapOf, Moment, Record, Text
from fake_iam.control.documents.moments import ANY_TIME
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.nouns.fields import PartitionName
from fake_iam.control.nouns.noun import ACCOUNT
from fake_iam.control.nouns.registry import hanging_on
from fake_iam.domain.ids import IdSource

FORMAT: Final = "fake_iam/1"


@dataclass(frozen=True)
class RandomPlace:
    """Where a seeded sequence of ids stands."""

    def read(self, value: Any, where: Where) -> str:
        """The place as text. Raises FormatError."""
        text = Text(secret=True).read(value, where)
        try:
            IdSource(0).resume(text)
        except ValueError as problem:
            raise FormatError(where, str(problem)) from None
        return text

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string"}


@dataclass(frozen=True)
class AnyRow:
    """A row as it is stored, with its key; its fields are read when it is known of what kind it is."""

    def read(self, value: Any, where: Where) -> dict[str, Any]:
        """The mapping. Raises FormatError."""
        if not isinstance(value, dict) or not isinstance(value.get("key"), str):
            raise FormatError(where, "is no mapping with a key")
        return value

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "object", "required": ["key"]}


CLOCK: Final = Record(
    {
        "now": Field(Moment(ANY_TIME, past=False), "the time it shows", required=True),
        "frozen": Field(Flag(), "whether it stands still"),
    }
)
PARTITION: Final = Field(PartitionName(), "that of its ARNs; of the ARNs that it names, or the server's, if left out")
ROWS: Final = Field(MapOf(Text(), ListOf(AnyRow())), "everything else, as it is stored (dumps)")


def noun_fields(carrier: str, date: Moment) -> dict[str, Field]:
    """The fields of what hangs on the account or on a noun, down to the last; ``date`` is what a date may be."""
    found = {}
    for noun in hanging_on(carrier):
        assert noun.seed is not None
        found[noun.seed.field] = Field(noun.seed.kind(date, noun_fields(noun.name, date)), noun.seed.meaning)
    return found


def account_format(date: Moment) -> Record:
    """An account."""
    return Record({"partition": PARTITION, **noun_fields(ACCOUNT, date), "rows": ROWS})


def document_format(date: Moment) -> Record:
    """A whole document."""
    issued = Record({"id": Field(Text(), "a key id", True), "account": Field(ACCOUNT_ID, "who issued it", True)})
    return Record(
        {
            "format": Field(Text(choices=(FORMAT,)), "this version of the format"),
            "account_id": Field(
                ACCOUNT_ID,
                "whose is what stands outside of accounts; in a server that is empty, it becomes the account that "
                "answers callers whose access key id names none. The server's own if left out",
            ),
            **account_format(date).fields,
            "accounts": Field(MapOf(ACCOUNT_ID, account_format(date)), "accounts by number"),
            "clock": Field(CLOCK, "the server's clock (dumps)"),
            "started": Field(date, "when the accounts were made (dumps)"),
            "random": Field(RandomPlace(), "where the sequence of ids stands (dumps with secrets, seeded servers)"),
            "issued": Field(ListOf(issued), "every key id ever issued, in order (dumps)"),
        }
    )


def read_document(document: Any, now: datetime) -> dict[str, Any]:
    """A document's values. Raises FormatError.

    In a dump, dates are seen from its own clock, and may be later: the clock can have been set back. In a seed they are
    seen from ``now``, and are past.
    """
    date = Moment(now)
    if isinstance(document, dict) and document.get("clock") is not None:
        date = Moment(CLOCK.read(document["clock"], ("clock",))["now"], past=False)
    return document_format(date).read(document)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of seeds and dumps."""
    found = document_format(Moment(ANY_TIME)).schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fake_iam seed", **found}
