"""The gate: who calls another service, whether it may, and what the service's stand-in answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from fake_iam.domain.clock import ticks
from fake_iam.domain.errors import AccessDenied, ServiceError
from fake_iam.gate.bodies import Body, WrongHash, checked
from fake_iam.gate.connections import Connections, UpstreamGone
from fake_iam.gate.outgoing import in_account, is_signed_in_chunks, signed_anew, without_chunks
from fake_iam.gate.passing import Exchange, pass_on
from fake_iam.gate.permission import denial_of, wanted
from fake_iam.gate.recognition import S3, Asked, is_form, named_service, parameters_of, recognized
from fake_iam.gate.refusals import BAD_GATEWAY, refused
from fake_iam.gate.schemes import HASH, declared_hash, needs_body, signed_with
from fake_iam.gate.upstreams import Key, Upstream
from fake_iam.log import log
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.forms import well_formed
from fake_iam.pipeline.steps.authentication import identify
from fake_iam.pipeline.steps.authorization import is_limited
from fake_iam.protocol import sigv4
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.context import Caller

SERVED: Final = frozenset({"iam", "sts", "tagging"})
"""What is signed for the services that are answered here."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Gate:
    """Stands before servers that imitate other services.

    Args:
        engine: knows callers and their policies, and answers what turns out to be meant for it.
        upstreams: the servers by service; the one for all others is under the empty name.
        own_path: how paths begin that are never another service's.
    """

    def __init__(self, engine: Engine, upstreams: Mapping[str, Upstream], own_path: str) -> None:
        self._engine = engine
        self._connections = {name: Connections(upstream) for name, upstream in upstreams.items()}
        self._own_path = own_path

    def claims(self, request: WireRequest) -> bool:
        """Whether a request is another service's, by its head; or may be, and its body will tell."""
        if request.path.startswith(self._own_path) or request.method not in METHODS or not well_formed(request.path):
            return False
        name = _signed_for(request)
        if name in SERVED or self._connections_for(name or S3) is None:
            return False
        return bool(name) or not self._is_own(request)

    def answer(self, exchange: Exchange) -> None:
        """Answer a request that was claimed. Raises OSError if the client goes away, Malformed for what is no body."""
        request = exchange.request
        name = _signed_for(request)
        asked = recognized(request, name)
        if not _is_read_first(request, asked):
            self._answer(exchange, asked, None)
            return
        with Body(exchange.pieces()) as body:
            request.body = body.data
            if not name and self._is_own(request):
                exchange.answer(self._engine.handle(request))
            else:
                self._answer(exchange, recognized(request, name), body)

    def close(self) -> None:
        """Close the connections that are kept."""
        for connections in self._connections.values():
            connections.close()

    def _answer(self, exchange: Exchange, asked: Asked, body: Body | None) -> None:
        engine, request = self._engine, exchange.request
        call = Call(request, engine.ids.request_id(), engine.clock.now())
        call.service = _model(asked)
        call.parameters = {"Action": asked.operation} if asked.operation is not None else {}
        began = ticks()

        def note(response: WireResponse) -> None:
            for observe in engine.observers:
                observe(call, response, ticks() - began)

        response = self._refusal(call, asked, body) or self._passed(exchange, call, asked, body, note)
        if response is not None:
            note(response)
            exchange.answer(response)

    def _refusal(self, call: Call, asked: Asked, body: Body | None) -> WireResponse | None:
        """The answer to a caller who may not; None if it may."""
        try:
            self._authenticate(call, asked, body)
            self._authorize(call, asked)
        except (ServiceError, Refusal) as error:
            call.error = error
            status = error.status if isinstance(error, Refusal) else None
            return refused(asked, call, error.code, error.message or "", status)
        except Exception:
            log().exception("internal fault, request id %s", call.request_id)
            return refused(asked, call, "InternalFailure", "fake_iam has failed; its log says why.")
        return None

    def _authenticate(self, call: Call, asked: Asked, body: Body | None) -> None:
        engine = self._engine
        call.signed, scheme = signed_with(call.request, asked, body.hash if body is not None else None)
        if call.signed is None and (asked.form == S3 or asked.is_open):
            call.caller = Caller.anonymous(engine.account_id, partition=engine.settings.partition)
        else:
            identify(engine, call, scheme)

    def _authorize(self, call: Call, asked: Asked) -> None:
        assert call.caller is not None
        region = call.signed.credential.region if call.signed is not None else ""
        wants = wanted(asked, call.request, call.caller, region)
        call.parameters, call.needs = {**call.parameters, **wants.named_by}, wants.checks
        if self._engine.enforcement == "off" or not is_limited(self._engine, call.caller):
            return
        call.denial = denial_of(self._engine, call, asked, wants)
        if call.denial is not None and self._engine.enforcement == "on":
            raise AccessDenied(call.denial.text)

    def _passed(
        self,
        exchange: Exchange,
        call: Call,
        asked: Asked,
        body: Body | None,
        note: Callable[[WireResponse], None],
    ) -> WireResponse | None:
        """Pass a call on, and the answer back; what comes back here is an answer that tells of a failure."""
        connections = self._connections_for(asked.signing_name)
        assert connections is not None and call.caller is not None
        declared = declared_hash(call.request) or ""
        pieces: Iterable[bytes] = exchange.pieces() if body is None else body
        if body is None and HASH.fullmatch(declared):
            pieces = checked(pieces, declared)
        key = connections.upstream.key
        if key is not None and is_signed_in_chunks(call.request):
            pieces = without_chunks(pieces)
        request = self._outgoing(call, key, body)
        try:
            pass_on(connections, exchange, request, pieces, lambda status: note(WireResponse(status, [])))
        except WrongHash:
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            call.error = Refusal("XAmzContentSHA256Mismatch", text, status=400)
            return refused(asked, call, call.error.code, text, 400)
        except UpstreamGone as problem:
            text = f"fake_iam cannot pass this call on to {connections.upstream.url}: {problem}"
            log().error("%s", text)
            if not exchange.begun:
                call.error = Refusal(BAD_GATEWAY, text, status=502)
                return refused(asked, call, BAD_GATEWAY, text, 502)
        return None

    def _outgoing(self, call: Call, key: Key | None, body: Body | None) -> WireRequest:
        """The request as the upstream is to get it: nobody's, signed with its own key, or in the caller's account."""
        assert call.caller is not None
        if call.signed is None:
            return in_account(call.request, None)
        if key is None:
            return in_account(call.request, call.caller.account_id)
        return signed_anew(call.request, key, None if body is None else body.hash, self._engine.wall_clock.now())

    def _is_own(self, request: WireRequest) -> bool:
        """Whether a request that is not signed is one to a service that is answered here."""
        targets = {implemented.model.target for implemented in self._engine.targets}
        named = named_service(request)
        if named is not None:
            return named[0] in targets
        form = parameters_of(request)
        return "Action" in form and form.get("Version", "") in {"", *self._engine.services}

    def _connections_for(self, signing_name: str) -> Connections | None:
        return self._connections.get(signing_name) or self._connections.get("")


class _Unknown(ServiceModel):
    """A service that botocore has no model of."""

    signing_name = ""


def _model(asked: Asked) -> ServiceModel:
    if asked.service is not None:
        return load_service(asked.service.name)
    unknown = _Unknown(asked.signing_name)
    unknown.signing_name = asked.signing_name
    return unknown


def _is_read_first(request: WireRequest, asked: Asked) -> bool:
    """Whether a body is read first: there is none, or the signature or what is asked cannot be told without it."""
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return True
    if is_form(request) or named_service(request) is not None:
        return True
    return needs_body(request, asked) or asked.operation == "DeleteObjects"


def _signed_for(request: WireRequest) -> str:
    """The service that a request is signed for; empty if it is not signed."""
    signed = sigv4.peek(request)
    return signed.credential.service if signed is not None else ""
