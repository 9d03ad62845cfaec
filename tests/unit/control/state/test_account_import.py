"""A seed from the exports of a real account."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state.account_import import COLUMNS, Imported, import_account
from fake_iam.domain.account.credential_report import COLUMNS as REPORT_COLUMNS
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


def without_lacks(imported: Imported) -> list[str]:
    """The notes but for the last two, which say what no export has."""
    assert [note.partition(":")[0] for note in imported.notes[-2:]] == [
        "in no export, and drawn on loading",
        "in no export, and left out",
    ]
    return list(imported.notes[:-2])


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
    assert without_lacks(imported) == ["1 users, 2 access keys"]


@pytest.mark.parametrize(
    ("kept", "lacks"),
    [
        (
            "drawn on loading",
            [
                "passwords",
                "the serial numbers, seeds and dates of MFA devices",
                "the ids and bodies of signing certificates",
                "the ids and secrets of access keys",
            ],
        ),
        ("left out", ["the account's alias", "SSH public keys", "server certificates", "the tags of policies"]),
    ],
)
def test_every_import_says_what_no_export_has(kept: str, lacks: list[str]) -> None:
    exports = [(None, report(row("alice"))), (json.dumps(DETAILS), None), (json.dumps(DETAILS), report(row("alice")))]
    for each in exports:
        (note,) = (note for note in import_account(*each).notes if note.startswith(f"in no export, and {kept}: "))
        assert [text for text in lacks if text not in note] == []


def test_the_report_alone_gives_paths_dates_and_keys() -> None:
    imported = import_account(None, report(row("alice", ACTIVE)))
    assert (user(imported.seed)["path"], len(user(imported.seed)["access_keys"])) == ("/eng/", 1)
    assert without_lacks(imported)[1:] == [
        "without the authorization details there are no tags, user ids, permissions boundaries, groups and policies",
    ]


def test_the_details_alone_give_no_keys() -> None:
    imported = import_account(json.dumps(DETAILS), None)
    assert "access_keys" not in user(imported.seed)
    assert without_lacks(imported)[1:] == [
        "without the credential report there are no access keys, passwords, MFA devices, certificates and dates of "
        "use, and nothing of the root user",
    ]


def test_a_password_is_taken_over_with_its_dates_and_drawn() -> None:
    imported = import_account(None, report(row("alice", changed="2025-05-05T00:00:00+00:00")))
    assert user(imported.seed)["login_profile"] == {
        "created": "2020-02-02T02:02:02+00:00",
        "changed": "2025-05-05T00:00:00+00:00",
    }


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
                "GroupId": "AGPAQAAAAAAAAAAAAAAAA",
                "CreateDate": "2021-01-01T00:00:00+00:00",
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
                "PolicyId": "ANPAQAAAAAAAAAAAAAAAA",
                "CreateDate": "2022-01-01T00:00:00+00:00",
                "UpdateDate": "2023-01-01T00:00:00+00:00",
                "Description": "ours",
                "PolicyVersionList": [
                    {
                        "VersionId": "v4",
                        "Document": document,
                        "IsDefaultVersion": False,
                        "CreateDate": "2023-01-01T00:00:00+00:00",
                    },
                    {
                        "VersionId": "v2",
                        "Document": quote(json.dumps(document)),
                        "IsDefaultVersion": True,
                        "CreateDate": "2022-02-02T00:00:00+00:00",
                    },
                ],
            },
            {"PolicyName": "ReadOnlyAccess", "Arn": known},
        ],
        "RoleDetailList": [{"RoleName": "reader"}, {"RoleName": "writer"}],
    }
    imported = import_account(json.dumps(details), None)
    account = imported.seed["accounts"]["111122223333"]
    assert account["groups"] == [
        {
            "name": "developers",
            "id": "AGPAQAAAAAAAAAAAAAAAA",
            "path": "/eng/",
            "created": "2021-01-01T00:00:00+00:00",
            "policies": {"ours": document},
            "attached_policies": [known],
        },
        {"name": "loners"},
    ]
    assert account["policies"] == [
        {
            "name": "own",
            "id": "ANPAQAAAAAAAAAAAAAAAA",
            "path": "/x/",
            "description": "ours",
            "created": "2022-01-01T00:00:00+00:00",
            "updated": "2023-01-01T00:00:00+00:00",
            "versions": [
                {"id": "v2", "document": document, "default": True, "created": "2022-02-02T00:00:00+00:00"},
                {"id": "v4", "document": document, "created": "2023-01-01T00:00:00+00:00"},
            ],
        }
    ]
    alice = user(imported.seed)
    assert (alice["groups"], alice["policies"]) == (["developers", "loners"], {"mine": document})
    assert alice["attached_policies"] == [own, known]
    assert f"alice has {unknown} attached, which is not known here and is left out" in imported.notes
    assert "the role reader has no trust policy in the details and is left out" in imported.notes
    wire = Wire()
    wire.assembled.controls.seed(imported.seed)
    assert wire.call("GetPolicy", PolicyArn=own)["Policy"] == {
        "PolicyName": "own",
        "PolicyId": "ANPAQAAAAAAAAAAAAAAAA",
        "Arn": own,
        "Path": "/x/",
        "Description": "ours",
        "DefaultVersionId": "v2",
        "AttachmentCount": "1",
        "PermissionsBoundaryUsageCount": "0",
        "IsAttachable": "true",
        "CreateDate": "2022-01-01T00:00:00Z",
        "UpdateDate": "2023-01-01T00:00:00Z",
        "Tags": None,
    }
    listed = wire.call("ListPolicyVersions", PolicyArn=own)["Versions"]["member"]
    assert [(version["VersionId"], version["CreateDate"][:4]) for version in listed] == [("v4", "2023"), ("v2", "2022")]
    made = wire.call("CreatePolicyVersion", PolicyArn=own, PolicyDocument=json.dumps(document))["PolicyVersion"]
    assert made["VersionId"] == "v5"
    group = wire.call("GetGroup", GroupName="developers")["Group"]
    assert (group["GroupId"], group["CreateDate"]) == ("AGPAQAAAAAAAAAAAAAAAA", "2021-01-01T00:00:00Z")
    listed = wire.call("ListAttachedGroupPolicies", GroupName="developers")["AttachedPolicies"]["member"]
    assert listed["PolicyArn"] == known
    assert wire.call("ListGroupsForUser", UserName="alice")["Groups"]["member"][0]["GroupName"] == "developers"


def test_a_slot_that_was_never_filled_is_no_key() -> None:
    assert "access_keys" not in user(import_account(None, report(row("alice"))).seed)


def test_the_region_of_a_global_service_stays() -> None:
    key = ("true", "2025-01-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00", "N/A", "sts")
    (made,) = user(import_account(None, report(row("alice", key))).seed)["access_keys"]
    assert made["last_used"] == {"date": "2025-02-02T00:00:00+00:00", "region": "N/A", "service": "sts"}


def test_a_password_never_used_has_no_date() -> None:
    assert "password_last_used" not in user(import_account(None, report(row("alice", used="no_information"))).seed)


def test_an_active_key_without_an_age_is_new_and_that_is_said() -> None:
    imported = import_account(None, report(row("alice", ("true", "N/A", "N/A", "N/A", "N/A"))))
    assert user(imported.seed)["access_keys"] == [{"status": "Active"}]
    assert "alice has a key whose age the report does not tell; it is new" in imported.notes


def test_the_root_row_gives_the_root_users_keys() -> None:
    seed = import_account(None, report(row("<root_account>", ACTIVE), row("alice"))).seed
    (key,) = seed["accounts"]["111122223333"]["root"]["access_keys"]
    assert (key["status"], key["created"]) == ("Active", "2025-01-01T00:00:00+00:00")


def full_row(**values: str) -> str:
    """A row with all of AWS's columns."""
    absent = {name: "false" if name.endswith("active") else "N/A" for name in REPORT_COLUMNS}
    return ",".join(
        {**absent, "user_creation_time": "2020-02-02T02:02:02+00:00", **values}[name] for name in REPORT_COLUMNS
    )


def full_report(*rows: str) -> str:
    return "\n".join([",".join(REPORT_COLUMNS), *rows]) + "\n"


def account(*rows: str) -> dict[str, Any]:
    found = import_account(None, full_report(*rows)).seed["accounts"]["111122223333"]
    assert isinstance(found, dict)
    return found


ROOT = {"user": "<root_account>", "arn": "arn:aws:iam::111122223333:root"}
ALICE = {"user": "alice", "arn": "arn:aws:iam::111122223333:user/alice"}


def test_all_that_the_report_says_of_the_root_user_is_taken_over() -> None:
    root = account(
        full_row(
            **ROOT,
            password_enabled="not_supported",
            password_last_used="2025-03-03T00:00:00+00:00",
            mfa_active="true",
            cert_1_active="true",
            cert_1_last_rotated="2021-01-01T00:00:00+00:00",
        )
    )["root"]
    assert root == {
        "created": "2020-02-02T02:02:02+00:00",
        "password_last_used": "2025-03-03T00:00:00+00:00",
        "mfa_devices": [{"enabled": "2020-02-02T02:02:02+00:00"}],
        "signing_certificates": [{"status": "Active", "uploaded": "2021-01-01T00:00:00+00:00"}],
    }


def test_a_root_user_without_a_password_has_none() -> None:
    root = account(full_row(**ROOT, password_enabled="false"))["root"]
    assert root == {"created": "2020-02-02T02:02:02+00:00", "password": False}


def test_certificates_are_taken_over_with_their_status_and_date() -> None:
    (alice,) = account(
        full_row(
            **ALICE,
            cert_1_last_rotated="2021-01-01T00:00:00+00:00",
            cert_2_active="true",
            cert_2_last_rotated="2022-01-01T00:00:00+00:00",
        )
    )["users"]
    assert alice["signing_certificates"] == [
        {"status": "Inactive", "uploaded": "2021-01-01T00:00:00+00:00"},
        {"status": "Active", "uploaded": "2022-01-01T00:00:00+00:00"},
    ]


def two_keys(first: str, second: str, active: str = "true") -> dict[str, Any]:
    """A seed with two keys of these ages, both active or neither."""
    dates = {"access_key_1_last_rotated": first, "access_key_2_last_rotated": second}
    status = {"access_key_1_active": active, "access_key_2_active": active}
    return import_account(None, full_report(full_row(**ALICE, **dates, **status))).seed


OLD, NEW = "2021-01-01T00:00:00+00:00", "2025-01-01T00:00:00+00:00"


@pytest.mark.parametrize("active", ["true", "false"])
@pytest.mark.parametrize(("first", "second"), [(OLD, NEW), (NEW, OLD), (OLD, OLD)])
def test_the_order_of_two_keys_of_one_status_stays(first: str, second: str, active: str) -> None:
    wire = Wire()
    wire.assembled.controls.seed(two_keys(first, second, active))
    keys = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert [key["CreateDate"][:4] for key in keys] == [first[:4], second[:4]]
    again = Wire()
    again.assembled.controls.load(wire.assembled.controls.dump())
    assert again.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"] == keys


def test_a_seed_says_which_key_is_the_first_only_if_it_is_not_the_older() -> None:
    keys = two_keys(NEW, OLD)["accounts"]["111122223333"]["users"][0]["access_keys"]
    assert [key["slot"] for key in keys] == [1, 2]
    assert not any("slot" in key for key in two_keys(OLD, NEW)["accounts"]["111122223333"]["users"][0]["access_keys"])


def test_how_long_passwords_last_is_taken_over() -> None:
    changed, due = "2025-01-01T00:00:00+00:00", "2025-04-01T00:00:00+00:00"
    dates = {"password_last_changed": changed, "password_next_rotation": due}
    assert account(full_row(**ALICE, password_enabled="true", **dates))["password_policy"] == {"max_age_days": 90}
    assert "password_policy" not in account(full_row(**ALICE, password_enabled="true", password_last_changed=changed))


def test_the_seed_says_whose_it_is_unless_it_is_told_not_to() -> None:
    text = full_report(full_row(**ALICE))
    assert import_account(None, text).seed["account_id"] == "111122223333"
    assert "account_id" not in import_account(None, text, keep_account_id=True).seed


def test_details_without_users_are_of_an_account_all_the_same() -> None:
    group = {"GroupName": "g", "Arn": "arn:aws:iam::111122223333:group/g"}
    policy = {"PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    details = {"UserDetailList": [], "GroupDetailList": [group], "Policies": [policy]}
    assert import_account(json.dumps(details), None).seed == {
        "account_id": "111122223333",
        "accounts": {"111122223333": {"partition": "aws", "groups": [{"name": "g"}]}},
    }


def test_users_of_one_export_only_are_said() -> None:
    imported = import_account(json.dumps(DETAILS), report(row("bob")))
    assert without_lacks(imported)[1:] == [
        "bob is in the report, but not in the details",
        "alice is in the details, but not in the report",
    ]


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


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            {"UserPolicyList": [{"PolicyName": "own"}]},
            "user alice: inline_policy: this is not as AWS exports it: KeyError: 'PolicyDocument'",
        ),
        (
            {"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": "{"}]},
            "user alice: inline_policy: this is not as AWS exports it: JSONDecodeError: Expecting property name",
        ),
        (
            {"AttachedManagedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
            "user alice: attachment: this is not as AWS exports it: TypeError: string indices must be integers",
        ),
        (
            {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            "account 111122223333: user: this is not as AWS exports it: AttributeError: 'str' object",
        ),
    ],
)
def test_an_entry_that_aws_does_not_write_is_named(entry: dict[str, Any], problem: str) -> None:
    details = {"UserDetailList": [{**DETAILS["UserDetailList"][0], **entry}]}
    with pytest.raises(DocumentError) as refused:
        import_account(json.dumps(details), None)
    assert str(refused.value).startswith(problem)


def test_a_date_that_is_none_is_refused() -> None:
    dates = {"password_last_changed": "2025-01-01T00:00:00+00:00", "password_next_rotation": "soon"}
    with pytest.raises(DocumentError) as refused:
        import_account(None, full_report(full_row(**ALICE, password_enabled="true", **dates)))
    assert str(refused.value).startswith(
        "account 111122223333: password_policy: this is not as AWS exports it: ValueError: 'soon' is no moment; "
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        Wire().assembled.controls.import_account(report=tmp_path / "no.csv")
    assert str(refused.value) == f"{tmp_path / 'no.csv'}: No such file or directory"
