"""Fixtures of the project's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fake_iam import FakeIAM
from tests.support import Wire

pytest_plugins = ["pytester"]


@pytest.fixture
def wire() -> Wire:
    """A server without a socket, in the default mode."""
    return Wire(random_seed=7)


@pytest.fixture
def strict() -> Wire:
    """A server without a socket that is as strict as AWS."""
    return Wire(random_seed=7, auth="strict", root_access_key_id=ROOT_ID, root_secret_access_key=ROOT_SECRET)


@pytest.fixture
def fake() -> Iterator[FakeIAM]:
    """A server on a socket, for this test alone."""
    with FakeIAM() as server:
        yield server


ROOT_ID = "AKIAQROOTROOTROOTROO"
ROOT_SECRET = "root-secret"
