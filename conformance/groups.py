"""The groups that a case makes, under names nobody else has, and their removal when the case is over."""

from __future__ import annotations

import secrets
from typing import Any

from conformance.people import PREFIX
from conformance.targets import Target


class Groups:
    """Makes groups under names nobody else has; ``clean_up`` removes them."""

    def __init__(self, target: Target) -> None:
        self._iam = target.iam
        self._names: list[str] = []

    def __call__(self, *members: str, **parameters: Any) -> str:
        """A new group's name. ``members`` are users to put into it, ``parameters`` further ones of CreateGroup."""
        __tracebackhide__ = True
        name = self.name()
        self._iam.create_group(GroupName=name, **parameters)
        for member in members:
            self._iam.add_user_to_group(GroupName=name, UserName=member)
        return name

    def name(self) -> str:
        """A name that no group has; a group of that name is removed when the case is over."""
        self._names.append(PREFIX + secrets.token_hex(6))
        return self._names[-1]

    def clean_up(self) -> list[str]:
        """Remove the groups. Returns what is left behind, in words."""
        left = []
        for name in self._names:
            try:
                self._remove_policies(name)
                for user in self._iam.get_group(GroupName=name)["Users"]:
                    self._iam.remove_user_from_group(GroupName=name, UserName=user["UserName"])
                self._iam.delete_group(GroupName=name)
            except AssertionError as problem:
                if "NoSuchEntity" not in str(problem) and "no answer" not in str(problem):
                    left.append(f"group {name}: {problem}")
        return left

    def _remove_policies(self, name: str) -> None:
        """Take off inline and attached policies; a server that cannot list them has none."""
        try:
            inline = self._iam.list_group_policies(GroupName=name)["PolicyNames"]
            attached = self._iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
        except AssertionError:
            return
        for policy_name in inline:
            self._iam.delete_group_policy(GroupName=name, PolicyName=policy_name)
        for policy in attached:
            self._iam.detach_group_policy(GroupName=name, PolicyArn=policy["PolicyArn"])
