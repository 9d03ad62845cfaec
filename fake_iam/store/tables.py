"""The tables of an account: which rows they hold, and by what these are found. Every store keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.domain.access_keys import AccessKey, Session
from fake_iam.domain.users import User

Indexes = Mapping[str, Callable[[Any], str]]

# Under the kind of a row: the indexes of its table. What belongs to a user has an index "owner" of user ids.
TABLES: Final[Mapping[type[Any], Indexes]] = {
    User: {"name": lambda user: user.name_key},
    AccessKey: {"owner": lambda key: key.owner_id},
    Session: {"owner": lambda session: session.owner_id},
}
