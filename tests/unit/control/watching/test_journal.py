"""The journal: every call, in order, secrets masked."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from fake_iam import ManualClock
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.watching.journal import Journal
from tests.support import Wire, form_request

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(AT), random_seed=7)


@pytest.fixture
def journal(wire: Wire) -> Journal:
    return wire.assembled.controls.journal


def test_an_entry_has_all_that_is_known_of_a_call(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    key = wire.key("alice")
    response = wire.send(form_request("UpdateAccessKey", key, AccessKeyId=key.id, Status="Inactive"))
    entry = journal.calls("UpdateAccessKey")[0].document()
    assert entry.pop("duration") >= 0
    assert entry.pop("encoded_message").isascii()
    assert entry == {
        "number": 3,
        "time": "2026-01-01T00:00:00Z",
        "request_id": dict(response.headers)["x-amzn-RequestId"],
        "service": "iam",
        "operation": "UpdateAccessKey",
        "parameters": {"AccessKeyId": key.id, "Status": "Inactive"},
        "caller": "arn:aws:iam::123456789012:user/alice",
        "access_key_id": key.id,
        "source": "in-process",
        "outcome": "ok",
        "code": None,
        "status": 200,
        "faults": [],
        "would_deny": (
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:UpdateAccessKey on resource: "
            "user alice because no identity-based policy allows the iam:UpdateAccessKey action"
        ),
        "why": ["iam:UpdateAccessKey on arn:aws:iam::123456789012:user/alice is not allowed by any identity policy"],
        "needs": [],
        "replica": None,
    }


def test_a_refused_call_has_its_code_and_status(wire: Wire, journal: Journal) -> None:
    wire.call("GetUser", UserName="nobody")
    (entry,) = journal.calls()
    assert (entry.outcome, entry.code, entry.status) == ("error", "NoSuchEntity", 404)


def test_a_call_that_was_not_let_in_has_the_key_but_no_caller(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status="Inactive")
    wire.call("GetCallerIdentity", key)
    entry = journal.calls("GetCallerIdentity")[0]
    assert (entry.caller, entry.access_key_id, entry.code) == (None, key.id, "InvalidClientTokenId")


def test_calls_that_are_no_calls_are_in_it_too(wire: Wire, journal: Journal) -> None:
    wire.post("Action=Dance&Version=2010-05-08&Step=1")
    wire.post("Nothing=1")
    wire.post("Action=ListUsers&Version=2010-05-08&MaxItems=x")
    assert [(entry.operation, entry.status, entry.code, dict(entry.parameters)) for entry in journal.calls()] == [
        ("Dance", 400, "InvalidAction", {"Step": "1"}),
        (None, 302, None, {"Nothing": "1"}),
        ("ListUsers", 400, "MalformedInput", {"MaxItems": "x"}),
    ]


def test_parameters_are_shown_as_the_model_has_them(wire: Wire, journal: Journal) -> None:
    wire.call("CreateUser", UserName="alice", **{"Tags.member.1.Key": "team", "Tags.member.1.Value": "x"})
    assert journal.calls()[0].parameters == {"UserName": "alice", "Tags": [{"Key": "team", "Value": "x"}]}


def test_secrets_are_masked(wire: Wire, journal: Journal) -> None:
    wire.post("Action=ChangePassword&Version=2010-05-08&OldPassword=hunter2&NewPassword=hunter3")
    wire.post("Action=Nonsense&Version=2010-05-08&Password=hunter4&X-Amz-Signature=abc")
    assert [entry.parameters for entry in journal.calls()] == [
        {"OldPassword": "****", "NewPassword": "****"},
        {"Password": "****"},
    ]


def test_long_values_are_cut(wire: Wire, journal: Journal) -> None:
    wire.call("GetUser", UserName="a" * 3000)
    assert journal.calls()[0].parameters["UserName"] == "a" * 2048 + "... (3000 characters)"


def test_a_hostile_call_takes_little_room(wire: Wire, journal: Journal) -> None:
    names = "&".join(f"n{number}=1" for number in range(1000))
    wire.post(f"Action={'A' * 9999}&{'N' * 9999}=1&{names}")
    (entry,) = journal.calls()
    assert (len(entry.operation or ""), len(entry.parameters), max(map(len, entry.parameters))) == (256, 200, 256)


def test_it_can_be_asked_by_operation_caller_key_and_outcome(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("ListAccessKeys", key)
    wire.call("GetUser", UserName="nobody")
    assert [entry.operation for entry in journal.calls("*User")] == ["CreateUser", "GetUser"]
    assert [entry.operation for entry in journal.calls(caller="alice")] == ["ListAccessKeys"]
    assert [entry.operation for entry in journal.calls(caller="*:root")] == ["CreateUser", "CreateAccessKey", "GetUser"]
    assert [entry.operation for entry in journal.calls(access_key_id=key.id)] == ["ListAccessKeys"]
    assert [entry.operation for entry in journal.calls(outcome="error")] == ["GetUser"]
    assert [entry.operation for entry in journal.calls(outcome="NoSuchEntity")] == ["GetUser"]


def test_the_oldest_calls_are_forgotten_first() -> None:
    wire = Wire(journal_size=2)
    for name in ("a", "b", "c"):
        wire.user(name)
    assert [(entry.number, entry.parameters["UserName"]) for entry in wire.assembled.controls.calls()] == [
        (2, "b"),
        (3, "c"),
    ]


def test_it_can_be_cleared(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    journal.clear()
    wire.user("bob")
    assert [entry.number for entry in journal.calls()] == [1]


def test_faults_show_in_it(wire: Wire, journal: Journal) -> None:
    wire.assembled.controls.faults.add("CreateUser", drop=True, done=True)
    wire.send(form_request("CreateUser", UserName="alice"))
    (entry,) = journal.calls()
    assert (entry.outcome, entry.code, entry.faults) == ("dropped", None, (1,))


def test_the_control_plane_is_not_in_it(wire: Wire, journal: Journal) -> None:
    request = form_request("ListUsers")
    request.path, request.method = "/_fake_iam/health", "GET"
    assert wire.send(request).status == 200
    assert journal.calls() == []


def test_calls_are_shown_one_a_line(wire: Wire, journal: Journal) -> None:
    assert repr(journal.calls()) == "(no calls)"
    wire.user("alice")
    wire.call("GetUser", UserName="bob")
    wire.post("Nothing=1")
    assert repr(journal.calls()).splitlines() == [
        'CreateUser {"UserName": "alice"} by arn:aws:iam::123456789012:root: 200 ok',
        'GetUser {"UserName": "bob"} by arn:aws:iam::123456789012:root: 404 NoSuchEntity',
        '(no action) {"Nothing": "1"} by nobody: 302 error',
    ]


def test_expected_calls_are_compared_by_the_fields_that_are_given(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    wire.call("GetUser", UserName="alice")
    journal.calls().assert_equal(["CreateUser", {"operation": "GetUser", "parameters": {"UserName": "alice"}}])


def test_a_difference_is_shown_line_by_line(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    wire.user("bob")
    with pytest.raises(AssertionError) as failed:
        journal.calls().assert_equal(["CreateUser", {"parameters": {"UserName": "bert"}}, "DeleteUser"])
    lines = str(failed.value).splitlines()
    assert lines[:2] == ["the calls differ (- expected, + made):", '  {"operation": "CreateUser"}']
    assert '- {"parameters": {"UserName": "bert"}}' in lines
    assert '+ {"parameters": {"UserName": "bob"}}' in lines
    assert '- {"operation": "DeleteUser"}' in lines


def test_a_call_too_many_is_a_difference(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    with pytest.raises(AssertionError) as failed:
        journal.calls().assert_equal([])
    assert str(failed.value).splitlines() == [
        "the calls differ (- expected, + made):",
        '+ {"operation": "CreateUser"}',
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "UpdateAcessKey",
            "operation: 'UpdateAcessKey' is no operation of IAM, STS or the Tagging API; did you mean UpdateAccessKey?",
        ),
        ("Dance*", "operation: 'Dance*' is no operation of IAM, STS or the Tagging API"),
        (
            "sts:CreateUser",
            "operation: 'sts:CreateUser' is no operation of IAM, STS or the Tagging API; did you mean CreateUser?",
        ),
    ],
)
def test_an_operation_that_does_not_exist_cannot_be_asked_for(journal: Journal, asked: str, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        journal.calls(asked)
    assert str(refused.value) == said


def test_calls_are_found_by_service_and_glob(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    wire.call("GetCallerIdentity")
    assert [call.operation for call in journal.calls("iam:*")] == ["CreateUser"]
    assert [call.operation for call in journal.calls("Get*")] == ["GetCallerIdentity"]


def test_the_calls_given_out_cannot_be_changed(wire: Wire, journal: Journal) -> None:
    wire.user("alice")
    calls = journal.calls()
    assert not hasattr(calls, "clear")
    assert not hasattr(calls, "append")
    assert calls == list(calls)
    assert calls == tuple(calls)
    assert calls != []
    assert journal.calls("DeleteUser") == []
    journal.clear()
    assert (len(calls), journal.calls()) == (1, ())


def test_the_latest_calls_come_newest_first(wire: Wire, journal: Journal) -> None:
    for name in ("a", "b", "c", "d"):
        wire.user(name)
    assert journal.count == 4
    journal.replica = "here:1"
    assert journal.recent(10) == journal.calls()[::-1]
    assert [call.number for call in journal.recent(10)] == [4, 3, 2, 1]
    assert [call.number for call in journal.recent(2)] == [4, 3]
    assert [call.number for call in journal.recent(10, before=3)] == [2, 1]
    assert [call.number for call in journal.recent(10, after=2)] == [4, 3]
    assert [call.number for call in journal.recent(1, before=3, after=1)] == [2]
    assert journal.recent(10, before=1) == journal.recent(10, after=4) == journal.recent(10, after=9) == ()
    assert [call.number for call in journal.recent(10, before=99)] == [4, 3, 2, 1]


def test_the_latest_calls_are_those_that_are_kept() -> None:
    wire = Wire(journal_size=2)
    for name in ("a", "b", "c"):
        wire.user(name)
    recent = wire.assembled.controls.journal.recent
    assert [call.number for call in recent(10)] == [3, 2]
    assert recent(10, before=2) == ()
