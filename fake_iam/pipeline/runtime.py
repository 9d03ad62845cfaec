"""What a step may use besides the call: a server's settings, services, store, clocks and ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from fake_iam.domain.clock import Clock
from fake_iam.pipeline.accesses import Accesses
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.key_callers import KeyCallers
from fake_iam.pipeline.sight import Sight
from fake_iam.services.context import Caller, Context, World
from fake_iam.services.registry import Service

if TYPE_CHECKING:
    from fake_iam.domain.policy.decisions import Decision
    from fake_iam.domain.policy.statements import Request
    from fake_iam.services.access.caller_policies import KnownCallers


class RuntimeSettings(Protocol):
    """What the pipeline reads of the settings."""

    @property
    def auth(self) -> Literal["off", "issued", "strict"]:
        """How strictly callers are held to their keys."""
        ...

    @property
    def account_id(self) -> str:
        """The account of callers whose key id says nothing, at the start."""
        ...

    @property
    def partition(self) -> str:
        """The partition of calls whose signature names no region."""
        ...

    @property
    def enforcement(self) -> Literal["on", "off", "log"]:
        """Whether policies decide, at the start."""
        ...


class Runtime(World, Protocol):
    """The engine, as its steps see it."""

    @property
    def settings(self) -> RuntimeSettings:
        """How the server behaves."""
        ...

    @property
    def account_id(self) -> str:
        """The account of callers whose key id says nothing: that of the settings, unless a state was loaded."""
        ...

    @property
    def services(self) -> Mapping[str, Implemented]:
        """The services by API version."""
        ...

    @property
    def tasks(self) -> Sequence[tuple[str, Service]]:
        """The kinds of tasks that the clock brings to their end, each with the service that has them."""
        ...

    @property
    def targets(self) -> Sequence[Implemented]:
        """The services whose operations are named in X-Amz-Target."""
        ...

    @property
    def wall_clock(self) -> Clock:
        """Real time, which judges the date of a signature."""
        ...

    @property
    def known_callers(self) -> KnownCallers:
        """Callers in the terms of policies."""
        ...

    @property
    def key_callers(self) -> KeyCallers:
        """The users whom keys stand for."""
        ...

    @property
    def accesses(self) -> Accesses:
        """Who tried which operation here last."""
        ...

    @property
    def sight(self) -> Sight:
        """How far changes have spread."""
        ...

    def encoded_message(self, caller_arn: str, request: Request, decision: Decision) -> str:
        """What was decided on a request, as text for DecodeAuthorizationMessage."""
        ...

    def context(self, caller: Caller, now: datetime) -> Context:
        """What an operation of that caller is given."""
        ...


Step = Callable[[Runtime, Call], None]
