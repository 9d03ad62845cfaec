"""Dates of what is there already, set as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Moment, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.state.dated import OTHERS
from fake_iam.control.state.document import last_use_format
from fake_iam.control.state.loading import last_use
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.credentials.login_profiles import LoginProfile
from fake_iam.domain.identities.users import User, name_key
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

ACCOUNT: Final = Field(ACCOUNT_ID, "its account; the server's own if left out")
NAMED: Final = frozenset({"group", "server_certificate"})  # by name; the others by the id that AWS gives them


def formats(date: Moment) -> dict[str, Record]:
    """What can be set of each thing, under the field that names it; ``date`` is what a date may be."""
    user = {
        "user": Field(Text(), "the user's name", required=True),
        "account_id": ACCOUNT,
        "created": Field(date, "when it was created"),
        "password_last_used": Field(date, "when it last signed in with its password"),
        "password_created": Field(date, "when it first got a password"),
        "password_changed": Field(date, "when its password was last changed"),
    }
    access_key = {
        "access_key": Field(Text(), "the key id", required=True),
        "created": Field(date, "when it was created"),
        "last_used": Field(last_use_format(date), "when, where and for what it last signed"),
    }
    found = {"user": Record(user), "access_key": Record(access_key)}
    for name, (_, dates) in OTHERS.items():
        by = "the name" if name in NAMED else "the id, ARN or serial number"
        fields = {set_by: Field(date, f"when it was {set_by}") for set_by in dates}
        found[name] = Record({name: Field(Text(), by, required=True), "account_id": ACCOUNT, **fields})
    return found


def backdate(engine: Engine, now: datetime, values: Mapping[str, Any]) -> None:
    """Set dates of the thing that one field names: a user, an access key, or one of ``OTHERS``.

    Dates that are left out stay as they are.

    Raises:
        FormatError: a field cannot be, lies in the future, or names what is not there; nothing has changed then.
    """
    declared = formats(Moment(now))
    what = next((name for name in declared if name in values), "user")
    given = declared[what].read(values)
    with engine.store.transaction():
        if what == "access_key":
            _backdate_access_key(engine, given)
            return
        account = engine.store.account(given.get("account_id", engine.settings.account_id))
        if what == "user":
            _backdate_user(account, given)
        else:
            _backdate_other(account, what, given)


def _backdate_user(account: Account, values: Mapping[str, Any]) -> None:
    user = account.users.find("name", name_key(values["user"]))
    if user is None:
        raise FormatError(("user",), f"{values['user']!r} is no user of account {account.id}")
    created = values.get("created", user.created_at)
    used = values.get("password_last_used", user.password_last_used)
    account.users.put(user.id, replace(user, created_at=created, password_last_used=used))
    if {"password_created", "password_changed"} & values.keys():
        _backdate_password(account, user, values)


def _backdate_password(account: Account, user: User, values: Mapping[str, Any]) -> None:
    profiles = account.table(LoginProfile)
    profile = profiles.get(user.id)
    if profile is None:
        raise FormatError(("user",), f"{user.name!r} has no password")
    created = values.get("password_created", profile.created_at)
    profiles.put(
        user.id, replace(profile, created_at=created, changed_at=values.get("password_changed", profile.changed_at))
    )


def _backdate_access_key(engine: Engine, values: Mapping[str, Any]) -> None:
    key_id = values["access_key"]
    account_id = engine.store.key_account(key_id)
    keys = engine.store.account(account_id).table(AccessKey) if account_id else None
    key = keys.get(key_id) if keys is not None else None
    if key is None or keys is None:
        raise FormatError(("access_key",), f"{key_id!r} is no key of this server")
    owner = engine.store.account(key.account_id).users.get(key.owner_id)
    use = last_use(values, owner.partition if owner else engine.settings.partition)
    created, used = values.get("created", key.created_at), use or key.last_use
    keys.put(key.id, replace(key, created_at=created, last_use=used))


def _backdate_other(account: Account, what: str, values: Mapping[str, Any]) -> None:
    kind, dates = OTHERS[what]
    table, asked = account.table(kind), values[what]
    key = asked
    if what in NAMED:
        named = table.find("name", name_key(asked))
        key = named.id if named is not None else asked
    row = table.get(key)
    if row is None:
        raise FormatError((what,), f"{asked!r} is no {what.replace('_', ' ')} of account {account.id}")
    table.put(key, replace(row, **{dates[name]: values[name] for name in dates if name in values}))
