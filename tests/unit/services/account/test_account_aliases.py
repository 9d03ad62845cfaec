"""The rules of account aliases, without HTTP."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.account.account_aliases import AccountAlias
from tests.support import AwsError, Key, Wire

OTHER = Key("210987654321", "any")


def taken(alias: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"The account alias {alias} already exists.", 409)


def missing(alias: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The account alias with name {alias} cannot be found.", 404)


def listed(wire: Wire, by: Key | None = None) -> Any:
    aliases = wire.call("ListAccountAliases", by)["AccountAliases"]
    return aliases and aliases["member"]


def test_an_account_begins_without_an_alias(wire: Wire) -> None:
    assert wire.call("ListAccountAliases") == {"IsTruncated": "false", "AccountAliases": None}


def test_an_alias_is_made_listed_and_deleted(wire: Wire) -> None:
    assert wire.call("CreateAccountAlias", AccountAlias="example-corp") is None
    assert wire.call("ListAccountAliases") == {"IsTruncated": "false", "AccountAliases": {"member": "example-corp"}}
    assert wire.call("DeleteAccountAlias", AccountAlias="example-corp") is None
    assert listed(wire) is None


def test_a_second_alias_takes_the_place_of_the_first(wire: Wire) -> None:
    wire.call("CreateAccountAlias", AccountAlias="first")
    assert wire.call("CreateAccountAlias", AccountAlias="second") is None
    assert listed(wire) == "second"
    assert wire.call("DeleteAccountAlias", AccountAlias="first") == missing("first")
    assert wire.call("CreateAccountAlias", OTHER, AccountAlias="first") is None


def test_the_own_alias_is_taken_too(wire: Wire) -> None:
    wire.call("CreateAccountAlias", AccountAlias="example-corp")
    assert wire.call("CreateAccountAlias", AccountAlias="example-corp") == taken("example-corp")


def test_an_alias_is_unique_across_accounts(wire: Wire) -> None:
    wire.call("CreateAccountAlias", AccountAlias="example-corp")
    assert wire.call("CreateAccountAlias", OTHER, AccountAlias="example-corp") == taken("example-corp")
    assert listed(wire, OTHER) is None
    assert wire.call("DeleteAccountAlias", OTHER, AccountAlias="example-corp") == missing("example-corp")
    assert listed(wire) == "example-corp"


def test_a_deleted_alias_is_free(wire: Wire) -> None:
    wire.call("CreateAccountAlias", AccountAlias="example-corp")
    wire.call("DeleteAccountAlias", AccountAlias="example-corp")
    assert wire.call("CreateAccountAlias", OTHER, AccountAlias="example-corp") is None


def test_an_unknown_alias_cannot_be_deleted(wire: Wire) -> None:
    assert wire.call("DeleteAccountAlias", AccountAlias="example-corp") == missing("example-corp")


def test_a_marker_that_was_not_given_out_is_refused(wire: Wire) -> None:
    refused = AwsError("ValidationError", "Invalid Marker.", 400)
    assert wire.call("ListAccountAliases", Marker="x") == refused


def test_an_alias_has_the_models_form(wire: Wire) -> None:
    for alias in ("two--dashes", "-ab", "ab-", "Upper", "ab"):
        assert wire.call("CreateAccountAlias", AccountAlias=alias).code == "ValidationError"
    assert len(wire.assembled.engine.store.account("123456789012").table(AccountAlias)) == 0
