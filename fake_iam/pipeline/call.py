"""The state of one request on its way through the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.plans import OperationPlan
from fake_iam.protocol.sigv4 import Signed
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.context import Caller
from fake_iam.services.registry import Operation


class Answered(Exception):
    """A step has the whole answer already: one that no service gives, such as a redirect."""

    def __init__(self, status: int, headers: list[tuple[str, str]] | None = None, body: bytes = b"") -> None:
        super().__init__(status)
        self.response = WireResponse(status, headers or [], body)


@dataclass(slots=True)
class Call:
    """Slots that the steps fill, each once; what is None has not been found out yet."""

    request: WireRequest
    request_id: str
    now: datetime
    parameters: dict[str, str] = field(default_factory=dict)
    service: ServiceModel | None = None
    operation: Operation | None = None
    plan: OperationPlan | None = None
    signed: Signed | None = None
    caller: Caller | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
