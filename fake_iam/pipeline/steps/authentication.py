"""The step that finds out who calls, and refuses credentials that may not sign."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.errors import ExpiredToken, InvalidClientTokenId, SignatureDoesNotMatch
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.sight import stored_credentials
from fake_iam.protocol import sigv4
from fake_iam.protocol.partitions import iam_region, partition_of
from fake_iam.protocol.wire import WireRequest
from fake_iam.services.context import Caller

if TYPE_CHECKING:
    from fake_iam.domain.identities.roles import Role
    from fake_iam.domain.sts.sessions import Session


NO_TIME: Final = timedelta()
SECOND: Final = timedelta(seconds=1)
REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-\d"


def authenticate(runtime: Runtime, call: Call) -> None:
    """Find out who calls, as strictly as the mode says; note the use of the key."""
    assert call.service is not None and call.plan is not None
    if call.plan.unsigned:
        call.caller = Caller.anonymous(runtime.account_id, partition=runtime.settings.partition)
        return
    call.signed = sigv4.peek(call.request)
    identify(runtime, call, SIGNATURE_V4)


class Scheme(Protocol):
    """How requests are signed."""

    def complete(self, signed: sigv4.Signed | None, request: WireRequest) -> sigv4.Signed:
        """What a request says of its signature, if that is all that there must be. Raises Refusal."""
        ...

    def check(self, signed: sigv4.Signed, service: str, now: datetime) -> None:
        """Hold the signature to its time and scope. Raises Refusal."""
        ...

    def matches(self, signed: sigv4.Signed, request: WireRequest, secret: str) -> bool:
        """Whether the signature is the one that the secret gives for the request."""
        ...


class _SignatureV4:
    """Signature Version 4, of a request that is here as a whole."""

    complete = staticmethod(sigv4.complete)

    def check(self, signed: sigv4.Signed, service: str, now: datetime) -> None:
        sigv4.check_date(signed, now)
        sigv4.check_scope(signed, service)

    @cached_property
    def matches(self) -> Callable[[sigv4.Signed, WireRequest, str], bool]:
        """Loaded when there is a signature to compare: it needs OpenSSL, which takes 8 ms."""
        from fake_iam.protocol.signing import matches

        return matches


SIGNATURE_V4: Final = _SignatureV4()


def identify(runtime: Runtime, call: Call, scheme: Scheme) -> None:
    """Find out who signed the call, as strictly as the mode says; note the use of the key."""
    assert call.service is not None
    mode = runtime.settings.auth
    key_id = call.signed.credential.access_key_id if call.signed else ""
    call.key_issued = runtime.store.key_account(key_id) is not None
    if mode == "strict":
        call.signed = scheme.complete(call.signed, call.request)
        scheme.check(call.signed, call.service.signing_name, runtime.wall_clock.now())
        key_id = call.signed.credential.access_key_id
    elif mode == "off" or not call.key_issued:
        known = stored_credentials(runtime.store, key_id)
        call.caller = _believe(runtime, call.signed, known, key_id)
        if call.key_issued:
            with runtime.store.unchanged():
                _note_use(runtime, call, known)
        return
    else:
        call.signed = scheme.complete(call.signed, call.request)
    with runtime.store.unchanged():
        known = runtime.sight.credentials(call.service.name, key_id, call.now)
        call.caller = _hold(runtime, call, call.signed, known, scheme)
        _note_use(runtime, call, known)


def _partition(runtime: Runtime, signed: sigv4.Signed | None) -> str:
    """The partition that the call is made in: that of the region it is signed for, else that of the settings."""
    return (partition_of(signed.credential.region) if signed else None) or runtime.settings.partition


def _believe(runtime: Runtime, signed: sigv4.Signed | None, known: AccessKey | Session | None, key_id: str) -> Caller:
    """Who calls if nothing is checked: a key that is known here says it, any other is an account's root."""
    partition = _partition(runtime, signed)
    caller = owner_of(runtime, known, partition) if known else None
    if caller is not None:
        return caller
    is_account = len(key_id) == 12 and key_id.isascii() and key_id.isdigit()  # half a microsecond sooner than a pattern
    account_id = key_id if is_account else runtime.account_id
    return Caller.root(account_id, key_id or None, partition=partition)


def _hold(
    runtime: Runtime, call: Call, signed: sigv4.Signed, known: AccessKey | Session | None, scheme: Scheme
) -> Caller:
    """Hold the key to its existence, token, time, owner, status and secret, in this order (facts, 2.1 step 10)."""
    if known is None:
        raise InvalidClientTokenId.invalid()
    if isinstance(known, AccessKey):
        if not known.active or signed.session_token is not None:
            raise InvalidClientTokenId.invalid()
    elif signed.session_token != known.token:
        raise InvalidClientTokenId.invalid()
    elif known.expires_at <= call.now:
        raise ExpiredToken.expired()
    caller = owner_of(runtime, known, _partition(runtime, signed))
    if caller is None:
        raise InvalidClientTokenId.invalid()
    if not scheme.matches(signed, call.request, known.secret):
        raise SignatureDoesNotMatch.mismatch()
    return caller


def owner_of(runtime: Runtime, known: AccessKey | Session, partition: str) -> Caller | None:
    """The caller that the credentials stand for, or None if their user is gone."""
    session, key_id = (None, known.id) if isinstance(known, AccessKey) else (known, known.key_id)
    if session is not None and session.role is not None:
        role = _role(runtime, session)
        return None if role is None else Caller.role_session(role, session, partition=partition)
    user = None
    if known.owner_id != known.account_id:
        user = runtime.store.account(known.account_id).users.get(known.owner_id)
        if user is None:
            return None
    if session is not None and session.federated_name is not None:
        return Caller.federated(session.federated_name, session, partition=partition)
    if user is None:
        return Caller.root(known.account_id, key_id, session, partition=partition)
    if session is None:
        return runtime.key_callers.caller(user, key_id, partition)
    return Caller.user(user, key_id, session, partition=partition)


def _role(runtime: Runtime, session: Session) -> Role | None:
    """The role that a session is of, unless it is gone; one made again under the name is another."""
    from fake_iam.domain.identities.roles import Role  # only sessions of roles ask

    return runtime.store.account(session.account_id).table(Role).get(session.owner_id)


def _same_second(at: datetime, now: datetime) -> bool:
    """Whether a moment lies in the second that begins ``at``."""
    return NO_TIME <= now - at < SECOND


def _note_use(runtime: Runtime, call: Call, known: AccessKey | Session | None) -> None:
    """Keep date, region and service of the last use of the key, or of the role that the session is of.

    IAM is global: its region is one of each partition. The service is what the signature's scope calls it.
    """
    assert call.service is not None and call.signed is not None and call.caller is not None
    region = iam_region(call.caller.partition)
    if call.service.name != "iam" and re.fullmatch(REGION, call.signed.credential.region, re.ASCII):
        region = call.signed.credential.region
    if call.plan is not None:
        runtime.accesses.note(call.caller, call.service.name, call.plan.name, call.now, region)
    if not isinstance(known, AccessKey):
        if call.caller.session is not None and call.caller.session.role is not None:
            _note_use_of_role(runtime, call.caller.session, call.now, region)
        return
    before, service = known.last_use, call.service.signing_name
    if (
        before is not None
        and (before.service, before.region) == (service, region)
        and _same_second(before.at, call.now)
    ):
        return
    use = LastUse(call.now.replace(microsecond=0), service, region)
    runtime.store.change_soon(known.account_id, AccessKey, known.id, lambda key: key.used(use))


def _note_use_of_role(runtime: Runtime, session: Session, now: datetime, region: str) -> None:
    from fake_iam.domain.identities.roles import Role, RoleUse  # only sessions of roles ask

    roles = runtime.store.account(session.account_id).table(Role)
    role = roles.get(session.owner_id)
    assert role is not None
    before = role.last_use
    if before is not None and before.region == region and _same_second(before.at, now):
        return
    use = RoleUse(now.replace(microsecond=0), region)
    runtime.store.change_soon(session.account_id, Role, role.id, lambda role: replace(role, last_use=use))
