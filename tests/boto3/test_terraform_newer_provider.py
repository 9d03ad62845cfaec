"""What versions 6 of Terraform's provider hashicorp/aws add for IAM, by the calls that its resources make.

Those versions are not run: their calls are those of the provider's source, internal/service/iam, in the order in which
a resource creates, reads and deletes, with the errors that it looks for.
"""

from __future__ import annotations

import json
from typing import Any

from conformance.modelled import needs

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}


@needs("EnableOutboundWebIdentityFederation")
def test_outbound_web_identity_federation(iam: Any) -> None:
    """What is enabled already is adopted; what is found disabled is taken for gone."""

    def create() -> tuple[bool, str]:
        try:
            return True, str(iam.enable_outbound_web_identity_federation()["IssuerIdentifier"])
        except iam.exceptions.FeatureEnabledException:
            return read() or (False, "")

    def read() -> tuple[bool, str] | None:
        try:
            found = iam.get_outbound_web_identity_federation_info()
        except iam.exceptions.FeatureDisabledException:
            return None
        return bool(found["JwtVendingEnabled"]), str(found["IssuerIdentifier"])

    assert read() is None
    made = create()
    assert made[0] and made[1].startswith("https://")
    assert create() == read() == made
    iam.disable_outbound_web_identity_federation()
    assert read() is None


def test_openid_connect_provider_client_id(iam: Any) -> None:
    """A client id that somebody removed is gone, and so is one whose provider is."""
    given = {"Url": "https://token.builds.example.com", "ThumbprintList": ["1" * 40]}
    arn = iam.create_open_id_connect_provider(**given)["OpenIDConnectProviderArn"]

    def is_there(client_id: str) -> bool:
        try:
            return client_id in iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
        except iam.exceptions.NoSuchEntityException:
            return False

    assert not is_there("deploy")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="deploy")
    assert is_there("deploy")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="deploy")
    assert not is_there("deploy")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="deploy")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert not is_there("deploy")


def test_custom_policy_simulation(iam: Any) -> None:
    results = iam.simulate_custom_policy(
        ActionNames=["s3:GetObject", "s3:PutObject"],
        PolicyInputList=[json.dumps(POLICY)],
        ResourceArns=["arn:aws:s3:::builds/1"],
    )["EvaluationResults"]
    assert {result["EvalActionName"]: result["EvalDecision"] for result in results} == {
        "s3:GetObject": "allowed",
        "s3:PutObject": "implicitDeny",
    }


def test_policies_and_attachments_of_a_user_group_and_role(iam: Any) -> None:
    """The data sources that list them: page by page, and as there are."""
    iam.create_user(UserName="robot")
    iam.create_group(GroupName="robots")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for kind, name in (("User", "robot"), ("Group", "robots"), ("Role", "worker")):
        named = {f"{kind}Name": name}
        call = {verb: getattr(iam, f"{verb}_{kind.lower()}_policy") for verb in ("put", "attach")}
        call["put"](**named, PolicyName="inline", PolicyDocument=json.dumps(POLICY))
        call["attach"](**named, PolicyArn=read_only)
        inline = iam.get_paginator(f"list_{kind.lower()}_policies").paginate(**named).build_full_result()
        attached = iam.get_paginator(f"list_attached_{kind.lower()}_policies").paginate(**named).build_full_result()
        assert inline["PolicyNames"] == ["inline"]
        assert attached["AttachedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": read_only}]
