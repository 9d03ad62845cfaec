"""The roles, instance profiles and providers that a case makes, under names nobody else has, and their removal."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

from conformance.people import PREFIX
from conformance.targets import Target

EC2: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)


class Roles:
    """Makes roles and instance profiles; ``clean_up`` removes them."""

    def __init__(self, target: Target) -> None:
        self._iam = target.iam
        self._roles: list[str] = []
        self._profiles: list[str] = []

    def __call__(self, **parameters: Any) -> str:
        """A new role's name; ``parameters`` are further ones of CreateRole."""
        __tracebackhide__ = True
        name = self.name()
        self._iam.create_role(**{"RoleName": name, "AssumeRolePolicyDocument": EC2, **parameters})
        return name

    def name(self) -> str:
        """A name that no role has; a role of that name is removed when the case is over."""
        self._roles.append(PREFIX + secrets.token_hex(6))
        return self._roles[-1]

    def profile(self, **parameters: Any) -> str:
        """A new instance profile's name; ``parameters`` are further ones of CreateInstanceProfile."""
        __tracebackhide__ = True
        name = self.profile_name()
        self._iam.create_instance_profile(InstanceProfileName=name, **parameters)
        return name

    def profile_name(self) -> str:
        """A name that no instance profile has; one of that name is removed when the case is over."""
        self._profiles.append(PREFIX + secrets.token_hex(6))
        return self._profiles[-1]

    def clean_up(self) -> list[str]:
        """Remove what was made. Returns what is left behind, in words."""
        left = []
        for kind, names, remove in (
            ("instance profile", self._profiles, self._remove_profile),
            ("role", self._roles, self._remove_role),
        ):
            for name in names:
                try:
                    remove(name)
                except AssertionError as problem:
                    if "NoSuchEntity" not in str(problem) and "no answer" not in str(problem):
                        left.append(f"{kind} {name}: {problem}")
        return left

    def _remove_profile(self, name: str) -> None:
        for role in self._iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
            self._iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
        self._iam.delete_instance_profile(InstanceProfileName=name)

    def _remove_role(self, name: str) -> None:
        for policy_name in self._iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self._iam.delete_role_policy(RoleName=name, PolicyName=policy_name)
        for policy in self._iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            self._iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        self._iam.delete_role(RoleName=name)
