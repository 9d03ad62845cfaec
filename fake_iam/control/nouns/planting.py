"""Filling an account with what a seed says: where a thing stands, what it hangs on, and how it gets into the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.domain.errors import ServiceError
from fake_iam.domain.ids import IdSource
from fake_iam.domain.quotas import Quotas
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.errors import Refusal
from fake_iam.store.base import Account, Table

Row = TypeVar("Row")


class Carrier(NamedTuple):
    """Something that others hang on: the account, the root user, a user, a group.

    ``noun`` is the name of its noun, ``id`` what the rows of others file it under, ``name`` what operations call it,
    ``partition`` that of its ARN.
    """

    noun: str
    id: str
    name: str
    partition: str

    @property
    def word(self) -> str:
        """The noun as AWS's operations have it: ``User`` in PutUserPolicy."""
        return self.noun.title().replace("_", "")


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing of a seed: where it stands, what it hangs on, what is said of it.

    ``among`` are all values of the field that it stands in; in a mapping, ``key`` is its key.
    """

    where: Where
    carrier: Carrier
    value: Any
    among: Sequence[Any]
    key: str = ""


class Planting:
    """Fills an account inside the transaction of whoever asks. What cannot be is a FormatError.

    ``counts`` says how many things of each noun were planted.
    """

    def __init__(self, engine: Engine, account: Account, now: datetime) -> None:
        self.engine = engine
        self.account = account
        self.now = now
        self.counts: Counter[str] = Counter()

    @property
    def ids(self) -> IdSource:
        """What is left out is drawn from here."""
        return self.engine.ids

    @property
    def quotas(self) -> Quotas:
        """How many of each thing there may be."""
        return self.engine.quotas

    def table(self, kind: type[Row]) -> Table[Row]:
        """The account's table of a kind."""
        return self.account.table(kind)

    def do(self, placed: Placed, operation: str, *, at: Where = (), **members: Any) -> None:
        """Do one of IAM's operations as the root user, in the partition of what the thing hangs on.

        Members that are None are left out. ``at`` is where in the thing it is said.
        """
        given = {name: value for name, value in members.items() if value is not None}
        partition = placed.carrier.partition
        try:
            self.engine.perform(self.account.id, "iam", operation, given, self.now, partition=partition)
        except (ServiceError, Refusal) as refused:
            raise FormatError((*placed.where, *at), refused.message or refused.code) from None

    def add(self, placed: Placed, kind: type[Row], operation: str, **members: Any) -> Row:
        """The row of a kind that an operation adds to what hangs on the thing's carrier."""
        table, owner_id = self.table(kind), placed.carrier.id
        present = table.where("owner", owner_id)
        self.do(placed, operation, **members)
        (row,) = (row for row in table.where("owner", owner_id) if row not in present)
        return row

    def change(self, key: str, row: Any, **changes: Any) -> Any:
        """Put the row with these attributes changed; those that are None stay as they are."""
        given = {name: value for name, value in changes.items() if value is not None}
        changed = replace(row, **given) if given else row
        self.table(type(row)).put(key, changed)
        return changed


def tag_members(values: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The ``tags`` of a seed as an operation takes them."""
    tags = [{"Key": key, "Value": value} for key, value in values.get("tags", {}).items()]
    return tags or None
