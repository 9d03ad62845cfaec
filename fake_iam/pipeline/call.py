"""The state of one request on its way through the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fake_iam.domain.errors import ServiceError
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.plans import OperationPlan
from fake_iam.protocol.sigv4 import Signed
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.context import Caller
from fake_iam.services.registry import Operation


class Answered(Exception):
    """A step has the whole answer already: one that no service gives, such as a redirect."""

    def __init__(
        self, status: int, headers: list[tuple[str, str]] | None = None, body: bytes = b"", *, drop: bool = False
    ) -> None:
        super().__init__(status)
        self.response = WireResponse(status, headers or [], body, drop)


@dataclass(slots=True)
class Call:
    """Slots that the steps fill, each once; what is None has not been found out yet.

    ``key_issued`` tells whether this server ever issued the signing key; ``faults`` are the numbers of the rules that
    struck this call, if a test has set any.
    """

    request: WireRequest
    request_id: str
    now: datetime
    parameters: dict[str, str] = field(default_factory=dict)
    service: ServiceModel | None = None
    operation: Operation | None = None
    plan: OperationPlan | None = None
    signed: Signed | None = None
    key_issued: bool = False
    caller: Caller | None = None
    values: dict[str, Any] | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
    error: ServiceError | Refusal | None = None
    faults: list[int] = field(default_factory=list)
