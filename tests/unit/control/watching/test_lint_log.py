"""Questionable policies in the log."""

from __future__ import annotations

import logging

import pytest

from tests.support import Wire

QUESTIONABLE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:Gett", "Resource": "*"}]}'


def test_a_questionable_policy_is_told_when_it_is_written(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()
    wire.user("alice")
    caplog.set_level(logging.WARNING, "fake_iam")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=QUESTIONABLE)
    (message,) = caplog.messages
    assert message.startswith("policy own, line 1, column 41: no service has an action iam:Gett")


def test_a_policy_that_is_refused_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()
    caplog.set_level(logging.WARNING, "fake_iam")
    wire.call("PutUserPolicy", UserName="nobody", PolicyName="own", PolicyDocument=QUESTIONABLE)
    wire.call("CreatePolicy", PolicyName="own", PolicyDocument="{")
    assert caplog.messages == []
