"""Policies over HTTP and on the command line: modes, denials, questions and lint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_iam import FakeIAM
from tests.ways.command import run
from tests.ways.test_health import fetch

TEXT = (
    "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListUsers on resource: "
    "arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action"
)


@pytest.fixture
def listing(fake: FakeIAM) -> FakeIAM:
    """A server on which alice, who has no policy, has listed users."""
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    fake.client("iam", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]).list_users()
    return fake


def test_the_mode_is_read_and_set_over_http(fake: FakeIAM) -> None:
    assert fetch(fake, "/_fake_iam/enforcement").document == {"mode": "log"}
    assert fetch(fake, "/_fake_iam/enforcement", "POST", b'{"mode": "on"}').document == {"mode": "on"}
    page = fetch(fake, "/_fake_iam/enforcement", "POST", b'{"mode": "maybe"}')
    assert page.status == 400
    assert "mode" in page.document["error"]
    assert fetch(fake, "/_fake_iam/health").document["enforce_policies"] == "on"


def test_denials_and_questions_are_answered_over_http(listing: FakeIAM) -> None:
    (call,) = fetch(listing, "/_fake_iam/denials").document["calls"]
    assert (call["operation"], call["would_deny"]) == ("ListUsers", TEXT)
    assert fetch(listing, "/_fake_iam/denials?operation=GetUser").document == {"calls": []}
    answer = fetch(listing, "/_fake_iam/why", "POST", b'{"caller": "alice", "action": "s3:GetObject"}').document
    assert answer["decision"] == "implicitDeny"
    assert answer["why"] == ["s3:GetObject on * is not allowed by any identity policy"]
    page = fetch(listing, "/_fake_iam/why", "POST", b'{"caller": "alice", "action": "GetObject"}')
    assert (page.status, "a service and a name" in page.document["error"]) == (400, True)
    page = fetch(listing, "/_fake_iam/least-privilege?caller=nobody")
    assert (page.status, "'nobody' is no user" in page.document["error"]) == (400, True)
    (statement,) = fetch(listing, "/_fake_iam/least-privilege?caller=alice").document["Statement"]
    assert statement == {"Effect": "Allow", "Action": ["iam:ListUsers"], "Resource": ["*"]}


def test_the_commands_do_the_same(listing: FakeIAM) -> None:
    at = ("--port", listing.url.rpartition(":")[2])
    assert run("denials", *at).out == f"{TEXT}\n  iam:ListUsers on * is not allowed by any identity policy\n"
    (call,) = json.loads(run("denials", "--json", "--caller", "alice", *at).out)["calls"]
    assert call["would_deny"] == TEXT
    assert json.loads(run("enforce", "on", *at).out) == json.loads(run("enforce", *at).out) == {"mode": "on"}
    asked = run("why", "alice", "iam:ListUsers", "--context", "aws:SourceIp=203.0.113.7", *at)
    assert asked.out.splitlines()[0] == "iam:ListUsers on * is not allowed by any identity policy"
    wrong = run("why", "alice", "iam:ListUsers", "--context", "aws:SourceIp", *at)
    assert (wrong.status, "must be a condition key and its value" in wrong.err) == (2, True)
    (statement,) = json.loads(run("least-privilege", "alice", *at).out)["Statement"]
    assert statement["Action"] == ["iam:ListUsers"]


def test_lint_tells_what_iam_refuses_and_what_is_questionable(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Get", "Resource": "*"}}')
    done = run("lint", str(file))
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"{file}: line 1, column 40: no service has an action iam:Get")
    file.write_text('{"Statement": []}')
    done = run("lint", str(file))
    assert (done.status, done.out, done.err) == (
        2,
        "",
        f"fake-iam: {file}: MalformedPolicyDocument: Syntax errors in policy.\n",
    )
    missing = run("lint", str(tmp_path / "none.json"))
    assert missing.status == 2
