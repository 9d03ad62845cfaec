"""Taking on roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fake_iam.domain import arns
from fake_iam.domain.errors import AccessDenied
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.sts.role_sessions import (
    assumed_by_root,
    kept_source_identity,
    malformed_role_arn,
    may_not_assume,
    session_tags,
    unverified_context,
)
from fake_iam.domain.sts.sessions import RoleSession
from fake_iam.domain.tags import Tag
from fake_iam.services.access.caller_policies import policies_of
from fake_iam.services.access.callers import caller_keys, principal_of
from fake_iam.services.access.organizations import resource_keys
from fake_iam.services.context import Context
from fake_iam.services.sts.role_sessions import Asked, answer, begin, find_role, refused, session_keys
from fake_iam.services.sts.service import STS
from fake_iam.services.sts.sessions import take_code

if TYPE_CHECKING:
    from fake_iam.domain.policy.variables import Values


@STS.operation("AssumeRole", open_to_sessions=True)
def assume_role(
    ctx: Context,
    *,
    role_arn: str,
    role_session_name: str,
    policy_arns: Sequence[Mapping[str, str]] = (),
    policy: str | None = None,
    duration_seconds: int | None = None,
    tags: Sequence[Mapping[str, str]] = (),
    transitive_tag_keys: Sequence[str] = (),
    external_id: str | None = None,
    serial_number: str | None = None,
    token_code: str | None = None,
    source_identity: str | None = None,
    provided_contexts: Sequence[Mapping[str, str]] = (),
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials of a role for a caller that its trust policy trusts.

    The order of the checks is assumed, but for the ARN's form, which as a parameter comes first: root, tags and source
    identity, MFA code, trust, duration, session policies.
    """
    if not arns.is_arn(role_arn):
        raise malformed_role_arn(role_arn)
    if ctx.caller.kind == "root":
        raise assumed_by_root()
    calling = ctx.caller.session.role if ctx.caller.session is not None else None
    given = tuple(Tag(tag["Key"], tag["Value"]) for tag in tags)
    session = RoleSession(
        role_session_name,
        session_tags(given, transitive_tag_keys, calling),
        (*(calling.transitive_tag_keys if calling is not None else ()), *transitive_tag_keys),
        kept_source_identity(source_identity, calling),
    )
    if provided_contexts:
        raise unverified_context()
    mfa = serial_number is not None or token_code is not None
    if mfa:
        take_code(ctx, serial_number, token_code)
    asked = Asked(duration_seconds, policy, tuple(member["arn"] for member in policy_arns if "arn" in member))
    keys = caller_keys(ctx.store, ctx.caller, ctx.now) | dict(ctx.keys)
    keys |= session_keys(session, given, transitive_tag_keys, asked)
    keys |= resource_keys(ctx.store, role_arn, ctx.account.id)
    if external_id is not None:
        keys["sts:externalid"] = external_id
    if mfa:
        keys |= {"aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0"}
    actions = ["AssumeRole"]
    actions += ["TagSession"] if given else []
    actions += ["SetSourceIdentity"] if source_identity is not None else []
    role = _taken_on(ctx, role_arn, actions, keys)
    issued = begin(ctx, role, session, asked, minimum_session_token_size, mfa=mfa, chained=calling is not None)
    return answer(issued, role, asked)


def _taken_on(ctx: Context, role_arn: str, actions: Sequence[str], keys: dict[str, Values]) -> Role:
    """The role, if it trusts the caller and the caller's own policies let it; these are only noted unless enforced.

    Raises:
        AccessDenied: the role is not there, does not trust the caller, or the caller's policies do not allow it.
    """
    role = find_role(ctx, role_arn)
    if role is None:
        raise may_not_assume(ctx.caller.arn, role_arn)
    arn, principal = ctx.caller.arn, principal_of(ctx.store, ctx.caller)
    distrusted = refused(role, arn, principal, actions, keys)
    if distrusted is not None:
        raise AccessDenied(distrusted.text)
    if ctx.caller.kind != "service" and ctx.world.enforcement != "off":
        own = policies_of(ctx.store, ctx.world.sight.deciding("sts", ctx.account, ctx.now), ctx.caller)
        ctx.denial = refused(role, arn, principal, actions, keys, own)
        if ctx.denial is not None and ctx.world.enforcement == "on":
            raise AccessDenied(ctx.denial.text)
    return role
