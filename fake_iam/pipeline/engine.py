"""The loop over the steps, and the two exits: a result or an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from fake_iam.considerate import considerate
from fake_iam.domain.clock import Clock, ticks
from fake_iam.domain.errors import InternalFailure, InvalidAction, ServiceError, ServiceFailure
from fake_iam.domain.ids import IdSource
from fake_iam.domain.quotas import Quotas
from fake_iam.log import log
from fake_iam.pipeline.accesses import Accesses
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.encoding import encoded
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.key_callers import KeyCallers
from fake_iam.pipeline.runtime import RuntimeSettings, Step
from fake_iam.pipeline.sight import Sight, Stored
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.protocol import xml
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.partitions import iam_region
from fake_iam.protocol.plans import json_writer, plan_for
from fake_iam.protocol.wire import Later, WireRequest, WireResponse
from fake_iam.services.context import Caller, Context, Delays, Failure, LongWork
from fake_iam.store.base import Store, StoreUnavailable

if TYPE_CHECKING:
    from fake_iam.domain.credentials.mfa_devices import CodeAt
    from fake_iam.domain.policy.decisions import Decision
    from fake_iam.domain.policy.statements import Request
    from fake_iam.domain.policy.variables import Values
    from fake_iam.services.access.caller_policies import KnownCallers

Observer = Callable[[Call, WireResponse, float], None]

MESSAGE_KEY: Final = "authorization message key"


class Engine:
    """Answers requests. Everything it depends on comes in by name; ``services`` are keyed by their API version.

    ``targets`` are the services that requests name in X-Amz-Target.

    ``clock`` dates what happens; ``wall_clock`` judges the date of a signature, which a client takes from real time.
    ``steps`` are ``order.STEPS``, or those with others between them; ``sight`` tells how far changes have spread.
    ``mfa_code_at`` gives the codes of MFA devices; None takes any. ``delays`` tell how long reports and deletions take.
    ``enforcement`` tells whether policies decide; a test may change it.
    ``account_id`` answers callers whose key id says nothing; who loads a state may change it.
    ``observers`` are told of every call when it is answered, with the response and the seconds it took.
    """

    def __init__(
        self,
        *,
        settings: RuntimeSettings,
        services: Mapping[str, Implemented],
        targets: Sequence[Implemented],
        store: Store,
        clock: Clock,
        wall_clock: Clock,
        ids: IdSource,
        quotas: Quotas,
        steps: Sequence[Step],
        sight: Sight,
        mfa_code_at: CodeAt | None,
        delays: Delays,
    ) -> None:
        self.settings = settings
        self.account_id = settings.account_id
        self.enforcement = settings.enforcement
        self.services = services
        self.tasks = [(kind, each.service) for each in services.values() for kind in each.service.tasks]
        self.targets = targets
        self.store = store
        self.clock = clock
        self.wall_clock = wall_clock
        self.ids = ids
        self.quotas = quotas
        self.steps = steps
        self.sight = sight
        self.mfa_code_at = mfa_code_at
        self.delays = delays
        self.accesses = Accesses()
        self.key_callers = KeyCallers()
        self.observers: list[Observer] = []
        self.started_at = clock.now()
        self.message_key = _kept_message_key(store, ids)

    @cached_property
    def known_callers(self) -> KnownCallers:
        """Callers in the terms of policies; made for the first caller whom policies limit."""
        from fake_iam.services.access.caller_policies import KnownCallers

        return KnownCallers()

    def over(self, store: Store, ids: IdSource) -> Engine:
        """The same engine over another store, that draws from other ids: operations done with it touch nothing here."""
        found = copy(self)
        found.__dict__.pop("known_callers", None)
        found.store, found.ids, found.sight = store, ids, Stored(store)
        return found

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer one request. What is not an answer of the service is a logged InternalFailure.

        Raises:
            Later: the answer takes long, and the request takes this.
        """
        call = Call(request, self.ids.request_id(), self.clock.now())
        began = ticks()
        response = encoded(request, self._answer(call))
        took = ticks() - began
        for observe in self.observers:
            observe(call, response, took)
        return response

    def _answer(self, call: Call) -> WireResponse:
        steps = iter(self.steps)
        try:
            for step in steps:
                step(self, call)
            return self._result(call)
        except LongWork as long:
            rest = partial(self._answer_after, call, [step, *steps], long.work)
            if call.request.takes_later:
                raise Later(partial(self._told, call, rest)) from None
            return rest()
        except Exception as problem:
            return self._caught(call, problem)

    def _answer_after(self, call: Call, steps: Sequence[Step], work: Callable[[], object]) -> WireResponse:
        """Do the work that the first of the steps needs, then that step again and those behind it."""
        operation = call.operation
        assert operation is not None
        try:
            with considerate():
                done = work()

                def function(context: Context, **arguments: Any) -> Mapping[str, Any] | None:
                    context.done = done
                    return operation.function(context, **arguments)

                call.operation = operation._replace(function=function)
                for step in steps:
                    step(self, call)
                return self._result(call)
        except Exception as problem:
            return self._caught(call, problem)

    def _told(self, call: Call, answer: Callable[[], WireResponse]) -> WireResponse:
        """An answer that was put off, of which the observers know."""
        began = ticks()
        response = encoded(call.request, answer())
        for observe in self.observers:
            observe(call, response, ticks() - began)
        return response

    def _caught(self, call: Call, problem: Exception) -> WireResponse:
        """The answer to a call of which a step has raised that."""
        if isinstance(problem, Answered):
            return problem.response
        if isinstance(problem, (ServiceError, Refusal)):
            return self._error(call, problem)
        if isinstance(problem, StoreUnavailable):
            log().error("the store does not answer: %s; request id %s", problem, call.request_id)
        else:
            log().exception("internal fault, request id %s", call.request_id)
        return self._error(call, self._fault(call))

    def perform(
        self,
        account_id: str,
        service: str,
        operation: str,
        members: Mapping[str, Any],
        now: datetime,
        *,
        partition: str,
    ) -> None:
        """Do an operation as the account's root user and on behalf of AWS, inside the transaction of whoever asks.

        ``members`` are the parameters under the model's names.

        Raises:
            Refusal: a parameter breaks a constraint of the model.
            ServiceError: the operation refuses, or the installed botocore is too old for it.
        """
        caller = Caller.root(account_id, partition=partition, for_aws=True)
        self.operate(self.context(caller, now), service, operation, members)

    def operate(
        self, context: Context, service: str, operation: str, members: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Do an operation of a service as whoever the context is of. Raises as ``perform`` does."""
        implemented = self._service(service)
        does = implemented.operation(operation)
        if does is None:
            raise InvalidAction.operation(operation, implemented.model.version)
        plan = plan_for(implemented.model, operation)
        plan.validate(members)
        return does.function(context, **plan.arguments(members, does.parameters))

    def encoded_message(self, caller_arn: str, request: Request, decision: Decision) -> str:
        """What was decided on a request, as text for DecodeAuthorizationMessage."""
        from fake_iam.services.access.authorization_messages import encode_authorization_message  # few servers refuse

        return encode_authorization_message(self.message_key, caller_arn, request, decision)

    def failure(self, service: str, attempt: Callable[[], object]) -> Failure | None:
        """What a service of the Query protocol refuses of an attempt, or None if it succeeds."""
        try:
            attempt()
        except (ServiceError, Refusal) as error:
            status = self._status(self._service(service).model, error)
            if status is None:
                raise
            return Failure(error.code, error.message, status)
        return None

    def iam_region(self, partition: str) -> str:
        """The region that IAM has in a partition."""
        return iam_region(partition)

    def service_context(
        self, service: str, account_id: str, keys: Mapping[str, Values], now: datetime, *, partition: str
    ) -> Context:
        """What an operation is given that a service of AWS calls for an account.

        ``keys`` are the condition keys that the service says, in lower case.
        """
        context = self.context(Caller.service(service, account_id, partition=partition), now)
        context.keys = keys
        return context

    def context(self, caller: Caller, now: datetime) -> Context:
        """What an operation of that caller is given."""
        return Context(self, self.store.account(caller.account_id), caller, now)

    def _result(self, call: Call) -> WireResponse:
        assert call.plan is not None and call.service is not None
        if call.rpc is not None:
            return call.rpc.result(call)
        as_json = _wants_json(call)
        serialize = json_writer(call.service, call.plan.name) if as_json else call.plan.serialize
        return WireResponse(200, self._headers(call, as_json), serialize(call.result, call.request_id))

    def _error(self, call: Call, error: ServiceError | Refusal) -> WireResponse:
        call.error = error
        status = self._status(call.service, error)
        if status is None:
            log().error("nobody wrote down the status of %s, request id %s", error.code, call.request_id)
            return self._error(call, self._fault(call))
        if call.rpc is not None:
            return call.rpc.error(call, error, status)
        namespace = call.service.namespace if call.service else self._namespace(call)
        if isinstance(error, InvalidAction):
            namespace = xml.DISPATCH_NAMESPACE
        kind = "Receiver" if status in (500, 503) else "Sender"
        as_json = _wants_json(call)
        if as_json:
            from fake_iam.protocol import json_answers  # few clients accept JSON

            body = json_answers.error_body(kind, error.code, error.message, call.request_id)
        else:
            body = xml.error_body(namespace, kind, error.code, error.message, call.request_id)
        return WireResponse(status, self._headers(call, as_json), body)

    def _service(self, name: str) -> Implemented:
        return next(known for known in self.services.values() if known.model.name == name)

    def _status(self, service: ServiceModel | None, error: ServiceError | Refusal) -> int | None:
        if isinstance(error, Refusal) and error.status is not None:
            return error.status
        modelled = service.error_status.get(error.code) if service else None
        return modelled or STATUSES.get(error.code)

    def _namespace(self, call: Call) -> str:
        """Before the operation is known: the service whose version is named, else IAM, the first of the two."""
        version = call.parameters.get("Version", "")
        implemented = self.services.get(version) or next(iter(self.services.values()))
        return implemented.model.namespace

    def _fault(self, call: Call) -> ServiceError:
        """Our bug, as the operation's model names it."""
        if call.service and call.plan and "ServiceFailure" in call.service.operations[call.plan.name].errors:
            return ServiceFailure.unknown()
        return InternalFailure.unknown()

    def _headers(self, call: Call, as_json: bool) -> list[tuple[str, str]]:
        headers = [
            ("x-amzn-RequestId", call.request_id),
            ("Content-Type", "application/json" if as_json else "text/xml"),
        ]
        if call.service and call.service.name == "sts":
            region = call.signed.credential.region if call.signed and call.signed.credential.region.isascii() else ""
            extended = self.ids.extended_request_id(region or iam_region(self.settings.partition), call.now)
            headers.insert(1, ("x-amz-sts-extended-request-id", extended))
        return headers


def _kept_message_key(store: Store, ids: IdSource) -> str:
    """The key of authorization messages, which all processes that share the store have from it."""
    with store.transaction():
        key = store.note(MESSAGE_KEY)
        if key is None:
            key = ids.message_key()
            store.keep_note(MESSAGE_KEY, key)
        return key


def _wants_json(call: Call) -> bool:
    """Whether the client accepts JSON rather than XML."""
    if "accept" not in call.request.headers:  # as SDKs send it
        return False
    accept = call.request.joined("accept")
    if "json" not in accept.lower():
        return False
    from fake_iam.protocol.json_answers import is_wanted

    return is_wanted(accept)
