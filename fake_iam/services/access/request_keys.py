"""The condition keys of a call, made when a policy first asks for one: most policies ask for none.

Source: AWS's service authorization reference for IAM, and IAM User Guide, "AWS global condition context keys".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.domain.policy.variables import Values
from fake_iam.domain.tags import Tag
from fake_iam.services.access.callers import tag_keys

TAG: Final = re.compile(r"Tags\.member\.(\d{1,4})\.Key", re.ASCII)
TAG_KEY: Final = re.compile(r"TagKeys\.member\.\d{1,4}", re.ASCII)
BOUNDED: Final = re.compile(r"(Create|Put|Attach|Detach|Delete|Update|Get)(User|Role|AssumeRole)", re.ASCII)
PARAMETER_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "iam:policyarn": (r"(Attach|Detach)\w+Policy", "PolicyArn"),
    "iam:awsservicename": (r"CreateServiceLinkedRole", "AWSServiceName"),
    "iam:servicespecificcredentialservicename": (r"\w+ServiceSpecificCredential", "ServiceName"),
    "iam:servicespecificcredentialagedays": (r"CreateServiceSpecificCredential", "CredentialAgeDays"),
    "iam:organizationspolicyid": (r"GenerateOrganizationsAccessReport", "OrganizationsPolicyId"),
    "iam:notificationchannel": (r"CreateDelegationRequest", "NotificationChannel"),
    "iam:delegationrequestowner": (r"ListDelegationRequests", "OwnerId"),
}
"""Keys that follow from a parameter, and the operations on which they do."""


class LateContext:
    """A context in parts, each made when a key is asked for that is in none before it."""

    __slots__ = ("_made", "_rest")

    def __init__(self, first: Mapping[str, Values], *rest: Callable[[], Mapping[str, Values]]) -> None:
        self._made = [first]
        self._rest = list(reversed(rest))

    def get(self, key: str, /) -> Values | None:
        """The value of a key, which is given in lower case."""
        for part in self._made:
            if key in part:
                return part[key]
        while self._rest:
            part = self._rest.pop()()
            self._made.append(part)
            if key in part:
                return part[key]
        return None

    def all(self) -> Mapping[str, Values]:
        """Every key."""
        self.get("")
        return {key: value for part in reversed(self._made) for key, value in part.items()}


def parameter_keys(operation: str, parameters: Mapping[str, str], row: Any) -> dict[str, Values]:
    """The keys that the request says, and those of the resource that it is about, if that is there."""
    tags = _tags(parameters)
    keys: dict[str, Values] = {**tag_keys("aws:requesttag", tags)}
    taken_off = [text for name, text in parameters.items() if TAG_KEY.fullmatch(name)]
    named = tuple([tag.key for tag in tags] or taken_off)
    if named:
        keys["aws:tagkeys"] = named
    for key, (operations, parameter) in PARAMETER_KEYS.items():
        if parameter in parameters and re.fullmatch(operations, operation, re.ASCII):
            keys[key] = parameters[parameter]
    boundary = parameters.get("PermissionsBoundary") or getattr(row, "permissions_boundary", None)
    if boundary is not None and BOUNDED.match(operation):
        keys["iam:permissionsboundary"] = boundary
    own = getattr(row, "tags", ())
    return {**keys, **tag_keys("aws:resourcetag", own), **tag_keys("iam:resourcetag", own)}


def _tags(parameters: Mapping[str, str]) -> list[Tag]:
    """The tags of a request that is not yet read."""
    numbers = sorted(int(match[1]) for name in parameters if (match := TAG.fullmatch(name)))
    return [
        Tag(parameters[f"{at}.Key"], parameters.get(f"{at}.Value", ""))
        for at in (f"Tags.member.{number}" for number in numbers)
        if f"{at}.Key" in parameters
    ]
