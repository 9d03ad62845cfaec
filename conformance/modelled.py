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


def needs(operation: str, service: str = "iam", member: str | None = None) -> pytest.MarkDecorator:
    """Skip what calls an operation, or gives it a member, if the installed botocore is too old for that."""
    model = load_service(service)
    lacking = operation not in model.operations
    if not lacking and member is not None:
        shape = model.operations[operation].input
        lacking = shape is None or member not in {known.name for known in model.shapes[shape].members}
    wanted = operation if member is None else f"{member} of {operation}"
    return pytest.mark.skipif(lacking, reason=f"the installed botocore does not know {wanted}")


with_private_keys: Final = needs("CreateSAMLProvider", member="AddPrivateKey")
