"""Delegation requests: a partner asks for temporary access, somebody of an account claims the request and decides.

States, transitions and their times: IAM User Guide, Building your integration, Understanding the Request Lifecycle. A
request expires by the clock: what is stored is the state it was brought to, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import AccessDenied, EntityAlreadyExists, InvalidInput, NoSuchEntity

UNASSIGNED: Final = "UNASSIGNED"
ASSIGNED: Final = "ASSIGNED"
PENDING: Final = "PENDING_APPROVAL"
ACCEPTED: Final = "ACCEPTED"
FINALIZED: Final = "FINALIZED"
REJECTED: Final = "REJECTED"
EXPIRED: Final = "EXPIRED"
# How long a request is in a state before it expires. The last two are no exception.
TIMES: Final[Mapping[str, timedelta]] = {
    UNASSIGNED: timedelta(days=1),
    ASSIGNED: timedelta(days=7),
    PENDING: timedelta(days=7),
    ACCEPTED: timedelta(days=7),
    REJECTED: timedelta(days=7),
    FINALIZED: timedelta(days=7),
}
# From which states each is reached. That notes are added to a request which is pending already is assumed.
BEFORE: Final[Mapping[str, tuple[str, ...]]] = {
    ASSIGNED: (UNASSIGNED,),
    PENDING: (ASSIGNED, PENDING),
    ACCEPTED: (ASSIGNED, PENDING),
    REJECTED: (ASSIGNED, PENDING, ACCEPTED),
    FINALIZED: (ACCEPTED,),
}
LONGEST_FOR_ROOT: Final = 4 * 3600  # seconds of a session that the root user may approve (IAM User Guide)
TOPIC: Final = r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?"
ENGLISH: Final = "en"
CONSOLE: Final = "https://us-east-1.console.aws.amazon.com/iam/account-access-requests/review/"


@dataclass(frozen=True, slots=True)
class StateChange:
    """A request came to a state."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DelegationRequest:
    """A request, kept in the account that made it, ``requestor_id``.

    ``state`` is the one it was brought to at ``updated_at``. ``owner_account_id`` may be known before somebody of that
    account claims the request; ``owner_arn`` and ``approver_arn`` are the ARNs of who claimed and accepted it.
    ``permissions`` is the structure of that name as JSON, ``permission_policy`` a policy document. The partner is
    told of ``state_changes``, which are those since it was made or stated.
    """

    id: str
    requestor_id: str
    workflow_id: str
    description: str
    permissions: str
    notification_channel: str
    session_duration: int
    created_at: datetime
    updated_at: datetime
    state: str = UNASSIGNED
    owner_account_id: str | None = None
    owner_arn: str | None = None
    approver_arn: str | None = None
    request_message: str | None = None
    redirect_url: str | None = None
    only_send_by_owner: bool = False
    notes: str | None = None
    rejection_reason: str | None = None
    requestor_name: str | None = None
    permission_policy: str | None = None
    boundary_arns: tuple[str, ...] = ()
    trade_in_token: str | None = field(default=None, repr=False)
    state_changes: tuple[StateChange, ...] = ()

    @property
    def place(self) -> str:
        """Its place in lists: the older first (assumed)."""
        return f"{self.created_at:%Y-%m-%d %H:%M:%S.%f} {self.id}"

    @property
    def console_link(self) -> str:
        """Where the console would show it (API reference, the example of CreateDelegationRequest)."""
        return CONSOLE + self.id

    @property
    def expires_at(self) -> datetime:
        """When it expires, if nothing happens before."""
        return self.updated_at + TIMES[self.state]

    def state_at(self, now: datetime) -> str:
        """The state that it is in at that time."""
        return EXPIRED if now >= self.expires_at else self.state

    def changes_until(self, now: datetime) -> list[tuple[str, datetime]]:
        """The states that it came to and when, the older first; that partners are told of EXPIRED, too, is assumed."""
        came = [(change.state, change.at) for change in self.state_changes]
        return [*came, (EXPIRED, self.expires_at)] if self.state_at(now) == EXPIRED else came

    def open_to(self, account_id: str) -> bool:
        """Whether the account may see it: everybody, until it is of one account (API reference)."""
        return self.owner_account_id in (None, account_id)

    def claimed(self, owner_arn: str, account_id: str, at: datetime) -> DelegationRequest:
        """The request as that of a principal. Raises InvalidInput if it is somebody's."""
        return self._brought_to(ASSIGNED, at, owner_arn=owner_arn, owner_account_id=account_id)

    def forwarded(self, notes: str | None, at: datetime) -> DelegationRequest:
        """The request as one that an administrator has to decide; without notes, those that it has stay (assumed)."""
        return self._brought_to(PENDING, at, notes=self.notes if notes is None else notes)

    def accepted(self, approver_arn: str, at: datetime) -> DelegationRequest:
        """The request as accepted. Raises NoSuchEntity if it cannot be: the model has no InvalidInput for this."""
        if self.state_at(at) not in BEFORE[ACCEPTED]:
            raise nothing_to_accept(self.id)
        return self._brought_to(ACCEPTED, at, approver_arn=approver_arn)

    def rejected(self, reason: str | None, at: datetime) -> DelegationRequest:
        """The request as rejected, for that reason. Raises InvalidInput."""
        return self._brought_to(REJECTED, at, rejection_reason=reason)

    def finalized(self, token: str, at: datetime) -> DelegationRequest:
        """The request as one whose token was sent. Raises InvalidInput."""
        return self._brought_to(FINALIZED, at, trade_in_token=token)

    def _brought_to(self, state: str, at: datetime, **changes: Any) -> DelegationRequest:
        now = self.state_at(at)
        if now not in BEFORE[state]:
            raise wrong_state(self.id, now, state)
        passed = (*self.state_changes, StateChange(state, at))
        return replace(self, state=state, updated_at=at, state_changes=passed, **changes)


def in_words(request: DelegationRequest) -> str:
    """A summary of a request. AWS has a language model write one; this one says the same each time."""
    who = request.requestor_name or f"account {request.requestor_id}"
    lines = [f"**{who}** requests access for {request.session_duration} seconds.", "", request.description]
    return "\n".join([*lines, *(["", request.request_message] if request.request_message else [])])


def request_id_in(arn: str) -> str | None:
    """The id in the ARN of a delegation request (service authorization reference); None for any other text."""
    head, _, request_id = arn.partition(":delegation-request/")
    return request_id if arns.is_arn(arn) and head.split(":")[2:4] == ["iam", ""] and request_id else None


# The texts from here on are assumed: nobody has published what AWS says. Codes are those that the model lists.


def no_such_request(request_id: str) -> NoSuchEntity:
    """No request of that id, or one of another account."""
    return NoSuchEntity(f"The delegation request with id {request_id} cannot be found.")


def not_a_request(arn: str) -> InvalidInput:
    """The ARN is none of a delegation request."""
    return InvalidInput(f"The entity {arn} is not a delegation request.")


def workflow_exists(workflow_id: str) -> EntityAlreadyExists:
    """The partner has a request of that workflow id, of whatever state."""
    return EntityAlreadyExists(f"Delegation request with requestor workflow id {workflow_id} already exists.")


def not_a_topic() -> InvalidInput:
    """The notification channel is no ARN of an SNS topic: only these are accepted (service model)."""
    return InvalidInput("The notification channel must be the ARN of an Amazon SNS topic.")


def wrong_state(request_id: str, state: str, wanted: str) -> InvalidInput:
    """The request is in a state from which the wanted one is not reached."""
    return InvalidInput(f"Delegation request {request_id} is in state {state} and cannot be moved to {wanted}.")


def nothing_to_accept(request_id: str) -> NoSuchEntity:
    """The request is in a state in which it cannot be accepted."""
    return NoSuchEntity(f"No delegation request with id {request_id} can be accepted.")


def too_long_for_root() -> AccessDenied:
    """The root user approves sessions of four hours and less."""
    return AccessDenied("Root users can only approve delegation requests with a duration of 4 hours or less.")


def owner_sends_alone(request_id: str) -> AccessDenied:
    """The partner wants the token from the owner, and from nobody else."""
    return AccessDenied(f"Only the owner of delegation request {request_id} can send its delegation token.")
