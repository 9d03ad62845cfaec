"""Services of AWS that take on roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import AwsRefusal, FormatError
from tests.support import AwsError, Key, Wire

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
EC2 = "ec2.amazonaws.com"
INSTANCE = "i-0123456789abcdef0"


@pytest.fixture
def controls(wire: Wire) -> Controls:
    return wire.assembled.controls


def trust(service: str = EC2, action: Any = "sts:AssumeRole", **others: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(wire: Wire, document: str, **parameters: Any) -> None:
    made = wire.call("CreateRole", RoleName="web", AssumeRolePolicyDocument=document, **parameters)
    assert not isinstance(made, AwsError)


def key_of(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def refused(controls: Controls, service: str = EC2, **asked: Any) -> AwsError:
    with pytest.raises(AwsRefusal) as problem:
        controls.service_roles.assume_role_as(service, **{"role": "web", "session_name": INSTANCE, **asked})
    return AwsError(problem.value.code, problem.value.message, problem.value.status)


def denied(service: str = EC2, action: str = "sts:AssumeRole") -> AwsError:
    text = f"User: {service} is not authorized to perform: {action} on resource: {ROLE}"
    return AwsError("AccessDenied", text, 403)


def test_an_instance_works_with_its_roles_credentials(wire: Wire, controls: Controls) -> None:
    role(wire, trust())
    made = controls.service_roles.assume_role_as(EC2, role="web", session_name=INSTANCE)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/web/{INSTANCE}"
    assert made["AssumedRoleUser"]["Arn"] == arn
    assert wire.call("GetCallerIdentity", key_of(made))["Arn"] == arn


def test_a_role_that_does_not_trust_the_service_is_refused(wire: Wire, controls: Controls) -> None:
    role(wire, trust("lambda.amazonaws.com"))
    assert refused(controls) == denied()


def test_a_role_that_is_not_there_is_refused_like_one_that_does_not_trust(controls: Controls) -> None:
    assert refused(controls) == denied()


def test_the_role_of_an_instance_profile_is_taken_on(wire: Wire, controls: Controls) -> None:
    role(wire, trust(), Path="/fleet/")
    profile = wire.call("CreateInstanceProfile", InstanceProfileName="web", Path="/fleet/")["InstanceProfile"]["Arn"]
    with pytest.raises(FormatError, match=f"^role: the instance profile {profile} has no role$"):
        controls.service_roles.assume_role_as(EC2, role=profile, session_name=INSTANCE)
    wire.call("AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="web")
    made = controls.service_roles.assume_role_as(EC2, role=profile, session_name=INSTANCE)
    assert made["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/web/{INSTANCE}")
    with pytest.raises(FormatError, match="^role: there is no instance profile "):
        controls.service_roles.assume_role_as(EC2, role=f"{profile}-2", session_name=INSTANCE)


def test_a_service_takes_on_the_role_that_is_linked_to_it(wire: Wire, controls: Controls) -> None:
    service = "elasticloadbalancing.amazonaws.com"
    linked = wire.call("CreateServiceLinkedRole", AWSServiceName=service)["Role"]
    made = controls.service_roles.assume_role_as(service, role=linked["RoleName"], session_name="ELB")
    assert made["AssumedRoleUser"]["AssumedRoleId"] == f"{linked['RoleId']}:ELB"
    assert refused(controls, role=linked["Arn"]).message == (
        f"User: {EC2} is not authorized to perform: sts:AssumeRole on resource: {linked['Arn']}"
    )


def test_the_trust_policy_may_ask_for_whom_the_service_acts(wire: Wire, controls: Controls) -> None:
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize"
    service = "lambda.amazonaws.com"
    conditions = {"ArnLike": {"aws:SourceArn": function}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
    role(wire, trust(service, Condition=conditions))
    assert refused(controls, service) == denied(service)
    assert refused(controls, service, source_arn=f"{function}-2", source_account=ACCOUNT) == denied(service)
    made = controls.service_roles.assume_role_as(
        service, role=ROLE, session_name="resize", source_arn=function, source_account=ACCOUNT
    )
    assert made["AssumedRoleUser"]["Arn"].endswith(":assumed-role/web/resize")


def test_a_service_is_known_as_one(wire: Wire, controls: Controls) -> None:
    conditions = {
        "Bool": {"aws:PrincipalIsAWSService": "true"},
        "StringEquals": {"aws:PrincipalServiceName": EC2, "aws:SourceVpc": "vpc-1"},
    }
    role(wire, trust(Condition=conditions))
    assert refused(controls) == denied()
    controls.service_roles.assume_role_as(EC2, role="web", session_name=INSTANCE, context={"aws:SourceVpc": "vpc-1"})


def test_pod_identity_tags_its_sessions_which_the_role_must_let_it(wire: Wire, controls: Controls) -> None:
    service, pod = "pods.eks.amazonaws.com", "eks-prod-web-6f5c-0c9e"
    tags = {"eks-cluster-name": "prod", "kubernetes-namespace": "shop"}
    role(wire, trust(service))
    asked = {"session_name": pod, "tags": tags, "transitive_tag_keys": list(tags)}
    assert refused(controls, service, **asked) == denied(service, "sts:TagSession")
    document = trust(service, ["sts:AssumeRole", "sts:TagSession"])
    wire.call("UpdateAssumeRolePolicy", RoleName="web", PolicyDocument=document)
    own = {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}
    own["Condition"] = {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "shop"}}  # type: ignore[assignment]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    wire.call("PutRolePolicy", RoleName="web", PolicyName="list", PolicyDocument=policy)
    controls.enforce_policies("on")
    made = controls.service_roles.assume_role_as(service, role="web", **asked)
    assert not isinstance(wire.call("ListUsers", key_of(made)), AwsError)
    assert wire.call("ListRoles", key_of(made)).code == "AccessDenied"


def test_what_the_model_and_the_role_limit_is_refused(wire: Wire, controls: Controls) -> None:
    role(wire, trust())
    assert refused(controls, duration=3601) == AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
    )
    assert refused(controls, session_name="i").code == "ValidationError"


def test_what_is_no_service_is_refused(controls: Controls) -> None:
    with pytest.raises(FormatError, match=r"^service: 'ec2' is no service principal such as ec2\.amazonaws\.com$"):
        controls.service_roles.assume_role_as("ec2", role="web", session_name=INSTANCE)
