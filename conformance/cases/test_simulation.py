from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented, observed
from conformance.roles import Roles
from conformance.sources import API, CUSTODIAN
from conformance.targets import Target

SIMULATE = f"{API}/API_SimulateCustomPolicy.html"
PRINCIPAL = f"{API}/API_SimulatePrincipalPolicy.html"
BUCKET = "arn:aws:s3:::b/k"
USERS = ("2018 to 2026", "recorded in tests of cloud-custodian, and quoted by users")


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: str) -> dict[str, Any]:
    return {**allow(action), "Effect": "Deny"}


def place(position: Any) -> tuple[int, int]:
    return position["Line"], position["Column"]


def simulate(aws: Target, policies: list[str], actions: list[str], **parameters: Any) -> list[Any]:
    answer = aws.iam.simulate_custom_policy(PolicyInputList=policies, ActionNames=actions, **parameters)
    assert answer["IsTruncated"] is False
    found: list[Any] = answer["EvaluationResults"]
    return found


@observed(*USERS, "5:One result per action and resource")
def test_actions_are_outermost_and_the_resource_is_a_star_if_none_is_given(aws: Target) -> None:
    results = simulate(aws, [policy(allow("s3:Get*"))], ["s3:GetObject", "s3:PutObject"])
    assert [(one["EvalActionName"], one["EvalResourceName"], one["EvalDecision"]) for one in results] == [
        ("s3:GetObject", "*", "allowed"),
        ("s3:PutObject", "*", "implicitDeny"),
    ]


@observed(*USERS, "5:EvalDecision allowed", "5:StartPosition")
def test_a_statement_that_decided_is_named_by_its_place(aws: Target) -> None:
    text = policy(allow("s3:*"), deny("s3:PutObject"))
    result = only(simulate(aws, [text], ["s3:PutObject"]))
    assert result["EvalDecision"] == "explicitDeny"
    start = text.index(', {"Effect": "Deny"') + 1
    matched = only(result["MatchedStatements"])
    assert (matched["SourcePolicyId"], matched["SourcePolicyType"]) == ("PolicyInputList.1", "IAM Policy")
    assert matched["StartPosition"] == {"Line": 1, "Column": start}
    assert matched["EndPosition"]["Line"] == 1
    assert matched["EndPosition"]["Column"] > start


@pytest.mark.parametrize("indent", [None, 2, 4])
@observed("2019 and 2021", "cloud-custodian/cloud-custodian, recorded answers: AdministratorAccess", "5:StartPosition")
def test_a_statement_begins_behind_what_is_before_it(aws: Target, indent: int | None) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow("sqs:*"), allow("s3:*")]}
    text = json.dumps(document, indent=indent)
    places = []
    for action in ("sqs:SendMessage", "s3:GetObject"):
        matched = only(only(simulate(aws, [text], [action]))["MatchedStatements"])
        places.append((place(matched["StartPosition"]), place(matched["EndPosition"])))
    lines = text.split("\n")
    if indent is None:
        opened, closed = text.index("[") + 2, text.index("},") + 2
        assert places == [((1, opened), (1, closed)), ((1, closed), (1, len(text) - 1))]
    else:
        closed = 2 * indent + 2
        assert places[0] == ((3, len(lines[2]) + 1), (8, closed))
        assert places[1] == ((8, closed), (13, closed))


@observed(*USERS, "5:EvalDecision allowed")
def test_every_statement_with_the_deciding_effect_is_listed(aws: Target) -> None:
    texts = [policy(allow("s3:*")), policy(allow("s3:Get*"), allow("sqs:*"))]
    result = only(simulate(aws, texts, ["s3:GetObject"]))
    assert [one["SourcePolicyId"] for one in result["MatchedStatements"]] == ["PolicyInputList.1", "PolicyInputList.2"]


@observed("2021 to 2022", "boto/boto3#3111, aws/aws-sdk-java-v2#1751", "5:MissingContextValues")
def test_keys_that_are_missing_are_those_of_all_policies(aws: Target) -> None:
    wanted = {"StringEquals": {"aws:username": "alice"}}
    texts = [policy(allow("s3:*", Condition=wanted)), policy(allow("ec2:*", "arn:aws:ec2:*:*:${aws:userid}"))]
    result = only(simulate(aws, texts, ["s3:GetObject"]))
    assert sorted(result["MissingContextValues"]) == ["aws:userid", "aws:username"]


@with_whole_model
@observed("2026", "aws/aws-cli#10525", "5:OrderedOrganizationPolicyInputList")
def test_service_control_policies_are_evaluated(aws: Target) -> None:
    levels = [{"ServiceControlPolicyInputList": [policy(allow("s3:*"))]}]
    results = simulate(
        aws, [policy(allow("*"))], ["s3:GetObject", "iam:GetUser"], OrderedOrganizationPolicyInputList=levels
    )
    assert [one["OrganizationsDecisionDetail"] for one in results] == [
        {"AllowedByOrganizations": True},
        {"AllowedByOrganizations": False},
    ]
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"]


@observed("2026", "aws/aws-cli#10314, eleven cases", "5:ResourcePolicy is checked")
def test_a_resource_policy_does_not_count_for_taking_on_a_role(aws: Target) -> None:
    caller = f"arn:aws:iam::{aws.account}:user/alice"
    grant = {"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "sts:AssumeRole"}
    result = only(
        simulate(
            aws,
            [policy(allow("s3:*"))],
            ["sts:AssumeRole"],
            ResourceArns=[f"arn:aws:iam::{aws.account}:role/r"],
            ResourcePolicy=policy(grant),
            CallerArn=caller,
        )
    )
    assert result["EvalDecision"] == "implicitDeny"


@documented(SIMULATE, "5:PermissionsBoundaryDecisionDetail")
def test_a_boundary_is_told_of_only_if_there_is_one(aws: Target) -> None:
    texts = [policy(allow("*"))]
    assert "PermissionsBoundaryDecisionDetail" not in only(simulate(aws, texts, ["iam:GetUser"]))
    boundary = [policy(allow("s3:*"))]
    result = only(simulate(aws, texts, ["iam:GetUser"], PermissionsBoundaryPolicyInputList=boundary))
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert result["EvalDecision"] == "implicitDeny"


@observed("2021", "cloud-custodian/cloud-custodian, a recorded answer: test_lambda_check_permission")
def test_a_boundary_that_denies_is_listed_behind_the_policies_that_allow(
    aws: Target, new_policy: Policies, new_role: Roles
) -> None:
    block = new_policy.made(PolicyDocument=policy(allow("*"), deny("iam:ListUsers")))
    role = new_role(PermissionsBoundary=block["Arn"])
    aws.iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=policy(allow("iam:List*")))
    arn = aws.iam.get_role(RoleName=role)["Role"]["Arn"]
    result = only(
        aws.wait_for(aws.iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:ListUsers"])[
            "EvaluationResults"
        ]
    )
    assert result["EvalDecision"] == "explicitDeny"
    assert [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in result["MatchedStatements"]] == [
        (f"role_{role}_own", "IAM Policy"),
        (block["PolicyName"], "Permissions Boundary Policy"),
    ]
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


@documented(SIMULATE, "5:ResourceSpecificResults")
def test_several_resources_have_results_of_their_own(aws: Target) -> None:
    arns = [BUCKET, "arn:aws:s3:::c/k"]
    results = simulate(aws, [policy(allow("s3:*", "arn:aws:s3:::b/*"))], ["s3:GetObject"], ResourceArns=arns)
    specific = [one for result in results for one in result["ResourceSpecificResults"]]
    assert [(one["EvalResourceName"], one["EvalResourceDecision"]) for one in specific] == [
        (BUCKET, "allowed"),
        ("arn:aws:s3:::c/k", "implicitDeny"),
    ]


@observed(*USERS, "5:EvalDecision allowed")
def test_a_principals_policies_are_named_by_owner_and_name(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.put_user_policy(UserName=alice, PolicyName="own", PolicyDocument=policy(allow("iam:GetUser")))
    arn = aws.iam.get_user(UserName=alice)["User"]["Arn"]
    answer = aws.wait_for(aws.iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:GetUser"])
    matched = only(only(answer["EvaluationResults"])["MatchedStatements"])
    assert matched["SourcePolicyId"] == f"user_{alice}_own"


@documented(PRINCIPAL, "5:Nothing is filled in")
def test_nothing_is_filled_in_from_the_principal(aws: Target, new_user: People) -> None:
    alice = new_user()
    document = policy(allow("iam:*", Condition={"StringEquals": {"aws:username": alice}}))
    aws.iam.put_user_policy(UserName=alice, PolicyName="own", PolicyDocument=document)
    arn = aws.iam.get_user(UserName=alice)["User"]["Arn"]
    answer = aws.wait_for(aws.iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:GetUser"])
    assert only(answer["EvaluationResults"])["EvalDecision"] == "implicitDeny"


@observed(*CUSTODIAN, "simulate-missing")
def test_a_principal_that_is_not_there_cannot_be_simulated(aws: Target) -> None:
    arn = f"arn:aws:iam::{aws.account}:role/fake-iam-conformance-nobody"
    missing = AwsError("NoSuchEntity", "Unable to retrieve specified IAM entity.", 404)
    error = aws.error(aws.iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:GetUser"])
    assert error == missing


@observed("2026-08", "the log of a user's session", "val-simulate-arn")
def test_a_session_cannot_be_simulated(aws: Target) -> None:
    arn = f"arn:aws:sts::{aws.account}:assumed-role/r/s"
    invalid = AwsError("InvalidInput", f"Invalid ARN provided in the request: {arn}", 400)
    error = aws.error(aws.iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["iam:GetUser"])
    assert error == invalid


@documented(f"{API}/API_GetContextKeysForCustomPolicy.html", "5:GetContextKeysFor")
def test_the_keys_of_conditions_and_variables_are_listed_once(aws: Target) -> None:
    wanted = {"StringLike": {"s3:prefix": ["${aws:username}/*", "${aws:username}"]}}
    text = policy(allow("s3:*", "arn:aws:s3:::${aws:username}", Condition=wanted))
    found = aws.iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"]
    assert sorted(found) == ["aws:username", "s3:prefix"]


@documented(f"{API}/API_GetContextKeysForPrincipalPolicy.html")
def test_the_keys_of_a_principals_policies_are_listed(aws: Target, new_user: People) -> None:
    alice = new_user()
    document = policy(allow("iam:*", "arn:aws:iam::*:user/${aws:username}"))
    aws.iam.put_user_policy(UserName=alice, PolicyName="own", PolicyDocument=document)
    arn = aws.iam.get_user(UserName=alice)["User"]["Arn"]
    answer = aws.wait_for(aws.iam.get_context_keys_for_principal_policy, PolicySourceArn=arn)
    assert answer["ContextKeyNames"] == ["aws:username"]


@assumed("AWS's texts are not known", "5:ActionNames")
@pytest.mark.parametrize("action", ["GetObject", "s3:Get*"])
def test_an_action_is_a_service_and_a_name(aws: Target, action: str) -> None:
    error = aws.error(aws.iam.simulate_custom_policy, PolicyInputList=[policy(allow("*"))], ActionNames=[action])
    assert (error.code, error.status) == ("InvalidInput", 400)


@assumed("AWS's text is not known", "5:ActionNames")
def test_a_document_that_is_none_cannot_be_simulated(aws: Target) -> None:
    error = aws.error(aws.iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=["s3:GetObject"])
    assert (error.code, error.status) == ("InvalidInput", 400)
