"""The steps: each fills slots of a Call or refuses it. Their order stands in engine.STEPS."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.errors import (
    ExpiredToken,
    InvalidAction,
    InvalidClientTokenId,
    NotImplementedHere,
    SignatureDoesNotMatch,
)
from fake_iam.domain.sts.sessions import closed_to_sessions
from fake_iam.pipeline import forms
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.sight import stored_credentials
from fake_iam.protocol import sigv4
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import BODY_LIMIT, WireRequest
from fake_iam.services.context import Caller

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session
    from fake_iam.pipeline.engine import Engine

DOCUMENTATION: Final = "https://aws.amazon.com/iam"
FORM: Final = "application/x-www-form-urlencoded"
SERVED_METHODS: Final = frozenset({"GET", "POST"})
KNOWN_METHODS: Final = SERVED_METHODS | {"HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
ACCOUNT_ID: Final = r"\d{12}"
NO_TIME: Final = timedelta()
SECOND: Final = timedelta(seconds=1)
GLOBAL_REGION: Final = "us-east-1"
REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-\d"


def parse(engine: Engine, call: Call) -> None:
    """Read the parameters; what is no request to a service at all is answered here (facts, 2.1 steps 1 to 4)."""
    request = call.request
    if not forms.well_formed(request.path) or request.method not in KNOWN_METHODS:
        raise Answered(400)
    if len(request.body) > BODY_LIMIT:
        raise Answered(413)
    if request.path != "/":
        raise _elsewhere(call)
    parameters = forms.read_pairs(request.query)
    if request.method not in SERVED_METHODS:
        raise _elsewhere(call)
    if request.method == "POST" and _is_form(request.headers.get("content-type", "")):
        parameters = forms.read_pairs(request.body.decode("latin-1")) | parameters
    call.parameters = parameters
    if "Action" not in call.parameters:
        query = f"?{request.query}" if request.method == "GET" and request.query else ""
        raise Answered(302, _identified(call, [("Location", DOCUMENTATION + query)]))


def resolve(engine: Engine, call: Call) -> None:
    """Find the operation by Version and Action. Raises InvalidAction, or NotImplemented for what we lack."""
    action, version = call.parameters["Action"], call.parameters.get("Version")
    implemented = engine.services.get(version or "")
    operation = implemented.operation(action) if implemented else None
    if implemented is None or (operation is None and action not in implemented.model.operations):
        raise InvalidAction.operation(action, "NO_VERSION_SPECIFIED" if version is None else version)
    call.service, call.operation = implemented.model, operation
    call.plan = plan_for(call.service, action)


def authenticate(engine: Engine, call: Call) -> None:
    """Find out who calls, as strictly as the mode says; note the use of the key."""
    assert call.service is not None
    mode = engine.settings.auth
    call.signed = sigv4.peek(call.request)
    key_id = call.signed.credential.access_key_id if call.signed else ""
    call.key_issued = engine.store.key_account(key_id) is not None
    if mode == "strict":
        call.signed = sigv4.complete(call.signed, call.request)
        sigv4.check_date(call.signed, engine.wall_clock.now())
        sigv4.check_scope(call.signed, call.service.name)
        key_id = call.signed.credential.access_key_id
    elif mode == "off" or not call.key_issued:
        call.caller = _believe(engine, key_id)
        return
    else:
        call.signed = sigv4.complete(call.signed, call.request)
    with engine.store.unchanged():
        call.caller = _hold(engine, call, call.signed)
        _note_use(engine, call, key_id)


def authorize(engine: Engine, call: Call) -> None:
    """Refuse what temporary credentials may not do; say which operations are missing here."""
    assert call.service is not None and call.caller is not None and call.plan is not None
    session = call.caller.session
    federated = call.caller.kind == "federated-user"
    if session is not None and call.service.name == "iam" and not session.mfa:
        raise InvalidClientTokenId.invalid()
    if call.operation is None:
        raise NotImplementedHere.operation(call.service.name, call.plan.name)
    closed = not call.operation.open_to_sessions or (federated and call.plan.name != "GetCallerIdentity")
    if session is not None and call.service.name == "sts" and closed:
        raise closed_to_sessions(call.plan.name)


def validate(engine: Engine, call: Call) -> None:
    """Check the parameters against the model and turn them into arguments."""
    assert call.plan is not None and call.operation is not None
    call.values = call.plan.parse(call.parameters)
    call.plan.validate(call.values)
    call.arguments = call.plan.arguments(call.values, call.operation.parameters)


def execute(engine: Engine, call: Call) -> None:
    """Run the operation: all of it or nothing."""
    assert call.operation is not None and call.caller is not None
    with engine.store.transaction():
        call.result = call.operation.function(engine.context(call.caller, call.now), **call.arguments)


@lru_cache(maxsize=256)
def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM


def _elsewhere(call: Call) -> Answered:
    return Answered(404, _identified(call, [("Content-Type", "text/xml")]), b"<UnknownOperationException/>\n")


def _identified(call: Call, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("x-amzn-RequestId", call.request_id), *headers]


def _believe(engine: Engine, key_id: str) -> Caller:
    """Who calls if nothing is checked: a key that is known here says it, any other is an account's root."""
    known = stored_credentials(engine.store, key_id)
    caller = _owner(engine, known) if known else None
    if caller is not None:
        return caller
    is_account = re.fullmatch(ACCOUNT_ID, key_id, re.ASCII) is not None
    return Caller.root(key_id if is_account else engine.settings.account_id, key_id or None)


def _hold(engine: Engine, call: Call, signed: sigv4.Signed) -> Caller:
    """Hold the key to its existence, token, time, owner, status and secret, in this order (facts, 2.1 step 10)."""
    assert call.service is not None
    known = engine.sight.credentials(call.service.name, signed.credential.access_key_id, call.now)
    if known is None:
        raise InvalidClientTokenId.invalid()
    if isinstance(known, AccessKey):
        if not known.active or signed.session_token is not None:
            raise InvalidClientTokenId.invalid()
    elif signed.session_token != known.token:
        raise InvalidClientTokenId.invalid()
    elif known.expires_at <= call.now:
        raise ExpiredToken.expired()
    caller = _owner(engine, known)
    if caller is None:
        raise InvalidClientTokenId.invalid()
    if not _signature_matches()(signed, call.request, known.secret):
        raise SignatureDoesNotMatch.mismatch()
    return caller


def _owner(engine: Engine, known: AccessKey | Session) -> Caller | None:
    """The caller that the credentials stand for, or None if their user is gone."""
    session, key_id = (None, known.id) if isinstance(known, AccessKey) else (known, known.key_id)
    user = None
    if known.owner_id != known.account_id:
        user = engine.store.account(known.account_id).users.get(known.owner_id)
        if user is None:
            return None
    if session is not None and session.federated_name is not None:
        return Caller.federated(session.federated_name, session)
    return Caller.user(user, key_id, session) if user else Caller.root(known.account_id, key_id, session)


@cache
def _signature_matches() -> Callable[[sigv4.Signed, WireRequest, str], bool]:
    """The comparison of signatures, loaded when there is one to compare: it needs OpenSSL, which takes 8 ms."""
    from fake_iam.protocol.signing import matches

    return matches


def _same_second(at: datetime, now: datetime) -> bool:
    """Whether a moment lies in the second that begins ``at``."""
    return NO_TIME <= now - at < SECOND


def _note_use(engine: Engine, call: Call, key_id: str) -> None:
    """Keep date, region and service of the key's last use. IAM is global: its region is always us-east-1."""
    assert call.service is not None and call.signed is not None and call.caller is not None
    keys = engine.store.account(call.caller.account_id).access_keys
    key = keys.get(key_id)
    if key is None:
        return
    region = GLOBAL_REGION
    if call.service.name == "sts" and re.fullmatch(REGION, call.signed.credential.region, re.ASCII):
        region = call.signed.credential.region
    before, service = key.last_use, call.service.name
    if (
        before is not None
        and (before.service, before.region) == (service, region)
        and _same_second(before.at, call.now)
    ):
        return
    with engine.store.transaction():
        keys.put(key.id, key.used(LastUse(call.now.replace(microsecond=0), service, region)))
