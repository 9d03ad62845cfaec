"""The state of one request on its way through the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from fake_iam.domain.errors import ServiceError
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.plans import OperationPlan
from fake_iam.protocol.sigv4 import Signed
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.context import Caller
from fake_iam.services.registry import Operation

if TYPE_CHECKING:
    from fake_iam.domain.policy.refusals import Denial


class Answered(Exception):
    """A step has the whole answer already: one that no service gives, such as a redirect."""

    def __init__(
        self, status: int, headers: list[tuple[str, str]] | None = None, body: bytes = b"", *, drop: bool = False
    ) -> None:
        super().__init__(status)
        self.response = WireResponse(status, headers or [], body, drop)


class Rpc(Protocol):
    """How a request that carries a document instead of a form is resolved and answered."""

    def resolve(self, call: Call) -> None:
        """Find the operation."""
        ...

    def result(self, call: Call) -> WireResponse:
        """The answer of a call that succeeded."""
        ...

    def error(self, call: Call, error: ServiceError | Refusal, status: int) -> WireResponse:
        """The answer of a call that failed, with the status that the error has in the Query protocol."""
        ...


class Call:
    """Slots that the steps fill, each once; what is None has not been found out yet.

    ``key_issued`` tells whether this server ever issued the signing key; ``faults`` are the numbers of the rules that
    struck this call, if a test has set any. ``denial`` is what the caller's policies do not allow of it. ``rpc`` is
    how a request that carries a JSON document is answered, None for one of the Query protocol. ``needs`` are the
    actions, each with its resource, that a call to another service takes.
    """

    parameters: Mapping[str, str] = MappingProxyType({})
    service: ServiceModel | None = None
    operation: Operation | None = None
    plan: OperationPlan | None = None
    signed: Signed | None = None
    key_issued: bool = False
    caller: Caller | None = None
    values: dict[str, Any] | None = None
    arguments: Mapping[str, Any] = MappingProxyType({})
    result: Mapping[str, Any] | None = None
    error: ServiceError | Refusal | None = None
    faults: tuple[int, ...] = ()
    denial: Denial | None = None
    rpc: Rpc | None = None
    needs: Sequence[tuple[str, str]] = ()

    def __init__(self, request: WireRequest, request_id: str, now: datetime) -> None:
        self.request = request
        self.request_id = request_id
        self.now = now
