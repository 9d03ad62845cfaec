"""What the cases run against: the fake, any endpoint, or AWS. A case does not know which."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.config import Config

from conformance import raw
from conformance.answers import AwsError
from conformance.clients import Client, Operation, asked
from conformance.raw import RawAnswer
from conformance.signing import Headers, Key, Signature
from fake_iam import FakeIAM, Settings
from fake_iam.domain.clock import Clock

Value = TypeVar("Value")
Service = Literal["iam", "sts"]
ClientOf = Service | Literal["resourcegroupstaggingapi"]

REGION: Final = "us-east-1"
VERSIONS: Final = {"iam": "2010-05-08", "sts": "2011-06-15"}
AWS_URLS: Final = {"iam": "https://iam.amazonaws.com", "sts": f"https://sts.{REGION}.amazonaws.com"}
FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"
ROOT: Final = Key("AKIAQCONFORMANCEROOT", "conformance/root+secret")
DUMMY: Final = "testing"
FAST: Final = Config(
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=3,
    read_timeout=10,
    parameter_validation=False,
    proxies={},
)
PATIENT: Final = Config(retries={"total_max_attempts": 6, "mode": "standard"}, parameter_validation=False)
SETTLE_SECONDS: Final = 90.0
OWN_KEYS_POLICY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":'
    '["iam:GetUser","iam:*AccessKey*","iam:*SigningCertificate*","iam:ListMFADevices","iam:ChangePassword",'
    '"iam:GetLoginProfile"]}]}'
)
POLICY_NAME: Final = "own-keys"


class Caller:
    """Clients that sign with one key."""

    def __init__(self, target: Target, key: Key, region: str = REGION) -> None:
        self.key = key
        self.iam: Client = target.client("iam", key, REGION)
        self.sts: Client = target.client("sts", key, region)


class Target:
    """A place where IAM and STS answer, and its administrator's key.

    Args:
        kind: ``fake``, ``endpoint`` (any other server) or ``aws``.
        key: the key of an administrator.
        url: where the server listens; not for ``aws``.
    """

    def __init__(self, kind: Literal["fake", "endpoint", "aws"], key: Key, url: str | None = None) -> None:
        self.kind = kind
        self.key = key
        self._url = url
        self._session: Any = boto3.session.Session()
        self._clients: list[Client] = []
        self._admin = Caller(self, key)
        self._identity: Any = None
        self._clients.clear()

    @property
    def iam(self) -> Client:
        """The administrator's IAM client."""
        return self._admin.iam

    @property
    def sts(self) -> Client:
        """The administrator's STS client."""
        return self._admin.sts

    @property
    def account(self) -> str:
        """The account's number."""
        return str(self._who()["Account"])

    @property
    def arn(self) -> str:
        """The administrator's ARN."""
        return str(self._who()["Arn"])

    def _who(self) -> Any:
        __tracebackhide__ = True
        if self._identity is None:
            self._identity = self.sts.get_caller_identity()
        return self._identity

    def need_root(self) -> None:
        """Skip the case unless the administrator is the root user."""
        __tracebackhide__ = True
        if self.arn != f"arn:aws:iam::{self.account}:root":
            pytest.skip("needs the root user's credentials")

    def need_long_term_key(self) -> None:
        """Skip the case if the administrator signs with temporary credentials."""
        __tracebackhide__ = True
        if self.key.token is not None:
            pytest.skip("needs an administrator with a long-term key")

    def client(self, service: ClientOf, key: Key, region: str = REGION) -> Client:
        """A client that signs with the key, closed at the end of the case."""
        made = self._session.client(
            service,
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
            aws_session_token=key.token,
            region_name=region,
            endpoint_url=self._url,
            config=PATIENT if self.kind == "aws" else FAST,
        )
        self._clients.append(Client(made))
        return self._clients[-1]

    def signing_with(self, key: Key, region: str = REGION) -> Caller:
        """Clients that sign with the key; the region is that of the STS client, IAM has one only."""
        return Caller(self, key, region)

    @staticmethod
    def error(operation: Operation, **parameters: Any) -> AwsError:
        """The error that the call ends in; fails the case if it succeeds."""
        __tracebackhide__ = True
        return operation.error(**parameters)

    def settle(self, probe: Callable[[], Value], expected: Value) -> Value:
        """What the probe gives: at once from a fake; from AWS, where changes take time, when it is as expected."""
        __tracebackhide__ = True
        deadline = time.monotonic() + (SETTLE_SECONDS if self.kind == "aws" else 0)
        while True:
            late = time.monotonic() >= deadline
            try:
                got = probe()
            except AssertionError:
                if late:
                    raise
            else:
                if late or got == expected:
                    return got
            time.sleep(2)

    def wait_for(self, operation: Operation, **parameters: Any) -> Any:
        """The answer of a call that a change just made allows; AWS may need some seconds."""
        __tracebackhide__ = True
        answers: list[Any] = []

        def probe() -> bool:
            answers.append(operation(**parameters))
            return True

        self.settle(probe, True)
        return answers[-1]

    def url(self, service: Service) -> str:
        """Where the service is reached."""
        return self._url or AWS_URLS[service]

    def host(self, service: Service) -> str:
        """The Host header of the service."""
        return urlsplit(self.url(service)).netloc

    def signature(self, service: Service, key: Key | None = None, **parts: Any) -> Signature:
        """How a raw request is signed: the administrator's key if no other is given."""
        return Signature(**{"key": key or self.key, "service": service, **parts})

    def post(
        self,
        service: Service,
        form: dict[str, Any] | str | bytes,
        *,
        signature: Signature | None = None,
        content_type: str | None = FORM,
        headers: Headers | None = None,
        path: str = "/",
        query: str = "",
        method: str = "POST",
        signed: bool = True,
    ) -> RawAnswer:
        """Post a form, or any body. It is signed rightly by the administrator if nothing else is said."""
        __tracebackhide__ = True
        if isinstance(form, dict) and "Action" in form:
            asked.add(f"{service}:{form['Action']}")
        text = urlencode(form) if isinstance(form, dict) else form
        body = text.encode() if isinstance(text, str) else text
        sent: Headers = [("Host", self.host(service))]
        sent += [("Content-Type", content_type)] if content_type is not None else []
        sent += headers or []
        if signed:
            how = signature or self.signature(service)
            sent = how.headers(method, path, query, sent, body)
        return self.send(service, method, f"{path}?{query}" if query else path, sent, body)

    def get(self, service: Service, query: str, *, path: str = "/", signature: Signature | None = None) -> RawAnswer:
        """Get with all parameters in the query, signed in a header, by the administrator if nothing else is said."""
        __tracebackhide__ = True
        return self.post(service, b"", signature=signature, content_type=None, path=path, query=query, method="GET")

    def presigned(self, service: Service, query: str, signature: Signature | None = None, **parts: Any) -> RawAnswer:
        """Get a URL that is signed in its query."""
        __tracebackhide__ = True
        headers: Headers = [("Host", self.host(service))]
        how = signature or self.signature(service)
        return self.send(service, "GET", f"/?{how.query('GET', '/', query, headers, **parts)}", headers, b"")

    def send(self, service: Service, method: str, target: str, headers: Headers, body: bytes = b"") -> RawAnswer:
        """Send a request as it is."""
        __tracebackhide__ = True
        return raw.send(self.url(service), method, target, headers, body)

    def permit_own_keys(self, user: str) -> None:
        """Let a user manage its keys, certificates and password; a server that has no policies refuses nobody."""
        __tracebackhide__ = True
        try:
            self.iam.put_user_policy(UserName=user, PolicyName=POLICY_NAME, PolicyDocument=OWN_KEYS_POLICY)
        except AssertionError:
            if self.kind != "endpoint":
                raise

    def release(self) -> None:
        """Close the clients that a case made."""
        while self._clients:
            self._clients.pop().close()

    def close(self) -> None:
        """Close the administrator's clients, too."""
        self.release()
        self.iam.close()
        self.sts.close()


def settings(**changes: Any) -> Settings:
    """How the fake is set for the cases: as strict as AWS, with a key for its root user."""
    root = {"root_access_key_id": ROOT.id, "root_secret_access_key": ROOT.secret}
    return Settings(**{"port": 0, "auth": "strict", **root, **changes})


@contextmanager
def fake_target(clock: Clock | None = None, **changes: Any) -> Iterator[Target]:
    """A fake for as long as the block lasts, for the cases of this session or for one case with settings of its own."""
    with FakeIAM(settings(**changes), clock=clock) as server:
        target = Target("fake", ROOT, server.url)
        try:
            yield target
        finally:
            target.close()


@contextmanager
def choose_target(endpoint: str | None) -> Iterator[Target]:
    """The target that ``--endpoint-url`` names: nothing is the fake, ``aws`` is AWS. Raises pytest.UsageError."""
    if endpoint is None:
        with fake_target() as target:
            yield target
        return
    target = _aws_target() if endpoint == "aws" else Target("endpoint", _endpoint_key(), endpoint)
    try:
        yield target
    finally:
        target.close()


def _endpoint_key() -> Key:
    """The key in the environment, else one that most mocks take for an administrator's."""
    key_id = os.environ.get("AWS_ACCESS_KEY_ID", DUMMY)
    return Key(key_id, os.environ.get("AWS_SECRET_ACCESS_KEY", DUMMY), os.environ.get("AWS_SESSION_TOKEN"))


def _aws_target() -> Target:
    credentials = boto3.session.Session().get_credentials()
    if credentials is None:
        raise pytest.UsageError("--endpoint-url aws needs an administrator's credentials, found as boto3 finds them")
    frozen = credentials.get_frozen_credentials()
    return Target("aws", Key(str(frozen.access_key), str(frozen.secret_key), frozen.token))
