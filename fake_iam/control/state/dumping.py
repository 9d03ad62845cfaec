"""A server's state as a document, which ``control.state.loading`` loads again."""

from __future__ import annotations

from typing import Any

from fake_iam.control.documents.moments import write_moment
from fake_iam.control.state.document import FORMAT, ROOT
from fake_iam.control.state.rows import encode
from fake_iam.domain.clock import SteerableClock
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.domain.sts.sessions import Session
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

SPELT_OUT = (User, AccessKey, Session)


def dump(engine: Engine, clock: SteerableClock, *, secrets: bool = False) -> dict[str, Any]:
    """The whole state as a document. Without ``secrets`` it lacks those of keys, all sessions and the random state."""
    with engine.store.transaction():
        found: dict[str, Any] = {
            "format": FORMAT,
            "clock": {"now": write_moment(clock.now()), "frozen": clock.frozen},
            "started": write_moment(engine.started_at),
            "accounts": {account.id: _account(account, secrets) for account in engine.store.accounts()},
            "issued": [{"id": key_id, "account": account_id} for key_id, account_id in engine.store.issued()],
        }
        place = engine.ids.export() if secrets else None
        return {**found, "random": place} if place else found


def _account(account: Account, secrets: bool) -> dict[str, Any]:
    def keys_of(owner_id: str) -> list[dict[str, Any]]:
        rows = sorted(account.access_keys.where("owner", owner_id), key=lambda key: key.serial)
        return [_access_key(row, secrets) for row in rows]

    users = [{**_user(user), "access_keys": keys_of(user.id)} for user in account.users.after("path", "/")]
    found: dict[str, Any] = {ROOT: {"access_keys": keys_of(account.id)}, "users": users}
    by_owner = sorted(account.sessions.items(), key=lambda item: (item[1].owner_id, item[0]))
    sessions = [_session(row) for _, row in by_owner] if secrets else []
    return {**found, **_given(sessions=sessions or None, rows=_rows(account, secrets) or None)}


def _rows(account: Account, secrets: bool) -> dict[str, Any]:
    """The rows of all other kinds, each with its key."""
    found = {}
    for kind in account.kinds():
        items = account.table(kind).items() if kind not in SPELT_OUT else ()
        if items:
            found[kind.__name__] = [{"key": key, **encode(row, secrets=secrets)} for key, row in items]
    return found


def _user(user: User) -> dict[str, Any]:
    return _given(
        name=user.name,
        id=user.id,
        path=user.path,
        created=write_moment(user.created_at),
        tags={tag.key: tag.value for tag in user.tags} or None,
        permissions_boundary=user.permissions_boundary,
        password_last_used=user.password_last_used and write_moment(user.password_last_used),
        partition=user.partition,
    )


def _access_key(key: AccessKey, secrets: bool) -> dict[str, Any]:
    use = key.last_use
    return _given(
        id=key.id,
        secret=key.secret if secrets else None,
        status=key.status,
        created=write_moment(key.created_at),
        last_used=use and {"date": write_moment(use.at), "region": use.region, "service": use.service},
    )


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": session.key_id,
        "secret": session.secret,
        "token": session.token,
        "owner": ROOT if session.owner_id == session.account_id else session.owner_id,
        "expires": write_moment(session.expires_at),
        "mfa": session.mfa,
        **_given(federated_name=session.federated_name),
    }


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
