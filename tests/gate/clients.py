"""Clients of other services, and requests signed by hand."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from tests.support import Key

REGION = "eu-west-1"


class Clients:
    """Clients that reach one address and sign with one key."""

    def __init__(self, url: str, key: Key) -> None:
        self.url = url
        self.key = key

    def __call__(self, service: str, *, region: str = REGION, **config: Any) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.key.id,
            aws_secret_access_key=self.key.secret,
            aws_session_token=self.key.token,
            config=Config(retries={"total_max_attempts": 1}, proxies={}, **config),
        )
