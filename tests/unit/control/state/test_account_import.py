"""A seed from the exports of a real account."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state.account_import import COLUMNS, import_account
from tests.support import Wire

HEAD = ",".join(COLUMNS)
DETAILS: dict[str, Any] = {
    "UserDetailList": [
        {
            "Path": "/eng/",
            "UserName": "alice",
            "UserId": "AIDAQAAAAAAAAAAAAAAAA",
            "Arn": "arn:aws:iam::111122223333:user/eng/alice",
            "CreateDate": "2020-02-02T02:02:02+00:00",
            "Tags": [{"Key": "team", "Value": "x"}],
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/edge",
            },
        }
    ]
}


def row(
    user: str,
    *keys: tuple[str, str, str, str, str],
    used: str = "N/A",
    changed: str | None = None,
    mfa: str = "false",
    path: str = "/eng/",
) -> str:
    slots = [*keys, *[("false", "N/A", "N/A", "N/A", "N/A")] * (2 - len(keys))]
    arn = (
        f"arn:aws:iam::111122223333:user{path}{user}" if user != "<root_account>" else "arn:aws:iam::111122223333:root"
    )
    password = ["false" if changed is None else "true", used, changed or "N/A", mfa]
    return ",".join([user, arn, "2020-02-02T02:02:02+00:00", *password, *slots[0], *slots[1]])


def report(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


ACTIVE = ("true", "2025-01-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00", "eu-west-1", "s3")
NEVER_USED = ("false", "2024-01-01T00:00:00+00:00", "N/A", "N/A", "N/A")


def user(seed: dict[str, Any]) -> dict[str, Any]:
    (found,) = seed["accounts"]["111122223333"]["users"]
    assert isinstance(found, dict)
    return found


def test_details_and_report_make_a_user_with_keys() -> None:
    imported = import_account(
        json.dumps(DETAILS), report(row("alice", ACTIVE, NEVER_USED, used="2025-03-03T00:00:00+00:00"))
    )
    assert user(imported.seed) == {
        "name": "alice",
        "id": "AIDAQAAAAAAAAAAAAAAAA",
        "path": "/eng/",
        "created": "2020-02-02T02:02:02+00:00",
        "tags": {"team": "x"},
        "permissions_boundary": "arn:aws:iam::111122223333:policy/edge",
        "password_last_used": "2025-03-03T00:00:00+00:00",
        "access_keys": [
            {
                "status": "Active",
                "created": "2025-01-01T00:00:00+00:00",
                "last_used": {"date": "2025-02-02T00:00:00+00:00", "region": "eu-west-1", "service": "s3"},
            },
            {"status": "Inactive", "created": "2024-01-01T00:00:00+00:00"},
        ],
    }
    assert imported.notes == ("1 users, 2 access keys; key ids and secrets are in no export and are drawn on loading",)


def test_the_report_alone_gives_paths_dates_and_keys() -> None:
    imported = import_account(None, report(row("alice", ACTIVE)))
    assert (user(imported.seed)["path"], len(user(imported.seed)["access_keys"])) == ("/eng/", 1)
    assert imported.notes[1:] == (
        "without the authorization details there are no tags, user ids and permissions boundaries",
    )


def test_the_details_alone_give_no_keys() -> None:
    imported = import_account(json.dumps(DETAILS), None)
    assert "access_keys" not in user(imported.seed)
    assert imported.notes[1:] == ("without the credential report there are no access keys and no dates of use",)


def test_a_password_is_taken_over_with_its_dates_and_drawn() -> None:
    imported = import_account(None, report(row("alice", changed="2025-05-05T00:00:00+00:00")))
    assert user(imported.seed)["login_profile"] == {
        "created": "2020-02-02T02:02:02+00:00",
        "changed": "2025-05-05T00:00:00+00:00",
    }
    assert "passwords and MFA devices are stand-ins: the exports tell only that there are some" in imported.notes


def test_an_mfa_device_is_stood_in_for() -> None:
    imported = import_account(None, report(row("alice", mfa="true")))
    assert user(imported.seed)["mfa_devices"] == [{"enabled": "2020-02-02T02:02:02+00:00"}]


def test_groups_and_policies_are_taken_over_as_far_as_they_are_known() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    own, unknown = "arn:aws:iam::111122223333:policy/x/own", "arn:aws:iam::aws:policy/Unheard"
    known = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    details = {
        "UserDetailList": [
            {
                **DETAILS["UserDetailList"][0],
                "GroupList": ["developers", "loners"],
                "UserPolicyList": [{"PolicyName": "mine", "PolicyDocument": document}],
                "AttachedManagedPolicies": [{"PolicyArn": arn} for arn in (own, unknown, known)],
                "PermissionsBoundary": None,
            }
        ],
        "GroupDetailList": [
            {
                "GroupName": "developers",
                "Path": "/eng/",
                "GroupPolicyList": [{"PolicyName": "ours", "PolicyDocument": document}],
                "AttachedManagedPolicies": [{"PolicyArn": known}],
            }
        ],
        "Policies": [
            {
                "PolicyName": "own",
                "Path": "/x/",
                "Arn": own,
                "Description": "ours",
                "PolicyVersionList": [
                    {"VersionId": "v1", "Document": {}, "IsDefaultVersion": False},
                    {"VersionId": "v2", "Document": quote(json.dumps(document)), "IsDefaultVersion": True},
                ],
            },
            {"PolicyName": "ReadOnlyAccess", "Arn": known},
        ],
    }
    imported = import_account(json.dumps(details), None)
    account = imported.seed["accounts"]["111122223333"]
    assert account["groups"] == [
        {"name": "developers", "path": "/eng/", "policies": {"ours": document}, "attached_policies": [known]},
        {"name": "loners", "path": "/"},
    ]
    assert account["policies"] == [{"name": "own", "path": "/x/", "document": document, "description": "ours"}]
    alice = user(imported.seed)
    assert (alice["groups"], alice["policies"]) == (["developers", "loners"], {"mine": document})
    assert alice["attached_policies"] == [own, known]
    assert f"alice has {unknown} attached, which is not known here and is left out" in imported.notes
    wire = Wire()
    wire.assembled.controls.seed(imported.seed)
    assert wire.assembled.health()["users"] == 1


def test_a_slot_that_was_never_filled_is_no_key() -> None:
    assert "access_keys" not in user(import_account(None, report(row("alice"))).seed)


def test_a_place_that_the_report_does_not_know_is_left_out() -> None:
    key = ("true", "2025-01-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00", "N/A", "sts")
    (made,) = user(import_account(None, report(row("alice", key))).seed)["access_keys"]
    assert made["last_used"] == {"date": "2025-02-02T00:00:00+00:00", "service": "sts"}


def test_a_password_never_used_has_no_date() -> None:
    assert "password_last_used" not in user(import_account(None, report(row("alice", used="no_information"))).seed)


def test_an_active_key_without_an_age_is_new_and_that_is_said() -> None:
    imported = import_account(None, report(row("alice", ("true", "N/A", "N/A", "N/A", "N/A"))))
    assert user(imported.seed)["access_keys"] == [{"status": "Active"}]
    assert imported.notes[-1] == "alice has a key whose age the report does not tell; it is new"


def test_the_root_row_gives_the_root_users_keys() -> None:
    seed = import_account(None, report(row("<root_account>", ACTIVE), row("alice"))).seed
    (key,) = seed["accounts"]["111122223333"]["root"]["access_keys"]
    assert (key["status"], key["created"]) == ("Active", "2025-01-01T00:00:00+00:00")


def test_a_root_row_without_keys_gives_nothing() -> None:
    assert "root" not in import_account(None, report(row("<root_account>"))).seed["accounts"]["111122223333"]


def test_users_of_one_export_only_are_said() -> None:
    imported = import_account(json.dumps(DETAILS), report(row("bob")))
    assert imported.notes[1:] == (
        "bob is in the report, but not in the details",
        "alice is in the details, but not in the report",
    )


def test_the_json_that_the_command_prints_does_for_the_report() -> None:
    content = base64.b64encode(report(row("alice", ACTIVE)).encode()).decode()
    printed = json.dumps({"Content": content, "ReportFormat": "text/csv"})
    assert import_account(None, printed).seed == import_account(None, report(row("alice", ACTIVE))).seed


@pytest.mark.parametrize(
    ("details", "text", "problem"),
    [
        (None, None, "there is nothing to import: give the details, the report, or both"),
        ("{", None, "details: line 1: this is no JSON: Expecting property name enclosed in double quotes"),
        ("[]", None, "details: UserDetailList: is missing; give what get-account-authorization-details prints"),
        ('{"UserDetailList": [{}]}', None, "details: UserDetailList[0].UserName: is missing"),
        (
            '{"UserDetailList": [{"UserName": "a", "Tags": [{"Key": "k"}]}]}',
            None,
            "details: UserDetailList[0].Tags[0]: has no Key and Value",
        ),
        (
            '{"UserDetailList": [{"UserName": "a", "Arn": "a"}]}',
            None,
            "details: UserDetailList[0].Arn: 'a' is no ARN",
        ),
        (
            None,
            "user,arn\n",
            "report: line 1: the column user_creation_time is missing; give what get-credential-report prints",
        ),
        (None, f"{HEAD}\nalice,x\n", "report: line 2: the value of user_creation_time is missing"),
        (
            None,
            report(row("alice")).replace("arn:aws:iam::", "arn:"),
            "report: line 2: arn: 'arn:111122223333:user/eng/alice' is no ARN",
        ),
        (None, '{"Content": "%"}', "report: this is neither the CSV nor the JSON that get-credential-report prints"),
        (
            json.dumps(DETAILS).replace("111122223333", "444455556666"),
            report(row("alice")),
            "the exports are of different accounts: 111122223333, 444455556666",
        ),
    ],
)
def test_an_export_that_is_none_is_refused(details: str | None, text: str | None, problem: str) -> None:
    with pytest.raises(DocumentError) as refused:
        import_account(details, text)
    assert str(refused.value) == problem


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        Wire().assembled.controls.import_account(report=tmp_path / "no.csv")
    assert str(refused.value) == f"{tmp_path / 'no.csv'}: No such file or directory"
