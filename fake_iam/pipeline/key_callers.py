"""The users whom access keys stand for, as callers: most calls are made with a key that has called before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_iam.services.context import Caller

if TYPE_CHECKING:
    from fake_iam.domain.identities.users import User

MOST: Final = 1_000
"""So many keys are remembered; then all are forgotten."""


class KeyCallers:
    """Callers by the id of the key that signs, each for as long as the user's row is the one that it was made of."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[User, Caller]] = {}

    def caller(self, user: User, key_id: str, partition: str) -> Caller:
        """The caller that a user's key stands for in a partition."""
        kept = self._kept.get(key_id)
        if kept is not None and kept[0] is user and kept[1].partition == partition:
            return kept[1]
        if len(self._kept) >= MOST:
            self._kept.clear()
        caller = Caller.user(user, key_id, partition=partition)
        self._kept[key_id] = user, caller
        return caller
