"""What a picture of the store may hold together with the store, until either of them changes it."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Copied(Protocol):
    """What can be copied, shallowly."""

    def copy(self: Held) -> Held:
        """Another one with the same in it."""
        ...


Held = TypeVar("Held", bound=Copied)


class CopyOnChange(Generic[Held]):
    """Holds something that others may hold, too. Whoever changes it calls ``_own`` first, if it is ``_shared``."""

    __slots__ = ("_held", "_shared")

    def __init__(self, held: Held) -> None:
        self._held = held
        self._shared = False

    def share(self, other: CopyOnChange[Held]) -> None:
        """Hold what another one holds, until either changes it: that one makes a copy then."""
        self._held, self._shared, other._shared = other._held, True, True

    def exchange(self, other: CopyOnChange[Held]) -> None:
        """Each holds what the other one held."""
        self._held, other._held = other._held, self._held
        self._shared, other._shared = other._shared, self._shared

    def _own(self) -> None:
        """Make a copy that nobody else holds."""
        self._held, self._shared = self._held.copy(), False
