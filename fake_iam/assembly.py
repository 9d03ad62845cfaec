"""The composition root: settings in, a working engine and its control plane out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fake_iam.control.plane import PREFIX, ControlPlane
from fake_iam.domain.access_keys import AccessKey
from fake_iam.domain.clock import Clock, SystemClock
from fake_iam.domain.ids import IdSource
from fake_iam.domain.quotas import Quotas
from fake_iam.pipeline.engine import Engine, Implemented
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.services.iam import IAM
from fake_iam.services.registry import Service
from fake_iam.services.sts import STS
from fake_iam.settings import Settings
from fake_iam.store.memory import MemoryStore


def package_version() -> str:
    """The installed version, or "unknown" in a bare source tree."""
    try:
        return version("fake-iam")
    except PackageNotFoundError:
        return "unknown"


class Assembled:
    """Everything put together: the engine, and the control plane that steers it."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.engine = Engine(
            settings=settings,
            services=implemented_services(),
            store=MemoryStore(),
            clock=self.clock,
            wall_clock=SystemClock(),
            ids=IdSource(settings.random_seed),
            quotas=Quotas(settings.access_keys_per_user, settings.users_per_account, settings.page_size),
        )
        self.control = ControlPlane(health=self.health, reset=self.reset)
        self._root_key: AccessKey | None = None
        self._place_root_key()

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer a request of either kind."""
        if request.path.startswith(PREFIX):
            return self.control.handle(request)
        return self.engine.handle(request)

    def reset(self) -> None:
        """Forget all users, keys and sessions, and draw ids from the beginning; the root key stays as it was."""
        with self.engine.store.transaction():
            self.engine.store.clear()
            self.engine.ids.restart()
            self.engine.started_at = self.clock.now()
        self._place_root_key()

    def health(self) -> Mapping[str, Any]:
        """Version, auth mode and counts, as /_fake_iam/health shows them."""
        accounts = self.engine.store.accounts()
        return {
            "status": "ok",
            "version": package_version(),
            "auth": self.settings.auth,
            "account_id": self.settings.account_id,
            "accounts": len(accounts),
            "users": sum(len(account.users) for account in accounts),
            "access_keys": sum(len(account.access_keys) for account in accounts),
            "sessions": sum(len(account.sessions) for account in accounts),
        }

    def root_access_key(self) -> tuple[str, str] | None:
        """Id and secret of the root user's key that the settings ask for, or None."""
        return (self._root_key.id, self._root_key.secret) if self._root_key else None

    def _place_root_key(self) -> None:
        """Give the root user the key of the settings; ``strict`` needs one, so there it is made if none is given."""
        settings, engine = self.settings, self.engine
        if settings.auth != "strict" and settings.root_access_key_id is None:
            return
        account_id = settings.account_id
        before = self._root_key
        key_id = before.id if before else settings.root_access_key_id or engine.ids.access_key_id(account_id)
        secret = before.secret if before else settings.root_secret_access_key or engine.ids.secret()
        with engine.store.transaction():
            self._root_key = AccessKey(
                id=key_id,
                account_id=account_id,
                owner_id=account_id,
                secret=secret,
                created_at=engine.started_at,
                serial=engine.store.record_issue(key_id, account_id),
            )
            engine.store.account(account_id).access_keys.put(key_id, self._root_key)


def assemble(settings: Settings, clock: Clock | None = None) -> Assembled:
    """Put a server's inside together. ``clock`` dates what happens; the machine's own time if left out."""
    return Assembled(settings, clock)


def implemented_services() -> dict[str, Implemented]:
    """Both services by API version, IAM first, each function's signature compared with the model."""
    return {model.version: Implemented(model, service) for service, model in map(_agreed, (IAM, STS))}


def _agreed(service: Service) -> tuple[Service, ServiceModel]:
    """Raises TypeError if a function's required parameters are not the model's required members.

    Optional members come and go with botocore's releases: one that a function does not know is left out of its call.
    """
    model = load_service(service.name)
    for name, operation in service.operations.items():
        expected, actual = _required(plan_for(model, name).argument_names), _required(operation.parameters)
        if expected != actual:
            raise TypeError(f"{service.name}:{name} requires {actual}, the model says {expected}")
    return service, model


def _required(names: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, required in names.items() if required)
