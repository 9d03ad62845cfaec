"""Which account answers callers whose access key id names none, and whether they would look in the wrong place."""

from __future__ import annotations

from typing import Final

from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

SHOWN: Final = 5


def unused(engine: Engine, own_key: str | None) -> bool:
    """Whether nothing is stored but, perhaps, the root key of the server's own making."""
    return not any(_holds(account, own_key) for account in engine.store.accounts())


def overlooked(engine: Engine, own_key: str | None) -> str | None:
    """What to say if others hold things and the account that answers holds none, or None."""
    others = [account.id for account in engine.store.accounts() if account.id != engine.account_id]
    if not others or _holds(engine.store.account(engine.account_id), own_key):
        return None
    shown = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
    return (
        f"account {engine.account_id}, which answers callers whose access key id names no account, is empty; "
        f"there are things in {shown}"
    )


def passed_over(engine: Engine, named: str | None) -> str | None:
    """What to say if a document names an account that does not answer, or None."""
    if named is None or named == engine.account_id:
        return None
    return (
        f"the server was in use, so account {engine.account_id} goes on answering callers whose access key id names "
        f"no account; to reach {named}, sign with one of its keys or, unless auth is strict, with the access key id "
        f"{named}"
    )


def _holds(account: Account, own_key: str | None) -> bool:
    of_ours = own_key is not None and account.access_keys.get(own_key) is not None
    return sum(len(account.table(kind)) for kind in account.kinds()) > int(of_ours)
