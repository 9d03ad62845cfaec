"""Who asks, and how the Principal of a statement names them.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

EVERYBODY: Final = "*"


class Trust(IntEnum):
    """How far a policy of a resource trusts a caller, from not at all to by name."""

    NONE = 0
    ACCOUNT = 1
    """The caller's account is named: whether the caller may is left to the caller's own policies."""
    ROLE = 2
    """The role of a session is named: that allows, within the role's boundary and the session's policy."""
    CALLER = 3
    """The user or the very session is named: that allows."""


class Caller(NamedTuple):
    """Who asks: the kind of principal, its account, and the names under which a policy may name it."""

    kind: str
    account: str | None
    names: Mapping[str, Trust]
    everybody: Trust = Trust.CALLER
    """What a star gives."""

    def __repr__(self) -> str:
        return f"Caller({self.kind}, {', '.join(self.names)})"


def user(arn: str, unique_id: str | None = None) -> Caller:
    """An IAM user, or the root user of an account."""
    ids = {} if unique_id is None else {unique_id: Trust.CALLER}
    return _of_account(arn, {arn: Trust.CALLER, **ids})


def session(arn: str, *, role_arn: str | None = None, role_id: str | None = None) -> Caller:
    """A session of a role, or of a federated user, whose names of a role are left out."""
    roles = {name: Trust.ROLE for name in (role_arn, role_id) if name is not None}
    return _of_account(arn, {arn: Trust.CALLER, **roles})._replace(everybody=Trust.ROLE)


def service(name: str) -> Caller:
    """A service of AWS, such as ``ec2.amazonaws.com``."""
    return Caller("Service", None, {name: Trust.CALLER})


def federated(provider: str) -> Caller:
    """Somebody whom an identity provider vouches for: the provider's ARN, or the name of a well-known one."""
    return Caller("Federated", None, {provider: Trust.CALLER})


def _of_account(arn: str, names: Mapping[str, Trust]) -> Caller:
    partition, account = arn.split(":")[1], arn.split(":")[4]
    whole = {account: Trust.ACCOUNT, f"arn:{partition}:iam::{account}:root": Trust.ACCOUNT}
    return Caller("AWS", account, {**whole, **names})


def principals(statement: Mapping[str, Any]) -> Callable[[Caller], Trust]:
    """How a statement names a caller. One without Principal, as in the policies of identities, is about everybody."""
    if "Principal" in statement:
        return _named(statement["Principal"])
    if "NotPrincipal" in statement:
        named = _named(statement["NotPrincipal"])
        return lambda caller: Trust.NONE if named(caller) > Trust.ACCOUNT else Trust.CALLER
    return lambda caller: Trust.CALLER


def _named(principal: Any) -> Callable[[Caller], Trust]:
    kinds = {"*": EVERYBODY} if principal == EVERYBODY else principal
    named = {kind: names if isinstance(names, list) else [names] for kind, names in kinds.items()}

    def trust(caller: Caller) -> Trust:
        if EVERYBODY in named.get(caller.kind, ()) or EVERYBODY in named:
            return caller.everybody
        return max((caller.names.get(name, Trust.NONE) for name in named.get(caller.kind, ())), default=Trust.NONE)

    return trust
