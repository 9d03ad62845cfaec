"""What an operation is given: who calls, when, on which account, and what to draw ids from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeVar

from fake_iam.domain import arns, paging
from fake_iam.domain.identities.users import User
from fake_iam.domain.ids import IdSource
from fake_iam.domain.paging import Page, Walk
from fake_iam.domain.quotas import Quotas
from fake_iam.domain.sts.federation import federated_user_id
from fake_iam.store.base import Account, PolicyAccount, Store

if TYPE_CHECKING:
    from fake_iam.domain.account.access_reports import Access
    from fake_iam.domain.credentials.mfa_devices import CodeAt
    from fake_iam.domain.identities.instance_profiles import InstanceProfile
    from fake_iam.domain.identities.roles import Role
    from fake_iam.domain.policy.refusals import Denial
    from fake_iam.domain.policy.variables import Values
    from fake_iam.domain.sts.sessions import Session

T = TypeVar("T")
NO_KEYS: Final[Mapping[str, Values]] = MappingProxyType({})


class Caller:
    """Who signed the request. ``id`` is the user's id, or the account number for the root user.

    ``partition`` is the one that the call is made in. ``for_aws`` lets a caller do what only AWS itself does in an
    account, such as to change a role that is linked to a service.
    """

    __slots__ = ("kind", "account_id", "id", "arn", "access_key_id", "session", "partition", "for_aws")

    def __init__(
        self,
        kind: Literal["root", "user", "assumed-role", "federated-user", "service", "anonymous"],
        account_id: str,
        id: str,
        arn: str,
        access_key_id: str | None = None,
        session: Session | None = None,
        *,
        partition: str,
        for_aws: bool = False,
    ) -> None:
        self.kind = kind
        self.account_id = account_id
        self.id = id
        self.arn = arn
        self.access_key_id = access_key_id
        self.session = session
        self.partition = partition
        self.for_aws = for_aws

    @classmethod
    def root(
        cls,
        account_id: str,
        access_key_id: str | None = None,
        session: Session | None = None,
        *,
        partition: str,
        for_aws: bool = False,
    ) -> Caller:
        """The root user of an account."""
        arn = arns.root(partition, account_id)
        return cls("root", account_id, account_id, arn, access_key_id, session, partition=partition, for_aws=for_aws)

    @classmethod
    def user(cls, user: User, access_key_id: str, session: Session | None = None, *, partition: str) -> Caller:
        """A user, under the name it has now."""
        return cls("user", user.account_id, user.id, user.arn, access_key_id, session, partition=partition)

    @classmethod
    def role_session(cls, role: Role, session: Session, *, partition: str) -> Caller:
        """Somebody who took on a role, under the name that the session was given."""
        assert session.role is not None
        name = session.role.name
        arn = arns.assumed_role(partition, role.account_id, role.name, name)
        user_id = f"{role.id}:{name}"
        return cls("assumed-role", role.account_id, user_id, arn, session.key_id, session, partition=partition)

    @classmethod
    def anonymous(cls, account_id: str, *, partition: str) -> Caller:
        """Nobody that is known: who calls an operation that takes no signature."""
        return cls("anonymous", account_id, "anonymous", "anonymous", partition=partition)

    @classmethod
    def service(cls, name: str, account_id: str, *, partition: str) -> Caller:
        """A service of AWS, such as ``ec2.amazonaws.com``, that acts for an account."""
        return cls("service", account_id, name, name, partition=partition)

    @classmethod
    def federated(cls, name: str, session: Session, *, partition: str) -> Caller:
        """A federated user, by the name that GetFederationToken was given."""
        account_id = session.account_id
        user_id, arn = federated_user_id(account_id, name), arns.federated_user(partition, account_id, name)
        return cls("federated-user", account_id, user_id, arn, session.key_id, session, partition=partition)


class RowSight(Protocol):
    """How far changes of rows have spread."""

    def found(self, row: User | InstanceProfile, now: datetime) -> bool:
        """Whether look-ups and lists of IAM find a user or an instance profile that is there."""
        ...

    def principal(self, entity: User | Role, now: datetime) -> bool:
        """Whether a trust policy may name a user or role that is there."""
        ...

    def role(self, role: Role, now: datetime) -> Role | None:
        """A role that is there as STS sees it: with the trust policy that decides; None if it may not be taken on."""
        ...

    def deciding(self, service: str, account: Account, now: datetime) -> PolicyAccount:
        """An account with the policies of identities that decide on calls of a service."""
        ...


class PastAccesses(Protocol):
    """Who tried which operation here last."""

    def of(self, owner_id: str) -> Iterable[Access]:
        """The last attempts of a user or role by its id, of a root user by the number of its account."""
        ...


class Delays(NamedTuple):
    """How long what AWS does in its own time takes."""

    credential_report: timedelta
    access_report: timedelta
    role_deletion: timedelta


class World(Protocol):
    """What all calls have in common."""

    @property
    def store(self) -> Store:
        """Everything that is kept."""
        ...

    @property
    def ids(self) -> IdSource:
        """What identifiers and secrets are drawn from."""
        ...

    @property
    def quotas(self) -> Quotas:
        """How many of each thing there may be."""
        ...

    @property
    def started_at(self) -> datetime:
        """When the accounts were created."""
        ...

    @property
    def mfa_code_at(self) -> CodeAt | None:
        """Gives the codes that MFA devices show; without it any code will do."""
        ...

    @property
    def message_key(self) -> str:
        """What authorization messages are encoded with."""
        ...

    @property
    def enforcement(self) -> Literal["on", "off", "log"]:
        """Whether policies decide: what they do not allow is refused, not looked at, or let pass and noted."""
        ...

    @property
    def delays(self) -> Delays:
        """How long what AWS does in its own time takes, by the clock."""
        ...

    @property
    def sight(self) -> RowSight:
        """How far changes have spread."""
        ...

    @property
    def accesses(self) -> PastAccesses:
        """Who tried which operation here last."""
        ...

    def operate(
        self, context: Context, service: str, operation: str, members: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Do an operation of a service as the caller of the context; ``members`` have the names of the model."""
        ...

    def failure(self, service: str, attempt: Callable[[], object]) -> Failure | None:
        """What a service refuses of an attempt, or None if it succeeds."""
        ...

    def iam_region(self, partition: str) -> str:
        """The region that IAM has in a partition."""
        ...


class Failure(NamedTuple):
    """What an operation of another service refuses, as that service answers it."""

    code: str
    message: str | None
    status: int


class LongWork(Exception):
    """Raised out of an operation that cannot go on before some work is done which no transaction may wait for."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__("work that takes long")
        self.work = work


class Context:
    """Everything an operation may use besides its own parameters."""

    __slots__ = ("world", "account", "caller", "now", "denial", "region", "keys", "done")

    def __init__(self, world: World, account: Account, caller: Caller, now: datetime) -> None:
        self.world = world
        self.account = account
        self.caller = caller
        self.now = now
        self.denial: Denial | None = None
        """What an operation that asks policies itself found that they do not allow."""
        self.keys: Mapping[str, Values] = NO_KEYS
        """Condition keys, in lower case, that a service of AWS says of its call."""
        self.region = ""
        """The region that the call is signed for, as the signature has it; empty if there is none."""
        self.done: Any  # what ``without_lock`` gives, once that is there

    def without_lock(self, work: Callable[[], T], *, long: bool = True) -> T:
        """What work gives that takes long, such as reading a picture of the store. An operation does it once at most.

        If it is not ``long`` this time, it is done at once. Else:

        It is done outside of the operation's transaction, of which nothing is kept; the operation begins anew with it.

        Raises:
            LongWork: the work is not done yet.
        """
        if not long:
            return work()
        if not hasattr(self, "done"):
            raise LongWork(work)
        found: T = self.done
        return found

    @contextmanager
    def picture(self) -> Iterator[Context]:
        """The same call on a picture of its account."""
        with self.store.picture(lambda: None) as (store, _):
            yield Context(self.world, store.account(self.account.id), self.caller, self.now)

    @property
    def store(self) -> Store:
        """Everything that is kept, of all accounts."""
        return self.world.store

    @property
    def ids(self) -> IdSource:
        """What identifiers and secrets are drawn from."""
        return self.world.ids

    @property
    def quotas(self) -> Quotas:
        """How many of each thing there may be."""
        return self.world.quotas

    @property
    def partition(self) -> str:
        """The partition that the call is made in: what it makes has its ARN there."""
        return self.caller.partition

    def sees(self, row: User | InstanceProfile) -> bool:
        """Whether a look-up finds what is there already; names are taken at once all the same."""
        return self.world.sight.found(row, self.now)

    def page(
        self,
        rows: Sequence[T] | Walk[T],
        *,
        scope: str,
        key: Callable[[T], str],
        marker: str | None,
        max_items: int | None,
    ) -> Page[T]:
        """A page of rows sorted by ``key``, under this server's page size. See domain.paging.page."""
        return paging.page(
            rows, scope=scope, key=key, marker=marker, max_items=max_items, page_size=self.quotas.page_size
        )
