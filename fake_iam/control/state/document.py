"""The format of seeds and dumps: accounts, users, keys, and in a dump all else that a server remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, ListOf, MapOf, Moment, Record, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.state.noun_formats import PARTITION, TAGS, account_fields, user_fields
from fake_iam.domain.credentials.access_keys import STATUSES
from fake_iam.domain.ids import IdSource

FORMAT: Final = "fake_iam/1"
ROOT: Final = "root"


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


ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)
CLOCK: Final = Record(
    {
        "now": Field(Moment(ANY_TIME, past=False), "the time it shows", required=True),
        "frozen": Field(Flag(), "whether it stands still"),
    }
)


def last_use_format(date: Moment) -> Record:
    """The last use of a key; here and below, ``date`` is what a date may be."""
    return Record(
        {
            "date": Field(date, "when the key last signed", required=True),
            "region": Field(Text(), "where; IAM's region, such as us-east-1, if left out"),
            "service": Field(Text(), "for which service; iam if left out"),
        }
    )


def access_key_format(date: Moment) -> Record:
    """An access key."""
    return Record(
        {
            "id": Field(Text(shape="accessKeyIdType"), "the key id; drawn if left out"),
            "secret": Field(Text(secret=True), "the secret; drawn if left out"),
            "status": Field(Text(choices=STATUSES), "Active if left out"),
            "created": Field(date, "now if left out"),
            "last_used": Field(last_use_format(date), "never if left out"),
        }
    )


def user_format(date: Moment) -> Record:
    """A user."""
    return Record(
        {
            "name": Field(Text(shape="userNameType"), "the user name", required=True),
            "id": Field(Text(shape="idType"), "the unique id; drawn if left out"),
            "path": Field(Text(shape="pathType"), "/ if left out"),
            "created": Field(date, "now if left out"),
            "tags": Field(TAGS, "the tags, keys to values"),
            "permissions_boundary": Field(Text(shape="arnType"), "the ARN of a policy"),
            "password_last_used": Field(date, "never if left out"),
            "partition": Field(PARTITION, "that of its ARN; its account's if left out"),
            "access_keys": Field(ListOf(access_key_format(date)), "the keys, within the quota"),
            **user_fields(date),
        }
    )


def session_format() -> Record:
    """Temporary credentials, as a dump with secrets has them."""
    return Record(
        {
            "id": Field(Text(shape="accessKeyIdType"), "the key id", required=True),
            "secret": Field(Text(secret=True), "the secret", required=True),
            "token": Field(Text(secret=True), "the session token", required=True),
            "owner": Field(Text(), "the unique id of the user, or root", required=True),
            "expires": Field(Moment(ANY_TIME, past=False), "until when they work", required=True),
            "mfa": Field(Flag(), "whether an MFA code was given for them"),
            "federated_name": Field(Text(), "the federated user's name, if they are one's"),
        }
    )


def account_format(date: Moment) -> Record:
    """An account."""
    root = Record({"access_keys": Field(ListOf(access_key_format(date)), "the keys of the root user")})
    return Record(
        {
            ROOT: Field(root, "the root user"),
            "users": Field(ListOf(user_format(date)), "the users"),
            **account_fields(),
            "sessions": Field(ListOf(session_format()), "temporary credentials (dumps)"),
            "rows": Field(MapOf(Text(), ListOf(AnyRow())), "everything else, as it is stored (dumps)"),
        }
    )


def document_format(date: Moment) -> Record:
    """A whole document."""
    account = account_format(date)
    issued = Record({"id": Field(Text(), "a key id", True), "account": Field(ACCOUNT_ID, "who issued it", True)})
    return Record(
        {
            "format": Field(Text(choices=(FORMAT,)), "this version of the format"),
            ROOT: account.fields[ROOT],
            "users": Field(account.fields["users"].kind, "the users of the server's own account"),
            **account_fields(),
            "accounts": Field(MapOf(ACCOUNT_ID, account), "accounts by number"),
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
