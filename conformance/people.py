"""The users and keys that a case makes, under names nobody else has, and their removal when the case is over."""

from __future__ import annotations

import secrets
from typing import Any, Final

from conformance.signing import Key
from conformance.targets import Target

PREFIX: Final = "fake-iam-conformance-"


class People:
    """Makes users; ``clean_up`` removes all that could be left of them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._names: list[str] = []

    def __call__(self, *, manages_keys: bool = False, **parameters: Any) -> str:
        """A new user's name.

        Args:
            manages_keys: the user itself will call IAM; it gets a policy for its own keys, certificates and password.
            parameters: further parameters of CreateUser.
        """
        __tracebackhide__ = True
        name = parameters.pop("UserName", None) or self.name()
        self._target.iam.create_user(UserName=name, **parameters)
        if manages_keys:
            self._target.permit_own_keys(name)
        return str(name)

    def name(self) -> str:
        """A name that no user has; a user of that name is removed when the case is over."""
        self._names.append(PREFIX + secrets.token_hex(6))
        return self._names[-1]

    def path(self) -> str:
        """A path that no other user has."""
        return f"/{PREFIX}{secrets.token_hex(6)}/"

    def key(self, user: str) -> Key:
        """A new key of the user, fit to sign: AWS needs some seconds for that."""
        __tracebackhide__ = True
        made = self._target.iam.create_access_key(UserName=user)["AccessKey"]
        key = Key(made["AccessKeyId"], made["SecretAccessKey"])
        if self._target.kind == "aws":
            self._target.wait_for(self._target.signing_with(key).sts.get_caller_identity)
        return key

    def clean_up(self) -> list[str]:
        """Remove the users, their keys, passwords and policies. Returns what is left behind, in words."""
        left = []
        for name in self._names:
            try:
                self._remove(name)
            except AssertionError as problem:
                left.append(f"user {name}: {problem}")
        return left

    def _remove(self, name: str) -> None:
        iam = self._target.iam
        listed = iam.list_access_keys
        try:
            keys = listed(UserName=name)["AccessKeyMetadata"]
        except AssertionError as problem:
            if "NoSuchEntity" in str(problem) or "no answer" in str(problem):
                return
            raise
        for key in keys:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        if _attempt(iam.get_login_profile, UserName=name):
            self._target.wait_for(iam.delete_login_profile, UserName=name)
        self._remove_policies(name)
        iam.delete_user(UserName=name)

    def _remove_policies(self, name: str) -> None:
        """Take off inline and attached policies; a server that cannot list them has none."""
        iam = self._target.iam
        try:
            inline = iam.list_user_policies(UserName=name)["PolicyNames"]
            attached = iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
        except AssertionError:
            return
        for policy_name in inline:
            iam.delete_user_policy(UserName=name, PolicyName=policy_name)
        for policy in attached:
            iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])


def _attempt(operation: Any, **parameters: Any) -> bool:
    try:
        operation(**parameters)
    except AssertionError:
        return False
    return True
