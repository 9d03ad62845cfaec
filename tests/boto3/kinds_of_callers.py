"""Who calls: users and sessions of every kind, each with a policy that decides what it may do."""

from __future__ import annotations

import json
from typing import Any

import pyotp

from fake_iam import FakeIAM
from tests.boto3.callers import ACCOUNT, new_key, new_user, signed
from tests.support import Key

URL = "https://login.example.com"
IAM = f"arn:aws:iam::{ACCOUNT}"
WORKER = f"{IAM}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/job"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str) -> str:
    return document({"Effect": "Allow", "Action": actions, "Resource": "*"})


def key_of(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def root(fake: FakeIAM, iam: Any, policy: str) -> Key:
    return new_key(iam)


def user(fake: FakeIAM, iam: Any, policy: str) -> Key:
    key = new_user(iam, "alice")
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=policy)
    return key


def member(fake: FakeIAM, iam: Any, policy: str) -> Key:
    """A user who has the policy of a group alone."""
    key = new_user(iam, "alice")
    iam.create_group(GroupName="devs")
    iam.put_group_policy(GroupName="devs", PolicyName="own", PolicyDocument=policy)
    iam.add_user_to_group(GroupName="devs", UserName="alice")
    return key


def session_of_user(fake: FakeIAM, iam: Any, policy: str) -> Key:
    return key_of(signed(fake, "sts", user(fake, iam, policy)).get_session_token())


def session_with_mfa(fake: FakeIAM, iam: Any, policy: str) -> Key:
    key = user(fake, iam, policy)
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
    phone, serial = pyotp.TOTP(made["Base32StringSeed"].decode()), made["SerialNumber"]
    codes = [phone.at(fake.clock.freeze(), counter_offset=steps) for steps in (-1, 0, 1)]
    enabled = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1]}
    iam.enable_mfa_device(UserName="alice", SerialNumber=serial, **enabled)
    return key_of(signed(fake, "sts", key).get_session_token(SerialNumber=serial, TokenCode=codes[2]))


def federated(fake: FakeIAM, iam: Any, policy: str) -> Key:
    sts = signed(fake, "sts", user(fake, iam, allow("*")))
    return key_of(sts.get_federation_token(Name="guest", Policy=policy))


def worker(iam: Any, policy: str, principal: dict[str, str], action: str = "sts:AssumeRole") -> str:
    """The role worker, which has the policy and trusts somebody."""
    trust = document({"Effect": "Allow", "Principal": principal, "Action": action})
    made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=policy)
    return str(made["Arn"])


def assumed(fake: FakeIAM, iam: Any, policy: str, **asked: Any) -> Key:
    taker = new_user(iam, "taker")
    worker(iam, policy, {"AWS": f"{IAM}:user/taker"})
    return key_of(signed(fake, "sts", taker).assume_role(RoleArn=WORKER, RoleSessionName="job", **asked))


def chained(fake: FakeIAM, iam: Any, policy: str) -> Key:
    """A session that a session of another role began."""
    taker = new_user(iam, "taker")
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"{IAM}:user/taker"}, "Action": "sts:AssumeRole"})
    first = iam.create_role(RoleName="first", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    worker(iam, policy, {"AWS": first})
    key = key_of(signed(fake, "sts", taker).assume_role(RoleArn=first, RoleSessionName="first"))
    return key_of(signed(fake, "sts", key).assume_role(RoleArn=WORKER, RoleSessionName="job"))


def web_identity(fake: FakeIAM, iam: Any, policy: str) -> Key:
    provider = iam.create_open_id_connect_provider(Url=URL, ClientIDList=["app"])["OpenIDConnectProviderArn"]
    worker(iam, policy, {"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
    asked = {"RoleArn": WORKER, "RoleSessionName": "job", "WebIdentityToken": fake.web_identity_token(provider)}
    return key_of(fake.client("sts").assume_role_with_web_identity(**asked))


def saml(fake: FakeIAM, iam: Any, policy: str) -> Key:
    provider = iam.create_saml_provider(Name="idp", SAMLMetadataDocument=fake.saml_metadata())["SAMLProviderArn"]
    worker(iam, policy, {"Federated": provider}, "sts:AssumeRoleWithSAML")
    assertion = fake.saml_assertion(provider, role="worker", session_name="job")
    asked = {"RoleArn": WORKER, "PrincipalArn": provider, "SAMLAssertion": assertion}
    return key_of(fake.client("sts").assume_role_with_saml(**asked))


def service(fake: FakeIAM, iam: Any, policy: str) -> Key:
    worker(iam, policy, {"Service": "ec2.amazonaws.com"})
    return key_of(fake.assume_role_as("ec2.amazonaws.com", role="worker", session_name="job"))
