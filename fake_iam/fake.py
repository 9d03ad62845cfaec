"""FakeIAM: a server for the length of a ``with`` block, and clients that reach it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal

from fake_iam.assembly import Assembled, assemble
from fake_iam.domain.clock import Clock
from fake_iam.gate import endpoints
from fake_iam.server import LocalServer
from fake_iam.settings import Settings, SettingsError

if TYPE_CHECKING:
    from fake_iam.inprocess import InProcess
    from fake_iam.interception import Interception

DUMMY: Final = "testing"
TRANSPORTS: Final = ("socket", "inprocess")


class FakeIAM:
    """A fake IAM and STS, on a local socket or in this process.

    Args:
        settings: how it behaves; the defaults, on any free port, if left out.
        clock: what dates users, keys and sessions; the machine's own time if left out. A text is the setting of that
            name: the moment at which the server's clock stands.
        transport: how its clients reach it: over a ``socket``, as any program can, or ``inprocess``, which is faster
            and has no address.
        overrides: single settings by name, for example ``auth="strict"``; not together with ``settings``.

    Besides calling it, a test steers it: ``clock``, ``backdate``, ``backdate_user``, ``backdate_access_key``,
    ``backdate_root``, ``seed``, ``import_account``, ``dump``, ``load``, ``snapshot``, ``restore``, ``propagation``,
    ``faults``, ``calls``, ``journal``, ``enforce_policies``, ``denials``, ``why``, ``least_privilege`` and
    ``delegation_notifications`` are those of ``fake_iam.control.controls.Controls``.
    ``web_identity_token``, ``set_web_identity_keys``, ``saml_metadata`` and ``saml_assertion`` stand in for identity
    providers, ``outbound_jwks`` for the account's issuer; they are those of
    ``fake_iam.control.federation.federation.Federation``. ``assume_role_as`` lets a service of AWS take on a role.

    Raises:
        SettingsError: a setting is out of its range, or the store cannot be used.
        DocumentError: the seed or the state file cannot be read.
        OSError: on ``start``, if the port is taken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | str | None = None,
        transport: Literal["socket", "inprocess"] = "socket",
        **overrides: Any,
    ) -> None:
        if isinstance(clock, str):
            overrides, clock = {**overrides, "clock": clock}, None
        if settings is not None and overrides:
            raise TypeError("give settings, or single settings by name, but not both")
        if transport not in TRANSPORTS:
            raise SettingsError(f"transport is {transport!r}; it must be one of {', '.join(TRANSPORTS)}")
        self.transport = transport
        self.settings = settings or Settings(**{"port": 0, **overrides})
        if self.settings.upstream is not None and transport != "socket":
            raise SettingsError("upstream needs the transport socket: calls of other services are passed on from there")
        self.assembled: Assembled = assemble(self.settings, clock)
        self._server: LocalServer | None = None
        self._started = False
        controls = self.assembled.controls
        self.clock = controls.clock
        self.propagation = controls.propagation
        self.faults = controls.faults
        self.journal = controls.journal
        self.calls = controls.calls
        self.enforce_policies = controls.enforce_policies
        self.denials = controls.denials
        self.why = controls.why
        self.least_privilege = controls.least_privilege
        self.backdate = controls.backdate
        self.backdate_user = controls.backdate_user
        self.backdate_access_key = controls.backdate_access_key
        self.backdate_root = controls.backdate_root
        self.seed = controls.seed
        self.import_account = controls.import_account
        self.dump = controls.dump
        self.load = controls.load
        self.snapshot = controls.snapshot
        self.restore = controls.restore
        self.web_identity_token = controls.federation.web_identity_token
        self.set_web_identity_keys = controls.federation.set_web_identity_keys
        self.assume_role_as = controls.service_roles.assume_role_as
        self.outbound_jwks = controls.federation.outbound_jwks
        self.delegation_notifications = controls.delegation_notifications
        self.saml_metadata = controls.federation.saml_metadata
        self.saml_assertion = controls.federation.saml_assertion
        self._session: Any = None
        self._session_lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the server is reached. Raises RuntimeError before it is started, and if it answers in process."""
        self._check_started()
        if self._server is None:
            raise RuntimeError(
                "the transport inprocess has no address: use client(), session() or intercept(), "
                'or FakeIAM(transport="socket")'
            )
        return self._server.url

    def start(self) -> FakeIAM:
        """Answer from now on. On a socket: listen and serve, from a thread of its own."""
        if self.transport == "socket" and self._server is None:
            settings, gate = self.settings, self.assembled.gate
            self._server = LocalServer(self.assembled, settings.host, settings.port, gate=gate).start()
        self._started = True
        return self

    def stop(self) -> None:
        """Stop answering; the state is kept until the object goes."""
        if not self._started:
            return
        self._started = False
        if self._server is not None:
            self._server.stop()
            self._server = None
        self.assembled.rest()

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
        region_name: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """A boto3 client for iam, sts or resourcegroupstaggingapi, whatever the environment and ~/.aws say.

        With the setting ``upstream`` it may be of any service whose calls are passed on.

        Without a key it signs as the root user: with the root key if the server has one, else with dummy credentials.
        Without a region it signs for IAM's in the server's partition.
        ``kwargs`` go to boto3's ``client``: ``config=Config(retries={"total_max_attempts": 1})`` for one.
        """
        self._check_started()
        default_id, default_secret = self._root_credentials()
        with self._session_lock:
            if self._session is None:
                self._session = self.session()
        return self._session.client(
            service,
            region_name=region_name or self.assembled.region,
            aws_access_key_id=access_key_id or default_id,
            aws_secret_access_key=secret_access_key or default_secret,
            aws_session_token=session_token,
            **kwargs,
        )

    def session(
        self,
        *,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        region_name: str | None = None,
    ) -> Any:
        """A boto3 session for code that takes one: its IAM, STS and tagging clients are answered here.

        They are so whatever the environment, ~/.aws and an ``endpoint_url`` say. Without a key and a region it signs
        as ``client`` does. Clients of other services go where boto3 sends them, with these credentials, unless the
        setting ``upstream`` is for their calls.
        """
        from fake_iam.session import fake_session

        self._check_started()
        default_id, default_secret = self._root_credentials()
        credentials = (access_key_id or default_id, secret_access_key or default_secret, session_token)
        region, upstreams = region_name or self.assembled.region, self.settings.upstreams()

        def is_passed_on(service: str) -> bool:
            return endpoints.is_sent_here(service, upstreams)

        return fake_session(self._endpoint, self._prepare, is_passed_on, credentials, region)

    def intercept(self, *, refuse_others: bool = False) -> Interception:
        """A block in which the code under test reaches this fake with clients that it builds itself, or has built.

        Inside ``with fake.intercept():`` every IAM and STS client of this process is answered here, wherever it is
        told to go; only clients that a FakeIAM made stay with theirs. Dummy credentials, a region and no configuration
        files are in the environment. All is put back at the end. Blocks may be nested: the innermost answers. It is a
        decorator, too. Entering raises RuntimeError before the start.

        Clients of other services go where boto3 sends them, or with ``refuse_others`` raise OtherServiceError.
        """
        from fake_iam.interception import Interception

        return Interception(self._in_process, lambda: self._variables(self._endpoint()), refuse_others)

    def environment(self) -> dict[str, str]:
        """The variables that bring any SDK's clients here: endpoints, credentials, region.

        Raises RuntimeError before the start, and if it answers in process.
        """
        return self._variables(self.url)

    def _variables(self, url: str) -> dict[str, str]:
        key_id, secret = self._root_credentials()
        return {
            **endpoints.variables(url, self.settings.upstreams()),
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": self.assembled.region,
            "AWS_REGION": self.assembled.region,
        }

    def _root_credentials(self) -> tuple[str, str]:
        return self.assembled.root_access_key() or (DUMMY, DUMMY)

    def _endpoint(self) -> str:
        """Where clients are sent: in process to a name that does not exist, should a request slip past."""
        from fake_iam.inprocess import NOWHERE

        self._check_started()
        return NOWHERE if self._server is None else self._server.url

    def _prepare(self, client: Any) -> None:
        """Make a new client this fake's own."""
        from fake_iam.inprocess import attach
        from fake_iam.interception import keep_out

        if self.transport == "inprocess":
            attach(client, self.assembled, self._is_started)
        else:
            keep_out(client)

    def _in_process(self) -> InProcess:
        from fake_iam.inprocess import InProcess

        self._check_started()
        return InProcess(self.assembled, self._is_started)

    def _is_started(self) -> bool:
        return self._started

    def _check_started(self) -> None:
        if not self._started:
            raise RuntimeError("the server is not running: use FakeIAM in a with block, or call start()")
