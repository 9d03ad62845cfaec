"""Whom a fault rule may name as the caller, and whether a call is theirs."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Final

from fake_iam.control.disturbances.near_callers import hint
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.identities.users import name_key
from fake_iam.pipeline.call import Call
from fake_iam.store.base import Store

ROOT: Final = "root"
ARN: Final = re.compile(
    r"arn:aws[a-z-]*:(?:iam::\d{12}:(?:root|user/.+)|sts::\d{12}:(?:assumed-role/.+/.+|federated-user/.+))", re.ASCII
)
GLOB: Final = frozenset("*?[")


def check_caller(store: Store, text: str) -> None:
    """Refuse a caller that no call can come from.

    A name or key id must be there already; a user that will be made later is named by its ARN, or by a glob.

    Raises:
        FormatError: nobody goes by that name, the key id was never issued, or the ARN is not a caller's.
    """
    if text == "":
        raise FormatError(("caller",), "is empty, and would match nobody")
    if text == ROOT or GLOB & set(text) or ARN.fullmatch(text):
        return
    if text.startswith("arn:"):
        raise FormatError(("caller",), f"{text!r} is not the ARN of a caller: a user, root, or a session of STS")
    if store.key_account(text) is not None or text in _session_names(store):
        return
    if any(account.users.find("name", name_key(text)) for account in store.accounts()):
        return
    raise FormatError(
        ("caller",),
        f"{text!r} is no user, session or key id here{hint(store, text)} (name one that will be made later by its ARN "
        "or a glob)",
    )


def is_caller(pattern: str | None, call: Call) -> bool:
    """Whether the call comes from the caller that a rule names: by ARN, name, key id, or a glob; no name is anybody."""
    caller = call.caller
    if pattern is None:
        return True
    if caller is None:
        return False
    if pattern == ROOT:
        return caller.kind == "root"
    name = caller.arn.rpartition("/")[2]
    names = (caller.arn, name, caller.access_key_id or "")
    return name_key(name) == name_key(pattern) or any(fnmatchcase(known, pattern) for known in names)


def _session_names(store: Store) -> set[str]:
    found = (session.federated_name for account in store.accounts() for _, session in account.sessions.items())
    return {name for name in found if name}
