"""The managed policies that a case makes, under names nobody else has, and their removal when the case is over."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

from conformance.people import PREFIX
from conformance.targets import Target

DOCUMENT: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
)


class Policies:
    """Makes managed policies; ``clean_up`` takes them off users and removes them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._arns: list[str] = []

    def __call__(self, **parameters: Any) -> str:
        """A new policy's ARN; ``parameters`` are further ones of CreatePolicy."""
        __tracebackhide__ = True
        return str(self.made(**parameters)["Arn"])

    def made(self, **parameters: Any) -> Any:
        """A new policy as CreatePolicy shows it."""
        __tracebackhide__ = True
        given = {"PolicyName": self.name(), "PolicyDocument": DOCUMENT, **parameters}
        policy = self._target.iam.create_policy(**given)["Policy"]
        if policy["Arn"] not in self._arns:
            self._arns.append(str(policy["Arn"]))
        return policy

    def name(self) -> str:
        """A name that no policy has; a policy of that name is removed when the case is over."""
        arn = self.absent()
        self._arns.append(arn)
        return arn.rpartition("/")[2]

    def absent(self) -> str:
        """An ARN in the account that names no policy."""
        return f"arn:aws:iam::{self._target.account}:policy/{PREFIX}{secrets.token_hex(6)}"

    def clean_up(self) -> list[str]:
        """Remove the policies. Returns what is left behind, in words."""
        left = []
        for arn in self._arns:
            try:
                self._remove(arn)
            except AssertionError as problem:
                if "NoSuchEntity" not in str(problem) and "no answer" not in str(problem):
                    left.append(f"policy {arn}: {problem}")
        return left

    def _remove(self, arn: str) -> None:
        iam = self._target.iam
        for user in iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsPolicy")["PolicyUsers"]:
            iam.detach_user_policy(UserName=user["UserName"], PolicyArn=arn)
        for user in iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")["PolicyUsers"]:
            iam.delete_user_permissions_boundary(UserName=user["UserName"])
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        self._target.wait_for(iam.delete_policy, PolicyArn=arn)
