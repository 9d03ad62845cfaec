"""Access keys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.format import Field, Kind, Moment, Number, Record, Schema, Text
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.nouns.dates import Date, Dates, Found, OrNever
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.fields import STATUS
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.credentials.access_keys import ACTIVE, INACTIVE, AccessKey, LastUse
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.partitions import iam_region
from fake_iam.store.base import Account


@dataclass(frozen=True)
class Use:
    """The last use of a key: its date, or that with its place in a mapping."""

    date: Moment

    def read(self, value: Any, where: Where) -> dict[str, Any]:
        """The fields of the mapping. Raises FormatError."""
        if isinstance(value, str | datetime):
            return {"date": self.date.read(value, where)}
        return self._record().read(value, where)

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"anyOf": [self._record().schema(), self.date.schema()]}

    def _record(self) -> Record:
        return Record(
            {
                "date": Field(self.date, "when the key last signed", required=True),
                "region": Field(Text(), "where; IAM's region, such as us-east-1, if left out"),
                "service": Field(Text(), "for which service; iam if left out"),
            }
        )


def _use(values: Mapping[str, Any] | None, partition: str) -> LastUse | None:
    """The use as a key keeps it."""
    if values is None:
        return None
    return LastUse(values["date"], values.get("service", "iam"), values.get("region") or iam_region(partition))


def _use_found(engine: Engine, found: Found, values: Any) -> LastUse | None:
    user = found.account.users.get(found.row.owner_id)
    return _use(values, user.partition if user else engine.settings.partition)


def _use_or_never(date: Moment) -> Kind:
    return OrNever(Use(date))


def _used_at(use: LastUse | None) -> datetime | None:
    return use.at if use else None


def _item(date: Moment) -> Fields:
    return {
        "id": Field(Text(shape="accessKeyIdType"), "the key id; drawn if left out"),
        "secret": Field(Text(secret=True), "the secret; drawn if left out"),
        "status": STATUS,
        "created": Field(date, "when it was created; now if left out"),
        "last_used": Field(Use(date), "a date, or a mapping of date, region and service; never if left out"),
        "slot": Field(Number(1, 2), "which of two keys is the first in lists and reports; the older if left out"),
    }


def _order(planting: Planting, placed: Placed) -> tuple[float, datetime, int]:
    """The place of a key among those issued: a new one is behind all that are known, by its date and slot."""
    key = placed.value
    serial = planting.engine.store.serial(key.get("id", ""))
    slot = key.get("slot", 0)
    before = [other for other in placed.among if 0 < other.get("slot", 0) <= slot]
    latest = max(other.get("created", planting.now) for other in (key, *before))
    return math.inf if serial is None else serial, latest, slot


def _plant(planting: Planting, placed: Placed) -> None:
    where, values, account, store = placed.where, placed.value, planting.account, planting.engine.store
    quota = planting.quotas.access_keys_per_user
    if len(placed.among) > quota:
        problem = f"{len(placed.among)} access keys are too many; the quota is {quota}"
        raise FormatError(where[:-1], problem)
    key_id = values.get("id") or planting.ids.access_key_id(account.id)
    must_be_free(planting, (*where, "id"), key_id)
    row = AccessKey(
        id=key_id,
        account_id=account.id,
        owner_id=placed.carrier.id,
        secret=values.get("secret") or planting.ids.secret(),
        created_at=values.get("created", planting.now),
        serial=store.record_issue(key_id, account.id),
        status=values.get("status", ACTIVE),
        last_use=_use(values.get("last_used"), placed.carrier.partition),
    )
    account.access_keys.put(row.id, row)


def must_be_free(planting: Planting, where: Where, key_id: str) -> None:
    """Raises FormatError if some account issued the key id, unless it is this one and the key is gone."""
    account = planting.account
    issuer = planting.engine.store.key_account(key_id) or account.id
    if issuer != account.id or account.access_keys.get(key_id) or account.sessions.get(key_id):
        raise FormatError(where, f"{key_id!r} is there already")


def _spell(dumping: Dumping, owner: Carrier) -> list[dict[str, Any]]:
    rows = sorted(dumping.account.access_keys.where("owner", owner.id), key=lambda key: key.serial)
    return [_spelt(row, dumping.secrets) for row in rows]


def _spelt(key: AccessKey, secrets: bool) -> dict[str, Any]:
    use = key.last_use
    return given(
        id=key.id,
        secret=key.secret if secrets else None,
        status=key.status,
        created=write_moment(key.created_at),
        last_used=use and {"date": write_moment(use.at), "region": use.region, "service": use.service},
    )


def _take(export: Export, owner: Exported) -> list[dict[str, Any]]:
    """The keys of a row; a slot that was never rotated and is not active holds none."""
    keys = []
    for slot in ("access_key_1_", "access_key_2_"):
        active, created = owner.true(f"{slot}active"), owner.date(f"{slot}last_rotated")
        if not active and created is None:
            continue
        if created is None:
            export.notes.append(f"{owner.name} has a key whose age the report does not tell; it is new")
        used = owner.date(f"{slot}last_used_date")
        keys.append(
            {
                "status": ACTIVE if active else INACTIVE,
                **given(created=created, last_used=used and _taken_use(owner, slot, used)),
            }
        )
    if len(keys) == 2 and keys[0]["status"] == keys[1]["status"] and _reversed(keys):
        return [{**key, "slot": number} for number, key in enumerate(keys, 1)]
    return keys


def _reversed(keys: list[dict[str, Any]]) -> bool:
    """Whether the first key is not the older, as far as the dates are known: they are all of one form."""
    first, second = (key.get("created", "9") for key in keys)
    return bool(first > second)


def _taken_use(owner: Exported, slot: str, used: str) -> dict[str, str]:
    """AWS writes N/A for the region of a global service, and it stays; no name of a service is IAM's."""
    places = {"region": owner.row[f"{slot}last_used_region"], "service": owner.row[f"{slot}last_used_service"]}
    return {"date": used, **{name: text for name, text in places.items() if text}}


def _find(engine: Engine, account: Account, key_id: str) -> Found | None:
    account_id = engine.store.key_account(key_id)
    if account_id is None:
        return None
    account = engine.store.account(account_id)
    key = account.access_keys.get(key_id)
    return None if key is None else Found(account, key_id, key)


NOUN: Final = Noun(
    name="access_key",
    title="Access keys",
    about="Long-term keys of users and of the root user.",
    rows=(AccessKey,),
    operations=("iam.credentials.access_keys",),
    conformance=("access_keys",),
    seed=Seed(
        field="access_keys",
        meaning="the keys, within the quota",
        on=("user", "root"),
        item=_item,
        plant=_plant,
        order=_order,
    ),
    spell=_spell,
    dates=Dates(
        thing="access_key",
        by="the key id",
        kind=AccessKey,
        dates={
            "created": Date(attribute="created_at", meaning="when it was created"),
            "last_used": Date(
                attribute="last_use",
                meaning="when, where and for what it last signed, or never",
                kind=_use_or_never,
                to_row=_use_found,
                moment=_used_at,
            ),
        },
        find=_find,
        missing="key",
        begins="created",
        follows=(("created", "last_used"),),
        everywhere=True,
    ),
    imports=Import(
        take=_take,
        takes="both slots of each row of the report: status, dates, last use as it stands there, their order",
        drawn="the ids and secrets of access keys",
    ),
)
