"""The step that writes what must be in a file before the call is answered."""

from __future__ import annotations

from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.services.context import LongWork


def save(runtime: Runtime, call: Call) -> None:
    """Have it written, which may take long, and then go on."""
    write, call.unsaved = call.unsaved, None
    if write is not None:
        raise LongWork(write)
