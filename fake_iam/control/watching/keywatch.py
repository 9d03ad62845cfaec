"""Warns of key ids that look real and were not issued here: real credentials may have come to a test server."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Final

from fake_iam.log import log
from fake_iam.pipeline.call import Call
from fake_iam.protocol.wire import WireResponse

LOOKS_REAL: Final = r"A[KS]IA[A-Z2-7]{16}"
MOST_WARNED: Final = 1000


class KeyWatch:
    """An observer of calls. Each key id is warned of once; ids that end in EXAMPLE, as in documentation, never."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._warned: set[str] = set()

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Warn if the call was signed with such a key."""
        if call.key_issued or call.signed is None:
            return
        key_id = call.signed.credential.access_key_id
        if not _looks_real(key_id):
            return
        with self._lock:
            if key_id in self._warned or len(self._warned) >= MOST_WARNED:
                return
            self._warned.add(key_id)
        shown = f"{key_id[:4]}...{key_id[-4:]}"
        log().warning("a call was signed with %s, which looks like a real AWS key and was not issued here", shown)


@lru_cache(maxsize=256)
def _looks_real(key_id: str) -> bool:
    return re.fullmatch(LOOKS_REAL, key_id) is not None and not key_id.endswith("EXAMPLE")
