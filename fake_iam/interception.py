"""Answers every IAM and STS client of the process for the length of a block, and puts everything back."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import ContextDecorator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import boto3
from botocore.credentials import Credentials
from botocore.endpoint import Endpoint
from botocore.signers import RequestSigner

from fake_iam.inprocess import SERVICES, InProcess
from fake_iam.surroundings import surroundings

STAYS: Final = "stays_with_its_fake"


class OtherServiceError(Exception):
    """A client of a service that is not answered here was about to call AWS."""

    def __init__(self, service: str) -> None:
        super().__init__(
            f"fake_iam answers IAM and STS; this call to {service} would have gone to AWS. With moto installed "
            f"(pip install 'moto[{service}]') mock_aws answers it, too"
        )


@dataclass(eq=False)
class _Entry:
    """A block that has been entered, and what there was before it."""

    answers: InProcess
    environment: dict[str, str | None]
    session: Any
    refuses_others: bool


class _Process:
    """What a process has once: botocore's ways to sign and to send, the environment, boto3's default session.

    Blocks are entered and left one at a time, from any thread and in any order; the one entered last answers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self._ours: Any = None
        self._original: Any = None
        self._our_signer: Any = None
        self._original_signer: Any = None

    def enter(self, answers: InProcess, environment: Mapping[str, str | None], refuses_others: bool) -> _Entry:
        with self._lock:
            before = {name: os.environ.get(name) for name in environment}
            entry = _Entry(answers, before, boto3.DEFAULT_SESSION, refuses_others)
            if not self._entries:
                self._original = Endpoint._send
                self._ours = Endpoint._send = self._replacing(self._original)
                self._original_signer = RequestSigner.get_auth_instance
                self._our_signer = RequestSigner.get_auth_instance = _lending(self._original_signer)
            self._entries = [*self._entries, entry]
            _set(environment)
            boto3.DEFAULT_SESSION = None
            return entry

    def leave(self, entry: _Entry) -> None:
        with self._lock:
            place = self._entries.index(entry)
            above = self._entries[place + 1 :]
            if above:  # left out of order: what was before it is now what was before the next
                above[0].environment, above[0].session = entry.environment, entry.session
            else:
                _set(entry.environment)
                boto3.DEFAULT_SESSION = entry.session
            self._entries = [*self._entries[:place], *above]
            if not self._entries and Endpoint._send is self._ours:  # else another tool has wrapped it meanwhile
                Endpoint._send = self._original
            if not self._entries and RequestSigner.get_auth_instance is self._our_signer:
                RequestSigner.get_auth_instance = self._original_signer

    def _replacing(self, original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def send(endpoint: Any, request: Any) -> Any:
            entries = self._entries
            if not entries or getattr(request, STAYS, False):
                return original(endpoint, request)
            if endpoint._endpoint_prefix not in SERVICES:
                if entries[-1].refuses_others:
                    raise OtherServiceError(endpoint._endpoint_prefix)
                return original(endpoint, request)
            return entries[-1].answers.answer(request, _read_timeout(endpoint))

        return send


_PROCESS: Final = _Process()


class Interception(ContextDecorator):
    """A block in which every IAM and STS client of this process is answered here; a decorator, too.

    It may be entered again, inside itself and from several threads.

    Args:
        answers: called on entering, for what answers; may raise.
        environment: called on entering, for the AWS_* variables of the block.
        refuses_others: whether a call to another service raises OtherServiceError.
    """

    def __init__(
        self, answers: Callable[[], InProcess], environment: Callable[[], Mapping[str, str]], refuses_others: bool
    ) -> None:
        self._answers = answers
        self._environment = environment
        self._refuses_others = refuses_others
        self._entered: list[_Entry] = []

    def __enter__(self) -> None:
        self._entered.append(_PROCESS.enter(self._answers(), surroundings(self._environment()), self._refuses_others))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _PROCESS.leave(self._entered.pop())


def keep_out(client: Any) -> None:
    """Let a client's requests go over their socket, even inside a block of another fake."""

    def mark(request: Any, **_: Any) -> None:
        setattr(request, STAYS, True)

    client.meta.events.register("before-send", mark)


def _lending(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let a client of IAM or STS that found no credentials when it was built sign with those of the block."""

    def get_auth_instance(signer: Any, signing_name: str, region_name: str, *arguments: Any, **keywords: Any) -> Any:
        lacks = signer._credentials is None and len(arguments) < 2 and not keywords.get("request_credentials")
        if lacks and signing_name in SERVICES:
            key_id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
            if key_id and secret:
                keywords["request_credentials"] = Credentials(key_id, secret)
        return original(signer, signing_name, region_name, *arguments, **keywords)

    return get_auth_instance


def _set(environment: Mapping[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _read_timeout(endpoint: Any) -> float | None:
    """How long the client of an endpoint waits for an answer."""
    timeout = getattr(endpoint.http_session, "_timeout", None)
    seconds = getattr(timeout, "read_timeout", timeout)
    return seconds if isinstance(seconds, int | float) else None
