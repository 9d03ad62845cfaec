"""How things are named across AWS.

Every ARN begins with the partition that its thing is in: ``aws``, ``aws-cn``, ``aws-us-gov`` and so on.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

AWS: Final = "aws"  # the partition of the usual regions
ARN: Final = r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+"
POLICY_ARN: Final = r"arn:aws[\w-]*:iam::(?:\d{12}|aws):policy(?:/[\w+=,.@-]+)+"  # path and name as in the model


IDENTITY: Final = r"arn:[^:]+:iam::(\d{12}):(user|role|group)(/(?:[^/]+/)*)([^/]+)"


class IdentityParts(NamedTuple):
    """What the ARN of a user, role or group says: ``kind`` is which of them."""

    account_id: str
    kind: str
    path: str
    name: str


def root(partition: str, account_id: str) -> str:
    """The account itself, as a caller."""
    return f"arn:{partition}:iam::{account_id}:root"


def user(partition: str, account_id: str, path: str, name: str) -> str:
    """A user; here and below, the path has its slashes."""
    return f"arn:{partition}:iam::{account_id}:user{path}{name}"


def group(partition: str, account_id: str, path: str, name: str) -> str:
    """A group."""
    return f"arn:{partition}:iam::{account_id}:group{path}{name}"


def policy(partition: str, account_id: str, path: str, name: str) -> str:
    """A managed policy; the account of AWS's own is ``aws``."""
    return f"arn:{partition}:iam::{account_id}:policy{path}{name}"


def role(partition: str, account_id: str, path: str, name: str) -> str:
    """A role."""
    return f"arn:{partition}:iam::{account_id}:role{path}{name}"


def role_template(partition: str, service: str, name: str, major_version: int) -> str:
    """A role template of a service (service authorization reference)."""
    return f"arn:{partition}:iam::aws:role-template/{service}/{name}:{major_version}"


def instance_profile(partition: str, account_id: str, path: str, name: str) -> str:
    """An instance profile."""
    return f"arn:{partition}:iam::{account_id}:instance-profile{path}{name}"


def oidc_provider(partition: str, account_id: str, issuer: str) -> str:
    """An OpenID Connect provider; the issuer is its URL without the scheme."""
    return f"arn:{partition}:iam::{account_id}:oidc-provider/{issuer}"


def saml_provider(partition: str, account_id: str, name: str) -> str:
    """A SAML provider; it has no path."""
    return f"arn:{partition}:iam::{account_id}:saml-provider/{name}"


def mfa_device(partition: str, account_id: str, path: str, name: str) -> str:
    """A virtual MFA device; its serial number."""
    return f"arn:{partition}:iam::{account_id}:mfa{path}{name}"


def server_certificate(partition: str, account_id: str, path: str, name: str) -> str:
    """A server certificate."""
    return f"arn:{partition}:iam::{account_id}:server-certificate{path}{name}"


def control_policy(partition: str, account_id: str, organization_id: str, policy_id: str) -> str:
    """A service control policy; the account is the one that manages the organization (quoted by users)."""
    resource = f"policy/{organization_id}/service_control_policy/{policy_id}"
    return f"arn:{partition}:organizations::{account_id}:{resource}"


def assumed_role(partition: str, account_id: str, role_name: str, session_name: str) -> str:
    """The ARN of a session of a role, without the role's path."""
    return f"arn:{partition}:sts::{account_id}:assumed-role/{role_name}/{session_name}"


def federated_user(partition: str, account_id: str, name: str) -> str:
    """Somebody with credentials of GetFederationToken."""
    return f"arn:{partition}:sts::{account_id}:federated-user/{name}"


def partition_of(arn: str) -> str:
    """The partition in an ARN; of a text that is none, whatever stands between its first colons."""
    return arn.partition(":")[2].partition(":")[0]


def account_of(arn: str) -> str:
    """The account in an ARN; of a text that is none, whatever stands between its fourth and fifth colon."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def identity_parts(arn: str) -> IdentityParts | None:
    """What the ARN of a user, role or group says; None for any other text."""
    match = re.fullmatch(IDENTITY, arn, re.ASCII)
    return None if match is None else IdentityParts(*match.groups())


def is_arn(text: str) -> bool:
    """Whether the text has the six parts of an ARN, of which region and account may be empty."""
    return re.fullmatch(ARN, text, re.ASCII | re.DOTALL) is not None


def is_policy(arn: str) -> bool:
    """Whether the text has the form of a managed policy's ARN."""
    return re.fullmatch(POLICY_ARN, arn, re.ASCII) is not None
