"""What the tests share: an error as a value, a way to call an assembled server without a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import botocore.auth
import time_machine
import xmltodict
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from fake_iam.assembly import Assembled, assemble
from fake_iam.domain.clock import Clock
from fake_iam.protocol.wire import Later, WireRequest, WireResponse
from fake_iam.settings import Settings

IAM_VERSION = "2010-05-08"
STS_VERSION = "2011-06-15"
STS_ACTIONS = frozenset(
    {
        "GetCallerIdentity",
        "GetAccessKeyInfo",
        "GetSessionToken",
        "AssumeRole",
        "AssumeRoot",
        "GetWebIdentityToken",
        "GetDelegatedAccessToken",
        "GetScopedCredentials",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "GetFederationToken",
        "DecodeAuthorizationMessage",
    }
)
UNSIGNED = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
FORM = "application/x-www-form-urlencoded; charset=utf-8"
HOST = "127.0.0.1:4593"
WITHOUT_PLUGINS = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""For a pytest inside a test: it leaves nothing behind, and Hypothesis is slow to import."""
INVALID_TOKEN = "The security token included in the request is invalid."
WITHOUT_MFA = "The security token included in the request is invalid"  # a session's, at IAM: no full stop
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True)
class AwsError:
    """An error answer, to be compared to the letter."""

    code: str
    message: str | None
    status: int


def error(method: Callable[..., Any], **parameters: Any) -> AwsError:
    """The error that a boto3 call ends in; fails the test if it succeeds."""
    try:
        method(**parameters)
    except ClientError as problem:
        answer = problem.response
        message = answer["Error"].get("Message")
        return AwsError(answer["Error"]["Code"], message, answer["ResponseMetadata"]["HTTPStatusCode"])
    raise AssertionError(f"{method.__name__} succeeded")


@dataclass(frozen=True)
class Key:
    """A key pair to sign with, and its session token if it has one."""

    id: str
    secret: str
    token: str | None = None


def with_headers(request: WireRequest, headers: Iterable[tuple[str, str]]) -> WireRequest:
    """The request with these headers and no others."""
    return WireRequest.of(request.method, request.path, request.query, headers, request.body, request.remote)


def with_header(request: WireRequest, name: str, value: str) -> WireRequest:
    """The request with one header more."""
    return with_headers(request, [*request.headers.items(), (name, value)])


class Wire:
    """Calls an assembled server without a socket, signed or not, and reads the answers."""

    def __init__(self, clock: Clock | None = None, **settings: Any) -> None:
        self.assembled: Assembled = assemble(Settings(**settings), clock)

    def send(self, request: WireRequest) -> WireResponse:
        return self.assembled.handle(request)

    def post(self, body: str | bytes = b"", **headers: str) -> WireResponse:
        sent = {"Host": HOST, "Content-Type": FORM, **{name.replace("_", "-"): text for name, text in headers.items()}}
        data = body.encode() if isinstance(body, str) else body
        return self.send(WireRequest.of("POST", "/", "", sent.items(), data))

    def call(self, action: str, key: Key | None = None, **parameters: Any) -> Any:
        """The result of a call as a dictionary, or an AwsError."""
        return read(self.send(form_request(action, key, **parameters)))

    def tagging(self, operation: str, key: Key | None = None, region: str = "us-east-1", **members: Any) -> Any:
        """The result of a call of the Resource Groups Tagging API as a dictionary, or an AwsError."""
        response = self.send(document_request(operation, members, key, region=region))
        document = json.loads(response.body)
        if response.status == 200:
            return document
        return AwsError(document["__type"], document.get("Message", document.get("message")), response.status)

    def user(self, name: str) -> None:
        """A user of that name."""
        assert not isinstance(self.call("CreateUser", UserName=name), AwsError)

    def key(self, name: str | None = None, by: Key | None = None) -> Key:
        """A new key of a user, or of the caller."""
        parameters = {} if name is None else {"UserName": name}
        made = self.call("CreateAccessKey", by, **parameters)["AccessKey"]
        return Key(made["AccessKeyId"], made["SecretAccessKey"])


def form_request(
    action: str,
    key: Key | None = None,
    *,
    at: datetime | None = None,
    region: str = "us-east-1",
    scope: str | None = None,
    **parameters: Any,
) -> WireRequest:
    """A POST of a form, signed by botocore's own signer if a key is given."""
    service = "sts" if action in STS_ACTIONS else "iam"
    version = STS_VERSION if service == "sts" else IAM_VERSION
    body = urlencode({"Action": action, "Version": version, **parameters})
    headers = {"Host": HOST, "Content-Type": FORM}
    if key is not None:
        headers = sign("POST", f"http://{HOST}/", headers, body, key, scope or service, region, at)
    return WireRequest.of("POST", "/", "", headers.items(), body.encode())


class _PatientRequest(WireRequest):
    __slots__ = ()
    takes_later = True


def later(wire: Wire, action: str, **parameters: Any) -> Callable[[], Any]:
    """What makes the answer of a call that takes long, while whoever asked goes on. Fails if it is there at once."""
    asked = form_request(action, **parameters)
    try:
        wire.send(_PatientRequest.of(asked.method, asked.path, asked.query, asked.headers.items(), asked.body))
    except Later as later:
        finish = later.finish
        return lambda: read(finish())
    raise AssertionError(f"{action} does not take long")


def document_request(
    operation: str,
    members: dict[str, Any] | str,
    key: Key | None = None,
    *,
    region: str = "us-east-1",
    scope: str = "tagging",
    prefix: str = "ResourceGroupsTaggingAPI_20170126",
    at: datetime | None = None,
) -> WireRequest:
    """A POST of a JSON document, or of any text in its place, signed by botocore's own signer.

    Without a key it is signed with dummy credentials, so that it has a region.
    """
    body = members if isinstance(members, str) else json.dumps(members)
    headers = {"Host": HOST, "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{prefix}.{operation}"}
    headers = sign("POST", f"http://{HOST}/", headers, body, key or Key("test", "test"), scope, region, at)
    return WireRequest.of("POST", "/", "", headers.items(), body.encode())


def sign(
    method: str,
    url: str,
    headers: dict[str, str],
    body: str,
    key: Key,
    service: str,
    region: str = "us-east-1",
    at: datetime | None = None,
) -> dict[str, str]:
    """The headers with those of a signature."""
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    signer = botocore.auth.SigV4Auth(Credentials(key.id, key.secret, key.token), service, region)
    if at is None:
        signer.add_auth(request)
    else:
        with time_machine.travel(at, tick=False):
            signer.add_auth(request)
    return dict(request.headers.items())


def whole(response: WireResponse) -> tuple[int, list[tuple[str, str]], bytes, bool]:
    """All that a response is, to be compared: status, headers, body, and whether it is to be dropped."""
    return response.status, response.headers, response.body, response.drop


def read(response: WireResponse) -> Any:
    """The result in an answer's XML as a dictionary, or the AwsError in it."""
    document = xmltodict.parse(response.body)
    ((name, root),) = document.items()
    if name == "ErrorResponse":
        return AwsError(root["Error"]["Code"], root["Error"].get("Message"), response.status)
    assert response.status == 200
    return next((value for key, value in root.items() if key.endswith("Result")), None)


def without_request_id(body: bytes) -> str:
    """A body with the request id's characters replaced, so that it can be compared to the letter."""
    return re.sub(r"(<RequestId>)[0-9a-f-]{36}(</RequestId>)", r"\1ID\2", body.decode())
