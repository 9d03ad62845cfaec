"""Seeds, dumps and snapshots: a state as a document, and back."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import DocumentError, FormatError
from fake_iam.control.state import dumping, loading
from fake_iam.store.base import Account
from tests.support import AwsError, Key, Wire

ACCOUNT = "123456789012"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
USER_ID = "AIDAQAAAAAAAAAAAAAAAA"
KEY = {"id": "AKIAQAAAAAAAAAAAAAAA", "secret": "s3cret"}
FULL: dict[str, Any] = {
    "users": [
        {
            "name": "Alice",
            "id": "AIDAQAAAAAAAAAAAAAAAA",
            "path": "/eng/",
            "created": "400 days ago",
            "tags": {"team": "x", "Env": ""},
            "permissions_boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "password_last_used": "2025-12-24T08:00:00Z",
            "access_keys": [
                {"created": "5 days ago"},
                {
                    **KEY,
                    "status": "Inactive",
                    "created": "91 days ago",
                    "last_used": {"date": "10 days ago", "region": "eu-west-1", "service": "s3"},
                },
            ],
        }
    ],
    "root": {"access_keys": [{"id": "AKIAQBBBBBBBBBBBBBBB", "secret": "root"}]},
    "accounts": {"111122223333": {"users": [{"name": "bob"}]}},
}


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(START), random_seed=7)


@pytest.fixture
def controls(wire: Wire) -> Controls:
    return wire.assembled.controls


def refusal(controls: Controls, seed: dict[str, Any]) -> str:
    before = controls.dump(secrets=True)
    with pytest.raises(FormatError) as refused:
        controls.seed(seed)
    assert controls.dump(secrets=True) == before
    return str(refused.value)


def test_a_seed_makes_users_as_it_states_them(wire: Wire, controls: Controls) -> None:
    loaded = controls.seed(FULL)
    assert loaded.document() == {"accounts": 2, "users": 2, "access_keys": 3}
    assert wire.call("GetUser", UserName="alice")["User"] == {
        "Path": "/eng/",
        "PasswordLastUsed": "2025-12-24T08:00:00Z",
        "PermissionsBoundary": {
            "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "PermissionsBoundaryType": "Policy",
        },
        "UserName": "Alice",
        "Arn": "arn:aws:iam::123456789012:user/eng/Alice",
        "UserId": "AIDAQAAAAAAAAAAAAAAAA",
        "CreateDate": "2024-11-27T00:00:00Z",
        "Tags": {"member": [{"Value": None, "Key": "Env"}, {"Value": "x", "Key": "team"}]},
    }


def test_a_seed_makes_keys_as_it_states_them_the_older_first(wire: Wire, controls: Controls) -> None:
    controls.seed(FULL)
    old, new = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert old == {
        "AccessKeyId": KEY["id"],
        "UserName": "Alice",
        "Status": "Inactive",
        "CreateDate": "2025-10-02T00:00:00Z",
    }
    assert (new["Status"], new["CreateDate"]) == ("Active", "2025-12-27T00:00:00Z")
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=KEY["id"])["AccessKeyLastUsed"] == {
        "LastUsedDate": "2025-12-22T00:00:00Z",
        "ServiceName": "s3",
        "Region": "eu-west-1",
    }


def test_a_seeded_key_signs_and_is_held_to_its_status(wire: Wire, controls: Controls) -> None:
    controls.seed(FULL)
    root, inactive = Key("AKIAQBBBBBBBBBBBBBBB", "root"), Key(KEY["id"], KEY["secret"])
    assert wire.call("GetCallerIdentity", root)["Arn"] == "arn:aws:iam::123456789012:root"
    assert wire.call("GetCallerIdentity", inactive).code == "InvalidClientTokenId"


def test_a_seed_reaches_other_accounts(wire: Wire, controls: Controls) -> None:
    controls.seed(FULL)
    other = Key("111122223333", "x")
    assert wire.call("GetUser", other, UserName="bob")["User"]["Arn"] == "arn:aws:iam::111122223333:user/bob"


def test_what_is_left_out_is_drawn_from_the_seed_of_the_server(controls: Controls) -> None:
    seed = {"users": [{"name": "alice", "access_keys": [{}]}]}
    other = Wire(ManualClock(START), random_seed=7).assembled.controls
    controls.seed(seed)
    other.seed(seed)
    assert controls.dump(secrets=True) == other.dump(secrets=True)


@pytest.mark.parametrize(
    ("seed", "problem"),
    [
        ({"users": [{"name": "bob"}, {"name": "BOB"}]}, "users[1].name: 'BOB' is there already"),
        (
            {"users": [{"name": "bob", "access_keys": [KEY]}, {"name": "carl", "access_keys": [KEY]}]},
            "users[1].access_keys[0].id: 'AKIAQAAAAAAAAAAAAAAA' is there already",
        ),
        (
            {"users": [{"name": "bob", "access_keys": [{}, {}, {}]}]},
            "users[0].access_keys: 3 access keys are too many; the quota is 2",
        ),
        (
            {"users": [{"name": "bob", "tags": {"a": "1", "A": "2"}}]},
            "users[0].tags: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            {"users": [{"name": "bob", "permissions_boundary": "arn:aws:iam::123456789012:user/x"}]},
            "users[0].permissions_boundary: 'arn:aws:iam::123456789012:user/x' is not the ARN of a policy",
        ),
        (
            {"accounts": {"111122223333": {"users": [{"name": "b", "id": USER_ID}, {"name": "c", "id": USER_ID}]}}},
            f"accounts.111122223333.users[1].id: '{USER_ID}' is there already",
        ),
    ],
)
def test_a_seed_with_one_fault_changes_nothing(controls: Controls, seed: dict[str, Any], problem: str) -> None:
    assert refusal(controls, seed) == problem


def test_a_seed_does_not_overwrite_what_is_there(wire: Wire, controls: Controls) -> None:
    wire.user("alice")
    assert (
        refusal(controls, {"users": [{"name": "bob"}, {"name": "alice"}]}) == "users[1].name: 'alice' is there already"
    )


def test_a_key_of_another_account_is_taken(controls: Controls) -> None:
    controls.seed({"users": [{"name": "bob", "access_keys": [KEY]}]})
    seed = {"accounts": {"111122223333": {"users": [{"name": "bob", "access_keys": [KEY]}]}}}
    assert refusal(controls, seed) == (
        "accounts.111122223333.users[0].access_keys[0].id: 'AKIAQAAAAAAAAAAAAAAA' is there already"
    )


def busy(wire: Wire) -> Key:
    """A server with something of everything."""
    wire.assembled.controls.seed(FULL)
    wire.user("carl")
    gone, key = wire.key("carl"), wire.key("carl")
    wire.call("DeleteAccessKey", UserName="carl", AccessKeyId=gone.id)
    made = wire.call("GetSessionToken", key)["Credentials"]
    wire.assembled.controls.clock.advance("90 s")
    wire.assembled.controls.clock.freeze()
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def test_a_dump_with_secrets_loaded_as_a_seed_gives_the_same_state(wire: Wire) -> None:
    session = busy(wire)
    document = json.loads(json.dumps(wire.assembled.controls.dump(secrets=True)))
    other = Wire(ManualClock(datetime(2020, 1, 1, tzinfo=timezone.utc)))
    other.assembled.controls.seed(document)
    assert other.assembled.controls.dump(secrets=True) == document
    assert other.call("GetCallerIdentity", session)["Arn"] == "arn:aws:iam::123456789012:user/carl"
    assert other.call("CreateUser", UserName="dora") == wire.call("CreateUser", UserName="dora")


def test_a_refused_dump_leaves_an_unseeded_server_unpredictable(wire: Wire) -> None:
    busy(wire)
    document = wire.assembled.controls.dump(secrets=True)
    document["users"] = [{"name": "alice"}]
    unseeded = [Wire(), Wire()]
    for other in unseeded:
        with pytest.raises(FormatError):
            other.assembled.controls.seed(document)
    ids = [other.call("CreateUser", UserName="dora")["User"]["UserId"] for other in unseeded]
    assert ids[0] != ids[1]


def test_a_federated_session_stays_one_in_a_dump(wire: Wire) -> None:
    made = wire.call("GetFederationToken", Name="guest")["Credentials"]
    other = Wire()
    other.assembled.controls.seed(wire.assembled.controls.dump(secrets=True))
    guest = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert other.call("GetCallerIdentity", guest)["Arn"] == "arn:aws:sts::123456789012:federated-user/guest"


def test_a_deleted_key_stays_deleted_in_a_dump(wire: Wire) -> None:
    busy(wire)
    (gone,) = [
        item["id"]
        for item in wire.assembled.controls.dump()["issued"]
        if item["id"] not in json.dumps(wire.assembled.controls.dump(secrets=True)["accounts"])
    ]
    other = Wire()
    other.assembled.controls.seed(wire.assembled.controls.dump(secrets=True))
    assert other.call("GetCallerIdentity", Key(gone, "x")).code == "InvalidClientTokenId"


def test_a_dump_without_secrets_has_none(wire: Wire) -> None:
    session = busy(wire)
    shown = json.dumps(wire.assembled.controls.dump())
    assert "secret" not in shown
    assert session.secret not in shown and session.token is not None and session.token not in shown
    assert "random" not in wire.assembled.controls.dump()


def test_a_dump_without_secrets_gives_the_same_keys_with_new_secrets(wire: Wire) -> None:
    busy(wire)
    document = wire.assembled.controls.dump()
    other = Wire()
    other.assembled.controls.seed(document)
    assert other.assembled.controls.dump() == document


def test_a_snapshot_is_the_whole_state_clock_and_random_state_included(wire: Wire, controls: Controls) -> None:
    busy(wire)
    controls.snapshot("one")
    before = controls.dump(secrets=True)
    first = wire.call("CreateUser", UserName="dora")["User"]["UserId"]
    wire.call("DeleteUser", UserName="dora")
    controls.clock.advance("10 days")
    controls.restore("one")
    assert controls.dump(secrets=True) == before
    assert wire.call("CreateUser", UserName="dora")["User"]["UserId"] == first
    assert controls.clock.frozen


def test_a_running_clock_goes_on_running_after_a_restore(wire: Wire) -> None:
    base = ManualClock(START)
    controls = Wire(base).assembled.controls
    controls.snapshot("one")
    base.advance(timedelta(hours=1))
    controls.restore("one")
    assert controls.clock.now() == START
    base.advance(timedelta(hours=1))
    assert controls.clock.now() == START + timedelta(hours=1)


def test_snapshots_have_names(controls: Controls) -> None:
    with pytest.raises(FormatError, match="^name: 'x' is the name of no snapshot; there are none yet$"):
        controls.restore("x")
    controls.snapshot("b")
    controls.snapshot("a")
    assert controls.snapshots() == ["a", "b"]
    controls.forget("b")
    with pytest.raises(FormatError, match="^name: 'b' is the name of no snapshot; there are a$"):
        controls.restore("b")


def test_loading_replaces_everything_or_nothing(wire: Wire, controls: Controls) -> None:
    wire.user("alice")
    before = controls.dump(secrets=True)
    with pytest.raises(FormatError):
        controls.load({"users": [{"name": "bob"}, {"name": "bob"}]})
    assert controls.dump(secrets=True) == before
    controls.load({"users": [{"name": "bob"}]})
    assert wire.call("GetUser", UserName="alice").code == "NoSuchEntity"
    assert wire.call("GetUser", UserName="bob")["User"]["UserName"] == "bob"


def test_a_strict_server_keeps_a_root_key_whatever_is_loaded(strict: Wire) -> None:
    strict.assembled.controls.load({"users": [{"name": "bob"}]})
    key = strict.assembled.root_access_key()
    assert key is not None
    assert not isinstance(strict.call("ListUsers", Key(*key)), AwsError)


def test_a_seed_in_the_settings_is_there_at_the_start_and_after_a_reset(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("users:\n  - name: alice\n")
    wire = Wire(seed=str(tmp_path / "seed.yaml"))
    wire.user("bob")
    wire.assembled.reset()
    assert wire.call("ListUsers")["Users"]["member"]["UserName"] == "alice"


def test_a_seeded_root_key_does_for_a_strict_server(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(json.dumps({"root": FULL["root"]}))
    wire = Wire(seed=str(tmp_path / "seed.json"), auth="strict")
    assert wire.assembled.root_access_key() == ("AKIAQBBBBBBBBBBBBBBB", "root")


def test_a_bad_seed_in_the_settings_is_named(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text("users:\n  - nam: alice\n")
    with pytest.raises(DocumentError) as refused:
        Wire(seed=str(file))
    assert str(refused.value).startswith(f"{file}: line 2: users[0].nam: is no field; there are name, ")


def test_dates_of_users_and_keys_can_be_set(wire: Wire, controls: Controls) -> None:
    controls.seed(FULL)
    controls.backdate_user("ALICE", created="500 days ago")
    controls.backdate_access_key(KEY["id"], last_used={"date": "1 day ago", "region": "us-west-2"})
    user = wire.call("GetUser", UserName="alice")["User"]
    assert (user["CreateDate"], user["PasswordLastUsed"]) == ("2024-08-19T00:00:00Z", "2025-12-24T08:00:00Z")
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=KEY["id"])["AccessKeyLastUsed"] == {
        "LastUsedDate": "2025-12-31T00:00:00Z",
        "ServiceName": "iam",
        "Region": "us-west-2",
    }
    controls.backdate_access_key(KEY["id"], created=START - timedelta(days=3), last_used="2 days ago")
    key = controls.dump()["accounts"]["123456789012"]["users"][0]["access_keys"][0]
    assert (key["created"], key["last_used"]["date"]) == ("2025-12-29T00:00:00Z", "2025-12-30T00:00:00Z")


def test_dates_in_another_account_can_be_set(wire: Wire, controls: Controls) -> None:
    controls.seed(FULL)
    controls.backdate_user("bob", created="2020-01-01", account_id="111122223333")
    assert (
        wire.call("GetUser", Key("111122223333", "x"), UserName="bob")["User"]["CreateDate"] == "2020-01-01T00:00:00Z"
    )


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"user": "nobody", "created": "1 day ago"}, "user: 'nobody' is no user of account 123456789012"),
        (
            {"user": "Alice", "created": "2026-01-01T00:00:01Z"},
            "created: '2026-01-01T00:00:01Z' is in the future; the server's clock says 2026-01-01T00:00:00Z",
        ),
        (
            {"access_key": "AKIAQAAAAAAAAAAAAAAB", "created": "1 day ago"},
            "access_key: 'AKIAQAAAAAAAAAAAAAAB' is no key of this server",
        ),
        ({"access_key": KEY["id"], "last_used": {"region": "x"}}, "last_used.date: is missing"),
        (
            {"user": "Alice", "last_used": "1 day ago"},
            "last_used: is no field; there are user, account_id, created, password_last_used, password_created, "
            "password_changed, allow_impossible",
        ),
    ],
)
def test_a_date_that_cannot_be_set_is_refused(controls: Controls, values: dict[str, Any], problem: str) -> None:
    controls.seed(FULL)
    before = controls.dump(secrets=True)
    with pytest.raises(FormatError) as refused:
        controls.backdate(values)
    assert str(refused.value) == problem
    assert controls.dump(secrets=True) == before


def without(name: str, value: Any) -> Any:
    """A document without the fields of that name."""
    if isinstance(value, dict):
        return {key: without(name, item) for key, item in value.items() if key != name}
    return [without(name, item) for item in value] if isinstance(value, list) else value


def test_a_dump_of_an_earlier_release_brings_back_all_that_it_has() -> None:
    """It was made before there were partitions and an account that answers, and sessions told when they began.

    Credential reports were not in pieces.
    """
    controls = Wire().assembled.controls
    earlier = json.loads((Path(__file__).parent / "earlier_dump.json").read_text())
    controls.load(earlier)
    again = controls.dump(secrets=True)
    assert again.pop("account_id") == "123456789012"
    (report,) = again["accounts"]["123456789012"]["rows"]["CredentialReport"]
    (report["content"],) = report["content"]
    assert without("issued_at", without("partition", again)) == earlier


def test_a_dump_is_of_one_moment_though_users_come_while_it_is_made(
    wire: Wire, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    controls.seed({"users": [{"name": "alice"}]})
    spelt = dumping._account

    def slow(account: Account, secrets: bool) -> dict[str, Any]:
        other = threading.Thread(target=controls.seed, args=({"users": [{"name": "bob", "access_keys": [{}]}]},))
        other.start()
        other.join()  # it waits for no lock
        return spelt(account, secrets)

    monkeypatch.setattr(dumping, "_account", slow)
    document = controls.dump(secrets=True)
    assert [user["name"] for user in document["accounts"][ACCOUNT]["users"]] == ["alice"]
    assert document["issued"] == []
    assert wire.call("GetUser", UserName="bob")["User"]["UserName"] == "bob"


@pytest.mark.parametrize("replace", [False, True])
def test_others_do_not_wait_for_a_large_document(
    wire: Wire, controls: Controls, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    wire.call("CreateUser", UserName="alice")
    key = wire.key("alice")
    document = {"users": [{"name": f"user-{number}"} for number in range(loading.FEW)]}
    planted, seen = loading._plant, []

    def slow(*arguments: Any) -> Any:
        def ask() -> None:
            seen.append(wire.call("GetUser", key)["User"]["UserName"])
            seen.append(wire.call("GetUser", UserName="user-0").code)

        other = threading.Thread(target=ask)
        other.start()
        other.join()  # it waits for no lock
        return planted(*arguments)

    monkeypatch.setattr(loading, "_plant", slow)
    loaded = controls.load(document) if replace else controls.seed(document)
    assert (loaded.users, seen) == (loading.FEW, ["alice", "NoSuchEntity"])
    assert wire.call("GetUser", UserName="user-0")["User"]["UserName"] == "user-0"
    if replace:
        assert wire.call("GetUser", UserName="alice").code == "NoSuchEntity"
    else:
        assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"] == "iam"


def test_a_user_that_comes_while_a_large_document_is_planted_is_not_lost(
    wire: Wire, controls: Controls, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"users": [{"name": f"user-{number}"} for number in range(loading.FEW)]}
    planted, ids = loading._plant, []

    def slow(*arguments: Any) -> Any:
        if not ids:
            other = threading.Thread(
                target=lambda: ids.append(wire.call("CreateUser", UserName="bob")["User"]["UserId"])
            )
            other.start()
            other.join()
        return planted(*arguments)

    monkeypatch.setattr(loading, "_plant", slow)
    controls.seed(document)
    users = dict(wire.assembled.engine.store.account(ACCOUNT).users.items())
    assert [user.id for user in users.values() if user.name == "bob"] == ids
    assert len(users) == loading.FEW + 1


def test_what_a_large_document_drew_is_put_back_if_it_cannot_be(wire: Wire, controls: Controls) -> None:
    users = [{"name": f"user-{number}"} for number in range(loading.FEW)]
    before = wire.assembled.engine.ids.state()
    with pytest.raises(FormatError, match=r"users\[200\].name: 'USER-0' is there already"):
        controls.seed({"users": [*users, {"name": "USER-0"}]})
    assert wire.assembled.engine.ids.state() == before
    assert wire.call("GetUser", UserName="user-0").code == "NoSuchEntity"
