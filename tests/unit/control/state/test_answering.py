"""Which account answers after a state was loaded, and what is said if callers would look in an empty one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from fake_iam.control.controls import Controls
from tests.support import Key, Wire

OWN, OTHER = "123456789012", "111122223333"
SEED: dict[str, Any] = {"account_id": OTHER, "accounts": {OTHER: {"users": [{"name": "bob"}]}}}
UNNAMED: dict[str, Any] = {"accounts": SEED["accounts"]}
EMPTY = (
    f"account {OWN}, which answers callers whose access key id names no account, is empty; there are things in {OTHER}"
)
IN_USE = (
    f"the server was in use, so account {OWN} goes on answering callers whose access key id names no account; "
    f"to reach {OTHER}, sign with one of its keys or, unless auth is strict, with the access key id {OTHER}"
)
EXPORTS = Path(__file__).parents[4] / "examples" / "account"
EXPORTED = "210987654321"


def who(wire: Wire, key: Key | None = None) -> str:
    found: str = wire.call("GetCallerIdentity", key)["Account"]
    return found


def health(wire: Wire) -> tuple[str, str | None]:
    """Which account answers, and the warning if there is one."""
    found = wire.assembled.health()
    return found["account_id"], found.get("warning")


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def controls(wire: Wire) -> Controls:
    return wire.assembled.controls


def test_the_account_that_a_seed_names_answers_in_a_server_that_holds_nothing(wire: Wire, controls: Controls) -> None:
    assert controls.seed(SEED).document() == {"accounts": 1, "users": 1, "access_keys": 0}
    assert who(wire) == who(wire, Key("testing", "testing")) == OTHER
    assert wire.call("GetUser", UserName="bob")["User"]["Arn"] == f"arn:aws:iam::{OTHER}:user/bob"
    assert health(wire) == (OTHER, None)


def test_an_account_number_as_a_key_id_names_that_account_all_the_same(wire: Wire, controls: Controls) -> None:
    controls.seed(SEED)
    assert who(wire, Key(OWN, "x")) == OWN


def test_a_server_in_use_keeps_its_account_and_says_so(
    wire: Wire, controls: Controls, caplog: pytest.LogCaptureFixture
) -> None:
    wire.user("alice")
    assert controls.seed(SEED).document() == {"accounts": 1, "users": 1, "access_keys": 0, "warning": IN_USE}
    assert who(wire) == OWN
    assert caplog.messages == [IN_USE]
    assert health(wire) == (OWN, None)


def test_what_a_deleted_key_leaves_behind_is_no_use(wire: Wire, controls: Controls) -> None:
    key = wire.key()
    wire.call("DeleteAccessKey", AccessKeyId=key.id)
    controls.seed(SEED)
    assert who(wire) == OTHER
    assert wire.call("GetCallerIdentity", key).code == "InvalidClientTokenId"


def test_a_seed_that_names_no_account_changes_none_and_the_empty_one_is_told_of(
    wire: Wire, controls: Controls, caplog: pytest.LogCaptureFixture
) -> None:
    assert controls.seed(UNNAMED).warning == EMPTY
    assert who(wire) == OWN
    assert caplog.record_tuples == [("fake_iam", logging.WARNING, EMPTY)]
    assert health(wire) == (OWN, EMPTY)
    wire.user("alice")
    assert health(wire) == (OWN, None)


def test_many_accounts_are_not_all_named(wire: Wire, controls: Controls) -> None:
    numbers = [f"{number:012d}" for number in range(1, 8)]
    loaded = controls.seed({"accounts": {number: {"users": [{"name": "bob"}]} for number in numbers}})
    assert str(loaded.warning).endswith(f"there are things in {', '.join(numbers[:5])}, ...")


def test_what_stands_outside_of_accounts_is_the_named_ones(wire: Wire, controls: Controls) -> None:
    wire.user("alice")
    controls.seed({"account_id": OTHER, "users": [{"name": "bob"}]})
    assert wire.call("GetUser", Key(OTHER, "x"), UserName="bob")["User"]["UserName"] == "bob"
    assert wire.call("GetUser", UserName="bob").code == "NoSuchEntity"


def test_further_seeds_go_to_the_account_that_answers(wire: Wire, controls: Controls) -> None:
    controls.seed(SEED)
    controls.seed({"users": [{"name": "carol"}]})
    controls.backdate_user("carol", created="5 days ago")
    assert sorted(user["UserName"] for user in wire.call("ListUsers")["Users"]["member"]) == ["bob", "carol"]


def test_a_refused_seed_leaves_the_account_as_it_was(wire: Wire, controls: Controls) -> None:
    with pytest.raises(ValueError, match="is there already"):
        controls.seed({**SEED, "users": [{"name": "bob"}]})
    assert who(wire) == OWN


def test_a_reset_brings_the_own_account_back(wire: Wire, controls: Controls) -> None:
    controls.seed(SEED)
    wire.assembled.reset()
    assert who(wire) == OWN


def test_a_reset_brings_back_the_account_of_the_seed_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(f"account_id: '{OTHER}'\nusers: [{{name: bob}}]\n")
    wire = Wire(seed=str(file))
    assert who(wire) == OTHER
    wire.assembled.reset()
    assert (who(wire), wire.call("GetUser", UserName="bob")["User"]["UserName"]) == (OTHER, "bob")


def test_a_snapshot_has_the_account(wire: Wire, controls: Controls) -> None:
    controls.snapshot("before")
    controls.seed(SEED)
    controls.snapshot("after")
    controls.restore("before")
    assert who(wire) == OWN
    controls.restore("after")
    assert who(wire) == OTHER


def test_a_dump_has_the_account(controls: Controls) -> None:
    controls.seed(SEED)
    other = Wire(account_id="999988887777")
    other.assembled.controls.load(controls.dump())
    assert who(other) == OTHER


def test_a_dump_of_old_that_names_no_account_leaves_the_servers_own(controls: Controls) -> None:
    controls.seed(SEED)
    old = controls.dump()
    del old["account_id"]
    wire = Wire()
    wire.assembled.controls.seed(SEED)
    wire.assembled.controls.load(old)
    assert health(wire) == (OWN, EMPTY)


def test_the_state_file_has_the_account(tmp_path: Path) -> None:
    file = str(tmp_path / "state.json")
    Wire(state=file).assembled.controls.seed(SEED)
    assert who(Wire(state=file)) == OTHER


def test_an_import_is_the_account_that_answers(wire: Wire, controls: Controls) -> None:
    imported = controls.import_account(EXPORTS / "details.json", EXPORTS / "report.csv")
    assert imported.notes[0] == "20 users, 26 access keys"
    assert len(wire.call("ListUsers")["Users"]["member"]) == 20
    assert health(wire) == (EXPORTED, None)


def test_an_import_may_leave_the_account_as_it_is(wire: Wire, controls: Controls) -> None:
    imported = controls.import_account(report=EXPORTS / "report.csv", keep_account_id=True)
    assert imported.notes[0] == EMPTY.replace(OTHER, EXPORTED)
    assert who(wire) == OWN


def test_an_import_into_a_server_in_use_says_how_it_is_reached(wire: Wire, controls: Controls) -> None:
    wire.user("alice")
    imported = controls.import_account(report=EXPORTS / "report.csv")
    assert imported.notes[0] == IN_USE.replace(OTHER, EXPORTED)


def test_the_root_key_of_a_strict_server_moves_with_it(strict: Wire) -> None:
    key = strict.assembled.root_access_key()
    assert key is not None
    seed = {"account_id": OTHER, "root": {"access_keys": [{"created": "400 days ago"}]}, "users": [{"name": "bob"}]}
    assert strict.assembled.controls.seed(seed).warning is None
    assert who(strict, Key(*key)) == OTHER
    assert strict.assembled.root_access_key() == key
    assert health(strict) == (OTHER, None)
    strict.assembled.controls.snapshot("x")
    strict.assembled.controls.restore("x")
    assert strict.assembled.root_access_key() == key


def test_a_strict_server_with_a_user_is_in_use(strict: Wire) -> None:
    key = strict.assembled.root_access_key()
    assert key is not None
    strict.call("CreateUser", Key(*key), UserName="alice")
    assert strict.assembled.controls.seed(SEED).warning == IN_USE
    assert who(strict, Key(*key)) == OWN


def test_a_strict_server_with_nothing_but_its_root_key_is_empty(strict: Wire) -> None:
    assert strict.assembled.controls.seed(UNNAMED).warning == EMPTY


def test_the_root_key_of_the_settings_moves_too() -> None:
    wire = Wire(root_access_key_id="AKIAROOTROOTROOTROOT", root_secret_access_key="hush")
    wire.assembled.controls.seed(SEED)
    assert who(wire, Key("AKIAROOTROOTROOTROOT", "hush")) == OTHER
