"""FakeIAM: a server for the length of a ``with`` block, and clients that reach it."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Any

from fake_iam.assembly import Assembled, assemble
from fake_iam.domain.clock import Clock
from fake_iam.server import LocalServer
from fake_iam.settings import Settings

DUMMY = "testing"
DEFAULT_REGION = "us-east-1"


class FakeIAM:
    """A fake IAM and STS on a local socket.

    Args:
        settings: how it behaves; the defaults, on any free port, if left out.
        clock: what dates users, keys and sessions; the machine's own time if left out.
        overrides: single settings by name, for example ``auth="strict"``; not together with ``settings``.

    Besides calling it, a test steers it: ``clock``, ``backdate``, ``backdate_user``, ``backdate_access_key``, ``seed``,
    ``import_account``, ``dump``, ``load``, ``snapshot``, ``restore``, ``propagation``, ``faults``, ``calls`` and
    ``journal`` are those of ``fake_iam.control.controls.Controls``.

    Raises:
        SettingsError: a setting is out of its range.
        DocumentError: the seed or the state file cannot be read.
        OSError: on ``start``, if the port is taken.
    """

    def __init__(self, settings: Settings | None = None, *, clock: Clock | None = None, **overrides: Any) -> None:
        if settings is not None and overrides:
            raise TypeError("give settings, or single settings by name, but not both")
        self.settings = settings or Settings(**{"port": 0, **overrides})
        self.assembled: Assembled = assemble(self.settings, clock)
        self._server: LocalServer | None = None
        controls = self.assembled.controls
        self.clock = controls.clock
        self.propagation = controls.propagation
        self.faults = controls.faults
        self.journal = controls.journal
        self.calls = controls.calls
        self.backdate = controls.backdate
        self.backdate_user = controls.backdate_user
        self.backdate_access_key = controls.backdate_access_key
        self.seed = controls.seed
        self.import_account = controls.import_account
        self.dump = controls.dump
        self.load = controls.load
        self.snapshot = controls.snapshot
        self.restore = controls.restore
        self._session: Any = None
        self._session_lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the server is reached. Raises RuntimeError before it is started."""
        return self._running().url

    def start(self) -> FakeIAM:
        """Listen and serve, from threads of its own."""
        if self._server is None:
            self._server = LocalServer(self.assembled, self.settings.host, self.settings.port).start()
        return self

    def stop(self) -> None:
        """Stop serving; the state is kept until the object goes."""
        if self._server is not None:
            self._server.stop()
            self._server = None
            self.assembled.save()

    def __enter__(self) -> FakeIAM:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def reset(self) -> None:
        """Go back to the start: users and keys are those of the seed, the controls are off, the journal is empty."""
        self.assembled.reset()

    def client(
        self,
        service: str,
        *,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        region_name: str = DEFAULT_REGION,
        **kwargs: Any,
    ) -> Any:
        """A boto3 client for ``"iam"`` or ``"sts"``, whatever the environment and ~/.aws say.

        Without a key it signs as the root user: with the root key if the server has one, else with dummy credentials.
        ``kwargs`` go to boto3's ``client``.
        """
        from botocore.config import Config

        url = self.url
        default_id, default_secret = self.assembled.root_access_key() or (DUMMY, DUMMY)
        direct = Config(proxies={})
        kwargs["config"] = direct.merge(kwargs["config"]) if kwargs.get("config") else direct
        with self._session_lock:  # making clients is not safe from several threads
            if self._session is None:
                self._session = _session_without_surroundings()
            return self._session.client(
                service,
                endpoint_url=url,
                region_name=region_name,
                aws_access_key_id=access_key_id or default_id,
                aws_secret_access_key=secret_access_key or default_secret,
                aws_session_token=session_token,
                **kwargs,
            )

    def environment(self) -> dict[str, str]:
        """The variables that bring any SDK's clients here: endpoints, credentials, region."""
        key_id, secret = self.assembled.root_access_key() or (DUMMY, DUMMY)
        return {
            "AWS_ENDPOINT_URL_IAM": self.url,
            "AWS_ENDPOINT_URL_STS": self.url,
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": DEFAULT_REGION,
            "AWS_REGION": DEFAULT_REGION,
        }

    def _running(self) -> LocalServer:
        if self._server is None:
            raise RuntimeError("the server is not running: use FakeIAM in a with block, or call start()")
        return self._server


def _session_without_surroundings() -> Any:
    """A boto3 session that reads neither a profile nor a file, whatever the environment names."""
    import boto3
    import botocore.session

    nowhere = (None, None, os.devnull, None)
    variables = {"profile": (None, None, None, None), "config_file": nowhere, "credentials_file": nowhere}
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=variables))
