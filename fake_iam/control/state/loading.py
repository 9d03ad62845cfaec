"""A document into a server: seeds, dumps that come back, snapshots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from fake_iam.control.documents.format import Moment
from fake_iam.control.documents.large import let_go
from fake_iam.control.documents.moments import ANY_TIME
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.nouns.noun import ACCOUNT
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.control.nouns.registry import hanging_on, nouns
from fake_iam.control.state.answering import overlooked, passed_over, unused
from fake_iam.control.state.document import account_format, read_document
from fake_iam.control.state.rows import decode
from fake_iam.domain.arns import partition_of
from fake_iam.domain.clock import SteerableClock
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.partitions import partitions
from fake_iam.store.base import Account, Store

FEW: Final = 200
"""So few things are sooner planted into the store than into a copy of it, and others do not notice."""
Carriers = dict[str, list[tuple[Carrier, Placed]]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a document brought: how many of each.

    ``warning`` says if callers would look for it in the wrong place, ``moved`` if another account answers from now on.
    """

    accounts: int
    users: int
    access_keys: int
    warning: str | None = None
    moved: bool = False

    def document(self) -> dict[str, Any]:
        """The counts as JSON."""
        counts = {"accounts": self.accounts, "users": self.users, "access_keys": self.access_keys}
        return {**counts, "warning": self.warning} if self.warning else counts


def load(
    engine: Engine, clock: SteerableClock, document: Any, *, replace: bool = False, own_key: str | None = None
) -> Loaded:
    """Add a document's contents to the server, or put them in place of what is there: all of it or nothing.

    The account that a document names answers from now on, if nothing was stored but ``own_key``, the root key that the
    server made for itself.

    Raises:
        FormatError: a field cannot be, or names what is there already.
    """
    values = read_document(document, clock.now())
    now = values["clock"]["now"] if "clock" in values else clock.now()
    named = values.get("account_id")
    answers = engine.settings.account_id if replace else engine.account_id
    if named is not None and (replace or unused(engine, own_key)):
        answers = named
    moved = answers != engine.account_id
    accounts = _accounts(values, named or answers)
    began = engine.ids.state()

    def fill(store: Store) -> tuple[Engine, Counter[str]]:
        filled = engine if store is engine.store else engine.over(store, engine.ids.fork())
        counts: Counter[str] = Counter()
        with filled.ids.undone_on_failure(), store.transaction():
            before = store.issued()
            if replace or (moved and own_key is not None):
                store.clear()  # of the server's own root key, which whoever asks puts into the other account
            for key_id, account_id in before if moved and not replace else ():
                if key_id != own_key:
                    store.record_issue(key_id, account_id)
            if "random" in values:
                filled.ids.resume(values["random"])
            for issued in values.get("issued", ()):
                store.record_issue(issued["id"], issued["account"])
            for where, account_id, account in accounts:
                counts += _plant(filled, now, where, store.account(account_id), account)
        return filled, counts

    def keep(done: tuple[Engine, Counter[str]]) -> bool:
        return engine.ids.join(done[0].ids, began)

    few = sum(_size(account) for _, _, account in accounts) < FEW
    with engine.store.transaction() if few else nullcontext():
        _, counts = engine.store.rebuilt(fill, keep, afresh=replace)
    engine.account_id = answers
    engine.started_at = values.get("started", engine.started_at)
    if "clock" in values:
        clock.release()
        (clock.freeze if values["clock"].get("frozen") else clock.set)(now)
    let_go(values)
    warning = passed_over(engine, named) or overlooked(engine, own_key)
    return Loaded(len(accounts), counts["user"], counts["access_key"], warning, moved)


def _size(account: Mapping[str, Any]) -> int:
    """How many things an account has, but for what hangs on them."""
    return sum(len(things) for things in account.values() if isinstance(things, list | dict))


def _plant(engine: Engine, now: datetime, where: Where, account: Account, values: Mapping[str, Any]) -> Counter[str]:
    """Put what is said of an account into it, noun by noun; gives back how many of each there were."""
    planting = Planting(engine, account, now)
    partition = values.get("partition") or _carried(values) or engine.settings.partition
    whole = Placed(where, Carrier(ACCOUNT, account.id, account.id, partition), values, [values])
    carriers: Carriers = {ACCOUNT: [(whole.carrier, whole)]}
    for noun in nouns():
        seed = noun.seed
        if seed is None:
            continue
        homes = [home for home in carriers if noun in hanging_on(home)]
        named = [(carrier, at) for home in homes for carrier, at in carriers[home] if seed.field in at.value]
        placed = [item for carrier, at in named for item in seed.placed(carrier, at)]
        if seed.order is not None:
            placed.sort(key=partial(seed.order, planting))
        for item in placed:
            carrier = seed.plant(planting, item)
            if carrier is not None:
                carriers.setdefault(noun.name, []).append((carrier, item))
        planting.counts[noun.name] += len(placed)
        let_go(placed)
        let_go(named)
    for name, rows in values.get("rows", {}).items():
        _put_rows(planting, (*where, "rows", name), name, rows)
    for noun in nouns():
        noun.derive(planting)
    for several in carriers.values():
        let_go(several)
    return planting.counts


def _put_rows(planting: Planting, where: Where, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    kinds = {kind.__name__: kind for kind in planting.account.kinds()}
    if name not in kinds:
        raise FormatError(where, f"is no kind of row; there are {', '.join(kinds)}")
    table = planting.table(kinds[name])
    for number, values in enumerate(rows):
        key, at = values["key"], (*where, number)
        if table.get(key) is not None:
            raise FormatError((*at, "key"), f"{key!r} is there already")
        given = {field: value for field, value in values.items() if field != "key"}
        table.put(key, decode(kinds[name], given, at, lambda draw: str(getattr(planting.ids, draw)())))


def _carried(values: Mapping[str, Any]) -> str | None:
    """The partition of the policies that whoever is in an account names, if it is one alone."""
    lists = [rows for rows in values.values() if isinstance(rows, list)]
    owners = [row for rows in lists for row in rows]
    named = {owner["permissions_boundary"] for owner in owners if "permissions_boundary" in owner}
    named |= {arn for owner in owners for arn in owner.get("attached_policies", ())}
    found = {partition_of(arn) for arn in named} & partitions().keys()
    return found.pop() if len(found) == 1 else None


def _accounts(values: Mapping[str, Any], own: str) -> list[tuple[Where, str, Mapping[str, Any]]]:
    """Each account with its place in the document; what stands outside ``accounts`` is the server's own account's."""
    outside = {name: values[name] for name in account_format(Moment(ANY_TIME)).fields if name in values}
    found: list[tuple[Where, str, Mapping[str, Any]]] = [((), own, outside)] if outside else []
    for account_id, account in values.get("accounts", {}).items():
        found.append((("accounts", account_id), account_id, account))
    return found
