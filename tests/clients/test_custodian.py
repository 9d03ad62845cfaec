"""Cloud Custodian, as it is told to switch off old access keys.

It finds the keys in the credential report, and then each among the user's keys by its date of creation: the two must
be equal to the second, or it says that all is well and does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.control.watching.calls import Calls
from tests.clients.shell import Outcome, find_program, isolated, run

CUSTODIAN = find_program("custodian")
pytestmark = pytest.mark.skipif(CUSTODIAN is None, reason="Cloud Custodian is not installed: tox -e custodian")

OLD = "AKIAQALICEALICEALICE"
FRESH = "AKIAQBQBBOBBOBBOBBOB"
OFF = "AKIAQCARQLCARQLCARQL"
OLD_OF_TWO = "AKIAQDQRADQRADQRADQR"
FRESH_OF_TWO = "AKIAQDQRADQRADQRADQS"
OFF_OF_TWO = "AKIAQERINERINERINERI"
OLDER_OF_TWO = "AKIAQERINERINERINERJ"

SEED: dict[str, Any] = {
    "users": [
        {"name": "alice", "access_keys": [{"id": OLD, "created": "91 days ago"}]},
        {"name": "bob", "access_keys": [{"id": FRESH, "created": "89 days ago"}]},
        {"name": "carol", "access_keys": [{"id": OFF, "created": "400 days ago", "status": "Inactive"}]},
        {
            "name": "dora",
            "access_keys": [
                {"id": OLD_OF_TWO, "created": "400 days ago"},
                {"id": FRESH_OF_TWO, "created": "5 days ago", "last_used": {"date": "1 hour ago"}},
            ],
        },
        {
            "name": "erin",
            "access_keys": [
                {"id": OFF_OF_TWO, "created": "300 days ago", "status": "Inactive"},
                {"id": OLDER_OF_TWO, "created": "200 days ago"},
            ],
        },
        {"name": "nobody"},
    ]
}

POLICY: dict[str, Any] = {
    "name": "switch-off-old-keys",
    "resource": "iam-user",
    "filters": [
        {"type": "credential", "key": "access_keys.active", "value": True, "report_delay": 0.1},
        {
            "type": "credential",
            "key": "access_keys.last_rotated",
            "value_type": "age",
            "op": "gt",
            "value": 90,
            "report_delay": 0.1,
        },
    ],
    "actions": [{"type": "remove-keys", "matched": True, "disable": True}],
}


@dataclass(frozen=True)
class Ran:
    """What Custodian said and which users it took, what it called, and what the keys were before and after."""

    outcome: Outcome
    taken: list[str]
    calls: Calls
    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]


def keys(fake: FakeIAM) -> dict[str, dict[str, Any]]:
    """The keys of all users by their ids, as they are listed."""
    iam = fake.client("iam")
    names = [user["UserName"] for user in iam.list_users()["Users"]]
    listed = [key for name in names for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
    return {key["AccessKeyId"]: key for key in listed}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Custodian takes seconds to start, so it runs once."""
    assert CUSTODIAN is not None
    folder = tmp_path_factory.mktemp("custodian")
    (folder / "policy.json").write_text(json.dumps({"policies": [POLICY]}))
    with FakeIAM(auth="strict") as fake:
        fake.seed(SEED)
        before = keys(fake)
        seen = len(fake.calls())
        environment = isolated(folder, **fake.environment(), AWS_ENDPOINT_URL=fake.url)
        options = ("--region", "us-east-1", "--cache-period", "0", "--output-dir", "out")
        outcome = run(CUSTODIAN, "run", *options, "policy.json", at=folder, environment=environment)
        calls = Calls(fake.calls()[seen:])
        found = folder / "out" / POLICY["name"] / "resources.json"
        taken = [user["UserName"] for user in json.loads(found.read_text())] if found.exists() else []
        yield Ran(outcome, taken, calls, before, keys(fake))


def test_custodian_succeeds(ran: Ran) -> None:
    assert ran.outcome.status == 0, ran.outcome


def test_exactly_the_users_with_an_old_active_key_are_taken(ran: Ran) -> None:
    assert ran.taken == ["alice", "dora", "erin"], ran.outcome


def test_exactly_the_old_active_keys_are_switched_off(ran: Ran) -> None:
    """Cases C36 and C73."""
    switched = {key_id for key_id, key in ran.after.items() if key["Status"] != ran.before[key_id]["Status"]}
    assert switched == {OLD, OLD_OF_TWO, OLDER_OF_TWO}
    assert {ran.after[key_id]["Status"] for key_id in switched} == {"Inactive"}


def test_nothing_but_their_status_changes(ran: Ran) -> None:
    assert without_status(ran.before) == without_status(ran.after)


def test_each_old_key_is_switched_by_a_call_of_its_own_and_nothing_else_is_written(ran: Ran) -> None:
    reading = ("Get", "List", "GenerateCredentialReport")
    written = Calls(call for call in ran.calls if call.operation and not call.operation.startswith(reading))
    written.assert_equal(
        {
            "operation": "UpdateAccessKey",
            "parameters": {"UserName": name, "AccessKeyId": key_id, "Status": "Inactive"},
            "outcome": "ok",
        }
        for name, key_id in (("alice", OLD), ("dora", OLD_OF_TWO), ("erin", OLDER_OF_TWO))
    )


def test_a_report_is_asked_for_as_there_was_none(ran: Ran) -> None:
    asked = [(call.operation, call.code) for call in ran.calls if "CredentialReport" in (call.operation or "")]
    assert asked[:3] == [
        ("GetCredentialReport", "ReportNotPresent"),
        ("GenerateCredentialReport", None),
        ("GetCredentialReport", None),
    ]


def without_status(listed: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The keys with all that is shown of them but their status."""
    return {key_id: {**key, "Status": None} for key_id, key in listed.items()}
