"""Attachments: that a managed policy counts for somebody."""

from __future__ import annotations

from dataclasses import dataclass

from fake_iam.domain.errors import DeleteConflict, NoSuchEntity, PolicyNotAttachable
from fake_iam.domain.policies.policy_arns import name_of, path_of


@dataclass(frozen=True, slots=True)
class Attachment:
    """A managed policy, of the account or of AWS, attached to its owner."""

    owner_id: str
    policy_arn: str

    @property
    def key(self) -> str:
        """What the row is kept under."""
        return key(self.owner_id, self.policy_arn)

    @property
    def policy_name(self) -> str:
        """The policy's name, which its ARN ends with."""
        return name_of(self.policy_arn)

    @property
    def policy_path(self) -> str:
        """The policy's path, which its ARN has, too."""
        return path_of(self.policy_arn)


def key(owner_id: str, policy_arn: str) -> str:
    """What the attachment of a policy to an owner is kept under."""
    return f"{owner_id}/{policy_arn}"


def not_attached(arn: str) -> NoSuchEntity:
    """The policy is not attached, whether it exists or not."""
    return NoSuchEntity(f"Policy {arn} was not found.")


def not_attachable(arn: str) -> NoSuchEntity:
    """There is no such policy to attach."""
    return NoSuchEntity(f"Policy {arn} does not exist or is not attachable.")


def for_service_linked_roles() -> PolicyNotAttachable:
    """The policy is one of those that services have for their roles (quoted by users of Terraform and the console)."""
    return PolicyNotAttachable("Cannot attach a Service Role Policy to a Customer Role.")


def detach_policies_first() -> DeleteConflict:
    """What is to be deleted still has managed policies."""
    return DeleteConflict("Cannot delete entity, must detach all policies first.")
