"""Rules that make calls fail."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.control.disturbances.faults import Faults
from fake_iam.control.documents.problems import FormatError
from fake_iam.protocol.model import load_service
from fake_iam.store.memory import MemoryStore
from tests.support import INVALID_TOKEN, AwsError, Key, Wire, form_request

THROTTLED = AwsError("Throttling", "Rate exceeded", 400)


@pytest.fixture
def faults(wire: Wire) -> Faults:
    return wire.assembled.controls.faults


def users(wire: Wire) -> int:
    return int(wire.assembled.health()["users"])


def test_a_rule_strikes_once_unless_told_otherwise(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling")
    assert wire.call("ListUsers") == THROTTLED
    assert wire.call("ListUsers")["IsTruncated"] == "false"


def test_a_rule_strikes_as_often_as_it_says_after_letting_calls_pass(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling", after=1, times=2)
    answers = [wire.call("ListUsers") for _ in range(4)]
    assert [answer == THROTTLED for answer in answers] == [False, True, True, False]


def test_a_struck_call_is_not_done(wire: Wire, faults: Faults) -> None:
    faults.add("CreateUser", error="ServiceUnavailable")
    assert wire.call("CreateUser", UserName="alice") == AwsError(
        "ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503
    )
    assert users(wire) == 0


def test_a_call_may_be_done_and_answered_with_an_error_all_the_same(wire: Wire, faults: Faults) -> None:
    faults.add("CreateUser", error="ServiceFailure", done=True)
    assert wire.call("CreateUser", UserName="alice") == AwsError(
        "ServiceFailure", "The request processing has failed because of an unknown error, exception or failure.", 500
    )
    assert users(wire) == 1


def test_a_rule_for_calls_that_are_done_does_not_see_those_that_fail_by_themselves(wire: Wire, faults: Faults) -> None:
    faults.add("DeleteUser", error="ServiceFailure", done=True)
    assert wire.call("DeleteUser", UserName="nobody").code == "NoSuchEntity"
    assert faults.rules()[0].seen == 0


def test_a_dropped_call_has_no_answer(wire: Wire, faults: Faults) -> None:
    faults.add("CreateUser", drop=True)
    assert wire.send(form_request("CreateUser", UserName="alice")).drop is True
    assert users(wire) == 0


def test_a_call_may_be_done_and_then_dropped(wire: Wire, faults: Faults) -> None:
    faults.add("CreateUser", drop=True, done=True)
    assert wire.send(form_request("CreateUser", UserName="alice")).drop is True
    assert users(wire) == 1


def test_a_delay_waits_in_real_time_and_then_lets_the_call_go_on() -> None:
    waited: list[float] = []
    faults = Faults([load_service("iam")], MemoryStore(), sleep=waited.append)
    faults.add("ListUsers", delay="1.5 seconds")
    wire = Wire()
    wire.assembled.engine.steps = (*wire.assembled.engine.steps[:3], faults.before, *wire.assembled.engine.steps[3:])
    assert wire.call("ListUsers")["IsTruncated"] == "false"
    assert waited == [1.5]


def test_globs_name_operations_and_services(wire: Wire, faults: Faults) -> None:
    faults.add("List*", error="Throttling")
    faults.add("sts:*", error="Throttling")
    assert wire.call("CreateUser", UserName="alice")["User"]["UserName"] == "alice"
    assert wire.call("ListAccessKeys", UserName="alice") == THROTTLED
    assert wire.call("GetCallerIdentity") == THROTTLED


@pytest.mark.parametrize("caller", ["alice", "arn:aws:iam::*:user/alice", "{key}"])
def test_a_rule_may_be_for_one_caller(wire: Wire, faults: Faults, caller: str) -> None:
    wire.user("alice")
    wire.user("bob")
    alice, bob = wire.key("alice"), wire.key("bob")
    faults.add("*", caller=caller.format(key=alice.id), error="Throttling", times=9)
    assert wire.call("ListAccessKeys", bob)["IsTruncated"] == "false"
    assert wire.call("ListAccessKeys", alice) == THROTTLED


def test_rules_are_tried_in_their_order_and_the_first_to_fail_a_call_ends_the_search(
    wire: Wire, faults: Faults
) -> None:
    faults.add("*", error="Throttling")
    faults.add("*", error="InvalidClientTokenId")
    assert wire.call("ListUsers") == THROTTLED
    assert wire.call("ListUsers") == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
    assert [(rule.seen, rule.fired) for rule in faults.rules()] == [(1, 1), (1, 1)]


def test_chances_are_drawn_from_the_seed() -> None:
    def pattern(seed: int) -> list[bool]:
        wire = Wire(random_seed=seed)
        wire.assembled.controls.faults.add("ListUsers", error="Throttling", probability=0.5)
        return [wire.call("ListUsers") == THROTTLED for _ in range(40)]

    assert pattern(1) == pattern(1) != pattern(2)
    assert 5 < sum(pattern(1)) < 35


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message", "status"),
    [
        ("DeleteUser", {"UserName": "al"}, "NoSuchEntity", "The user with name al cannot be found.", 404),
        (
            "DeleteAccessKey",
            {"AccessKeyId": "A" * 16},
            "NoSuchEntity",
            f"The Access Key with id {'A' * 16} cannot be found.",
            404,
        ),
        ("CreateAccessKey", {}, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409),
        ("CreateUser", {"UserName": "al"}, "LimitExceeded", "Cannot exceed quota for UsersPerAccount: 5000", 409),
        ("CreateUser", {"UserName": "al"}, "EntityAlreadyExists", "User with name al already exists.", 409),
        (
            "UpdateAccessKey",
            {"UserName": "al", "AccessKeyId": "A" * 16, "Status": "Active"},
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: iam:UpdateAccessKey on resource: "
            "user al because no identity-based policy allows the iam:UpdateAccessKey action",
            403,
        ),
        (
            "CreateUser",
            {"UserName": "al", "Path": "/x/"},
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: iam:CreateUser on resource: "
            "arn:aws:iam::123456789012:user/x/al because no identity-based policy allows the iam:CreateUser action",
            403,
        ),
        (
            "ListUsers",
            {},
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: iam:ListUsers on resource: "
            "arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action",
            403,
        ),
        (
            "GetAccessKeyLastUsed",
            {"AccessKeyId": "A" * 16},
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: "
            f"access key {'A' * 16}",
            403,
        ),
        (
            "GetAccessKeyInfo",
            {"AccessKeyId": "A" * 16},
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:GetAccessKeyInfo "
            "because no identity-based policy allows the sts:GetAccessKeyInfo action",
            403,
        ),
        ("GetGroup", {"GroupName": "g"}, "NoSuchEntity", "The group with name g cannot be found.", 404),
        ("CreateGroup", {"GroupName": "g"}, "LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 300", 409),
        (
            "UploadSSHPublicKey",
            {"UserName": "al", "SSHPublicKeyBody": "x"},
            "LimitExceeded",
            "Cannot exceed quota for SSHPublicKeysPerUser: 5",
            409,
        ),
        (
            "DeleteLoginProfile",
            {"UserName": "al"},
            "EntityTemporarilyUnmodifiable",
            "Login Profile for User al cannot be modified while login profile is being created.",
            409,
        ),
        ("GetCredentialReport", {}, "ReportInProgress", None, 404),
        ("DeleteUser", {"UserName": "al"}, "ConcurrentModification", "ConcurrentModification (by fault rule 1)", 409),
    ],
)
def test_an_error_has_awss_wording_and_status(
    wire: Wire, faults: Faults, operation: str, parameters: dict[str, str], code: str, message: str | None, status: int
) -> None:
    faults.add(operation, error=code)
    assert wire.call(operation, **parameters) == AwsError(code, message, status)


def test_the_text_can_be_given(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling", message="Slow down")
    assert wire.call("ListUsers") == AwsError("Throttling", "Slow down", 400)


def test_an_error_of_the_model_strikes_only_operations_that_have_it(wire: Wire, faults: Faults) -> None:
    faults.add("*", error="EntityAlreadyExists", times=9)
    assert wire.call("ListUsers")["IsTruncated"] == "false"
    assert wire.call("CreateUser", UserName="alice").code == "EntityAlreadyExists"


RULES: list[tuple[dict[str, Any], str]] = [
    (
        {"operation": "CreateUzer", "error": "Throttling"},
        "operation: 'CreateUzer' is no operation of IAM, STS or the Tagging API; did you mean CreateUser?",
    ),
    ({"operation": "x*", "error": "Throttling"}, "operation: 'x*' is no operation of IAM, STS or the Tagging API"),
    ({"operation": "ListUsers"}, "the rule does nothing; give it an error, a delay, or drop"),
    ({"operation": "ListUsers", "done": True}, "done: needs an error, or drop, to come after the work"),
    (
        {"operation": "ListUsers", "drop": True, "error": "Throttling"},
        "drop: a dropped connection carries no error; give one of the two",
    ),
    ({"operation": "ListUsers", "drop": True, "message": "x"}, "message: there is no error whose text it could be"),
    (
        {"operation": "ListUsers", "error": "Throttling", "times": 0},
        "times: 0 is out of range; it must be from 1 to 1000000",
    ),
    (
        {"operation": "ListUsers", "error": "Throttling", "after": -1},
        "after: -1 is out of range; it must be from 0 to 1000000",
    ),
    (
        {"operation": "ListUsers", "error": "Throttling", "probability": 0},
        "probability: 0 is out of range; it must be from 1e-09 to 1",
    ),
    ({"operation": "ListUsers", "error": "Throttling", "caller": ""}, "caller: is empty, and would match nobody"),
    ({"operation": "ListUsers", "delay": "6 minutes"}, "delay: PT360S is too long; the limit is five minutes"),
    (
        {"operation": "ListUsers", "delay": "soon"},
        'delay: \'soon\' is no span of time; write "91 days", "1 h 30 min", "P91D" or "PT8S"',
    ),
    ({"operation": "ListUsers", "drop": "yes"}, "drop: 'yes' is neither true nor false"),
    ({"operation": "ListUsers", "times": "2"}, "times: '2' is no whole number"),
    (
        {"operation": "ListUsers", "code": "Throttling"},
        "code: is no field; there are operation, caller, error, message, delay, drop, done, after, times, probability, "
        "every, more_than, within, unauthenticated",
    ),
]


@pytest.mark.parametrize(("rule", "problem"), RULES)
def test_a_rule_that_cannot_be_is_refused(faults: Faults, rule: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        faults.add(**rule)
    assert str(refused.value) == problem
    assert faults.rules() == []


def test_an_error_that_no_such_operation_has_is_refused_with_those_it_has(faults: Faults) -> None:
    with pytest.raises(FormatError) as refused:
        faults.add("GetUser", error="DeleteConflict")
    assert str(refused.value).startswith("error: 'DeleteConflict' is no error of GetUser; there are AccessDenied, ")
    assert "NoSuchEntity" in str(refused.value)


def test_rules_can_be_taken_away(faults: Faults) -> None:
    first = faults.add("ListUsers", error="Throttling")
    second = faults.add("GetUser", delay=timedelta(seconds=1))
    faults.remove(first.number)
    assert [rule.number for rule in faults.rules()] == [second.number]
    with pytest.raises(FormatError, match="^number: 1 is the number of no rule$"):
        faults.remove(first.number)
    faults.clear()
    assert faults.rules() == []
    assert faults.add("GetUser", drop=True).number == 1


def test_a_rule_shows_itself_and_its_counts(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling", after=1, delay="0 s", caller="*root")
    wire.call("ListUsers")
    assert faults.rules()[0].document() == {
        "number": 1,
        "operation": "ListUsers",
        "caller": "*root",
        "error": "Throttling",
        "delay": "PT0S",
        "after": 1,
        "times": 1,
        "seen": 1,
        "fired": 0,
    }


def struck(wire: Wire, count: int, operation: str = "ListUsers", key: Key | None = None) -> list[bool]:
    return [wire.call(operation, key) == THROTTLED for _ in range(count)]


def test_every_third_call_is_struck(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling", every=3)
    assert struck(wire, 7) == [False, False, True, False, False, True, False]
    assert faults.rules()[0].document()["every"] == 3


def test_every_other_call_is_struck_after_some_and_so_many_times(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", error="Throttling", every=2, after=1, times=1)
    assert struck(wire, 6) == [False, False, True, False, False, False]


def test_what_exceeds_a_number_of_calls_in_a_span_is_throttled() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock, random_seed=7)
    wire.assembled.controls.faults.add("ListUsers", more_than=2, within="10 s")
    assert struck(wire, 4) == [False, False, True, True]
    clock.advance(timedelta(seconds=9))
    assert struck(wire, 1) == [True]
    clock.advance(timedelta(seconds=1))
    assert struck(wire, 3) == [False, False, True]


def test_a_number_of_calls_in_a_span_may_be_answered_with_another_error(wire: Wire, faults: Faults) -> None:
    rule = faults.add("ListUsers", more_than=0, error="ServiceUnavailable")
    assert rule.document() | {"seen": 0} == {
        "number": 1,
        "operation": "ListUsers",
        "error": "ServiceUnavailable",
        "more_than": 0,
        "seen": 0,
        "fired": 0,
    }
    assert wire.call("ListUsers").code == "ServiceUnavailable"


def test_an_outage_does_not_ask_who_calls(strict: Wire) -> None:
    strict.assembled.controls.faults.add("ListUsers", error="ServiceUnavailable")
    assert strict.call("ListUsers").code == "MissingAuthenticationToken"
    strict.assembled.controls.faults.add("ListUsers", error="ServiceUnavailable", unauthenticated=True)
    text = "The request has failed due to a temporary failure of the server."
    assert strict.call("ListUsers") == AwsError("ServiceUnavailable", text, 503)
    entry = strict.assembled.controls.calls("ListUsers", outcome="ServiceUnavailable")[0]
    assert (entry.caller, entry.faults) == (None, (2,))


def test_a_dropped_call_is_dropped_in_the_journal_and_has_no_status(wire: Wire, faults: Faults) -> None:
    faults.add("ListUsers", drop=True)
    assert wire.send(form_request("ListUsers")).drop
    (entry,) = wire.assembled.controls.calls(outcome="dropped")
    assert (entry.outcome, entry.status, entry.code) == ("dropped", None, None)
    assert str(entry) == "ListUsers {} by arn:aws:iam::123456789012:root: dropped"


def test_a_delay_may_be_in_milliseconds(faults: Faults) -> None:
    for text in ("300 ms", "300 milliseconds", "300msec", "0.3s"):
        assert faults.add("ListUsers", delay=text).delay == timedelta(milliseconds=300)


@pytest.mark.parametrize(
    "caller", ["alice", "ALICE", "root", "arn:aws:iam::123456789012:user/team/later", "la*", "{key}", "bob"]
)
def test_a_caller_may_be_a_name_root_an_arn_a_glob_or_a_key(wire: Wire, faults: Faults, caller: str) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetFederationToken", key, Name="bob")
    assert faults.add("ListUsers", error="Throttling", caller=caller.format(key=key.id)).number == 1


def test_root_and_a_user_by_name_are_struck_and_others_are_not(wire: Wire, faults: Faults) -> None:
    wire.user("alice")
    alice = wire.key("alice")
    faults.add("ListUsers", error="Throttling", caller="root", times=9)
    assert struck(wire, 1) == [True]
    assert struck(wire, 1, key=alice) == [False]
    faults.clear()
    for caller in ("alice", "ALICE", "arn:aws:iam::123456789012:user/alice", alice.id, "*:user/al*"):
        faults.add("ListUsers", error="Throttling", caller=caller)
        assert struck(wire, 1) == [False]
        assert struck(wire, 1, key=alice) == [True]


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        (
            "alcie",
            "caller: 'alcie' is no user, session or key id here; did you mean alice? "
            "(name one that will be made later by its ARN or a glob)",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE",
            "caller: 'AKIAIOSFODNN7EXAMPLE' is no user, session or key id here "
            "(name one that will be made later by its ARN or a glob)",
        ),
        (
            "arn:aws:iam::123456789012:role/deployer",
            "caller: 'arn:aws:iam::123456789012:role/deployer' is not the ARN of a caller: "
            "a user, root, or a session of STS",
        ),
        ("", "caller: is empty, and would match nobody"),
    ],
)
def test_a_caller_that_no_call_can_come_from_is_refused(wire: Wire, faults: Faults, caller: str, said: str) -> None:
    wire.user("alice")
    with pytest.raises(FormatError) as refused:
        faults.add("ListUsers", error="Throttling", caller=caller)
    assert str(refused.value) == said
    assert faults.rules() == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"within": "1 s", "error": "Throttling"}, "within: needs more_than, the number of calls in that span"),
        (
            {"unauthenticated": True, "caller": "root", "error": "Throttling"},
            "unauthenticated: cannot go with done or caller: nobody is known yet, nothing done",
        ),
        (
            {"unauthenticated": True, "done": True, "error": "Throttling"},
            "unauthenticated: cannot go with done or caller: nobody is known yet, nothing done",
        ),
        ({"every": 0, "error": "Throttling"}, "every: 0 is out of range; it must be from 1 to 1000000"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(faults: Faults, rule: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError) as refused:
        faults.add("ListUsers", **rule)
    assert str(refused.value) == said
