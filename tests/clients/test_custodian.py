"""Cloud Custodian, as it is told to switch off old access keys, and as it looks at the root user.

It finds the keys in the credential report, and then each among the user's keys by its date of creation: the two must
be equal to the second, or it says that all is well and does nothing.

Of the root user it looks at the report's first row and at the account's summary, of the account that answers. A report
that is there is taken as it is, whatever has happened since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.control.watching.calls import Calls
from tests.clients.shell import Outcome, find_program, isolated, run

CUSTODIAN = find_program("custodian")
pytestmark = pytest.mark.skipif(CUSTODIAN is None, reason="Cloud Custodian is not installed: tox -e custodian")

EXPORTS = Path(__file__).parents[2] / "examples" / "account"
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


ROOT: dict[str, Any] = {
    "created": "2016-03-14",
    "password_last_used": "5 days ago",
    "mfa_devices": [{"enabled": "2017-01-01"}],
    "signing_certificates": [{"uploaded": "2018-01-01"}],
    "access_keys": [{"created": "400 days ago", "last_used": "100 days ago"}],
}


def of_root(name: str, **condition: Any) -> dict[str, Any]:
    """A policy that finds the account by what the credential report says of its root user."""
    return {
        "name": name,
        "resource": "account",
        "filters": [{"type": "credential", "report_delay": 0.1, **condition}],
    }


ROOT_POLICIES: list[dict[str, Any]] = [
    of_root("root-signed-in", key="password_last_used", value_type="age", op="less-than", value=30),
    of_root("root-has-mfa", key="mfa_active", value=True),
    of_root("root-has-no-mfa", key="mfa_active", value=False),
    of_root("root-has-keys", key="access_keys.active", value=True),
    of_root("root-has-old-keys", key="access_keys.last_rotated", value_type="age", op="gt", value=90),
    of_root("root-has-unused-keys", key="access_keys.last_used_date", value_type="age", op="gt", value=90),
    of_root("root-has-certificates", key="certs.active", value=True),
    of_root("root-is-old", key="user_creation_time", value_type="age", op="gt", value=3650),
    {
        "name": "summary-has-mfa",
        "resource": "account",
        "filters": [{"type": "iam-summary", "key": "AccountMFAEnabled", "value": 1}],
    },
    {
        "name": "summary-has-certificates",
        "resource": "account",
        "filters": [{"type": "iam-summary", "key": "AccountSigningCertificatesPresent", "value": 1}],
    },
]


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


def custodian(fake: FakeIAM, folder: Path) -> Outcome:
    """Run the policies of a folder, without the cache that Custodian keeps from one run to the next."""
    assert CUSTODIAN is not None
    environment = isolated(folder, **fake.environment(), AWS_ENDPOINT_URL=fake.url)
    options = ("--region", "us-east-1", "--cache-period", "0", "--output-dir", "out")
    return run(CUSTODIAN, "run", *options, "policy.json", at=folder, environment=environment)


def found(folder: Path) -> set[str]:
    """The root user's policies that found the account."""
    resources = {name: folder / "out" / name / "resources.json" for name in (each["name"] for each in ROOT_POLICIES)}
    return {name for name, file in resources.items() if json.loads(file.read_text())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.json").write_text(json.dumps({"policies": ROOT_POLICIES}))
    return tmp_path


def test_a_root_user_of_whom_nothing_is_said_is_found_by_nothing_but_the_lack_of_mfa(folder: Path) -> None:
    with FakeIAM() as fake:
        assert custodian(fake, folder).status == 0
    assert found(folder) == {"root-has-no-mfa"}


def test_a_root_user_that_is_staged_is_found_by_each_of_its_credentials(folder: Path) -> None:
    with FakeIAM() as fake:
        fake.seed({"root": ROOT})
        outcome = custodian(fake, folder)
    assert outcome.status == 0, outcome
    assert found(folder) == {each["name"] for each in ROOT_POLICIES} - {"root-has-no-mfa"}


def test_dates_of_the_root_user_that_are_set_are_found(folder: Path) -> None:
    with FakeIAM() as fake:
        fake.backdate_root(created="2016-03-14", password_last_used="5 days ago")
        assert custodian(fake, folder).status == 0
    assert found(folder) == {"root-signed-in", "root-is-old", "root-has-no-mfa"}


def test_the_root_user_of_an_import_is_found(folder: Path) -> None:
    """It is the import that answers, not the account that the server began with."""
    with FakeIAM() as fake:
        fake.import_account(EXPORTS / "details.json", EXPORTS / "report.csv")
        assert custodian(fake, folder).status == 0
    account = json.loads((folder / "out" / "root-has-mfa" / "resources.json").read_text())
    assert [each["account_id"] for each in account] == ["210987654321"]
    assert {"root-has-mfa", "summary-has-mfa", "root-is-old"} <= found(folder)


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
        outcome = custodian(fake, folder)
        calls = Calls(fake.calls()[seen:])
        file = folder / "out" / POLICY["name"] / "resources.json"
        taken = [user["UserName"] for user in json.loads(file.read_text())] if file.exists() else []
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


TAG_POLICIES: list[dict[str, Any]] = [
    {"name": "policies-of-red", "resource": "iam-policy", "filters": [{"tag:team": "red"}]},
    {
        "name": "policies-of-nobody",
        "resource": "iam-policy",
        "filters": [
            {"tag:team": "absent"},
            {"type": "value", "key": "PolicyName", "op": "in", "value": ["core", "edge"]},
        ],
        "actions": [{"type": "tag", "key": "team", "value": "blue"}],
    },
    {
        "name": "policies-of-blue",
        "resource": "iam-policy",
        "filters": [{"tag:team": "blue"}],
        "actions": [{"type": "remove-tag", "tags": ["old"]}],
    },
]
ANY: dict[str, Any] = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


def test_tags_of_policies_are_read_and_written_by_the_tagging_api(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(json.dumps({"policies": TAG_POLICIES}))
    given = {"edge": [{"Key": "team", "Value": "red"}], "core": [{"Key": "old", "Value": "x"}]}
    with FakeIAM() as fake:
        iam = fake.client("iam")
        made = {
            name: iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(ANY), Tags=tags)["Policy"]["Arn"]
            for name, tags in given.items()
        }
        outcome = custodian(fake, tmp_path)
        left = {name: iam.list_policy_tags(PolicyArn=arn)["Tags"] for name, arn in made.items()}
        asked = {call.operation for call in fake.calls() if call.service == "resourcegroupstaggingapi"}
    assert outcome.status == 0, outcome
    files = {each["name"]: tmp_path / "out" / each["name"] / "resources.json" for each in TAG_POLICIES}
    assert {name: [row["PolicyName"] for row in json.loads(file.read_text())] for name, file in files.items()} == {
        "policies-of-red": ["edge"],
        "policies-of-nobody": ["core"],
        "policies-of-blue": ["core"],
    }
    assert left == {"edge": [{"Key": "team", "Value": "red"}], "core": [{"Key": "team", "Value": "blue"}]}
    assert asked == {"GetResources", "TagResources", "UntagResources"}
