"""boto3 clients whose every call ends in an answer, an AwsError, or a failed case with one readable sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from conformance.answers import AwsError, answer

CASES: Final = str(Path(__file__).parent / "cases")
asked: Final[set[str]] = set()
"""The operations that the present case itself asks for, such as ``iam:GetUser``; helpers' calls do not count."""


class Operation:
    """One operation of a client, to be called for its answer or asked for its error."""

    def __init__(self, client: Any, method: str) -> None:
        self._client = client
        self._call = getattr(client, method)
        self.name: str = client.meta.method_to_api_mapping[method]

    def __call__(self, **parameters: Any) -> Any:
        """The answer without its metadata; fails the case if there is an error instead."""
        __tracebackhide__ = True
        got = self._send(parameters)
        if isinstance(got, AwsError):
            raise AssertionError(f"expected {self.name} to succeed, got {got}")
        return answer({name: value for name, value in got.items() if name != "ResponseMetadata"})

    def error(self, **parameters: Any) -> AwsError:
        """The error; fails the case if the call succeeds."""
        __tracebackhide__ = True
        got = self._send(parameters)
        if isinstance(got, AwsError):
            return got
        status = got["ResponseMetadata"]["HTTPStatusCode"]
        raise AssertionError(f"expected {self.name} to be refused, got success, status {status}")

    def _send(self, parameters: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        try:
            return self._call(**parameters)
        except ClientError as problem:
            got: Any = problem.response
            status = got["ResponseMetadata"]["HTTPStatusCode"]
            return AwsError(got["Error"].get("Code", ""), got["Error"].get("Message"), status)
        except ResponseParserError as problem:
            said = " ".join(str(problem).split())[:240]
            raise AssertionError(f"expected XML as the answer of {self.name}, got: {said}") from None
        except BotoCoreError as problem:
            raise AssertionError(f"no answer to {self.name}: {type(problem).__name__}: {problem}") from None


class Client:
    """A boto3 client for one service; its attributes are Operations."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, method: str) -> Operation:
        operation = Operation(self._client, method)
        if sys._getframe(1).f_code.co_filename.startswith(CASES):
            asked.add(f"{self._client.meta.service_model.service_name}:{operation.name}")
        return operation

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()
