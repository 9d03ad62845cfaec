"""Changes that take their time to be seen, as AWS's do: computed from when they happened, never a timer.

A service sees a change when its delay has passed on the server's clock, or when it was asked for a number of times.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from fake_iam.control.disturbances.deciding_policies import POLICY_KINDS, AccountBefore, subject_of
from fake_iam.control.documents.format import Field, Record
from fake_iam.control.documents.moments import ANY_TIME, read_moment, read_span, write_moment, write_span
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.state.rows import decode, encode
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.sts.sessions import Session
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.sight import stored_credentials
from fake_iam.pipeline.steps.execution import execute
from fake_iam.store.base import Account, PolicyAccount, Store

Delay = timedelta | int
What = Literal[
    "new_keys",
    "status_changes",
    "deletions",
    "new_sessions",
    "new_users",
    "new_instance_profiles",
    "new_principals",
    "new_roles",
    "trust_policies",
    "policies",
]
_CALLS: Final = re.compile(r"(\d{1,6})\s*calls?")
_MEANINGS: Final[Mapping[What, str]] = {
    "new_keys": "until a new key may sign",
    "status_changes": "until a key's new status counts for what it signs",
    "deletions": "until a deleted key may sign no more",
    "new_sessions": "until new temporary credentials may sign",
    "new_users": "until look-ups and lists find a new user",
    "new_instance_profiles": "until look-ups and lists find a new instance profile",
    "new_principals": "until a trust policy may name a new user or role",
    "new_roles": "until a new role may be taken on",
    "trust_policies": "until a role's new trust policy decides",
    "policies": "until changed policies, memberships and boundaries decide on calls",
}


@dataclass(frozen=True)
class DelayKind:
    """A delay in a document: a span of time or a number of calls."""

    def read(self, value: Any, where: Where) -> Delay:
        """A span, or how many calls do not see the change yet. Raises FormatError."""
        calls = _CALLS.fullmatch(value.strip()) if isinstance(value, str) else None
        if calls:
            return int(calls[1])
        try:
            return read_span(value)
        except ValueError as problem:
            raise FormatError(where, f'{problem}, or a number of calls such as "2 calls"') from None

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "examples": ["8 seconds", "2 calls"]}


def delays(*names: What) -> Record:
    """The format of one service's delays."""
    return Record({name: Field(DelayKind(), _MEANINGS[name]) for name in names})


FORMAT: Final = Record(
    {
        "iam": Field(
            delays(
                "new_keys",
                "status_changes",
                "deletions",
                "new_sessions",
                "new_users",
                "new_instance_profiles",
                "new_principals",
                "policies",
            ),
            "what IAM sees late",
        ),
        "sts": Field(
            delays(
                "new_keys", "status_changes", "deletions", "new_sessions", "new_roles", "trust_policies", "policies"
            ),
            "what STS sees late",
        ),
    }
)
_KINDS: Final = {kind.__name__: kind for kind in (AccessKey, Role, *POLICY_KINDS)}
_CREATED: Final[Mapping[str, tuple[str, str, tuple[What, ...]]]] = {
    "CreateUser": ("User", "UserId", ("new_users", "new_principals")),
    "CreateInstanceProfile": ("InstanceProfile", "InstanceProfileId", ("new_instance_profiles",)),
    "CreateRole": ("Role", "RoleId", ("new_roles", "new_principals")),
    "CreateServiceLinkedRole": ("Role", "RoleId", ("new_roles", "new_principals")),
}
"""What operations make, which of its members tells it apart, and the delays that hold for it."""


@dataclass(slots=True)
class _Change:
    """What became of a row: the rows that were there before, and how often each service asked since."""

    at: datetime
    what: What
    before: tuple[Any, ...] = ()
    asked: dict[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The change as JSON."""
        before = [{"kind": type(row).__name__, "row": encode(row, secrets=True)} for row in self.before]
        return {"at": write_moment(self.at), "what": self.what, "before": before, "asked": self.asked}

    @classmethod
    def of(cls, document: dict[str, Any]) -> _Change:
        """The change that the JSON tells of."""
        before = tuple(decode(_KINDS[row["kind"]], row["row"], ("before",), str) for row in document["before"])
        return cls(read_moment(document["at"], ANY_TIME), document["what"], before, document["asked"])


class Pending(NamedTuple):
    """A change that a service does not see yet: until a moment, or for so many more calls."""

    id: str
    what: What
    at: datetime
    service: str
    until: datetime | None
    calls: int | None


class Propagation:
    """The delays, and the changes that may not be seen yet. Off until ``delay`` is called."""

    def __init__(self, store: Store, lock: AbstractContextManager[object] | None = None) -> None:
        self._store = store
        self._lock = lock or threading.Lock()
        self._delays: dict[str, dict[What, Delay]] = {}
        self._changes: dict[str, list[_Change]] = {}

    def off(self) -> None:
        """Every change is seen at once, past ones too."""
        with self._lock:
            self._delays = {}
            self._changes = {}

    def state(self) -> dict[str, Any]:
        """The delays and the changes as JSON for ``adopt``."""
        changes = {key: [change.document() for change in of_key] for key, of_key in self._changes.items()}
        return {"delays": self.document(), "changes": changes}

    def adopt(self, state: Mapping[str, Any]) -> None:
        """Have the delays and changes of another process, whose ``state`` this is."""
        self._delays = FORMAT.read(state["delays"])
        self._changes = {key: [_Change.of(document) for document in of_key] for key, of_key in state["changes"].items()}

    def settle(self) -> None:
        """What has happened so far is seen from now on; the delays stay."""
        with self._lock:
            self._changes.clear()

    def delay(self, *, iam: Mapping[str, Any] | None = None, sts: Mapping[str, Any] | None = None) -> None:
        """Set the delays of the services named; the others keep theirs.

        Each is a mapping from the names of delays, which the guide to propagation has, to a span of time ("8 seconds",
        a timedelta), or to a number of calls that do not see the change yet ("2 calls").

        Raises:
            FormatError: a field cannot be.
        """
        values = FORMAT.read({"iam": iam, "sts": sts})
        with self._lock:
            self._delays.update(values)

    def document(self) -> dict[str, Any]:
        """The delays as JSON."""
        return {
            service: {name: _written(delay) for name, delay in found.items()} for service, found in self._delays.items()
        }

    def execute(self, runtime: Runtime, call: Call) -> None:
        """The step that runs the operation, and remembers a change that is not to be seen at once."""
        if not self._delays or call.service is None or call.plan is None or call.caller is None:
            return execute(runtime, call)
        if call.service.name != "iam":
            execute(runtime, call)
            return self._remember_session(call)
        with runtime.store.unchanged():
            name, key_id = call.plan.name, call.arguments.get("access_key_id", "")
            account = runtime.store.account(call.caller.account_id)
            key = stored_credentials(runtime.store, key_id)
            role = self._role_before(account, call)
            subject = subject_of(account, name, call.arguments)
            before = () if subject is None else subject.rows(account)
            execute(runtime, call)
        if name == "CreateAccessKey":
            assert call.result is not None
            self._remember(call.result["AccessKey"]["AccessKeyId"], _Change(call.now, "new_keys"))
        elif name in ("UpdateAccessKey", "DeleteAccessKey") and isinstance(key, AccessKey):
            what: What = "deletions" if name == "DeleteAccessKey" else "status_changes"
            self._remember(key_id, _Change(call.now, what, (key,)))
        elif role is not None:
            self._remember(_named("trust_policies", role.id), _Change(call.now, "trust_policies", (role,)))
        elif subject is not None:
            self._remember(subject.name, _Change(call.now, "policies", before))
        elif name in _CREATED:
            self._remember_created(call, *_CREATED[name])
        return None

    def credentials(self, service: str, key_id: str, now: datetime) -> AccessKey | Session | None:
        """The credentials under a key id as that service sees them: what they were before the changes not yet seen."""
        before = self._before(key_id, service, now)
        return stored_credentials(self._store, key_id) if before is None else next(iter(before), None)

    def found(self, row: User | InstanceProfile, now: datetime) -> bool:
        """Whether a look-up at IAM finds the user or instance profile already."""
        what: What = "new_users" if isinstance(row, User) else "new_instance_profiles"
        return self._before(_named(what, row.id), "iam", now) is None

    def principal(self, entity: User | Role, now: datetime) -> bool:
        """Whether a trust policy may name the user or role already."""
        return self._before(_named("new_principals", entity.id), "iam", now) is None

    def role(self, role: Role, now: datetime) -> Role | None:
        """The role with the trust policy that decides at STS; None while it is too new to be taken on."""
        if self._before(_named("new_roles", role.id), "sts", now) is not None:
            return None
        before = self._before(_named("trust_policies", role.id), "sts", now)
        if not before:
            return role
        return replace(role, trust_policy=before[0].trust_policy, trusted=before[0].trusted)

    def deciding(self, service: str, account: Account, now: datetime) -> PolicyAccount:
        """The account with the policies that decide at the service. Each change is asked for once."""
        if not self._changes:
            return account
        sees = "sts" if service == "sts" else "iam"
        return AccountBefore(account, cache(lambda name: self._before(name, sees, now)))

    def _role_before(self, account: Account, call: Call) -> Role | None:
        """The role whose trust policy the call changes."""
        if call.plan is None or call.plan.name != "UpdateAssumeRolePolicy":
            return None
        return account.table(Role).find("name", name_key(call.arguments["role_name"]))

    def _remember_session(self, call: Call) -> None:
        """Remember temporary credentials that the call made."""
        made = (call.result or {}).get("Credentials")
        if made is not None:
            self._remember(made["AccessKeyId"], _Change(call.now, "new_sessions"))

    def _remember_created(self, call: Call, member: str, id_member: str, delays: tuple[What, ...]) -> None:
        assert call.result is not None
        for what in delays:
            self._remember(_named(what, call.result[member][id_member]), _Change(call.now, what))

    def pending(self, now: datetime) -> list[Pending]:
        """The changes that some service does not see yet, by the id of the key or user; looking does not count."""
        with self._lock:
            changes = [(key, change) for key, of_key in self._changes.items() for change in of_key]
            delays = {service: dict(of_service) for service, of_service in self._delays.items()}
        found = []
        for key, change in changes:
            for service, of_service in delays.items():
                delay = of_service.get(change.what)
                if isinstance(delay, int):
                    left = delay - change.asked.get(service, 0)
                    if left > 0:
                        found.append(Pending(key, change.what, change.at, service, None, left))
                elif delay is not None and now < change.at + delay:
                    found.append(Pending(key, change.what, change.at, service, change.at + delay, None))
        return found

    def _remember(self, key: str, change: _Change) -> None:
        with self._lock:
            self._changes.setdefault(key, []).append(change)

    def _before(self, name: str, service: str, now: datetime) -> tuple[Any, ...] | None:
        """The rows that were there before the changes that the service does not see yet; None if it sees all."""
        if name not in self._changes:
            return None
        with self._lock:
            before = None
            for change in reversed(self._changes.get(name, ())):
                if self._seen(change, service, now):
                    break
                before = change.before
            return before

    def _seen(self, change: _Change, service: str, now: datetime) -> bool:
        """Whether the change is seen by the service now; being asked counts."""
        delay = self._delays.get(service, {}).get(change.what)
        if isinstance(delay, int):
            asked = change.asked[service] = change.asked.get(service, 0) + 1
            return asked > delay
        return delay is None or now >= change.at + delay


def _named(what: What, row_id: str) -> str:
    """What the changes of a row are remembered under that one kind of delay holds for."""
    return f"{what} {row_id}"


def _written(delay: timedelta | int) -> str:
    """A delay as texts have it."""
    if isinstance(delay, timedelta):
        return write_span(delay)
    return f"{delay} call" if delay == 1 else f"{delay} calls"
