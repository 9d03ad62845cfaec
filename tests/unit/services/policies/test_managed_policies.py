"""The rules of managed policies and their versions, without HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

import pytest

from fake_iam.domain.clock import ManualClock
from fake_iam.domain.policies.aws_managed import aws_managed
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from tests.support import AwsError, Wire

DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
ARN = "arn:aws:iam::123456789012:policy/p"
ABSENT = "arn:aws:iam::123456789012:policy/absent"
ELSEWHERE = "arn:aws:iam::999999999999:policy/p"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NOT_FOUND = AwsError("NoSuchEntity", f"Policy {ABSENT} was not found.", 404)
IN_USE = AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)


def create(wire: Wire, name: str = "p", **parameters: Any) -> Any:
    return wire.call("CreatePolicy", **{"PolicyName": name, "PolicyDocument": DOCUMENT, **parameters})


def revise(wire: Wire, default: bool = False, document: str = DOCUMENT) -> Any:
    wanted = {"SetAsDefault": "true"} if default else {}
    return wire.call("CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=document, **wanted)


def members(found: Any) -> list[Any]:
    inside = found["member"] if found else []
    return inside if isinstance(inside, list) else [inside]


def listed(wire: Wire, **parameters: Any) -> list[str]:
    return [policy["PolicyName"] for policy in members(wire.call("ListPolicies", **parameters)["Policies"])]


def versions(wire: Wire) -> list[tuple[str, str]]:
    shown = members(wire.call("ListPolicyVersions", PolicyArn=ARN)["Versions"])
    assert [sorted(version) for version in shown] == [["CreateDate", "IsDefaultVersion", "VersionId"]] * len(shown)
    return [(version["VersionId"], version["IsDefaultVersion"]) for version in shown]


# Policies


def test_a_new_policy_shows_neither_description_nor_document(wire: Wire) -> None:
    policy = create(wire, Path="/team/", Description="What for")["Policy"]
    assert (policy["PolicyId"][:4], len(policy["PolicyId"])) == ("ANPA", 21)
    assert policy["CreateDate"] == policy["UpdateDate"]
    assert {name: policy[name] for name in policy if not name.endswith("Date") and name != "PolicyId"} == {
        "PolicyName": "p",
        "Arn": "arn:aws:iam::123456789012:policy/team/p",
        "Path": "/team/",
        "DefaultVersionId": "v1",
        "AttachmentCount": "0",
        "PermissionsBoundaryUsageCount": "0",
        "IsAttachable": "true",
    }
    shown = wire.call("GetPolicy", PolicyArn=policy["Arn"])["Policy"]
    assert {**policy, "Description": "What for", "Tags": None} == shown


def test_a_policy_without_a_description_has_none(wire: Wire) -> None:
    create(wire)
    assert "Description" not in wire.call("GetPolicy", PolicyArn=ARN)["Policy"]


def test_tags_are_told_apart_by_letter_case(wire: Wire) -> None:
    tags = {"Tags.member.1.Key": "b", "Tags.member.1.Value": "1", "Tags.member.2.Key": "B", "Tags.member.2.Value": "2"}
    made = create(wire, **tags)["Policy"]["Tags"]
    assert [tag["Key"] for tag in members(made)] == ["b", "B"]
    shown = wire.call("GetPolicy", PolicyArn=ARN)["Policy"]["Tags"]
    assert [tag["Key"] for tag in members(shown)] == ["B", "b"]
    twice = {**tags, "Tags.member.2.Key": "b"}
    assert create(wire, "other", **twice) == AwsError("InvalidInput", "Duplicate tag keys found.", 400)


def test_a_name_is_taken_once_in_any_letter_case_and_path(wire: Wire) -> None:
    create(wire)
    taken = AwsError("EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed.", 409)
    assert create(wire, "P", Path="/team/") == taken


def test_a_document_is_held_to_the_rules_of_managed_policies(wire: Wire) -> None:
    refused = AwsError("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.", 400)
    old = DOCUMENT.replace("2012", "2008")
    assert create(wire, PolicyDocument=old) == refused
    create(wire)
    assert revise(wire, document=old) == refused


def test_a_document_is_6144_characters_long_without_white_space(wire: Wire) -> None:
    padding = "x" * (6144 - len("".join(DOCUMENT.split())))
    longest = DOCUMENT.replace('"s3:*"', f'"s3:*{padding}"') + " " * 1000
    assert "Policy" in create(wire, PolicyDocument=longest)
    full = AwsError("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409)
    assert create(wire, "q", PolicyDocument=longest.replace("s3:*", "sqs:*")) == full


def test_the_quota_of_policies_is_a_setting() -> None:
    wire = Wire(quotas="policies_per_account=1")
    create(wire)
    assert create(wire, "q") == AwsError("LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 1", 409)


OF_ANOTHER_KIND = (
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:iam::123456789012:policy/",
    "arn:aws:iam::123456789012:policy/path/",
    "arn:aws:iam::123456789012:policy/trailing ",
    "arn:aws:iam::aws:policy/arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam:us-east-1:123456789012:policy/p",
    "arn:aws:s3::123456789012:policy/p",
    "arn:aws:iam::12345678901:policy/p",
)


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("GetPolicy", {}),
        ("DeletePolicy", {}),
        ("ListPolicyVersions", {}),
        ("CreatePolicyVersion", {"PolicyDocument": DOCUMENT}),
        ("GetPolicyVersion", {"VersionId": "v1"}),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
        ("DeletePolicyVersion", {"VersionId": "v1"}),
    ],
)
def test_an_unknown_policy_is_not_found(wire: Wire, action: str, more: dict[str, str]) -> None:
    no_version = f"Policy {ABSENT} version v1 does not exist or is not attachable."
    missing = AwsError("NoSuchEntity", no_version, 404) if "VersionId" in more else NOT_FOUND
    assert wire.call(action, PolicyArn=ABSENT, **more) == missing
    no_arns = ("longpolicynamebutnoarn", "arn:aws:iam:policy/short", "arn::iam::123456789012:policy/x")
    for bad in (*OF_ANOTHER_KIND, *no_arns):
        assert wire.call(action, PolicyArn=bad, **more) == AwsError("ValidationError", f"ARN {bad} is not valid.", 400)


# Listing


def test_lists_show_own_policies_before_those_of_aws(wire: Wire) -> None:
    for name in ("zeta", "Alpha"):
        create(wire, name)
    assert listed(wire, Scope="Local") == ["Alpha", "zeta"]
    assert listed(wire)[:3] == ["Alpha", "zeta", "AdministratorAccess"]
    first = wire.call("ListPolicies", MaxItems=1)
    assert listed(wire, Marker=first["Marker"], MaxItems=2) == ["zeta", "AdministratorAccess"]


def test_a_list_shows_neither_tags_nor_description(wire: Wire) -> None:
    made = create(wire, Description="d", **{"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"})["Policy"]
    (shown,) = members(wire.call("ListPolicies", Scope="Local")["Policies"])
    assert shown == {name: value for name, value in made.items() if name != "Tags"}


def test_lists_are_filtered_by_usage(wire: Wire) -> None:
    wire.user("alice")
    for name in ("attached", "bounding", "idle"):
        create(wire, name)
    arn = "arn:aws:iam::123456789012:policy/"
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=f"{arn}attached")
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=f"{arn}bounding")
    assert listed(wire, OnlyAttached="true") == ["attached"]
    assert listed(wire, PolicyUsageFilter="PermissionsPolicy") == ["attached"]
    assert listed(wire, PolicyUsageFilter="PermissionsBoundary") == ["bounding"]
    counts = {
        policy["PolicyName"]: (policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"])
        for policy in members(wire.call("ListPolicies", Scope="Local")["Policies"])
    }
    assert counts == {"attached": ("1", "0"), "bounding": ("0", "1"), "idle": ("0", "0")}


def test_policies_in_use_are_listed_once_in_order_and_in_pages(wire: Wire) -> None:
    arns = [create(wire, name, Path=path)["Policy"]["Arn"] for name, path in (("b", "/team/"), ("A", "/"), ("c", "/"))]
    for user in ("alice", "bob"):
        wire.user(user)
        for arn in (*arns[:2], ADMINISTRATOR):
            wire.call("AttachUserPolicy", UserName=user, PolicyArn=arn)
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=ADMINISTRATOR)
    wire.call("PutUserPermissionsBoundary", UserName="bob", PermissionsBoundary=arns[2])
    assert listed(wire, OnlyAttached="true") == ["A", "b", "AdministratorAccess"]
    assert listed(wire, OnlyAttached="true", Scope="Local") == ["A", "b"]
    assert listed(wire, OnlyAttached="true", Scope="AWS") == ["AdministratorAccess"]
    assert listed(wire, OnlyAttached="true", PathPrefix="/team/") == ["b"]
    assert listed(wire, PolicyUsageFilter="PermissionsBoundary") == ["c", "AdministratorAccess"]
    assert listed(wire, PolicyUsageFilter="PermissionsBoundary", OnlyAttached="true") == ["AdministratorAccess"]
    first = wire.call("ListPolicies", OnlyAttached="true", MaxItems=1)
    assert listed(wire, OnlyAttached="true", Marker=first["Marker"]) == ["b", "AdministratorAccess"]


def test_what_is_attached_of_a_policy_that_is_gone_is_not_listed(wire: Wire) -> None:
    """Whatever took the policy away."""
    wire.user("alice")
    create(wire)
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=ARN)
    store = wire.assembled.engine.store
    with store.transaction():
        store.account("123456789012").table(ManagedPolicy).delete(ARN)
    assert listed(wire, OnlyAttached="true") == []


# AWS's own


def test_a_policy_of_aws_can_be_read(wire: Wire) -> None:
    policy = wire.call("GetPolicy", PolicyArn=ADMINISTRATOR)["Policy"]
    assert (policy["PolicyId"], policy["Path"], policy["Tags"]) == ("ANPAIWMBCKSKIEE64ZLYK", "/", None)
    version = wire.call("GetPolicyVersion", PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    assert '"Action": "*"' in unquote(version["Document"])


def test_every_policy_of_aws_is_listed_in_its_order(wire: Wire) -> None:
    names = [policy.name for policy in aws_managed("aws")]
    assert listed(wire, Scope="AWS", MaxItems=3) == ["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"]
    pages, marker = [], None
    while marker is not None or not pages:
        page = wire.call("ListPolicies", Scope="AWS", MaxItems=700, **({"Marker": marker} if marker else {}))
        pages.append([policy["PolicyName"] for policy in members(page["Policies"])])
        marker = page.get("Marker")
    assert [len(page) for page in pages] == [700, 700, len(names) - 1400]
    assert sum(pages, []) == names


def test_policies_of_aws_are_listed_by_path(wire: Wire) -> None:
    names = [policy.name for policy in aws_managed("aws") if policy.path == "/job-function/"]
    assert {"Billing", "ViewOnlyAccess"} <= set(names)
    assert listed(wire, Scope="AWS", PathPrefix="/job-function/") == names
    assert listed(wire, Scope="Local", PathPrefix="/job-function/") == []


def test_used_policies_of_aws_are_in_its_order_too(wire: Wire) -> None:
    wire.user("alice")
    for name in ("AWSDenyAll", "AWSCompromisedKeyQuarantineV2", "PowerUserAccess"):
        wire.call("AttachUserPolicy", UserName="alice", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=ADMINISTRATOR)
    used = ["PowerUserAccess", "AWSDenyAll", "AWSCompromisedKeyQuarantineV2"]
    assert listed(wire, Scope="AWS", OnlyAttached="true") == used
    assert listed(wire, Scope="AWS", PolicyUsageFilter="PermissionsBoundary") == ["AdministratorAccess"]
    assert listed(wire, Scope="AWS", MaxItems=2) == ["AdministratorAccess", "PowerUserAccess"]


def test_a_policy_of_aws_has_its_versions_the_newest_first(wire: Wire) -> None:
    arn = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"
    policy = wire.call("GetPolicy", PolicyArn=arn)["Policy"]
    versions = members(wire.call("ListPolicyVersions", PolicyArn=arn)["Versions"])
    numbers = [int(version["VersionId"][1:]) for version in versions]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1 < len(numbers)
    assert [version["VersionId"] for version in versions if version["IsDefaultVersion"] == "true"] == [
        policy["DefaultVersionId"]
    ]
    assert versions[0]["CreateDate"] == policy["UpdateDate"]
    assert versions[-1]["CreateDate"] == policy["CreateDate"]
    documents = [
        unquote(wire.call("GetPolicyVersion", PolicyArn=arn, VersionId=f"v{number}")["PolicyVersion"]["Document"])
        for number in numbers
    ]
    assert len(set(documents)) == len(documents)
    assert '"iam:AttachUserPolicy"' in documents[-1]


def test_a_policy_of_aws_has_no_other_version(wire: Wire) -> None:
    text = f"Policy {ADMINISTRATOR} version v2 does not exist or is not attachable."
    refused = wire.call("GetPolicyVersion", PolicyArn=ADMINISTRATOR, VersionId="v2")
    assert refused == AwsError("NoSuchEntity", text, 404)


@pytest.mark.parametrize("arn", [ADMINISTRATOR, ELSEWHERE])
@pytest.mark.parametrize(
    ("action", "more", "text"),
    [
        ("DeletePolicy", {}, "Cannot delete policies outside your own account."),
        (
            "DeletePolicyVersion",
            {"VersionId": "v1"},
            "Cannot delete policy versions for policies outside your own account.",
        ),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}, "Cannot update policies outside your own account."),
        ("CreatePolicyVersion", {"PolicyDocument": DOCUMENT}, "Cannot update policies outside your own account."),
    ],
)
def test_a_policy_from_elsewhere_is_not_changed(
    wire: Wire, arn: str, action: str, more: dict[str, str], text: str
) -> None:
    assert wire.call(action, PolicyArn=arn, **more) == AwsError("AccessDenied", text, 403)


# Deleting


def test_a_deleted_policy_is_gone_and_its_name_is_free(wire: Wire) -> None:
    first = create(wire)["Policy"]["PolicyId"]
    assert wire.call("DeletePolicy", PolicyArn=ARN) is None
    assert listed(wire, Scope="Local") == []
    assert create(wire)["Policy"]["PolicyId"] != first


def test_an_attached_policy_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=ARN)
    assert wire.call("DeletePolicy", PolicyArn=ARN) == IN_USE
    wire.call("DetachUserPolicy", UserName="alice", PolicyArn=ARN)
    assert wire.call("DeletePolicy", PolicyArn=ARN) is None


def test_a_permissions_boundary_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    create(wire)
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=ARN)
    assert wire.call("DeletePolicy", PolicyArn=ARN) == IN_USE
    wire.call("DeleteUserPermissionsBoundary", UserName="alice")
    assert wire.call("DeletePolicy", PolicyArn=ARN) is None


def test_versions_are_deleted_before_their_policy(wire: Wire) -> None:
    create(wire)
    revise(wire)
    conflict = AwsError(
        "DeleteConflict",
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
        "The default version is deleted with the policy.",
        409,
    )
    assert wire.call("DeletePolicy", PolicyArn=ARN) == conflict
    wire.call("DeletePolicyVersion", PolicyArn=ARN, VersionId="v2")
    assert wire.call("DeletePolicy", PolicyArn=ARN) is None


# Versions


def test_a_version_shows_its_document_when_asked_for_alone(wire: Wire) -> None:
    create(wire)
    made = revise(wire, document=DOCUMENT.replace("s3", "sqs"))["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", "false")
    assert "Document" not in made
    shown = wire.call("GetPolicyVersion", PolicyArn=ARN, VersionId="v2")["PolicyVersion"]
    assert unquote(shown.pop("Document")) == DOCUMENT.replace("s3", "sqs")
    assert shown == made


def test_versions_are_listed_newest_first_and_one_is_the_default(wire: Wire) -> None:
    create(wire)
    revise(wire, default=True)
    revise(wire)
    assert versions(wire) == [("v3", "false"), ("v2", "true"), ("v1", "false")]
    assert wire.call("SetDefaultPolicyVersion", PolicyArn=ARN, VersionId="v1") is None
    assert versions(wire) == [("v3", "false"), ("v2", "false"), ("v1", "true")]
    assert wire.call("GetPolicy", PolicyArn=ARN)["Policy"]["DefaultVersionId"] == "v1"


def test_versions_page(wire: Wire) -> None:
    create(wire)
    revise(wire)
    first = wire.call("ListPolicyVersions", PolicyArn=ARN, MaxItems=1)
    second = wire.call("ListPolicyVersions", PolicyArn=ARN, Marker=first["Marker"])
    assert [members(page["Versions"])[0]["VersionId"] for page in (first, second)] == ["v2", "v1"]


def test_a_version_changes_the_date_of_update() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock)
    create(wire)
    clock.advance(timedelta(days=1))
    revise(wire)
    policy = wire.call("GetPolicy", PolicyArn=ARN)["Policy"]
    assert (policy["CreateDate"], policy["UpdateDate"]) == ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")


def test_a_policy_keeps_five_versions_and_gives_no_number_twice(wire: Wire) -> None:
    create(wire)
    for _ in range(4):
        revise(wire)
    full = AwsError(
        "LimitExceeded",
        "A managed policy can have up to 5 versions. "
        "Before you create a new version, you must delete an existing version.",
        409,
    )
    assert revise(wire) == full
    wire.call("DeletePolicyVersion", PolicyArn=ARN, VersionId="v5")
    assert revise(wire)["PolicyVersion"]["VersionId"] == "v6"


def test_the_default_version_is_not_deleted(wire: Wire) -> None:
    create(wire)
    conflict = AwsError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
    assert wire.call("DeletePolicyVersion", PolicyArn=ARN, VersionId="v1") == conflict


@pytest.mark.parametrize("action", ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"])
def test_an_unknown_version_does_not_exist(wire: Wire, action: str) -> None:
    create(wire)
    missing = AwsError("NoSuchEntity", f"Policy {ARN} version v9 does not exist or is not attachable.", 404)
    assert wire.call(action, PolicyArn=ARN, VersionId="v9") == missing


def test_a_version_id_has_a_pattern(wire: Wire) -> None:
    create(wire)
    refused = AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'versionId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
        400,
    )
    assert wire.call("SetDefaultPolicyVersion", PolicyArn=ARN, VersionId="wrong") == refused
