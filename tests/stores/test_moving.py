"""Whole states: from one store to another, and back to what was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, create_engine, insert, select

from fake_iam.control.documents.problems import FormatError
from fake_iam.store.sql.schema import ISSUED, LOOKUPS, NOTES, PLACES, ROWS, SIZES, STEPS, TALLIES, bring_up
from fake_iam.store.sql.store import SqlStore
from tests.conftest import STORES, new_address
from tests.support import AwsError, Key, Wire

ACCOUNT, OTHER = "123456789012", "222222222222"
JOB = "00000000-0000-4000-8000-000000000000"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'


@pytest.fixture(params=STORES)
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    """A server on a new store."""
    wire = Wire(store=new_address(request, request.param, tmp_path), random_seed=3)
    yield wire
    wire.assembled.rest()


def fill(wire: Wire) -> None:
    """Something of most kinds."""
    wire.assembled.controls.clock.freeze("2027-01-01T00:00:00Z")
    wire.user("alice")
    key = wire.key("alice")
    wire.call("CreateGroup", GroupName="staff")
    wire.call("AddUserToGroup", GroupName="staff", UserName="alice")
    arn = wire.call("CreatePolicy", PolicyName="reading", PolicyDocument=POLICY)["Policy"]["Arn"]
    wire.call("AttachGroupPolicy", GroupName="staff", PolicyArn=arn)
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=POLICY)
    wire.call("CreateLoginProfile", UserName="alice", Password="Pa55word!long")
    wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    wire.call("CreateAccountAlias", AccountAlias="team")
    wire.call("GetSessionToken", key)


def state(wire: Wire) -> dict[str, Any]:
    return wire.assembled.controls.dump(secrets=True)


def test_a_dump_of_memory_is_the_same_in_every_store_and_back(wire: Wire) -> None:
    memory, back = Wire(random_seed=3), Wire(random_seed=3)
    fill(memory)
    wire.assembled.controls.load(state(memory))
    assert without_place(state(wire)) == without_place(state(memory))
    back.assembled.controls.load(state(wire))
    assert without_place(state(back)) == without_place(state(memory))


@pytest.mark.parametrize("engine", [store for store in STORES if store != "memory"])
def test_what_is_written_row_beside_row_is_found_as_what_was_put(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    put, loaded = (Wire(store=new_address(request, engine, new_directory(tmp_path)), random_seed=3) for _ in range(2))
    fill(put)
    loaded.assembled.controls.load(state(put))
    for table in (ROWS, SIZES, LOOKUPS, PLACES, TALLIES, ISSUED):
        assert written(loaded, table) == written(put, table)
    put.assembled.rest()
    loaded.assembled.rest()


def new_directory(within: Path) -> Path:
    made = within / str(len(list(within.iterdir())))
    made.mkdir()
    return made


def written(wire: Wire, table: Table) -> list[tuple[Any, ...]]:
    """What is in a table of a database, but for its own numbers and what was deleted."""
    store = wire.assembled.engine.store
    assert isinstance(store, SqlStore)
    store.flush()
    columns = [column for column in table.columns if column.name != "number"]
    with store.unchanged():
        rows = store._database.read(select(*columns), {})
    return sorted(tuple(row) for row in rows if row[-1] != 0 or table is ISSUED)


def test_what_an_earlier_release_kept_in_a_database_is_carried_over(tmp_path: Path) -> None:
    """Snapshots were kept whole, reports were ready at once, and an organization's accounts did not name it."""
    kept = Wire(random_seed=3)
    kept.user("alice")
    rows = {
        "account.organizations.Organization": {
            "id": "o-example123",
            "management_account_id": ACCOUNT,
            "members": [OTHER],
        },
        "account.access_reports.AccessReport": {
            "id": JOB,
            "account_id": ACCOUNT,
            "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
            "granularity": "SERVICE_LEVEL",
            "requested_at": "2026-01-01T00:00:00+00:00",
        },
    }
    with create_engine(f"sqlite:///{tmp_path}/store.db").begin() as connection:
        bring_up(connection, STEPS[:2])
        for kind, row in rows.items():
            values = {"account": ACCOUNT, "kind": kind}
            connection.execute(insert(ROWS).values(**values, key=row["id"], row=json.dumps(row)))
            connection.execute(insert(SIZES).values(**values, count=1))
        for name, text in {"snapshots": '["one"]', "snapshot one": json.dumps(state(kept))}.items():
            connection.execute(insert(NOTES).values(name=name, text=text))
    wire = Wire(store=f"sqlite:///{tmp_path}/store.db")
    member = Key(OTHER, "dummy")
    assert wire.call("ListOrganizationsFeatures")["OrganizationId"] == "o-example123"
    assert wire.call("ListOrganizationsFeatures", member) == AwsError(
        "AccountNotManagementOrDelegatedAdministratorException",
        "The request was rejected because the account making the request is not the management account or delegated "
        "administrator account for centralized root access.",
        400,
    )
    report = wire.call("GetServiceLastAccessedDetails", JobId=JOB)
    assert (report["JobStatus"], report["JobCompletionDate"]) == ("COMPLETED", "2026-01-01T00:00:00.000Z")
    assert wire.assembled.controls.snapshots() == ["one"]
    wire.assembled.controls.restore("one")
    assert wire.call("GetUser", UserName="alice")["User"]["UserName"] == "alice"
    wire.assembled.reset()
    assert wire.assembled.controls.snapshots() == []
    wire.assembled.rest()


def test_a_dump_leaves_out_that_accounts_are_in_an_organization_and_a_load_finds_it(wire: Wire) -> None:
    organization = {"id": "o-example123", "members": [OTHER]}
    wire.assembled.controls.seed({"account_id": ACCOUNT, "organization": organization})
    dump = state(wire)
    assert {name for account in dump["accounts"].values() for name in account.get("rows", {})} == {"Organization"}
    wire.assembled.controls.load(dump)
    assert wire.call("ListOrganizationsFeatures")["OrganizationId"] == "o-example123"
    refused = wire.call("ListOrganizationsFeatures", Key(OTHER, "dummy"))
    assert refused.code == "AccountNotManagementOrDelegatedAdministratorException"


def test_a_snapshot_is_gone_back_to(wire: Wire) -> None:
    fill(wire)
    kept = without_place(state(wire))
    wire.assembled.controls.snapshot("full")
    wire.call("DeleteLoginProfile", UserName="alice")
    wire.user("bob")
    wire.assembled.controls.restore("full")
    assert without_place(state(wire)) == kept
    assert wire.assembled.controls.snapshots() == ["full"]


def test_a_load_that_fails_leaves_everything(wire: Wire) -> None:
    fill(wire)
    before = without_place(state(wire))
    twice = {"account_id": "210987654321", "users": [{"name": "bob"}, {"name": "bob"}]}
    with pytest.raises(FormatError, match=r"^users\[1\]"):
        wire.assembled.controls.load(twice)
    assert without_place(state(wire)) == before


def test_a_reset_that_fails_leaves_everything(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(wire)
    accounts = state(wire)["accounts"]

    def fail(keep: bool = False) -> None:
        raise RuntimeError("no root key")

    monkeypatch.setattr(wire.assembled, "_place_root_key", fail)
    with pytest.raises(RuntimeError):
        wire.assembled.reset()
    assert state(wire)["accounts"] == accounts


def test_a_snapshot_taken_at_one_server_is_known_at_the_other(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    address = new_address(request, "sqlite", tmp_path)
    one, other = Wire(store=address), Wire(store=address)
    one.user("alice")
    one.assembled.controls.snapshot("alice alone")
    one.user("bob")
    other.assembled.controls.restore("alice alone")
    assert one.call("ListUsers")["Users"]["member"]["UserName"] == "alice"
    other.assembled.controls.forget("alice alone")
    assert one.assembled.controls.snapshots() == []
    for wire in (one, other):
        wire.assembled.rest()


def without_place(document: dict[str, Any]) -> dict[str, Any]:
    """A state but for the place of the sequence of ids, which goes on with every request's id."""
    return {name: value for name, value in document.items() if name != "random"}
