"""What the callers' policies do not allow: once in the log for each caller and action."""

from __future__ import annotations

from typing import Final

from fake_iam.log import log
from fake_iam.pipeline.call import Call
from fake_iam.protocol.wire import WireResponse

MOST: Final = 10_000
"""So many callers and actions are remembered; after that they are told again."""


class DenialLog:
    """Tells the log of a caller and an action once."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Look at a call that has been answered."""
        denial, caller = call.denial, call.caller
        if denial is None or caller is None or (caller.arn, denial.action) in self._told:
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told.add((caller.arn, denial.action))
        log().warning(
            "%s: %s (%s)",
            "refused" if call.error is not None and call.error.code == "AccessDenied" else "AWS would refuse",
            denial.text,
            "; ".join(denial.why),
        )
