"""The root user."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, Moment, Text
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.nouns.dates import Date, Dates, Found, OrNever
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.identities.root_users import RootUser
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

ROOT: Final = "root"


def _item(date: Moment) -> Fields:
    return {
        "created": Field(date, "when the account was created; the server's start if left out"),
        "password_last_used": Field(date, "when it last signed in with its password; never if left out"),
        "password": Field(Flag(), "whether it has a password; true if left out"),
    }


def _carrier(account: Carrier) -> Carrier:
    return Carrier(ROOT, account.id, ROOT, account.partition)


def _row(engine: Engine, account: Account) -> RootUser:
    """The row, or that of a root user of whom nothing was said."""
    return account.table(RootUser).get(account.id) or RootUser(account.id, engine.started_at)


def _plant(planting: Planting, placed: Placed) -> Carrier:
    names = {"created": "created_at", "password_last_used": "password_last_used", "password": "has_password"}
    said = {names[name]: value for name, value in placed.value.items() if name in names}
    if said:
        row = replace(_row(planting.engine, planting.account), **said)
        planting.table(RootUser).put(planting.account.id, row)
    return _carrier(placed.carrier)


def _spell(dumping: Dumping, account: Carrier) -> dict[str, Any]:
    row = dumping.account.table(RootUser).get(dumping.account.id)
    return {**(_spelt(row) if row else {}), **dumping.children(_carrier(account))}


def _spelt(root: RootUser) -> dict[str, Any]:
    used = root.password_last_used
    found = given(created=write_moment(root.created_at), password_last_used=used and write_moment(used))
    return found if root.has_password else {**found, "password": False}


def _take(export: Export, account: Exported) -> dict[str, Any] | None:
    if export.root is None:
        return None
    root = Exported(ROOT, ROOT, row=export.root)
    return {
        **given(created=root.date("user_creation_time"), password_last_used=root.date("password_last_used")),
        **({"password": False} if root.row["password_enabled"].lower() == "false" else {}),
        **export.children(root),
    }


def _find(engine: Engine, account: Account, named: str) -> Found:
    return Found(account, account.id, _row(engine, account))


def _owner(engine: Engine, account: Account, owner_id: str) -> RootUser | None:
    return _row(engine, account) if owner_id == account.id else None


NOUN: Final = Noun(
    name=ROOT,
    title="The root user",
    about="The root user of an account. GetUser, the credential report and GetAccountSummary show what is said of it.",
    rows=(RootUser,),
    operations=("iam.account.account_summary",),
    conformance=("credential_report",),
    seed=Seed(field=ROOT, meaning="the root user", item=_item, shape="one", plant=_plant),
    spell=_spell,
    dates=Dates(
        thing=ROOT,
        by='the word "root"',
        kind=RootUser,
        dates={
            "created": Date(attribute="created_at", meaning="when it was created"),
            "password_last_used": Date(
                attribute="password_last_used",
                meaning="when it last signed in with its password, or never",
                kind=OrNever,
            ),
        },
        find=_find,
        missing="root user",
        begins="created",
        follows=(("created", "password_last_used"),),
        owner=_owner,
        named_by=Text(choices=(ROOT,)),
    ),
    imports=Import(
        take=_take,
        takes="its row of the report: when it was created, the last use of its password, whether it has one",
    ),
)
