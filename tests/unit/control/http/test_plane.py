"""The pages of the control plane: JSON in, JSON out, a clear error for anything else."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from fake_iam.protocol.wire import WireRequest
from tests.support import HOST, Wire


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    wire.assembled.controls.clock.freeze("2026-01-01")
    return wire


def ask(wire: Wire, method: str, page: str, body: Any = None, text: str | None = None) -> tuple[int, Any]:
    path, _, query = f"/_fake_iam/{page}".partition("?")
    data = text if text is not None else "" if body is None else json.dumps(body)
    response = wire.send(WireRequest.of(method, path, query, [("Host", HOST)], data.encode("utf-8", "surrogateescape")))
    assert dict(response.headers)["Content-Type"] == "application/json"
    return response.status, json.loads(response.body)


def test_the_clock(wire: Wire) -> None:
    assert ask(wire, "GET", "clock") == (200, {"now": "2026-01-01T00:00:00Z", "frozen": True})
    assert ask(wire, "POST", "clock/advance", {"by": "91 days"}) == (
        200,
        {"now": "2026-04-02T00:00:00Z", "frozen": True},
    )
    assert ask(wire, "POST", "clock/set", {"at": "2025-05-05"}) == (
        200,
        {"now": "2025-05-05T00:00:00Z", "frozen": True},
    )
    assert ask(wire, "POST", "clock/freeze", {"at": "1 day ago"})[1]["now"] == "2025-05-04T00:00:00Z"
    assert ask(wire, "POST", "clock/freeze")[1]["now"] == "2025-05-04T00:00:00Z"
    assert ask(wire, "POST", "clock/release")[1]["frozen"] is False


def test_dates(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    done = (200, {"status": "done"})
    assert ask(wire, "POST", "backdate", {"user": "alice", "created": "400 days ago"}) == done
    use = {"date": "2 days ago", "region": "eu-west-1", "service": "s3"}
    assert ask(wire, "POST", "backdate", {"access_key": key.id, "created": "91 days ago", "last_used": use}) == done
    assert ask(wire, "POST", "backdate", {"user": "alice", "password_last_used": "1 day ago"}) == done
    assert ask(wire, "POST", "backdate", {"user": "alice", "password_last_used": None}) == done
    assert "PasswordLastUsed" not in wire.call("GetUser", UserName="alice")["User"]
    impossible = {"access_key": key.id, "created": "401 days ago"}
    assert ask(wire, "POST", "backdate", impossible)[0] == 400
    assert ask(wire, "POST", "backdate", {**impossible, "allow_impossible": True}) == done
    assert ask(wire, "POST", "backdate", {"access_key": key.id, "created": "91 days ago"}) == done
    assert wire.call("GetUser", UserName="alice")["User"]["CreateDate"] == "2024-11-27T00:00:00Z"
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert listed["CreateDate"] == "2025-10-02T00:00:00Z"
    assert (
        wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["LastUsedDate"][:10] == "2025-12-30"
    )


def test_seeds_in_yaml_and_json(wire: Wire) -> None:
    assert ask(wire, "POST", "seed", text="users:\n  - name: alice\n") == (
        200,
        {"accounts": 1, "users": 1, "access_keys": 0},
    )
    assert ask(wire, "POST", "seed", {"users": [{"name": "bob", "access_keys": [{}]}]})[1]["access_keys"] == 1
    assert ask(wire, "POST", "seed", text="users:\n  - nam: carl\n")[1]["error"].startswith(
        "line 2: users[0].nam: is no"
    )


def test_the_schema_of_seeds(wire: Wire) -> None:
    status, schema = ask(wire, "GET", "seed/schema")
    assert (status, schema["title"]) == (200, "fake_iam seed")


def test_dumps(wire: Wire) -> None:
    wire.user("alice")
    wire.key("alice")
    status, dump = ask(wire, "GET", "dump?secrets=true")
    assert "secret" in dump["accounts"]["123456789012"]["users"][0]["access_keys"][0]
    assert "secret" not in json.dumps(ask(wire, "GET", "dump")[1])
    wire.user("bob")
    assert ask(wire, "POST", "load", dump) == (200, {"accounts": 1, "users": 1, "access_keys": 1})
    assert wire.call("GetUser", UserName="bob").code == "NoSuchEntity"
    assert ask(wire, "GET", "dump?secrets=perhaps") == (
        400,
        {"error": "secrets: 'perhaps' is neither true nor false"},
    )


def test_snapshots(wire: Wire) -> None:
    wire.user("alice")
    assert ask(wire, "POST", "snapshots/save", {"name": "one"}) == (200, {"status": "done"})
    wire.user("bob")
    assert ask(wire, "GET", "snapshots") == (200, {"snapshots": ["one"]})
    assert ask(wire, "POST", "snapshots/restore", {"name": "one"})[1]["users"] == 1
    assert ask(wire, "POST", "snapshots/delete", {"name": "one"}) == (200, {"status": "done"})
    assert ask(wire, "POST", "snapshots/restore", {"name": "one"}) == (
        400,
        {"error": "name: 'one' is the name of no snapshot; there are none yet"},
    )


def test_propagation(wire: Wire) -> None:
    body = {"sts": {"new_keys": "8 s"}, "iam": {"new_users": "2 calls"}}
    shown = {"sts": {"new_keys": "PT8S"}, "iam": {"new_users": "2 calls"}}
    assert ask(wire, "POST", "propagation", body) == (200, shown)
    assert ask(wire, "GET", "propagation") == (200, shown)
    assert ask(wire, "DELETE", "propagation") == (200, {"status": "done"})
    assert ask(wire, "GET", "propagation") == (200, {})


def test_faults(wire: Wire) -> None:
    status, rule = ask(wire, "POST", "faults", {"operation": "ListUsers", "error": "Throttling", "times": 2})
    assert (status, rule["number"], rule["fired"]) == (200, 1, 0)
    assert wire.call("ListUsers").code == "Throttling"
    assert ask(wire, "GET", "faults")[1]["faults"][0]["fired"] == 1
    ask(wire, "POST", "faults", {"operation": "GetUser", "drop": True})
    assert [rule["number"] for rule in ask(wire, "DELETE", "faults?number=1")[1]["faults"]] == [2]
    assert ask(wire, "DELETE", "faults?number=x") == (400, {"error": "number: 'x' is no whole number"})
    assert ask(wire, "DELETE", "faults") == (200, {"faults": []})


def test_the_journal(wire: Wire) -> None:
    wire.user("alice")
    wire.call("GetUser", UserName="bob")
    (call,) = ask(wire, "GET", "journal?operation=Get*&outcome=NoSuchEntity")[1]["calls"]
    assert (call["parameters"], call["status"]) == ({"UserName": "bob"}, 404)
    assert ask(wire, "DELETE", "journal") == (200, {"status": "done"})
    assert ask(wire, "GET", "journal") == (200, {"calls": []})


def test_imports(wire: Wire) -> None:
    folder = Path(__file__).parents[4] / "examples" / "account"
    body = {"details": (folder / "details.json").read_text(), "report": (folder / "report.csv").read_text()}
    status, answer = ask(wire, "POST", "import", body)
    assert (status, answer["loaded"], len(answer["seed"]["accounts"]["210987654321"]["users"])) == (200, False, 20)
    assert wire.assembled.health()["users"] == 0
    assert ask(wire, "POST", "clock/release")[0] == 200
    assert ask(wire, "POST", "import", {**body, "load": True})[1]["loaded"] is True
    assert wire.assembled.health()["users"] == 20


@pytest.mark.parametrize(
    ("method", "page", "text", "error"),
    [
        ("POST", "clock/advance", "{}", "by: is missing"),
        ("POST", "clock/advance", "", "by: is missing"),
        ("POST", "clock/advance", "[]", "[] is no mapping of by"),
        ("POST", "clock/advance", '{"by": 5}', '5 is no span of time; write "91 days", "1 h 30 min", "P91D" or "PT8S"'),
        ("POST", "clock/advance", '{"to": "x"}', "to: is no field; there are by"),
        ("POST", "clock/advance", '{"by": ', "line 1: this is no JSON: Expecting value"),
        ("POST", "clock/set", '{"at": "soon"}', '\'soon\' is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"'),
        (
            "POST",
            "backdate",
            '{"user": "nobody", "created": "now"}',
            "user: 'nobody' is no user of account 123456789012",
        ),
        (
            "POST",
            "faults",
            '{"operation": "Dance", "error": "x"}',
            "operation: 'Dance' is no operation of IAM, STS or the Tagging API",
        ),
        ("POST", "import", "{}", "there is nothing to import: give the details, the report, or both"),
        ("POST", "seed", "\udcff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (
            "GET",
            "journal?who=me",
            "",
            "the query has no parameter 'who'; there are operation, caller, access_key_id, outcome",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(wire: Wire, method: str, page: str, text: str, error: str) -> None:
    assert ask(wire, method, page, text=text) == (400, {"error": error})


def test_a_page_takes_its_methods_alone(wire: Wire) -> None:
    assert ask(wire, "PUT", "faults") == (405, {"error": "/_fake_iam/faults takes DELETE, GET, POST, not PUT"})


def test_a_fault_of_ours_is_json_and_in_the_log(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(wire.assembled.controls, "dump", broken)
    with caplog.at_level(logging.ERROR):
        assert ask(wire, "GET", "dump") == (500, {"error": "an internal fault; the server's log has more"})
    assert [record.message for record in caplog.records] == ["internal fault in the control page dump"]


def test_a_reset_brings_everything_back_to_the_start(wire: Wire) -> None:
    controls = wire.assembled.controls
    first = wire.call("CreateUser", UserName="alice")["User"]["UserId"]
    controls.snapshot("one")
    controls.faults.add("*", error="Throttling")
    controls.propagation.delay(iam={"new_users": "1 day"})
    assert ask(wire, "POST", "reset") == (200, {"status": "reset"})
    assert (controls.clock.frozen, controls.snapshots(), controls.faults.rules(), controls.calls()) == (
        False,
        [],
        [],
        [],
    )
    assert controls.propagation.document() == {}
    assert wire.call("CreateUser", UserName="alice")["User"]["UserId"] == first
