"""A boto3 session whose IAM, STS and tagging clients reach one fake, whatever the environment and ~/.aws say."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from fake_iam.inprocess import CLIENTS

_NO_FILE: Final = (None, None, os.devnull, None)
_VARIABLES: Final = {"profile": (None, None, None, None), "config_file": _NO_FILE, "credentials_file": _NO_FILE}


class FakeSession(botocore.session.Session):  # type: ignore[misc] # botocore has no types
    """A botocore session that reads neither a profile nor a file.

    Args:
        endpoint: says where clients of IAM, STS and the Tagging API go, even if they are told to go elsewhere.
        prepare: is given each of these clients before anybody else is.
        is_passed_on: says of another service whether its clients go there, too.
    """

    def __init__(
        self, endpoint: Callable[[], str], prepare: Callable[[Any], None], is_passed_on: Callable[[str], bool]
    ) -> None:
        self._endpoint = endpoint
        self._is_passed_on = is_passed_on
        self._prepare = prepare
        self._making = threading.RLock()  # making clients is not safe from several threads
        super().__init__(session_vars=_VARIABLES)

    def create_client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:
        """A client; one of another service that is not passed on is botocore's own affair."""
        with self._making:
            if service_name not in CLIENTS and not self._is_passed_on(service_name):
                return super().create_client(service_name, *args, **kwargs)
            direct = Config(proxies={})
            kwargs["config"] = direct.merge(kwargs["config"]) if kwargs.get("config") else direct
            kwargs["endpoint_url"] = self._endpoint()
            client = super().create_client(service_name, *args, **kwargs)
            self._prepare(client)
            return client


def fake_session(
    endpoint: Callable[[], str],
    prepare: Callable[[Any], None],
    is_passed_on: Callable[[str], bool],
    credentials: tuple[str, str, str | None],
    region: str,
) -> boto3.session.Session:
    """A boto3 session over a FakeSession, with id, secret and token to sign with."""
    key_id, secret, token = credentials
    return boto3.session.Session(
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
        region_name=region,
        botocore_session=FakeSession(endpoint, prepare, is_passed_on),
    )
