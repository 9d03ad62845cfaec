"""The policy simulator, without HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam.services.iam.policies.simulation import MANY
from tests.support import AwsError, Wire, later

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BUCKET = "arn:aws:s3:::b/k"


@pytest.fixture
def wire() -> Wire:
    return Wire(random_seed=7)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **others}


def deny(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {**allow(*actions, resource=resource, **others), "Effect": "Deny"}


def members(**lists: list[str]) -> dict[str, str]:
    return {f"{name}.member.{n}": text for name, texts in lists.items() for n, text in enumerate(texts, 1)}


def entry(number: int, key: str, kind: str, *values: str) -> dict[str, str]:
    at = f"ContextEntries.member.{number}"
    named = {f"{at}.ContextKeyName": key, f"{at}.ContextKeyType": kind}
    return named | {f"{at}.ContextKeyValues.member.{n}": value for n, value in enumerate(values, 1)}


def listed(value: Any) -> list[Any]:
    found = value and value["member"]
    return found if isinstance(found, list) else [found] if found else []


def simulate(wire: Wire, operation: str = "SimulateCustomPolicy", **parameters: str) -> list[Any]:
    answer = wire.call(operation, **parameters)
    assert not isinstance(answer, AwsError), answer
    return listed(answer["EvaluationResults"])


def decisions(results: list[Any]) -> list[tuple[str, str, str]]:
    return [(one["EvalActionName"], one["EvalResourceName"], one["EvalDecision"]) for one in results]


def test_there_is_a_result_for_each_action_and_resource_actions_outermost(wire: Wire) -> None:
    asked = members(
        PolicyInputList=[policy(allow("s3:Get*", resource="arn:aws:s3:::b/*")), policy(deny("s3:GetBucketPolicy"))],
        ActionNames=["s3:GetObject", "ec2:RunInstances"],
        ResourceArns=[BUCKET, "arn:aws:s3:::c/k"],
    )
    results = simulate(wire, **asked)
    assert decisions(results) == [
        ("s3:GetObject", BUCKET, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::c/k", "implicitDeny"),
        ("ec2:RunInstances", BUCKET, "implicitDeny"),
        ("ec2:RunInstances", "arn:aws:s3:::c/k", "implicitDeny"),
    ]
    assert [listed(one["ResourceSpecificResults"])[0]["EvalResourceDecision"] for one in results] == [
        "allowed",
        "implicitDeny",
        "implicitDeny",
        "implicitDeny",
    ]


def test_without_resources_the_resource_is_a_star(wire: Wire) -> None:
    asked = members(
        PolicyInputList=[policy(allow("s3:*"), deny("s3:PutObject"))], ActionNames=["s3:GetObject", "s3:PutObject"]
    )
    first, second = simulate(wire, **asked)
    assert decisions([first, second]) == [("s3:GetObject", "*", "allowed"), ("s3:PutObject", "*", "explicitDeny")]
    assert "ResourceSpecificResults" not in first
    (statement,) = listed(first["MatchedStatements"])
    assert statement == {
        "SourcePolicyId": "PolicyInputList.1",
        "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": "1", "Column": "41"},
        "EndPosition": {"Line": "1", "Column": "97"},
    }
    (statement,) = listed(second["MatchedStatements"])
    assert statement["StartPosition"] == {"Line": "1", "Column": "97"}


def test_positions_are_those_of_the_text(wire: Wire) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:*")]}, indent=2)
    (result,) = simulate(wire, **members(PolicyInputList=[text], ActionNames=["s3:GetObject"]))
    (statement,) = listed(result["MatchedStatements"])
    assert statement["StartPosition"] == {"Line": "3", "Column": "17"}
    assert statement["EndPosition"] == {"Line": "10", "Column": "6"}


def test_missing_keys_are_those_of_all_policies_and_variables(wire: Wire) -> None:
    wanted = {"StringEquals": {"aws:username": "alice", "s3:prefix": "x"}}
    asked = members(
        PolicyInputList=[
            policy(allow("s3:*", resource="arn:aws:s3:::${aws:PrincipalTag/team}/*", Condition=wanted)),
            policy(allow("ec2:*", Condition={"Bool": {"aws:SecureTransport": "true"}})),
        ],
        ActionNames=["s3:GetObject"],
    )
    (result,) = simulate(wire, **asked, **entry(1, "AWS:UserName", "string", "alice"))
    assert listed(result["MissingContextValues"]) == ["aws:PrincipalTag/team", "s3:prefix", "aws:SecureTransport"]


def test_nothing_is_filled_in_from_the_caller(wire: Wire) -> None:
    wire.user("alice")
    document = policy(allow("iam:*", Condition={"StringEquals": {"aws:username": "alice"}}))
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document)
    asked = {"PolicySourceArn": ALICE, **members(ActionNames=["iam:GetUser"])}
    (result,) = simulate(wire, "SimulatePrincipalPolicy", **asked)
    assert result["EvalDecision"] == "implicitDeny"
    (result,) = simulate(wire, "SimulatePrincipalPolicy", **asked, **entry(1, "aws:username", "string", "alice"))
    assert result["EvalDecision"] == "allowed"


@pytest.mark.parametrize(
    ("kind", "values", "decision"),
    [("stringList", ("a", "b"), "allowed"), ("stringList", ("a", "c"), "implicitDeny"), ("string", ("a",), "allowed")],
)
def test_a_key_may_have_many_values(wire: Wire, kind: str, values: tuple[str, ...], decision: str) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}
    asked = members(PolicyInputList=[policy(allow("iam:*", Condition=condition))], ActionNames=["iam:TagUser"])
    (result,) = simulate(wire, **asked, **entry(1, "aws:TagKeys", kind, *values))
    assert result["EvalDecision"] == decision


def test_a_boundary_that_denies_is_listed_after_what_would_allow(wire: Wire) -> None:
    asked = members(
        PolicyInputList=[policy(allow("s3:*"))],
        PermissionsBoundaryPolicyInputList=[policy(allow("*"), deny("s3:Put*"))],
        ActionNames=["s3:GetObject", "s3:PutObject"],
    )
    allowed, denied = simulate(wire, **asked)
    kinds = [
        [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in listed(result["MatchedStatements"])]
        for result in (allowed, denied)
    ]
    own, limit = (
        ("PolicyInputList.1", "IAM Policy"),
        ("PermissionsBoundaryPolicyInputList.1", "Permissions Boundary Policy"),
    )
    assert (denied["EvalDecision"], kinds) == ("explicitDeny", [[own], [own, limit]])


def test_a_boundary_is_told_of(wire: Wire) -> None:
    asked = members(
        PolicyInputList=[policy(allow("*"))],
        PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))],
        ActionNames=["s3:GetObject", "iam:GetUser"],
    )
    results = simulate(wire, **asked)
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"]
    assert [one["PermissionsBoundaryDecisionDetail"] for one in results] == [
        {"AllowedByPermissionsBoundary": "true"},
        {"AllowedByPermissionsBoundary": "false"},
    ]
    assert [s["SourcePolicyId"] for s in listed(results[0]["MatchedStatements"])] == ["PolicyInputList.1"]


@with_whole_model
def test_service_control_policies_must_allow_on_each_level(wire: Wire) -> None:
    at = "OrderedOrganizationPolicyInputList.member.{}.ServiceControlPolicyInputList.member.1"
    condition = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    levels = {
        at.format(1): policy(allow("*")),
        at.format(2): policy(allow("s3:*"), deny("s3:PutObject", Condition=condition)),
    }
    asked = members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject", "iam:GetUser", "s3:PutObject"])
    results = simulate(wire, **asked, **levels, **entry(1, "aws:RequestedRegion", "string", "eu-west-1"))
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny", "explicitDeny"]
    assert [one["OrganizationsDecisionDetail"]["AllowedByOrganizations"] for one in results] == [
        "true",
        "false",
        "false",
    ]
    assert results[0]["MissingContextValues"] is None


def test_a_resource_policy_grants_to_the_caller(wire: Wire) -> None:
    grant = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "s3:GetObject", "Resource": BUCKET}
    asked = members(PolicyInputList=[policy(allow("ec2:*"))], ActionNames=["s3:GetObject"], ResourceArns=[BUCKET])
    given = {"ResourcePolicy": policy(grant), "CallerArn": ALICE}
    (result,) = simulate(wire, **asked, **given)
    assert result["EvalDecision"] == "allowed"
    assert [one["SourcePolicyId"] for one in listed(result["MatchedStatements"])] == ["ResourcePolicy"]
    assert "EvalDecisionDetails" not in result
    (result,) = simulate(wire, **asked, **given, ResourceOwner="arn:aws:iam::999999999999:root")
    assert result["EvalDecision"] == "implicitDeny"
    details = {one["key"]: one["value"] for one in result["EvalDecisionDetails"]["entry"]}
    assert details == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}


def test_a_resource_policy_does_not_count_for_taking_on_a_role(wire: Wire) -> None:
    grant = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"}
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    asked = members(PolicyInputList=[policy(allow("s3:*"))], ActionNames=["sts:AssumeRole"], ResourceArns=[arn])
    (result,) = simulate(wire, **asked, ResourcePolicy=policy(grant), CallerArn=ALICE)
    assert result["EvalDecision"] == "implicitDeny"


@pytest.fixture
def alice(wire: Wire) -> str:
    """A user with an inline policy, a managed one, a group's and a boundary."""
    wire.user("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=policy(allow("iam:GetUser")))
    wire.call("CreateGroup", GroupName="devs")
    wire.call("AddUserToGroup", GroupName="devs", UserName="alice")
    wire.call("PutGroupPolicy", GroupName="devs", PolicyName="g", PolicyDocument=policy(allow("iam:GetRole")))
    made = wire.call("CreatePolicy", PolicyName="shared", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=made["Arn"])
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    boundary = wire.call("CreatePolicy", PolicyName="limit", PolicyDocument=policy(allow("iam:*", "s3:Get*")))["Policy"]
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=boundary["Arn"])
    return ALICE


ACTIONS = ["iam:GetUser", "iam:GetRole", "iam:ListUsers", "s3:GetObject", "s3:ListBucket"]


def test_a_principals_policies_are_named(wire: Wire, alice: str) -> None:
    results = simulate(wire, "SimulatePrincipalPolicy", PolicySourceArn=alice, **members(ActionNames=ACTIONS))
    assert [one["EvalDecision"] for one in results] == ["allowed"] * 4 + ["implicitDeny"]
    named = [[match["SourcePolicyId"] for match in listed(one["MatchedStatements"])] for one in results]
    assert named == [["user_alice_own"], ["group_devs_g"], ["shared"], ["AmazonS3ReadOnlyAccess"], []]


@with_whole_model
@pytest.mark.parametrize(
    ("excluded", "decisions"),
    [
        ({"PolicyType": "inline"}, "iiaai"),
        (
            {
                "PolicyType": "inline",
                "InlinePolicyIdentifier.PolicyName": "g",
                "InlinePolicyIdentifier.AttachmentType": "group",
                "InlinePolicyIdentifier.AttachmentName": "devs",
            },
            "aiaai",
        ),
        ({"PolicyType": "user-managed", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/shared"}, "aaiai"),
        ({"PolicyType": "aws-managed"}, "aaaii"),
        ({"PolicyType": "permission-boundary"}, "aaaaa"),
        ({"PolicyType": "scp"}, "aaaai"),
    ],
)
def test_policies_can_be_left_out(wire: Wire, alice: str, excluded: dict[str, str], decisions: str) -> None:
    left_out = {f"PolicyExclusionList.member.1.{name}": text for name, text in excluded.items()}
    asked = {"PolicySourceArn": alice, **members(ActionNames=ACTIONS), **left_out}
    results = simulate(wire, "SimulatePrincipalPolicy", **asked)
    assert "".join(one["EvalDecision"][0] for one in results) == decisions


def test_groups_and_roles_are_simulated_too(wire: Wire, alice: str) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust)
    wire.call("PutRolePolicy", RoleName="r", PolicyName="p", PolicyDocument=policy(allow("iam:GetRole")))
    for arn, named in (
        (f"arn:aws:iam::{ACCOUNT}:role/r", "role_r_p"),
        (f"arn:aws:iam::{ACCOUNT}:group/devs", "group_devs_g"),
    ):
        asked = {"PolicySourceArn": arn, **members(ActionNames=["iam:GetRole"])}
        (result,) = simulate(wire, "SimulatePrincipalPolicy", **asked)
        assert [one["SourcePolicyId"] for one in listed(result["MatchedStatements"])] == [named]


def test_results_come_in_pages_of_a_hundred(wire: Wire) -> None:
    actions = [f"s3:Action{number}" for number in range(150)]
    asked = members(PolicyInputList=[policy(allow("s3:*"))], ActionNames=actions)
    first = wire.call("SimulateCustomPolicy", **asked)
    assert (len(listed(first["EvaluationResults"])), first["IsTruncated"]) == (100, "true")
    second = wire.call("SimulateCustomPolicy", **asked, Marker=first["Marker"])
    assert [one["EvalActionName"] for one in listed(second["EvaluationResults"])] == actions[100:]
    assert second["IsTruncated"] == "false"


def test_others_do_not_wait_for_many_results(wire: Wire) -> None:
    asked = members(PolicyInputList=[policy(allow("s3:*"))], ActionNames=[f"s3:Action{n}" for n in range(MANY + 1)])
    found = later(wire, "SimulateCustomPolicy", **asked, MaxItems=1000)()
    assert [one["EvalDecision"] for one in listed(found["EvaluationResults"])] == ["allowed"] * (MANY + 1)


def test_the_keys_that_policies_ask_for_come_once_in_order(wire: Wire, alice: str) -> None:
    document = policy(
        allow(
            "s3:*", resource="arn:aws:s3:::${aws:username}", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        ),
        deny("s3:*", Condition={"StringLike": {"AWS:UserName": "${s3:prefix}"}}),
    )
    keys = ["aws:username", "aws:MultiFactorAuthPresent", "s3:prefix"]
    found = wire.call("GetContextKeysForCustomPolicy", **members(PolicyInputList=[document]))
    assert listed(found["ContextKeyNames"]) == keys
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document)
    found = wire.call("GetContextKeysForPrincipalPolicy", PolicySourceArn=alice)
    assert listed(found["ContextKeyNames"]) == keys
    more = policy(allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    asked = {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:group/devs", **members(PolicyInputList=[more])}
    found = wire.call("GetContextKeysForPrincipalPolicy", **asked)
    assert listed(found["ContextKeyNames"]) == ["aws:SecureTransport"]


def invalid(message: str) -> AwsError:
    return AwsError("InvalidInput", message, 400)


SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (members(PolicyInputList=["{"], ActionNames=["s3:GetObject"]), invalid("Syntax errors in policy.")),
        (
            members(PolicyInputList=[policy(allow("*"))], ActionNames=["GetObject"]),
            invalid("Invalid Action: GetObject"),
        ),
        (members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:Get*"]), invalid("Invalid Action: s3:Get*")),
        (
            {**members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject"]), "ResourcePolicy": policy()},
            invalid("CallerArn is required when ResourcePolicy is provided."),
        ),
        (
            {
                **members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject"]),
                "ResourcePolicy": "[]",
                "CallerArn": ALICE,
            },
            invalid("Syntax errors in policy."),
        ),
        (
            {**members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject"]), "CallerArn": SESSION},
            invalid(f"Invalid ARN provided in the request: {SESSION}"),
        ),
        (
            {**members(PolicyInputList=[policy(allow("*"))], ActionNames=["s3:GetObject"]), "ResourceOwner": "x"},
            invalid("Invalid ARN provided in the request: x"),
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused(wire: Wire, parameters: dict[str, str], error: AwsError) -> None:
    assert wire.call("SimulateCustomPolicy", **parameters) == error


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        (SESSION, invalid(f"Invalid ARN provided in the request: {SESSION}")),
        (f"{ALICE}-gone", AwsError("NoSuchEntity", "Unable to retrieve specified IAM entity.", 404)),
        (
            ALICE.replace(ACCOUNT, "999999999999"),
            AwsError("NoSuchEntity", "Unable to retrieve specified IAM entity.", 404),
        ),
        (
            ALICE.replace("user/", "user/path/"),
            AwsError("NoSuchEntity", "Unable to retrieve specified IAM entity.", 404),
        ),
    ],
)
@pytest.mark.parametrize("operation", ["SimulatePrincipalPolicy", "GetContextKeysForPrincipalPolicy"])
def test_a_source_that_is_not_there_is_refused(wire: Wire, operation: str, arn: str, error: AwsError) -> None:
    wire.user("alice")
    assert wire.call(operation, PolicySourceArn=arn, **members(ActionNames=["s3:GetObject"])) == error
