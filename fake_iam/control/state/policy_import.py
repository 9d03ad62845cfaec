"""The policies of an account's export: customer managed ones, and what hangs on each user and group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.domain.policies.policy_arns import is_of_aws


class Policies:
    """The policies as a seed has them. ``notes`` says which attachments could not be taken over."""

    def __init__(self, managed: Mapping[str, Mapping[str, Any]]) -> None:
        self._managed = managed
        self.seeds = [_seed(policy) for _, policy in sorted(managed.items())]
        self.notes: list[str] = []

    def inline(self, owner: Mapping[str, Any]) -> dict[str, Any]:
        """The inline policies of a user or a group: names to documents."""
        listed = owner.get("UserPolicyList") or owner.get("GroupPolicyList") or ()
        return {policy["PolicyName"]: _document(policy["PolicyDocument"]) for policy in listed}

    def attached(self, name: str, owner: Mapping[str, Any]) -> list[str]:
        """The ARNs of those managed policies of a user or a group that can be attached here."""
        found = []
        for policy in owner.get("AttachedManagedPolicies") or ():
            arn = policy["PolicyArn"]
            if arn in self._managed or find_aws_managed(arn):
                found.append(arn)
            else:
                self.notes.append(f"{name} has {arn} attached, which is not known here and is left out")
        return found


def import_policies(document: Mapping[str, Any]) -> Policies:
    """The policies in what ``get-account-authorization-details`` printed."""
    listed = document.get("Policies") or ()
    return Policies({policy["Arn"]: policy for policy in listed if not is_of_aws(policy["Arn"])})


def _seed(policy: Mapping[str, Any]) -> dict[str, Any]:
    versions = policy.get("PolicyVersionList") or ()
    default: Mapping[str, Any] = next((version for version in versions if version.get("IsDefaultVersion")), {})
    found = {
        "name": policy["PolicyName"],
        "path": policy.get("Path", "/"),
        "document": _document(default.get("Document", {})),
    }
    return {**found, "description": policy["Description"]} if policy.get("Description") else found


def _document(value: Any) -> Any:
    """A document as the AWS CLI prints it, decoded already, or percent-encoded as AWS sends it."""
    return json.loads(unquote(value)) if isinstance(value, str) else value
