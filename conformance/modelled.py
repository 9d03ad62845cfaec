"""What botocore has had for a short time: cases and tests of it are left out where the installed one is too old."""

from __future__ import annotations

from typing import Final

import botocore
import pytest

from fake_iam.protocol.model import load_service

# The oldest release that is known to have every operation, member and error that is answered.
WHOLE: Final = (1, 44, 8)
with_whole_model: Final = pytest.mark.skipif(
    tuple(map(int, botocore.__version__.split(".")[:3])) < WHOLE,
    reason=f"the installed botocore does not know all that {'.'.join(map(str, WHOLE))} does",
)


def needs(operation: str, service: str = "iam") -> pytest.MarkDecorator:
    """Skip what calls an operation if the installed botocore is too old for it."""
    lacking = operation not in load_service(service).operations
    return pytest.mark.skipif(lacking, reason=f"the installed botocore does not know {operation}")
