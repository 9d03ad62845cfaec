"""Requests as boto3 sends them, signed by botocore's own signer before anything is timed, and kept as bytes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HOST: Final = "127.0.0.1"
REGION: Final = "us-east-1"
VERSIONS: Final = {"iam": "2010-05-08", "sts": "2011-06-15"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair to sign with."""

    id: str
    secret: str = field(repr=False)


DUMMY: Final = Key("testing", "testing")


def signed_request(port: int, key: Key, action: str, service: str = "iam", /, **parameters: str | int) -> bytes:
    """A POST of a form, ready to send.

    Each carries an invocation id of its own, as with boto3, so that no two signatures are the same.
    """
    body = urlencode({"Action": action, "Version": VERSIONS[service], **parameters})
    headers = {
        "Host": f"{HOST}:{port}",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "benchmarks",
        "Accept-Encoding": "identity",
        "amz-sdk-invocation-id": str(uuid.uuid4()),
        "amz-sdk-request": "attempt=1",
    }
    request = AWSRequest(method="POST", url=f"http://{HOST}:{port}/", data=body, headers=headers)
    SigV4Auth(Credentials(key.id, key.secret), service, REGION).add_auth(request)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}"])
    return f"{head}\r\n\r\n{body}".encode()


def plain_request(port: int, method: str, path: str, body: bytes = b"") -> bytes:
    """A request of the control plane, which needs no signature."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
