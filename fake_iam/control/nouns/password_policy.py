"""The password policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.control.documents.format import Field, Flag, Moment, Number
from fake_iam.control.documents.moments import ANY_TIME, read_moment
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.password_policy import PasswordPolicy

MEMBERS: Final[Mapping[str, str]] = {
    "minimum_length": "MinimumPasswordLength",
    "require_uppercase": "RequireUppercaseCharacters",
    "require_lowercase": "RequireLowercaseCharacters",
    "require_numbers": "RequireNumbers",
    "require_symbols": "RequireSymbols",
    "allow_users_to_change": "AllowUsersToChangePassword",
    "max_age_days": "MaxPasswordAge",
    "reuse_prevention": "PasswordReusePrevention",
    "hard_expiry": "HardExpiry",
}


def _item(date: Moment) -> Fields:
    return {
        "minimum_length": Field(Number(6, 128), "6 if left out"),
        "require_uppercase": Field(Flag(), "false if left out"),
        "require_lowercase": Field(Flag(), "false if left out"),
        "require_numbers": Field(Flag(), "false if left out"),
        "require_symbols": Field(Flag(), "false if left out"),
        "allow_users_to_change": Field(Flag(), "false if left out"),
        "max_age_days": Field(Number(1, 1095), "no limit if left out"),
        "reuse_prevention": Field(Number(1, 24), "none if left out"),
        "hard_expiry": Field(Flag(), "false if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    members = {MEMBERS[name]: value for name, value in placed.value.items()}
    planting.do(placed, "UpdateAccountPasswordPolicy", **members)


def _take(export: Export, account: Exported) -> dict[str, int] | None:
    """How long passwords last, if the report says when some must be changed."""
    for name, row in export.rows.items():
        user = Exported("user", name, row=row)
        changed, due = user.date("password_last_changed"), user.date("password_next_rotation")
        if changed and due:
            return {"max_age_days": (read_moment(due, ANY_TIME) - read_moment(changed, ANY_TIME)).days}
    return None


NOUN: Final = Noun(
    name="password_policy",
    title="The password policy",
    about="What new passwords must be, and how long they last. Seeded passwords need not keep it.",
    rows=(PasswordPolicy,),
    operations=("iam.account.password_policy",),
    conformance=("password_policy",),
    seed=Seed(
        field="password_policy",
        meaning="the password policy; seeded passwords need not keep it",
        item=_item,
        shape="one",
        plant=_plant,
    ),
    imports=Import(
        take=_take,
        takes="`max_age_days`, if `password_next_rotation` has a date",
        lacks="the password policy but for the age of passwords",
    ),
)
