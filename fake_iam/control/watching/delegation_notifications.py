"""What the partners of delegation requests are told: AWS sends it to their SNS topics, of which there are none here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from fake_iam.control.documents.moments import write_moment
from fake_iam.domain.account.delegation_requests import FINALIZED, DelegationRequest
from fake_iam.store.base import Store


class DelegationNotification(NamedTuple):
    """A delegation request came to a state; with FINALIZED comes the token that GetDelegatedAccessToken takes.

    What AWS's messages look like is not known: these have names of their own.
    """

    topic: str
    request_id: str
    workflow_id: str
    owner_account_id: str | None
    state: str
    at: datetime
    trade_in_token: str | None = None

    def document(self) -> dict[str, Any]:
        """The same as JSON; what is not there is left out."""
        fields = {**self._asdict(), "at": write_moment(self.at)}
        return {name: value for name, value in fields.items() if value is not None}


def delegation_notifications(
    store: Store, now: datetime, request_id: str | None = None
) -> list[DelegationNotification]:
    """All notifications up to now, or those of one request, the older first."""
    requests = [row for account in store.accounts() for _, row in account.table(DelegationRequest).items()]
    told = [
        _notification(request, state, at)
        for request in requests
        if request_id in (None, request.id)
        for state, at in request.changes_until(now)
    ]
    return sorted(told, key=lambda notification: notification.at)


def _notification(request: DelegationRequest, state: str, at: datetime) -> DelegationNotification:
    return DelegationNotification(
        request.notification_channel,
        request.id,
        request.workflow_id,
        request.owner_account_id,
        state,
        at,
        request.trade_in_token if state == FINALIZED else None,
    )
