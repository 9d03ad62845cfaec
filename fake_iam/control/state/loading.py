"""A document into a server: seeds, dumps that come back, snapshots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from fake_iam.control.documents.format import Moment
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.state.document import ANY_TIME, ROOT, account_format, read_document
from fake_iam.control.state.rows import decode
from fake_iam.control.state.seeding import Seeder
from fake_iam.domain import arns
from fake_iam.domain.clock import SteerableClock
from fake_iam.domain.credentials.access_keys import ACTIVE, AccessKey, LastUse
from fake_iam.domain.errors import InvalidInput
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.sts.sessions import Session
from fake_iam.domain.tags import Tag, distinct
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.partitions import iam_region, partitions
from fake_iam.store.base import Account

Placed = tuple[Where, str, Mapping[str, Any]]  # where in the document; whose it is; its values


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a document brought: how many of each."""

    accounts: int
    users: int
    access_keys: int

    def document(self) -> dict[str, int]:
        """The counts as JSON."""
        return {"accounts": self.accounts, "users": self.users, "access_keys": self.access_keys}


def load(engine: Engine, clock: SteerableClock, document: Any, *, replace: bool = False) -> Loaded:
    """Add a document's contents to the server, or put them in place of what is there: all of it or nothing.

    Raises:
        FormatError: a field cannot be, or names what is there already.
    """
    values = read_document(document, clock.now())
    now = values["clock"]["now"] if "clock" in values else clock.now()
    accounts = _accounts(values, engine.settings.account_id)
    loader = _Loader(engine, now)
    with engine.ids.undone_on_failure(), engine.store.transaction():
        if replace:
            engine.store.clear()
        if "random" in values:
            engine.ids.resume(values["random"])
        for issued in values.get("issued", ()):
            engine.store.record_issue(issued["id"], issued["account"])
        for where, account_id, account in accounts:
            loader.add(where, engine.store.account(account_id), account)
    engine.started_at = values.get("started", engine.started_at)
    if "clock" in values:
        clock.release()
        (clock.freeze if values["clock"].get("frozen") else clock.set)(now)
    return Loaded(len(accounts), loader.users, loader.access_keys)


class _Loader:
    """Puts read accounts into the store, in the order of the keys' dates, so that lists show the older first."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = now
        self.users = 0
        self.access_keys = 0

    def add(self, where: Where, account: Account, values: Mapping[str, Any]) -> None:
        keys: list[Placed] = []
        partition = values.get("partition") or _carried(values) or self._engine.settings.partition
        seeder = Seeder(self._engine, account, self._now, partition)
        seeder.before_users(where, values)
        for number, user in enumerate(values.get("users", ())):
            at = (*where, "users", number)
            row = self._user(at, account, user, partition)
            Seeder(self._engine, account, self._now, row.partition).user(at, row, user)
            keys += _owned(at, row.id, user, self._engine.quotas.access_keys_per_user)
        root = values.get(ROOT, {})
        keys += _owned((*where, ROOT), account.id, root, self._engine.quotas.access_keys_per_user)
        for at, owner_id, key in sorted(keys, key=self._age):
            self._access_key(at, account, owner_id, key, partition)
        seeder.after_users(where, values)
        for number, session in enumerate(values.get("sessions", ())):
            self._session((*where, "sessions", number), account, session)
        for name, rows in values.get("rows", {}).items():
            self._rows((*where, "rows", name), account, name, rows)

    def _age(self, placed: Placed) -> tuple[float, datetime]:
        """The place of a key among those issued: a new one is behind all that are known, by its date."""
        _, _, key = placed
        serial = self._engine.store.serial(key.get("id", ""))
        return math.inf if serial is None else serial, key.get("created", self._now)

    def _user(self, where: Where, account: Account, values: Mapping[str, Any], partition: str) -> User:
        name = values["name"]
        if account.users.find("name", name_key(name)):
            raise FormatError((*where, "name"), f"{name!r} is there already")
        user_id = values.get("id") or self._engine.ids.user_id(account.id)
        if account.users.get(user_id):
            raise FormatError((*where, "id"), f"{user_id!r} is there already")
        boundary = values.get("permissions_boundary")
        if boundary is not None and not arns.is_policy(boundary):
            raise FormatError((*where, "permissions_boundary"), f"{boundary!r} is not the ARN of a policy")
        if boundary is not None and arns.partition_of(boundary) not in partitions():
            raise FormatError((*where, "permissions_boundary"), f"{boundary!r} is in no partition that there is")
        try:
            tags = distinct(Tag(key, value) for key, value in values.get("tags", {}).items())
        except InvalidInput as problem:
            raise FormatError((*where, "tags"), str(problem.message)) from None
        row = User(
            id=user_id,
            account_id=account.id,
            name=name,
            path=intern(values.get("path", "/")),
            created_at=values.get("created", self._now),
            tags=tags,
            permissions_boundary=boundary,
            password_last_used=values.get("password_last_used"),
            partition=values.get("partition", partition),
        )
        account.users.put(row.id, row)
        self.users += 1
        return row

    def _access_key(
        self, where: Where, account: Account, owner_id: str, values: Mapping[str, Any], partition: str
    ) -> None:
        key_id = values.get("id") or self._engine.ids.access_key_id(account.id)
        self._must_be_free((*where, "id"), account, key_id)
        row = AccessKey(
            id=key_id,
            account_id=account.id,
            owner_id=owner_id,
            secret=values.get("secret") or self._engine.ids.secret(),
            created_at=values.get("created", self._now),
            serial=self._engine.store.record_issue(key_id, account.id),
            status=values.get("status", ACTIVE),
            last_use=last_use(values, partition),
        )
        account.access_keys.put(row.id, row)
        self.access_keys += 1

    def _session(self, where: Where, account: Account, values: Mapping[str, Any]) -> None:
        self._must_be_free((*where, "id"), account, values["id"])
        self._engine.store.record_issue(values["id"], account.id)
        row = Session(
            key_id=values["id"],
            account_id=account.id,
            owner_id=account.id if values["owner"] == ROOT else values["owner"],
            secret=values["secret"],
            token=values["token"],
            expires_at=values["expires"],
            mfa=values.get("mfa", False),
            federated_name=values.get("federated_name"),
        )
        account.sessions.put(row.key_id, row)

    def _rows(self, where: Where, account: Account, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        kinds = {kind.__name__: kind for kind in account.kinds()}
        if name not in kinds:
            raise FormatError(where, f"is no kind of row; there are {', '.join(kinds)}")
        table = account.table(kinds[name])
        for number, values in enumerate(rows):
            key, at = values["key"], (*where, number)
            if table.get(key) is not None:
                raise FormatError((*at, "key"), f"{key!r} is there already")
            given = {field: value for field, value in values.items() if field != "key"}
            table.put(key, decode(kinds[name], given, at, lambda draw: str(getattr(self._engine.ids, draw)())))

    def _must_be_free(self, where: Where, account: Account, key_id: str) -> None:
        issuer = self._engine.store.key_account(key_id) or account.id
        if issuer != account.id or account.access_keys.get(key_id) or account.sessions.get(key_id):
            raise FormatError(where, f"{key_id!r} is there already")


def last_use(values: Mapping[str, Any], partition: str) -> LastUse | None:
    """The ``last_used`` of an access key's values, or None if it is left out; its region is that of IAM if left out."""
    use = values.get("last_used")
    return use and LastUse(use["date"], use.get("service", "iam"), use.get("region") or iam_region(partition))


def _carried(values: Mapping[str, Any]) -> str | None:
    """The partition of the policies that whoever is in an account names, if it is one alone."""
    lists = [rows for name, rows in values.items() if isinstance(rows, list)]
    owners = [row for rows in lists for row in rows]
    named = {owner["permissions_boundary"] for owner in owners if "permissions_boundary" in owner}
    named |= {arn for owner in owners for arn in owner.get("attached_policies", ())}
    found = {arns.partition_of(arn) for arn in named} & partitions().keys()
    return found.pop() if len(found) == 1 else None


def _owned(where: Where, owner_id: str, owner: Mapping[str, Any], quota: int) -> list[Placed]:
    keys = owner.get("access_keys", [])
    if len(keys) > quota:
        raise FormatError((*where, "access_keys"), f"{len(keys)} access keys are too many; the quota is {quota}")
    return [((*where, "access_keys", number), owner_id, key) for number, key in enumerate(keys)]


def _accounts(values: Mapping[str, Any], own: str) -> list[Placed]:
    """Each account with its place in the document; what stands outside ``accounts`` is the server's own account's."""
    outside = {name: values[name] for name in account_format(Moment(ANY_TIME)).fields if name in values}
    found: list[Placed] = [((), own, outside)] if outside else []
    for account_id, account in values.get("accounts", {}).items():
        found.append((("accounts", account_id), account_id, account))
    return found
