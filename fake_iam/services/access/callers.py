"""A caller in the terms of policies: the names that they know it by, and the condition keys that it brings.

Source of the keys: IAM User Guide, "AWS global condition context keys", and which callers have them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fake_iam.domain.identities.roles import Role
from fake_iam.domain.policy import principals
from fake_iam.domain.tags import Tag
from fake_iam.services.access.organizations import organization_keys
from fake_iam.services.context import Caller
from fake_iam.store.base import Store

if TYPE_CHECKING:
    from fake_iam.domain.policy.variables import Values
    from fake_iam.domain.sts.sessions import Session

TYPES: Final = {
    "root": "Account",
    "user": "User",
    "assumed-role": "AssumedRole",
    "federated-user": "FederatedUser",
    "anonymous": "Anonymous",
}
"""What aws:PrincipalType says of each kind of caller."""


def principal_of(store: Store, caller: Caller) -> principals.Caller:
    """The names under which a policy may name a caller that signed."""
    role = role_of(store, caller)
    if role is not None:
        return principals.session(caller.arn, role_arn=role.arn, role_id=role.id)
    if caller.kind == "service":
        return principals.service(caller.id)
    if caller.kind == "federated-user":
        return principals.session(caller.arn)
    return principals.user(caller.arn, caller.id if caller.kind == "user" else None)


def role_of(store: Store, caller: Caller) -> Role | None:
    """The role that the caller is a session of."""
    if caller.kind != "assumed-role" or caller.session is None:
        return None
    return store.account(caller.account_id).table(Role).get(caller.session.owner_id)


def caller_keys(store: Store, caller: Caller, now: datetime) -> dict[str, Values]:
    """The condition keys that follow from who calls and when, in lower case."""
    return {**identity_keys(store, caller), **moment_keys(caller, now)}


def identity_keys(store: Store, caller: Caller) -> dict[str, Values]:
    """The condition keys that follow from who calls."""
    if caller.kind == "service":
        return {
            "aws:principalisawsservice": "true",
            "aws:principalservicename": caller.id,
            "aws:principalservicenameslist": (caller.id,),
        }
    role = role_of(store, caller)
    user = store.account(caller.account_id).users.get(caller.id) if caller.kind == "user" else None
    keys: dict[str, Values] = {
        "aws:principalarn": caller.arn if role is None else role.arn,
        "aws:principalaccount": caller.account_id,
        "aws:principaltype": TYPES[caller.kind],
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:userid": caller.id,
        **organization_keys(store, caller.account_id, "principal"),
    }
    if user is not None:
        keys["aws:username"] = user.name
        keys |= tag_keys("aws:principaltag", user.tags)
    if role is not None:
        keys |= tag_keys("aws:principaltag", role.tags)
    if caller.session is not None:
        keys |= _session_keys(caller.session)
    return keys


def moment_keys(caller: Caller, now: datetime) -> dict[str, Values]:
    """The condition keys that follow from when the caller calls."""
    keys = time_keys(now)
    if caller.session is not None and caller.session.mfa:
        keys["aws:multifactorauthage"] = str(int((now - caller.session.issued_at).total_seconds()))
    return keys


def time_keys(now: datetime) -> dict[str, Values]:
    """The condition keys that every request has, whoever calls."""
    return {"aws:currenttime": f"{now:%Y-%m-%dT%H:%M:%SZ}", "aws:epochtime": str(int(now.timestamp()))}


def tag_keys(prefix: str, tags: Iterable[Tag]) -> dict[str, Values]:
    """A condition key for each tag, such as ``aws:requesttag/team``."""
    return {f"{prefix}/{tag.key.lower()}": tag.value for tag in tags}


def _session_keys(session: Session) -> dict[str, Values]:
    keys: dict[str, Values] = {
        "aws:tokenissuetime": f"{session.issued_at:%Y-%m-%dT%H:%M:%SZ}",
        "aws:multifactorauthpresent": "true" if session.mfa else "false",
    }
    if session.is_privileged_task:
        keys["aws:assumedroot"] = "true"
    if session.role is not None:
        keys |= tag_keys("aws:principaltag", session.role.tags)
        keys |= dict(session.role.claims)
        if session.role.source_identity is not None:
            keys["aws:sourceidentity"] = session.role.source_identity
    return keys
