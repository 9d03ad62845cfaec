"""The step that refuses what the caller may not do, by the kind of its credentials or by its policies."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from fake_iam.domain.errors import AccessDenied, InvalidClientTokenId, NotImplementedHere
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.services.context import Caller
from fake_iam.services.registry import Operation

if TYPE_CHECKING:
    from fake_iam.domain.policy.refusals import Denial
    from fake_iam.domain.sts.sessions import Session

ALLOWED_ALL: Final = frozenset({"root", "anonymous"})
"""Callers whom no policy of their own limits. An organization limits root users, too."""
ORGANIZATION_MEMBER: Final = "account.organizations.OrganizationMember"
"""What the store calls the row of an account that is in an organization; so its kind is not loaded for the others."""
OPEN_TO_FEDERATED_USERS: Final = frozenset({"GetCallerIdentity", "GetScopedCredentials"})


def authorize(runtime: Runtime, call: Call) -> None:
    """Refuse what the caller may not do, or note it if policies only log; say which operations are missing here."""
    assert call.service is not None and call.caller is not None and call.plan is not None
    session, kind = call.caller.session, call.caller.kind
    if session is not None and call.service.name == "iam" and not _may_call_iam(session, kind):
        raise InvalidClientTokenId.session_without_mfa()
    if call.operation is None:
        raise NotImplementedHere.operation(call.service.name, call.plan.name)
    if session is not None and call.service.name == "sts" and not _is_open(call.operation, kind):
        from fake_iam.domain.sts.sessions import closed_to_sessions  # only sessions ask

        raise closed_to_sessions(call.plan.name)
    if runtime.enforcement != "off" and is_limited(runtime, call.caller):
        call.denial = _denial_of_call()(runtime, call)
        if call.denial is not None and runtime.enforcement == "on":
            raise AccessDenied(call.denial.text)


def is_limited(runtime: Runtime, caller: Caller) -> bool:
    """Whether policies limit what a caller may do."""
    if caller.kind not in ALLOWED_ALL or (caller.session is not None and caller.session.is_privileged_task):
        return True
    return caller.kind == "root" and runtime.store.account(caller.account_id).holds(ORGANIZATION_MEMBER)


def _may_call_iam(session: Session, kind: str) -> bool:
    """Whether temporary credentials may call IAM: a role's, those of AssumeRoot, and those made with MFA."""
    return session.mfa or kind == "assumed-role" or session.is_privileged_task


def _is_open(operation: Operation, kind: str) -> bool:
    """Whether an operation of STS takes temporary credentials of that kind."""
    if kind == "assumed-role":
        return operation.open_to_roles
    return operation.open_to_sessions and (kind != "federated-user" or operation.name in OPEN_TO_FEDERATED_USERS)


@cache
def _denial_of_call() -> Callable[[Runtime, Call], Denial | None]:
    """What asks policies, loaded for the first caller whom they limit."""
    from fake_iam.pipeline.steps.permission import denial_of_call

    return denial_of_call
