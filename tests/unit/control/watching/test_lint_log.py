"""Questionable policies in the log."""

from __future__ import annotations

import json
import logging

import pytest

from fake_iam.control.watching.lint_log import MOST
from fake_iam.domain.policy import lint
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


def test_only_so_many_complaints_are_made_of_one_policy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hints: list[str] = []
    monkeypatch.setattr(lint, "_hint", lambda name: hints.append(name) or "")
    caplog.set_level(logging.WARNING, "fake_iam")
    wire = Wire()
    wire.call("CreateUser", UserName="alice")
    statement = {"Effect": "Allow", "Action": [f"iam:Nothing{n}" for n in range(2 * MOST)], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    assert wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document) is None
    assert (len(caplog.messages), len(hints)) == (MOST, MOST)
