"""Operations on delegation requests. What partners would be told is kept with each request, for a test to ask."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from fake_iam.domain.account.delegation_requests import (
    ENGLISH,
    LONGEST_FOR_ROOT,
    TOPIC,
    DelegationRequest,
    in_words,
    no_such_request,
    not_a_request,
    not_a_topic,
    owner_sends_alone,
    request_id_in,
    too_long_for_root,
    workflow_exists,
)
from fake_iam.services.access.delegation import request_of
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


def find_delegation_request(ctx: Context, request_id: str) -> DelegationRequest:
    """The request of that id, whoever made it. One of another account is as absent as none: raises NoSuchEntity."""
    request = request_of(ctx.store, request_id)
    if request is None or not request.open_to(ctx.account.id):
        raise no_such_request(request_id)
    return request


def keep(ctx: Context, request: DelegationRequest) -> None:
    """Put a request in place of what it was, in the account that made it."""
    ctx.store.account(request.requestor_id).table(DelegationRequest).put(request.id, request)


def shown(ctx: Context, request: DelegationRequest) -> dict[str, Any]:
    """A request with all that is known of it; lists show as much (assumed)."""
    return {
        "DelegationRequestId": request.id,
        "OwnerAccountId": request.owner_account_id,
        "Description": request.description,
        "RequestMessage": request.request_message,
        "Permissions": json.loads(request.permissions),
        "PermissionPolicy": request.permission_policy,
        "RolePermissionRestrictionArns": list(request.boundary_arns),
        "OwnerId": request.owner_arn,
        "ApproverId": request.approver_arn,
        "State": request.state_at(ctx.now),
        "ExpirationTime": request.expires_at,
        "RequestorId": request.requestor_id,
        "RequestorName": request.requestor_name,
        "CreateDate": request.created_at,
        "SessionDuration": request.session_duration,
        "RedirectUrl": request.redirect_url,
        "Notes": request.notes,
        "RejectionReason": request.rejection_reason,
        "OnlySendByOwner": request.only_send_by_owner,
        "UpdatedTime": request.updated_at,
    }


@IAM.operation("CreateDelegationRequest")
def create_delegation_request(
    ctx: Context,
    *,
    description: str,
    permissions: Mapping[str, Any],
    requestor_workflow_id: str,
    notification_channel: str,
    session_duration: int,
    owner_account_id: str | None = None,
    request_message: str | None = None,
    redirect_url: str | None = None,
    only_send_by_owner: bool | None = None,
) -> dict[str, Any]:
    """Ask for access. AWS lets registered partners ask; here every account may, with every template."""
    if not re.fullmatch(TOPIC, notification_channel, re.ASCII):
        raise not_a_topic()
    if ctx.account.table(DelegationRequest).find("workflow", requestor_workflow_id):
        raise workflow_exists(requestor_workflow_id)
    request = DelegationRequest(
        id=ctx.ids.uuid(),
        requestor_id=ctx.account.id,
        workflow_id=requestor_workflow_id,
        description=description,
        permissions=json.dumps(permissions),
        notification_channel=notification_channel,
        session_duration=session_duration,
        created_at=ctx.now,
        updated_at=ctx.now,
        owner_account_id=owner_account_id,
        request_message=request_message,
        redirect_url=redirect_url,
        only_send_by_owner=bool(only_send_by_owner),
    )
    keep(ctx, request)
    return {"ConsoleDeepLink": request.console_link, "DelegationRequestId": request.id}


@IAM.operation("GetDelegationRequest")
def get_delegation_request(
    ctx: Context, *, delegation_request_id: str, delegation_permission_check: bool | None = None
) -> dict[str, Any]:
    """Show a request. A check of permissions is done at once: root has them all, of others nothing is said."""
    request = find_delegation_request(ctx, delegation_request_id)
    result = "ALLOWED" if ctx.caller.kind == "root" else "UNSURE"
    return {
        "DelegationRequest": shown(ctx, request),
        "PermissionCheckStatus": "COMPLETE" if delegation_permission_check else None,
        "PermissionCheckResult": result if delegation_permission_check else None,
    }


@IAM.operation("ListDelegationRequests")
def list_delegation_requests(
    ctx: Context, *, owner_id: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the requests that somebody of the account claimed, or that the owner did, the older first (assumed)."""
    within = f"{ctx.account.id}/" if owner_id is None else f"{ctx.account.id} {owner_id}/"

    def behind(last: str | None) -> Iterable[DelegationRequest]:
        lists = [account.table(DelegationRequest).after("owner", within, last) for account in ctx.store.accounts()]
        return heapq.merge(*lists, key=lambda request: request.place)

    page = ctx.page(
        behind,
        scope=f"ListDelegationRequests {within}",
        key=lambda request: request.place,
        marker=marker,
        max_items=max_items,
    )
    return {
        "DelegationRequests": [shown(ctx, request) for request in page.items],
        "isTruncated": page.marker is not None,
        "Marker": page.marker,
    }


@IAM.operation("AssociateDelegationRequest")
def associate_delegation_request(ctx: Context, *, delegation_request_id: str) -> None:
    """Claim a request for the caller, and thereby for the caller's account."""
    request = find_delegation_request(ctx, delegation_request_id)
    keep(ctx, request.claimed(ctx.caller.arn, ctx.account.id, ctx.now))


@IAM.operation("UpdateDelegationRequest")
def update_delegation_request(ctx: Context, *, delegation_request_id: str, notes: str | None = None) -> None:
    """Forward a request to an administrator, with notes."""
    keep(ctx, find_delegation_request(ctx, delegation_request_id).forwarded(notes, ctx.now))


@IAM.operation("AcceptDelegationRequest")
def accept_delegation_request(ctx: Context, *, delegation_request_id: str) -> None:
    """Accept a request; the caller is who the partner will act for."""
    accepted = find_delegation_request(ctx, delegation_request_id).accepted(ctx.caller.arn, ctx.now)
    if ctx.caller.kind == "root" and accepted.session_duration > LONGEST_FOR_ROOT:
        raise too_long_for_root()
    keep(ctx, accepted)


@IAM.operation("RejectDelegationRequest")
def reject_delegation_request(ctx: Context, *, delegation_request_id: str, notes: str | None = None) -> None:
    """Reject a request for good, also one that was accepted while its token is not sent."""
    keep(ctx, find_delegation_request(ctx, delegation_request_id).rejected(notes, ctx.now))


@IAM.operation("SendDelegationToken")
def send_delegation_token(ctx: Context, *, delegation_request_id: str) -> None:
    """Finalize an accepted request. The partner's topic gets no message: a test asks for the token."""
    request = find_delegation_request(ctx, delegation_request_id)
    finalized = request.finalized(ctx.ids.session_token(), ctx.now)
    if request.only_send_by_owner and ctx.caller.arn != request.owner_arn:
        raise owner_sends_alone(request.id)
    keep(ctx, finalized)


@IAM.operation("GetHumanReadableSummary")
def get_human_readable_summary(ctx: Context, *, entity_arn: str, locale: str | None = None) -> dict[str, Any]:
    """Put a request into words, in English alone: other locales are answered as not supported, without a summary."""
    request_id = request_id_in(entity_arn)
    if request_id is None:
        raise not_a_request(entity_arn)
    request = find_delegation_request(ctx, request_id)
    wanted = locale or ENGLISH
    spoken = wanted.partition("-")[0] == ENGLISH
    return {
        "SummaryContent": in_words(request) if spoken else "",
        "Locale": wanted,
        "SummaryState": "AVAILABLE" if spoken else "NOT_SUPPORTED",
    }
