"""The step that refuses what the caller may not do."""

from __future__ import annotations

from fake_iam.domain.errors import InvalidClientTokenId, NotImplementedHere
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime


def authorize(runtime: Runtime, call: Call) -> None:
    """Refuse what temporary credentials may not do; say which operations are missing here."""
    assert call.service is not None and call.caller is not None and call.plan is not None
    session = call.caller.session
    federated = call.caller.kind == "federated-user"
    if session is not None and call.service.name == "iam" and not session.mfa:
        raise InvalidClientTokenId.session_without_mfa()
    if call.operation is None:
        raise NotImplementedHere.operation(call.service.name, call.plan.name)
    closed = not call.operation.open_to_sessions or (federated and call.plan.name != "GetCallerIdentity")
    if session is not None and call.service.name == "sts" and closed:
        from fake_iam.domain.sts.sessions import closed_to_sessions  # only sessions ask

        raise closed_to_sessions(call.plan.name)
