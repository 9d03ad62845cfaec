"""An upstream, a gate before it, a user with a key, and clients that sign with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import new_user
from tests.gate.clients import Clients
from tests.gate.upstream import Upstream
from tests.support import Key


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A server that answers everything with 200."""
    with Upstream() as running:
        yield running


@pytest.fixture
def gate(upstream: Upstream) -> Iterator[FakeIAM]:
    """A server that passes other services' calls on to it."""
    with FakeIAM(upstream=upstream.url) as server:
        yield server


@pytest.fixture
def iam(gate: FakeIAM) -> Any:
    """IAM as the root user calls it."""
    return gate.client("iam")


@pytest.fixture
def alice(iam: Any) -> Key:
    """The one key of the user alice."""
    return new_user(iam, "alice")


@pytest.fixture
def clients(gate: FakeIAM, alice: Key) -> Clients:
    """Makes clients of alice's for any service."""
    return Clients(gate.url, alice)
