"""What the controls know of a noun, declared once. Nothing else in them knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from fake_iam.control.documents.format import Field, Kind, ListOf, MapOf, Moment, Record, Text
from fake_iam.control.nouns.dates import Dates
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.store.base import Account

ACCOUNT: Final = "account"
Fields = Mapping[str, Field]


@dataclass(frozen=True, kw_only=True)
class Seed:
    """How a seed states things of the noun, and how they get into the store.

    Args:
        field: the field in which they stand.
        meaning: what the field means.
        on: what they hang on: the account, or nouns by name. A noun may also say that it ``carries`` this one.
        item: what is said of one of them, given what a date may be: the fields of a record, or another kind.
        shape: whether there are many in a list, one, or many in a mapping under their names.
        plant: puts one into the store; of what others can hang on, it gives back the carrier.
        order: sorts those of an account before they are planted; as they stand in the seed if left out.
    """

    field: str
    meaning: str
    item: Callable[[Moment], Fields | Kind]
    plant: Callable[[Planting, Placed], Carrier | None]
    on: tuple[str, ...] = (ACCOUNT,)
    shape: Literal["list", "one", "map"] = "list"
    order: Callable[[Planting, Placed], Any] | None = None

    def kind(self, date: Moment, hanging: Fields) -> Kind:
        """What the field may hold. ``hanging`` are the fields of what hangs on one of them."""
        item = self.item(date)
        one: Kind = Record({**item, **hanging}) if isinstance(item, Mapping) else item
        return {"list": ListOf(one), "one": one, "map": MapOf(Text(), one)}[self.shape]

    def placed(self, carrier: Carrier, at: Placed) -> list[Placed]:
        """What stands in the field of one carrier that has it; ``at`` is its place."""
        value = at.value[self.field]
        where = (*at.where, self.field)
        if self.shape == "one":
            return [Placed(where, carrier, value, [value])]
        if self.shape == "map":
            among = list(value.values())
            return [Placed((*where, key), carrier, item, among, key) for key, item in value.items()]
        return [Placed((*where, number), carrier, item, value) for number, item in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Dumping:
    """What a dump is made of: an account, whether secrets are wanted, and what hangs on a carrier."""

    account: Account
    secrets: bool
    hanging: Callable[[Dumping, Carrier], dict[str, Any]]

    def children(self, carrier: Carrier) -> dict[str, Any]:
        """The fields of what hangs on something."""
        return self.hanging(self, carrier)


@dataclass(frozen=True, kw_only=True)
class Import:
    """What an import takes of the noun from an account's exports, and what no export has.

    Args:
        take: the value of the seed's field for what the noun hangs on; None if there is none.
        takes: the same in words, for the page.
        sections: the lists of the details that it takes its entries from.
        drawn: what no export has and is drawn or stood in for.
        lacks: what no export has and is not there after the import.
    """

    take: Callable[[Export, Exported], Any] | None = None
    takes: str = ""
    sections: tuple[str, ...] = ()
    drawn: str = ""
    lacks: str = ""


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A noun.

    Args:
        name: what back-dating, other declarations and error texts call one of them.
        title: what its page is called.
        about: a sentence or two on it.
        rows: the kinds of its rows, for which ``store.tables`` has tables.
        operations: the modules under ``services`` that have its operations.
        conformance: the files of ``conformance/cases`` that have its cases.
        seed: how seeds state it; None if they do not.
        derived: those of its rows that follow from others, so that dumps leave them out.
        derive: makes these of what an account has.
        carries: nouns that hang on this one, besides those that say so themselves.
        spell: its value in a dump, for what it hangs on; without it, dumps have its rows as they are stored.
        dates: what can be back-dated.
        imports: what an import takes of it.
    """

    name: str
    title: str
    about: str
    rows: tuple[type[Any], ...]
    operations: tuple[str, ...]
    conformance: tuple[str, ...]
    seed: Seed | None = None
    derived: tuple[type[Any], ...] = ()
    derive: Callable[[Planting], None] = lambda planting: None
    carries: tuple[str, ...] = ()
    spell: Callable[[Dumping, Carrier], Any] | None = None
    dates: Dates | None = None
    imports: Import = field(default_factory=Import)
