"""Credentials that are narrower than those they are made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fake_iam.domain import arns
from fake_iam.domain.account.delegation_requests import EXPIRED, DelegationRequest
from fake_iam.domain.account.organizations import ROOT_SESSIONS
from fake_iam.domain.errors import AccessDenied
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policy.refusals import NO_TRUST, refusal
from fake_iam.domain.sts.federation import check_policy, packed_size
from fake_iam.domain.sts.narrowed import (
    TASK_SECONDS,
    TASKS,
    expired_token,
    member_account,
    not_a_task,
    not_temporary,
    nothing_narrowed,
    scoped_end,
    task_policy,
    unknown_token,
    with_scope,
)
from fake_iam.domain.sts.role_sessions import check_packed_size
from fake_iam.services.access.organizations import organization_of
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS
from fake_iam.services.sts.sessions import credentials, issue


@STS.operation("GetScopedCredentials", open_to_sessions=True)
def get_scoped_credentials(
    ctx: Context,
    *,
    policy: str | None = None,
    duration_seconds: int | None = None,
    minimum_session_token_size: int = 0,
    scoped_session_description: str | None = None,
) -> dict[str, Any]:
    """Make credentials of the calling session that may less, or end earlier; whose they are stays.

    ``scoped_session_description`` is for the log of the account, of which there is none but the journal.
    """
    session = ctx.caller.session
    if policy is None and duration_seconds is None:
        raise nothing_narrowed()
    if session is None:
        raise not_temporary()
    check_policy(policy, ctx.partition)
    check_packed_size(packed_size(policy, ()))
    end = scoped_end(session, duration_seconds, ctx.now)
    scopes = with_scope(session, policy)
    made = issue(
        ctx,
        ctx.account,
        session.owner_id,
        0,
        minimum_session_token_size,
        mfa=session.mfa,
        federated_name=session.federated_name,
        role=session.role,
        policy=session.policy,
        policy_arns=session.policy_arns,
        scopes=scopes,
    )
    narrowed = replace(made, expires_at=end)
    ctx.account.sessions.put(narrowed.key_id, narrowed)
    identity = session.role.source_identity if session.role is not None else None
    return {
        "Credentials": credentials(narrowed),
        "SessionInfo": {"ScopedSessionId": ctx.caller.id, "Arn": ctx.caller.arn},
        "ScopedPoliciesCount": len(scopes),
        **({} if identity is None else {"SourceIdentity": identity}),
    }


@STS.operation("AssumeRoot")
def assume_root(
    ctx: Context,
    *,
    target_principal: str,
    task_policy_arn: Mapping[str, str],
    duration_seconds: int | None = None,
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make credentials of a member account's root user for a privileged task.

    The caller's account must manage the organization, or administer IAM for it, and root sessions must be on.
    """
    account_id = member_account(target_principal)
    target = arns.root(ctx.partition, account_id or "")
    organization = None if account_id is None else organization_of(ctx.store, ctx.account.id)
    may = (
        ctx.caller.kind != "root"
        and organization is not None
        and ROOT_SESSIONS in organization.features
        and ctx.account.id in (organization.management_account_id, *organization.delegated_administrators)
        and account_id in organization.members
    )
    if not may or account_id is None:
        shown = target if account_id is not None else target_principal
        raise AccessDenied(refusal(ctx.caller.arn, "sts:AssumeRoot", shown, NO_TRUST))
    arn = task_policy_arn.get("arn", "")
    if arn not in {task_policy(ctx.partition, name) for name in TASKS}:
        raise not_a_task(arn)
    seconds = TASK_SECONDS if duration_seconds is None else duration_seconds
    account = ctx.store.account(account_id)
    made = issue(ctx, account, account_id, seconds, minimum_session_token_size, policy_arns=(arn,))
    session = ctx.caller.session
    identity = session.role.source_identity if session is not None and session.role is not None else None
    return {"Credentials": credentials(made), **({} if identity is None else {"SourceIdentity": identity})}


@STS.operation("GetDelegatedAccessToken")
def get_delegated_access_token(ctx: Context, *, trade_in_token: str) -> dict[str, Any]:
    """Trade the token of a delegation request for credentials of who approved it, within the request's permissions.

    They are a session of the approver that is limited by the request's policy (assumed).
    """
    request = ctx.account.table(DelegationRequest).find("token", trade_in_token)
    if request is None or request.owner_account_id is None:
        raise unknown_token()
    if request.state_at(ctx.now) == EXPIRED:
        raise expired_token()
    account = ctx.store.account(request.owner_account_id)
    approver = request.approver_arn or request.owner_arn or ""
    owner_id = account.id
    if approver != arns.root(ctx.partition, account.id):
        user = account.users.find("name", name_key(approver.rpartition("/")[2]))
        if user is None or user.arn != approver:
            raise unknown_token()
        owner_id = user.id
    made = issue(ctx, account, owner_id, request.session_duration, 0, mfa=True, policy=request.permission_policy)
    return {"Credentials": credentials(made), "AssumedPrincipal": approver}
