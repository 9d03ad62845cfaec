"""Fixtures of the tests that call through boto3, over a socket."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import new_user
from tests.support import Key


@pytest.fixture
def iam(fake: FakeIAM) -> Any:
    """IAM as the root user calls it."""
    return fake.client("iam")


@pytest.fixture
def alice(iam: Any) -> Key:
    """The one key of the user alice."""
    return new_user(iam, "alice")
