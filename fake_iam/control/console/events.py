"""The journal's growth as server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from typing import Final

from fake_iam.control.watching.journal import Journal

RETRY: Final = 3000  # milliseconds until a browser asks again


class JournalNews:
    """Tells the number of the journal's last call whenever it is another one; the calls themselves are a page.

    Args:
        journal: what is watched.
        last: the number that the listener knows; None: it is told the present one first.
    """

    def __init__(self, journal: Journal, last: int | None = None) -> None:
        self._journal = journal
        self._last = last

    def take(self) -> bytes:
        """One event, or nothing."""
        count = self._journal.count
        if count == self._last:
            return b""
        self._last = count
        return f"retry: {RETRY}\nid: {count}\ndata: {count}\n\n".encode()
