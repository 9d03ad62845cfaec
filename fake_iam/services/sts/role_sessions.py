"""Sessions of roles: whether a role trusts somebody, how a session of it begins, and how that is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fake_iam.domain import arns
from fake_iam.domain.identities.roles import HOUR, Role
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policy.decisions import Policies, Policy, decide
from fake_iam.domain.policy.principals import Caller as Principal
from fake_iam.domain.policy.principals import federated
from fake_iam.domain.policy.refusals import NO_TRUST, Denial, refusal
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.sts.federation import check_policy, packed_size
from fake_iam.domain.sts.role_sessions import (
    FederatedSession,
    check_duration,
    check_packed_size,
    invalid_role_arn,
    may_not_assume_with,
    session_tags,
)
from fake_iam.domain.sts.sessions import RoleSession, Session
from fake_iam.domain.tags import Tags
from fake_iam.services.access.callers import tag_keys, time_keys
from fake_iam.services.access.trust import trust_text
from fake_iam.services.context import Context
from fake_iam.services.sts.sessions import credentials, issue
from fake_iam.store.base import Account

if TYPE_CHECKING:
    from fake_iam.domain.policy.variables import Values

EVERYTHING: Final = Policies(
    [Policy("everything", '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')]
)
"""The caller's own policies where they are not asked: the role's trust policy alone decides."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request to take on a role says of the session's length and policies."""

    duration_seconds: int | None
    policy: str | None
    policy_arns: tuple[str, ...]


def session_keys(
    session: RoleSession, given: Tags, transitive_tag_keys: Sequence[str], asked: Asked
) -> dict[str, Values]:
    """The condition keys of a request to take on a role, in lower case; ``given`` are the tags sent with it."""
    keys: dict[str, Values] = {"sts:rolesessionname": session.name, **tag_keys("aws:requesttag", given)}
    if given:
        keys["aws:tagkeys"] = tuple(tag.key for tag in given)
    if transitive_tag_keys:
        keys["sts:transitivetagkeys"] = tuple(transitive_tag_keys)
    if session.source_identity is not None:
        keys["sts:sourceidentity"] = session.source_identity
    if asked.duration_seconds is not None:
        keys["sts:durationseconds"] = str(asked.duration_seconds)
    return keys


def find_role(ctx: Context, role_arn: str) -> Role | None:
    """The role of that ARN in an account of this server, as far as STS sees it."""
    parts = arns.identity_parts(role_arn)
    if parts is None or parts.kind != "role":
        return None
    account = known_account(ctx, parts.account_id)
    role = account.table(Role).find("name", name_key(parts.name)) if account is not None else None
    return ctx.world.sight.role(role, ctx.now) if role is not None and role.arn == role_arn else None


def known_account(ctx: Context, account_id: str) -> Account | None:
    """The account of that number, unless this server holds nothing of it."""
    known = {account.id for account in ctx.store.accounts()}
    return ctx.store.account(account_id) if account_id in known else None


def account_of_role(role_arn: str) -> str:
    """The account in the ARN of a role. Raises ValidationError for any other ARN."""
    parts = arns.identity_parts(role_arn)
    if parts is None or parts.kind != "role":
        raise invalid_role_arn()
    return parts.account_id


def trusts(role: Role, principal: Principal, actions: Iterable[str], keys: dict[str, Values]) -> bool:
    """Whether the role's trust policy lets the principal take it on, and do what else the request takes."""
    return refused(role, principal.kind, principal, actions, keys) is None


def refused(
    role: Role,
    caller_arn: str,
    caller: Principal,
    actions: Iterable[str],
    keys: dict[str, Values],
    own: Policies = EVERYTHING,
) -> Denial | None:
    """The first action that the trust policy and the caller's ``own`` policies do not allow together, if any."""
    of_role = tag_keys("aws:resourcetag", role.tags) | tag_keys("iam:resourcetag", role.tags)
    policies = own._replace(resource=[Policy(role.name, trust_text(role))])
    for action in actions:
        request = Request(caller, f"sts:{action}", role.arn, keys | of_role)
        decision = decide(request, policies, owner=role.account_id, needs_trust=True)
        if not decision.is_allowed:
            text = partial(refusal, caller_arn, request.action, role.arn, NO_TRUST)
            return Denial(caller_arn, request, policies, decision, text)
    return None


def begin(
    ctx: Context,
    role: Role,
    session: RoleSession,
    asked: Asked,
    minimum_token_size: int,
    *,
    mfa: bool = False,
    chained: bool = False,
    until: datetime | None = None,
) -> Session:
    """Issue the credentials of a session, which are over at ``until`` at the latest.

    Raises:
        ValidationError: it is to last longer than it may.
        MalformedPolicyDocument: the session policy is no JSON object, or breaks a rule of policies.
        PackedPolicyTooLarge: the session policies take more space than there is.
    """
    seconds = asked.duration_seconds or HOUR
    check_duration(seconds, role.max_session_duration, chained=chained)
    check_policy(asked.policy, role.partition)
    check_packed_size(packed_size(asked.policy, asked.policy_arns))
    if until is not None:
        seconds = min(seconds, int((until - ctx.now).total_seconds()))
    return issue(
        ctx,
        ctx.store.account(role.account_id),
        role.id,
        seconds,
        minimum_token_size,
        mfa=mfa,
        role=session,
        policy=asked.policy,
        policy_arns=asked.policy_arns,
    )


def begin_federated(
    ctx: Context,
    operation: str,
    role_arn: str,
    name: str,
    provider: str,
    said: FederatedSession,
    asked: Asked,
    minimum_token_size: int,
    *,
    keys: dict[str, Values],
    kept: dict[str, Values],
    until: datetime | None = None,
) -> dict[str, Any]:
    """Begin a session for somebody whom an identity provider vouches for, and answer it.

    Args:
        ctx: the call's.
        operation: which of STS it is.
        role_arn: the role.
        name: the name of the session.
        provider: what trust policies call the provider.
        said: what the provider says of the session.
        asked: what the request says of it.
        minimum_token_size: how long the session token is at least.
        keys: the condition keys that the provider's word gives the trust policy.
        kept: those that stay with the session.
        until: when the provider's own session ends, and with it this one.

    Raises:
        AccessDenied: there is no such role, or it does not trust the provider so.
        InvalidParameter: the tags do not go together.
    """
    given = session_tags(said.tags, said.transitive_tag_keys, None)
    of_provider: dict[str, Values] = {"aws:federatedprovider": provider}
    claims = tuple((kept | of_provider).items())
    session = RoleSession(name, given, said.transitive_tag_keys, said.source_identity, claims)
    actions = [operation]
    actions += ["TagSession"] if given else []
    actions += ["SetSourceIdentity"] if said.source_identity is not None else []
    keys = time_keys(ctx.now) | keys | of_provider | session_keys(session, given, said.transitive_tag_keys, asked)
    role = find_role(ctx, role_arn)
    if role is None or not trusts(role, federated(provider), actions, keys):
        raise may_not_assume_with(operation)
    return answer(begin(ctx, role, session, asked, minimum_token_size, until=until), role, asked)


def answer(issued: Session, role: Role, asked: Asked) -> dict[str, Any]:
    """What all operations that take on a role answer; the packed size only with session policies (recorded)."""
    session = issued.role
    assert session is not None
    has_packed = asked.policy is not None or asked.policy_arns or session.tags
    identity = session.source_identity
    return {
        "Credentials": credentials(issued),
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.id}:{session.name}",
            "Arn": arns.assumed_role(role.partition, role.account_id, role.name, session.name),
        },
        **({"PackedPolicySize": packed_size(asked.policy, asked.policy_arns)} if has_packed else {}),
        **({} if identity is None else {"SourceIdentity": identity}),
    }
