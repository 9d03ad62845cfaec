"""Trust policies of roles: whom they name, and how they are shown."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.roles import Role, Trusted
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policy.document import size
from fake_iam.domain.policy.trust import (
    ACCOUNT,
    aws_principals,
    check_trust_policy,
    invalid_principal,
    with_principals,
)
from fake_iam.services.context import Context

KINDS: Final[dict[str, type[Any]]] = {"user": User, "role": Role}


def read_trust_policy(ctx: Context, document: str) -> tuple[Trusted, ...]:
    """The users and roles of this server's accounts that a document names.

    Those of the account itself must exist, and so must those of any account that holds something here; what other
    accounts hold cannot be known.

    Raises:
        MalformedPolicyDocument: the document breaks a rule, or names somebody who does not exist.
        LimitExceeded: it is longer than the quota.
    """
    check_trust_policy(document)
    limit = ctx.quotas.trust_policy_size
    if size(document) > limit:
        raise LimitExceeded.quota("ACLSizePerRole", limit)
    return tuple(found for name in aws_principals(document) if (found := _trusted(ctx, name)) is not None)


def shown_trust_policy(ctx: Context, role: Role) -> str:
    """The document as it is read again: who is gone is named by the unique id, an account by its ARN (documented)."""
    trusted = {each.arn: each.id for each in role.trusted}

    def shown(name: str) -> str:
        if ACCOUNT.fullmatch(name):
            return arns.root(role.partition, name)
        if name not in trusted:
            return name
        entity = _entity(ctx, name, trusted[name])
        return trusted[name] if entity is None else str(entity.arn)

    return with_principals(role.trust_policy, shown)


def _trusted(ctx: Context, name: str) -> Trusted | None:
    """Who the principal is; None for accounts, sessions, unique ids, and what other servers' accounts hold."""
    parts = arns.identity_parts(name)
    if parts is None or parts.kind not in KINDS:
        if name.startswith("arn:") and f":iam::{ctx.account.id}:" in name and not name.endswith(":root"):
            raise invalid_principal(name)
        return None
    known = parts.account_id in {ctx.account.id, *(account.id for account in ctx.store.accounts())}
    if not known:
        return None
    entity = ctx.store.account(parts.account_id).table(KINDS[parts.kind]).find("name", name_key(parts.name))
    if entity is None or entity.path != parts.path or not ctx.world.sight.principal(entity, ctx.now):
        raise invalid_principal(name)
    return Trusted(name, entity.id)


def _entity(ctx: Context, name: str, entity_id: str) -> Any | None:
    parts = arns.identity_parts(name)
    assert parts is not None
    return ctx.store.account(parts.account_id).table(KINDS[parts.kind]).get(entity_id)
