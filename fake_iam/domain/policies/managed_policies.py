"""Managed policies: documents with an ARN, in versions, for many to share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from fake_iam.domain import arns
from fake_iam.domain.errors import (
    AccessDenied,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
    ValidationError,
)
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.policy_arns import place_of
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One wording of a policy, the text as it came; ``id`` is v1, v2, …"""

    id: str
    document: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A policy of an account, or of AWS, whose account is ``aws``. Its versions stand in the order of their making."""

    id: str
    account_id: str
    name: str
    path: str
    created_at: datetime
    updated_at: datetime
    versions: tuple[PolicyVersion, ...]
    default_version_id: str = "v1"
    versions_made: int = 1
    description: str | None = None
    tags: Tags = ()
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.policy(self.partition, self.account_id, self.path, self.name)

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)

    @property
    def place(self) -> str:
        """Where lists show it."""
        return place_of(self.arn)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of all of them."""
        versions = sum(int(of_each) * count for of_each, count in rows.tally("versions").items())
        return {"Policies": len(rows), "PolicyVersionsInUse": versions}

    def version(self, version_id: str) -> PolicyVersion | None:
        """The version of that id, or None."""
        return next((version for version in self.versions if version.id == version_id), None)

    def revised(self, document: str, at: datetime, *, default: bool) -> ManagedPolicy:
        """The policy with one more version; the number of a deleted one is not given again."""
        version = PolicyVersion(f"v{self.versions_made + 1}", document, at)
        return replace(
            self,
            updated_at=at,
            versions=(*self.versions, version),
            versions_made=self.versions_made + 1,
            default_version_id=version.id if default else self.default_version_id,
        )

    def without_version(self, version_id: str) -> ManagedPolicy:
        """The policy less one version."""
        return replace(self, versions=tuple(version for version in self.versions if version.id != version_id))


def foreign_partition() -> ValidationError:
    """The ARN is of another partition than the caller's account, or of none.

    Recorded by users since 2024 for AttachRolePolicy (pulumi/pulumi-aws-apigateway#347) and GetPolicy
    (aws/aws-parallelcluster#6492), announced by AWS for all ARNs of IAM that are parameters (cloud-gov/aws-broker#383).
    """
    return ValidationError("Invalid ARN partition")


def not_a_policy_arn(arn: str) -> ValidationError:
    """The text is no ARN, or one of another kind. Recorded for the former in AttachRolePolicy in 2026, else assumed.

    In 2025 the text was ``Invalid ARN:  Could not be parsed!``, with two blanks, and in 2023 the code InvalidInput.
    Two ARNs in one are no policy's either: aws-samples/aws-cdk-examples#287, of 2020, when the code was InvalidInput.
    """
    return ValidationError(f"ARN {arn} is not valid.")


def no_such_policy(arn: str) -> NoSuchEntity:
    """There is no such policy."""
    return NoSuchEntity(f"Policy {arn} was not found.")


def no_such_version(arn: str, version_id: str) -> NoSuchEntity:
    """There is no such policy, or it has no such version."""
    return NoSuchEntity(f"Policy {arn} version {version_id} does not exist or is not attachable.")


def no_such_boundary(arn: str) -> NoSuchEntity:
    """There is no such policy to be a permissions boundary."""
    return NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")


def policy_exists(name: str) -> EntityAlreadyExists:
    """The name is taken, in whatever letter case and under whatever path."""
    return EntityAlreadyExists(f"A policy called {name} already exists. Duplicate names are not allowed.")


def too_many_versions(limit: int) -> LimitExceeded:
    """A policy keeps so many versions and no more."""
    return LimitExceeded(
        f"A managed policy can have up to {limit} versions. "
        "Before you create a new version, you must delete an existing version."
    )


def policy_in_use() -> DeleteConflict:
    """The policy is attached; that a permissions boundary has the same text is assumed."""
    return DeleteConflict("Cannot delete a policy attached to entities.")


def delete_versions_first() -> DeleteConflict:
    """The policy has versions besides its default (quoted by users)."""
    return DeleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
        "The default version is deleted with the policy."
    )


def version_is_default() -> DeleteConflict:
    """The default version goes only with its policy."""
    return DeleteConflict("Cannot delete the default version of a policy.")


def cannot_delete_elsewhere() -> AccessDenied:
    """DeletePolicy of a policy of AWS or of another account."""
    return AccessDenied("Cannot delete policies outside your own account.")


def cannot_delete_version_elsewhere() -> AccessDenied:
    """DeletePolicyVersion of a policy of AWS or of another account."""
    return AccessDenied("Cannot delete policy versions for policies outside your own account.")


def cannot_update_elsewhere() -> AccessDenied:
    """SetDefaultPolicyVersion of a policy of AWS or of another account; assumed for CreatePolicyVersion."""
    return AccessDenied("Cannot update policies outside your own account.")


def invalid_boundary(arn: str) -> InvalidInput:
    """The permissions boundary is not the ARN of a policy."""
    return InvalidInput(f"ARN {arn} is not valid.")
