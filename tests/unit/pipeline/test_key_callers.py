"""Callers by the key that signs: kept, but never beyond the user's row."""

from dataclasses import replace
from datetime import datetime, timezone

from fake_iam.domain.identities.users import User
from fake_iam.pipeline.key_callers import MOST, KeyCallers

ALICE = User("AIDAALICE", "123456789012", "alice", "/", datetime(2026, 1, 1, tzinfo=timezone.utc))


def test_a_caller_is_made_once_for_a_key_and_a_row():
    callers = KeyCallers()
    caller = callers.caller(ALICE, "AKIA1", "aws")
    assert (caller.kind, caller.arn, caller.access_key_id) == ("user", "arn:aws:iam::123456789012:user/alice", "AKIA1")
    assert callers.caller(ALICE, "AKIA1", "aws") is caller


def test_a_user_with_another_name_is_another_caller():
    callers = KeyCallers()
    callers.caller(ALICE, "AKIA1", "aws")
    renamed = callers.caller(replace(ALICE, name="bob"), "AKIA1", "aws")
    assert renamed.arn == "arn:aws:iam::123456789012:user/bob"


def test_each_key_and_each_partition_has_a_caller():
    callers = KeyCallers()
    first = callers.caller(ALICE, "AKIA1", "aws")
    assert callers.caller(ALICE, "AKIA2", "aws").access_key_id == "AKIA2"
    assert callers.caller(ALICE, "AKIA1", "aws-cn").partition == "aws-cn"
    assert callers.caller(ALICE, "AKIA1", "aws") is not first


def test_no_more_callers_are_kept_than_the_limit():
    callers = KeyCallers()
    first = callers.caller(ALICE, "AKIA", "aws")
    for number in range(MOST):
        callers.caller(ALICE, f"AKIA{number}", "aws")
    assert callers.caller(ALICE, "AKIA", "aws") is not first
