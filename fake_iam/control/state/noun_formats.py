"""How a seed spells out what hangs on a user or an account besides access keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, ListOf, MapOf, Moment, Number, Record, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.domain.credentials.access_keys import STATUSES
from fake_iam.domain.tags import TAGS_PER_ENTITY
from fake_iam.protocol.partitions import partitions

STATUS: Final = Field(Text(choices=STATUSES), "Active if left out")
PATH: Final = Field(Text(shape="pathType"), "/ if left out")
BASE32: Final = Text(pattern=r"[A-Z2-7]{32,128}", says="32 to 128 characters of Base32", secret=True)
TAGS: Final = MapOf(Text(shape="tagKeyType"), Text(shape="tagValueType"), TAGS_PER_ENTITY)


@dataclass(frozen=True)
class PolicyDocument:
    """A policy document, as a mapping or as its JSON text; IAM's own rules are left to IAM."""

    def read(self, value: Any, where: Where) -> str:
        """The JSON text. Raises FormatError."""
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            raise FormatError(where, f"{value!r} is neither a policy document nor its text")
        return json.dumps(value)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": ["object", "string"]}


@dataclass(frozen=True)
class PartitionName:
    """The name of a partition, such as aws-cn."""

    def read(self, value: Any, where: Where) -> str:
        """The name. Raises FormatError."""
        names = list(partitions())
        if value not in names:
            raise FormatError(where, f"{value!r} is no partition; there are {', '.join(names)}")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema; which partitions there are depends on the installed botocore."""
        return {"type": "string"}


PARTITION: Final = PartitionName()


def user_fields(date: Moment) -> dict[str, Field]:
    """What a user may have besides access keys; ``date`` is what a date may be."""
    uploaded = Field(date, "when it was uploaded; now if left out")
    login_profile = Record(
        {
            "password": Field(Text(secret=True), "the password; drawn if left out"),
            "reset_required": Field(Flag(), "whether it must be changed at the next sign-in"),
            "created": Field(date, "when the user first got a password; now if left out"),
            "changed": Field(date, "when it was last changed; created if left out"),
        }
    )
    mfa_device = Record(
        {
            "name": Field(Text(shape="virtualMFADeviceName"), "the device's name; the user's if left out"),
            "path": PATH,
            "seed": Field(BASE32, "the Base32 seed; drawn if left out"),
            "enabled": Field(date, "when it was enabled; now if left out"),
        }
    )
    certificate = Record(
        {
            "body": Field(Text(), "the certificate in PEM", required=True),
            "status": STATUS,
            "uploaded": uploaded,
        }
    )
    ssh_key = Record({"body": Field(Text(), "the public key", required=True), "status": STATUS, "uploaded": uploaded})
    credential = Record({"service": Field(Text(), "such as codecommit.amazonaws.com", required=True), "status": STATUS})
    return {
        "login_profile": Field(login_profile, "the password"),
        "mfa_devices": Field(ListOf(mfa_device), "the enabled virtual MFA devices"),
        "signing_certificates": Field(ListOf(certificate), "the signing certificates"),
        "ssh_public_keys": Field(ListOf(ssh_key), "the SSH public keys"),
        "service_specific_credentials": Field(ListOf(credential), "the service-specific credentials"),
        "groups": Field(ListOf(Text()), "the names of the groups it is in"),
        **policy_fields(),
    }


def policy_fields() -> dict[str, Field]:
    """The policies of a user or a group."""
    return {
        "policies": Field(MapOf(Text(), PolicyDocument()), "inline policies: names to documents"),
        "attached_policies": Field(ListOf(Text()), "the ARNs of attached managed policies"),
    }


def account_fields() -> dict[str, Field]:
    """What an account may have besides users and the root user."""
    group = Record({"name": Field(Text(), "its name", required=True), "path": PATH, **policy_fields()})
    policy = Record(
        {
            "name": Field(Text(), "its name", required=True),
            "path": PATH,
            "description": Field(Text(), "none if left out"),
            "document": Field(PolicyDocument(), "the policy document", required=True),
            "tags": Field(TAGS, "keys to values"),
        }
    )
    server_certificate = Record(
        {
            "name": Field(Text(), "its name", required=True),
            "path": PATH,
            "body": Field(Text(), "the certificate in PEM", required=True),
            "chain": Field(Text(), "the chain in PEM"),
            "private_key": Field(
                Text(secret=True), "its private key in PEM, which is checked and not kept", required=True
            ),
        }
    )
    password_policy = Record(
        {
            "minimum_length": Field(Number(6, 128), "6 if left out"),
            "require_uppercase": Field(Flag(), "false if left out"),
            "require_lowercase": Field(Flag(), "false if left out"),
            "require_numbers": Field(Flag(), "false if left out"),
            "require_symbols": Field(Flag(), "false if left out"),
            "allow_users_to_change": Field(Flag(), "false if left out"),
            "max_age_days": Field(Number(1, 1095), "no limit if left out"),
            "reuse_prevention": Field(Number(1, 24), "none if left out"),
            "hard_expiry": Field(Flag(), "false if left out"),
        }
    )
    return {
        "partition": Field(PARTITION, "that of its ARNs; of the ARNs that it names, or the server's, if left out"),
        "alias": Field(Text(), "the account's alias"),
        "groups": Field(ListOf(group), "the groups"),
        "policies": Field(ListOf(policy), "the managed policies"),
        "server_certificates": Field(ListOf(server_certificate), "the server certificates"),
        "password_policy": Field(password_policy, "the password policy; seeded passwords need not keep it"),
    }
