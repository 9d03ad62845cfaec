"""Passwords of users."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, Found
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.credentials.login_profiles import LoginProfile
from fake_iam.domain.identities.users import name_key
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account


def _item(date: Moment) -> Fields:
    return {
        "password": Field(Text(secret=True), "the password; drawn if left out"),
        "reset_required": Field(Flag(), "whether it must be changed at the next sign-in"),
        "created": Field(date, "when the user first got a password; now if left out"),
        "changed": Field(date, "when it was last changed; created if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values = placed.value
    # A drawn password has every class of characters.
    password = values.get("password") or f"aA1!{planting.ids.secret()}"
    planting.do(
        placed,
        "CreateLoginProfile",
        UserName=placed.carrier.name,
        Password=password,
        PasswordResetRequired=values.get("reset_required", False),
    )
    profile = planting.table(LoginProfile).get(placed.carrier.id)
    created = values.get("created", planting.now)
    planting.change(placed.carrier.id, profile, created_at=created, changed_at=values.get("changed", created))


def _find(engine: Engine, account: Account, name: str) -> Found | None:
    user = account.users.find("name", name_key(name))
    profile = account.table(LoginProfile).get(user.id) if user else None
    return Found(account, profile.owner_id, profile) if profile else None


def _take(export: Export, user: Exported) -> dict[str, Any] | None:
    """A password that is drawn on loading, as old as the report says."""
    if not user.true("password_enabled"):
        return None
    created = user.date("user_creation_time")
    return {"created": created, "changed": user.date("password_last_changed") or created}


NOUN: Final = Noun(
    name="login_profile",
    title="Login profiles",
    about="That a user has a password for the console.",
    rows=(LoginProfile,),
    operations=("iam.credentials.login_profiles",),
    conformance=("login_profiles",),
    seed=Seed(field="login_profile", meaning="the password", on=("user",), item=_item, shape="one", plant=_plant),
    dates=Dates(
        thing="user",
        by="the user's name",
        kind=LoginProfile,
        dates={
            "password_created": Date(attribute="created_at", meaning="when it first got a password"),
            "password_changed": Date(attribute="changed_at", meaning="when its password was last changed"),
        },
        find=_find,
        missing="user with a password",
        begins="password_created",
        follows=(("password_created", "password_changed"),),
    ),
    imports=Import(
        take=_take,
        takes="`password_enabled` and `password_last_changed`; a password is taken to be as old as its user",
        drawn="passwords",
        lacks="when a user first got a password",
    ),
)
