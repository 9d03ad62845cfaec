"""A server's state as a document, which ``control.state.loading`` loads again."""

from __future__ import annotations

from typing import Any

from fake_iam.control.documents.moments import write_moment
from fake_iam.control.nouns.noun import ACCOUNT, Dumping
from fake_iam.control.nouns.planting import Carrier
from fake_iam.control.nouns.registry import nouns, spelt_on
from fake_iam.control.state.document import FORMAT
from fake_iam.control.state.rows import encode
from fake_iam.domain.arns import AWS
from fake_iam.domain.clock import SteerableClock
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account


def dump(engine: Engine, clock: SteerableClock, *, secrets: bool = False) -> dict[str, Any]:
    """The whole state as a document. Without ``secrets`` it lacks those of keys, all sessions and the random state."""

    def beside() -> tuple[dict[str, Any], str | None]:
        head = {
            "format": FORMAT,
            "clock": {"now": write_moment(clock.now()), "frozen": clock.frozen},
            "started": write_moment(engine.started_at),
            "account_id": engine.account_id,
        }
        return head, engine.ids.export() if secrets else None

    with engine.store.picture(beside) as (store, (head, place)):
        found = {
            **head,
            "accounts": {account.id: _account(account, secrets) for account in store.accounts()},
            "issued": [{"id": key_id, "account": account_id} for key_id, account_id in store.issued()],
        }
        return {**found, "random": place} if place else found


def _account(account: Account, secrets: bool) -> dict[str, Any]:
    found = _hanging(Dumping(account, secrets, _hanging), Carrier(ACCOUNT, account.id, account.id, AWS))
    rows = _rows(account, secrets)
    return {**found, "rows": rows} if rows else found


def _hanging(dumping: Dumping, carrier: Carrier) -> dict[str, Any]:
    """What the nouns spell out of what hangs on a carrier."""
    found = {}
    for noun in spelt_on(carrier.noun):
        assert noun.seed is not None and noun.spell is not None
        value = noun.spell(dumping, carrier)
        if value is not None:
            found[noun.seed.field] = value
    return found


def _rows(account: Account, secrets: bool) -> dict[str, Any]:
    """The rows that no noun spells out or derives, each with its key."""
    left_out = {kind for noun in nouns() for kind in (noun.rows if noun.spell else noun.derived)}
    found = {}
    for kind in account.kinds():
        items = account.table(kind).items() if kind not in left_out else ()
        if items:
            found[kind.__name__] = [{"key": key, **encode(row, secrets=secrets)} for key, row in items]
    return found
