"""The composition root: settings in, a working engine and its control plane out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from fake_iam.control.http.address import PREFIX
from fake_iam.control.watching.denials import DenialLog
from fake_iam.control.watching.journal import Journal
from fake_iam.control.watching.keywatch import KeyWatch
from fake_iam.control.watching.lint_log import LintLog
from fake_iam.domain.clock import Clock, SteerableClock, SystemClock
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.ids import IdSource, control_token
from fake_iam.domain.loopback import is_loopback
from fake_iam.log import log
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.order import STEPS
from fake_iam.pipeline.runtime import Step
from fake_iam.pipeline.sight import Stored
from fake_iam.pipeline.steps.authentication import authenticate
from fake_iam.pipeline.steps.authorization import authorize
from fake_iam.pipeline.steps.execution import execute
from fake_iam.pipeline.steps.reading import resolve
from fake_iam.protocol.partitions import iam_region
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.served import implemented_services, implemented_targets
from fake_iam.services.context import Delays
from fake_iam.services.iam.credentials.mfa_codes import code_at
from fake_iam.settings import MEMORY, Settings, SettingsError
from fake_iam.store.base import Store, StoreError, StoreUnavailable
from fake_iam.store.opening import open_store
from fake_iam.version import VERSION

if TYPE_CHECKING:
    from fake_iam.control.console.console import Console
    from fake_iam.control.controls import Controls
    from fake_iam.control.http.guard import Guard
    from fake_iam.control.http.plane import ControlPlane
    from fake_iam.control.state.sharing import Shared
    from fake_iam.domain.policy.refusals import Denial
    from fake_iam.gate.gate import Gate


class Assembled:
    """Everything put together: the engine, the controls that steer it, and the pages that reach them.

    Controls and pages are put together when they are first used, since a server starts in half the time without them.

    Raises:
        DocumentError: the seed or the state file cannot be read.
        SettingsError: the store cannot be used.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        services, targets = implemented_services(), implemented_targets()
        models = [implemented.model for implemented in (*services.values(), *targets)]
        self._clock = SteerableClock(clock or SystemClock())
        self._set_clock()
        if settings.state is not None:
            from fake_iam.takeover import take_over_earlier_state

            take_over_earlier_state(settings, settings.state, _fill)
        store = _opened(settings)
        self._shared: Shared | None = None
        others = settings.upstream is not None
        self._journal = Journal(models, settings.journal_size, self._encoded, others=others)
        self.engine = Engine(
            settings=settings,
            services=services,
            targets=targets,
            store=store,
            clock=self._clock,
            wall_clock=SystemClock(),
            ids=IdSource(
                settings.random_seed,
                key_prefix=settings.access_key_prefix,
                awkward_secrets=settings.awkward_secrets,
            ),
            quotas=settings.all_quotas(),
            steps=self._steps({execute: (self._kept(execute),)}),
            sight=Stored(store),
            mfa_code_at=None if settings.any_mfa_code else code_at,
            delays=Delays(
                timedelta(seconds=settings.credential_report_seconds),
                timedelta(seconds=settings.access_report_seconds),
                timedelta(seconds=settings.role_deletion_seconds),
            ),
        )
        self.engine.observers += [self._journal.observe, KeyWatch().observe, DenialLog().observe, LintLog().observe]
        self.control_token = settings.control_token
        if self.control_token is None and not is_loopback(settings.host):
            self.control_token = control_token()
        self.gate = self._gate()
        self._lock = threading.Lock()
        self._steering: tuple[Controls, ControlPlane] | None = None
        self._root_key: AccessKey | None = None
        if settings.address != MEMORY:
            self._shared = self._share()
        if self._shared is None:
            self._plant()
        else:
            self._begin_together(self._shared)

    @property
    def controls(self) -> Controls:
        """What steers the server."""
        return self._steered()[0]

    @property
    def region(self) -> str:
        """The region that this server's clients sign for if they are not told which: IAM's in its partition."""
        return iam_region(self.settings.partition)

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer a request of either kind."""
        if request.path.startswith(PREFIX):
            return self._steered()[1].handle(request)
        return self.engine.handle(request)

    def may_wait(self, request: WireRequest) -> bool:
        """Whether the answer may take long: control pages move whole states, and a fault may be a delay."""
        if request.path.startswith(PREFIX):
            return True
        return self._steering is not None and self._steering[0].faults.delaying

    def reset(self) -> None:
        """Go back to the start: the state is that of the seed, ids are drawn from the beginning, controls are off."""
        with self._shared or self.engine.store.transaction():
            self.controls.clear()
            self._set_clock()
            self.engine.store.clear()
            self.engine.ids.restart()
            self.engine.started_at = self._clock.now()
            self.engine.account_id = self.settings.account_id
            self._plant()

    def rest(self) -> None:
        """Store what is not stored yet, and let go of the store and of upstreams until the next call."""
        try:
            self.engine.store.close()
        except StoreUnavailable as problem:
            log().error("the last dates of last use could not be stored: %s", problem)
        if self.gate is not None:
            self.gate.close()

    def health(self) -> Mapping[str, Any]:
        """Version, auth mode and counts, as /_fake_iam/health shows them."""
        accounts = self.engine.store.accounts()
        return {
            "status": "ok",
            "version": VERSION,
            "auth": self.settings.auth,
            "enforce_policies": self.engine.enforcement,
            "account_id": self.engine.account_id,
            "accounts": len(accounts),
            "users": sum(len(account.users) for account in accounts),
            "access_keys": sum(len(account.access_keys) for account in accounts),
            "sessions": sum(len(account.sessions) for account in accounts),
            **({"warning": warning} if (warning := self.warning()) else {}),
        }

    def warning(self) -> str | None:
        """What callers should know who would look in an empty account while others hold things; None if all is well."""
        if not self.engine.store.accounts():
            return None
        from fake_iam.control.state.answering import overlooked

        return overlooked(self.engine, self._own_key())

    def root_access_key(self) -> tuple[str, str] | None:
        """Id and secret of the root user's key that the settings ask for, or None."""
        return (self._root_key.id, self._root_key.secret) if self._root_key else None

    def _steered(self) -> tuple[Controls, ControlPlane]:
        with self._lock:
            if self._steering is None:
                self._steering = self._steer()
            return self._steering

    def _steer(self) -> tuple[Controls, ControlPlane]:
        """Put the controls in between AWS's steps: rules strike once the caller is known."""
        from fake_iam.control.controls import Controls
        from fake_iam.control.disturbances.faults import Faults
        from fake_iam.control.disturbances.propagation import Propagation
        from fake_iam.control.http.guard import Guard
        from fake_iam.control.http.pages import pages
        from fake_iam.control.http.plane import ControlPlane

        models = [implemented.model for implemented in (*self.engine.services.values(), *self.engine.targets)]
        faults = Faults(models, self.engine.store, self.settings.random_seed, lock=self._shared)
        propagation = Propagation(self.engine.store, self._shared)
        self.engine.sight = propagation
        self.engine.steps = self._steps(
            {
                authenticate: (faults.unauthenticated, authenticate),
                authorize: (faults.before, authorize),
                execute: (self._kept(propagation.execute), faults.after),
            }
        )
        controls = Controls(
            self.engine,
            self._clock,
            faults=faults,
            propagation=propagation,
            journal=self._journal,
            replaced=self._place_root_key,
            own_key=self._own_key,
            shared=self._shared,
        )
        guard = Guard(self.settings.host, self.control_token)
        console: Callable[[], Console] | None = None
        if self.settings.console:
            console = cache(lambda: self._open_console(controls, guard))
        return controls, ControlPlane(pages(controls, self.health, self.reset), guard, self._shared, console)

    def _open_console(self, controls: Controls, guard: Guard) -> Console:
        from fake_iam.control.console.console import Console

        return Console(self.engine, controls, guard, self._shared, self.settings.workers)

    def _gate(self) -> Gate | None:
        """What passes calls of other services on, if there are servers for them."""
        upstreams = self.settings.upstreams()
        if not upstreams:
            return None
        from fake_iam.gate.gate import Gate

        return Gate(self.engine, upstreams, PREFIX)

    def _steps(self, instead: Mapping[Step, Sequence[Step]]) -> tuple[Step, ...]:
        """AWS's steps, some of them with others in their place."""
        steps = [put for step in STEPS for put in instead.get(step, (step,))]
        if self._shared is None:
            return tuple(steps)
        begin, end = steps.index(resolve) + 1, steps.index(authorize) + 1
        return (*steps[:begin], self._shared.together(steps[begin:end]), *steps[end:])

    def _kept(self, execute: Step) -> Step:
        if self._shared is not None:
            return self._shared.sharing(execute)
        return execute

    def _encoded(self, denial: Denial) -> str:
        return self.engine.encoded_message(denial.caller_arn, denial.request, denial.decision)

    def _share(self) -> Shared:
        from fake_iam.control.state.sharing import Shared, replica_name

        self._journal.replica = replica_name()
        return Shared(self.engine, self._clock)

    def _begin_together(self, shared: Shared) -> None:
        """Put all that is steered into the store, and the first rows if no other process did."""
        shared.attend(self.controls.faults, self.controls.propagation)
        with shared:
            if shared.begun:
                self._set_clock()
                self._place_root_key()
            else:
                self._plant()

    def _set_clock(self) -> None:
        """Let the clock stand where the settings want it."""
        moment = self.settings.clock_at(self._clock.now())
        if moment is not None:
            self._clock.freeze(moment)

    def _plant(self) -> None:
        """The seed of the settings, then the root key."""
        if self.settings.seed is not None:
            self.controls.seed(self.settings.seed)
        self._place_root_key()

    def _own_key(self) -> str | None:
        """The id of the root key that is there for the settings' sake."""
        return self._root_key.id if self._root_key else None

    def _place_root_key(self, keep: bool = False) -> None:
        """Give the root user the key of the settings; ``strict`` needs one, so there it is made if there is none.

        With ``keep`` it is the one that was there before, for callers have it already.
        """
        settings, engine = self.settings, self.engine
        if settings.auth != "strict" and settings.root_access_key_id is None:
            return
        account = engine.store.account(engine.account_id)
        present = {key.id: key for key in account.access_keys.where("owner", account.id)}
        wanted = settings.root_access_key_id
        before = self._root_key
        found = present.get(wanted) if wanted else None
        if not wanted:
            active = [key for key in present.values() if key.active]
            known = [key for key in active if before is not None and key.id == before.id]
            found = next(iter(known if keep else [*known, *active]), None)
        if found is None:
            key_id = before.id if before else wanted or engine.ids.access_key_id(account.id)
            secret = before.secret if before else settings.root_secret_access_key or engine.ids.secret()
            with engine.store.transaction():
                found = AccessKey(
                    id=key_id,
                    account_id=account.id,
                    owner_id=account.id,
                    secret=secret,
                    created_at=engine.started_at,
                    serial=engine.store.record_issue(key_id, account.id),
                )
                account.access_keys.put(key_id, found)
        self._root_key = found


def _opened(settings: Settings) -> Store:
    try:
        return open_store(settings.address)
    except StoreError as problem:
        name = "store" if settings.state is None else "state"
        raise SettingsError(f"{name}: {problem}") from None


def _fill(settings: Settings, document: Any) -> None:
    """Load a document into a store that nobody has yet."""
    filling = Assembled(settings)
    try:
        filling.controls.load(document)
    finally:
        filling.rest()


def assemble(settings: Settings, clock: Clock | None = None) -> Assembled:
    """Put a server's inside together. ``clock`` dates what happens; the machine's own time if left out."""
    return Assembled(settings, clock)
