"""Dates of users and keys that are there already, set as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fake_iam.control.document import last_use_format
from fake_iam.control.format import ACCOUNT_ID, Field, FormatError, Moment, Record, Text
from fake_iam.control.state import IAM_REGION
from fake_iam.domain.access_keys import LastUse
from fake_iam.domain.users import name_key
from fake_iam.pipeline.engine import Engine


def user_format(date: Moment) -> Record:
    """What can be set of a user."""
    return Record(
        {
            "user": Field(Text(), "the user's name", required=True),
            "account_id": Field(ACCOUNT_ID, "its account; the server's own if left out"),
            "created": Field(date, "when it was created"),
            "password_last_used": Field(date, "when it last signed in with its password"),
        }
    )


def access_key_format(date: Moment) -> Record:
    """What can be set of an access key."""
    return Record(
        {
            "access_key": Field(Text(), "the key id", required=True),
            "created": Field(date, "when it was created"),
            "last_used": Field(last_use_format(date), "when, where and for what it last signed"),
        }
    )


def backdate(engine: Engine, now: datetime, values: Mapping[str, Any]) -> None:
    """Set dates of a user (``user``) or of a key (``access_key``). Fields that are left out stay as they are.

    Raises:
        FormatError: a field cannot be, lies in the future, or names what is not there; nothing has changed then.
    """
    if "access_key" in values:
        _backdate_access_key(engine, access_key_format(Moment(now)).read(values))
    else:
        _backdate_user(engine, user_format(Moment(now)).read(values))


def _backdate_user(engine: Engine, values: Mapping[str, Any]) -> None:
    with engine.store.transaction():
        account = engine.store.account(values.get("account_id", engine.settings.account_id))
        user = account.users.find("name", name_key(values["user"]))
        if user is None:
            raise FormatError(("user",), f"{values['user']!r} is no user of account {account.id}")
        created = values.get("created", user.created_at)
        used = values.get("password_last_used", user.password_last_used)
        account.users.put(user.id, replace(user, created_at=created, password_last_used=used))


def _backdate_access_key(engine: Engine, values: Mapping[str, Any]) -> None:
    with engine.store.transaction():
        account_id = engine.store.key_account(values["access_key"])
        keys = engine.store.account(account_id).access_keys if account_id else None
        key = keys.get(values["access_key"]) if keys else None
        if key is None or keys is None:
            raise FormatError(("access_key",), f"{values['access_key']!r} is no key of this server")
        use = values.get("last_used")
        last_use = use and LastUse(use["date"], use.get("service", "iam"), use.get("region", IAM_REGION))
        keys.put(
            key.id, replace(key, created_at=values.get("created", key.created_at), last_use=last_use or key.last_use)
        )
