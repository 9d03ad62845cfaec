"""Warnings of keys that look real."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests.support import Key, Wire

REAL = Key("AKIAQ7RZPUZDIK4B5KYU", "x")
Warned = Callable[[], list[str]]


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Warned:
    caplog.set_level(logging.WARNING, "fake_iam")
    return lambda: [record.getMessage() for record in caplog.records]


def test_a_real_looking_key_is_warned_of_once_and_not_in_full(wire: Wire, warned: Warned) -> None:
    wire.call("ListUsers", REAL)
    wire.call("GetCallerIdentity", REAL)
    assert warned() == ["a call was signed with AKIA...5KYU, which looks like a real AWS key and was not issued here"]


@pytest.mark.parametrize(
    "key_id", ["testing", "123456789012", "AKIAIOSFODNN7EXAMPLE", "AKIA0000000000000000", "FAKEQ7RZPUZDIK4B5KYU"]
)
def test_a_key_that_does_not_look_real_is_let_be(wire: Wire, warned: Warned, key_id: str) -> None:
    wire.call("ListUsers", Key(key_id, "x"))
    assert warned() == []


def test_a_key_issued_here_is_let_be_even_when_it_is_gone(wire: Wire, warned: Warned) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetCallerIdentity", key)
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    assert wire.call("GetCallerIdentity", key).code == "InvalidClientTokenId"
    assert warned() == []


def test_a_strict_server_warns_too(strict: Wire, warned: Warned) -> None:
    assert strict.call("ListUsers", REAL).code == "InvalidClientTokenId"
    assert len(warned()) == 1
