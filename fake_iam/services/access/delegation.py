"""Delegation requests as far as access goes: how one is found, and what may be done with it without any policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.domain.account.delegation_requests import DelegationRequest, request_id_in
from fake_iam.services.context import Caller
from fake_iam.store.base import Store

SEEING: Final = frozenset({"GetDelegationRequest", "GetHumanReadableSummary"})
CLAIMING: Final = "AssociateDelegationRequest"
DECIDING: Final = frozenset({"RejectDelegationRequest", "SendDelegationToken", "UpdateDelegationRequest"})
LISTING: Final = "ListDelegationRequests"


def request_of(store: Store, request_id: str) -> DelegationRequest | None:
    """The request of that id, whoever made it, or None."""
    tables = (account.table(DelegationRequest) for account in store.accounts())
    return next((found for table in tables if (found := table.get(request_id)) is not None), None)


def is_granted_by_default(store: Store, caller: Caller, operation: str, parameters: Mapping[str, str]) -> bool:
    """Whether a caller may without a policy: see and claim what is nobody's yet, handle and list what is the caller's.

    Accepting is not among it. Source: API reference, GetDelegationRequest; IAM User Guide, IAM temporary delegation.
    """
    if operation == LISTING:
        return parameters.get("OwnerId") == caller.arn
    if operation not in SEEING and operation != CLAIMING and operation not in DECIDING:
        return False
    request_id = parameters.get("DelegationRequestId") or request_id_in(parameters.get("EntityArn", ""))
    request = request_of(store, request_id) if request_id else None
    if request is None:
        return False
    if request.owner_arn is None:
        return operation not in DECIDING and request.open_to(caller.account_id)
    return operation != CLAIMING and request.owner_arn == caller.arn
