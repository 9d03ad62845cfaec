"""What the pages of the console show."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fake_iam.control.console.events import JournalNews
from fake_iam.control.console.lists import PAGE, named
from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion
from fake_iam.domain.sts.sessions import RoleSession, Session
from fake_iam.domain.tags import Tag
from tests.conftest import STORES, new_address
from tests.console.pages import ROOT, follow, get, header, post, text
from tests.support import Key, Wire

HOSTILE = """<script>alert("1")</script>' onload='x"""
ESCAPED = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&#39; onload=&#39;x"
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "iam:Get*", "Resource": "*"},
  {"Sid": "Never", "Effect": "Deny", "Action": "iam:Delete*", "Resource": "*"}
]}"""


@pytest.fixture(params=STORES)
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    """A server without a socket; its rows are in each of the stores in turn."""
    wire = Wire(random_seed=7, store=new_address(request, request.param, tmp_path))
    yield wire
    wire.assembled.engine.store.close()


def test_a_user_is_shown_with_its_keys_but_not_their_secrets() -> None:
    wire = Wire(random_seed=7)
    wire.assembled.controls.clock.freeze("2026-03-02T09:30:00Z")
    wire.user("alice")
    key = wire.key("alice")
    wire.assembled.controls.backdate_access_key(key.id, created="91 days ago", allow_impossible=True)
    page = text(wire)
    assert f"<code>{key.id}</code>" in page
    assert '<span class="chip good">Active</span>' in page
    assert ">91 d ago</time>" in page
    for name in ("", "user", "journal"):
        assert key.secret not in text(wire, name, **({"name": "alice"} if name == "user" else {}))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("", "<h2>No users yet</h2>"),
        ("roles", "<h2>No roles yet</h2>"),
        ("policies", "own yet</h2>"),
        ("sessions", "<h2>No sessions yet</h2>"),
        ("journal", "<h2>No calls yet</h2>"),
        ("faults", "No rules: every call is answered as AWS would."),
    ],
)
def test_an_empty_page_says_what_to_do(wire: Wire, page: str, says: str) -> None:
    assert says in text(wire, page)


def test_no_user_of_a_prefix(wire: Wire) -> None:
    wire.user("alice")
    assert "begins with “zed”" in text(wire, q="zed")


def test_users_are_found_by_the_beginning_of_their_name_letter_case_aside(wire: Wire) -> None:
    for name in ("Ali", "alice", "ALINA", "bob", "al"):
        wire.user(name)
    page = text(wire, q="aLI")
    assert [name in page for name in (">Ali<", ">alice<", ">ALINA<", ">bob<", ">al<")] == [True] * 3 + [False] * 2


def test_long_lists_come_in_pages_that_meet(wire: Wire) -> None:
    wire.assembled.controls.seed({"users": [{"name": f"user-{number:03}"} for number in range(120)]})
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = text(wire, q="user-", **after)
        seen += [f"user-{number:03}" for number in range(120) if f">user-{number:03}</a>" in page]
        if 'rel="next"' not in page:
            break
        after = {"after": seen[-1]}
    assert seen == [f"user-{number:03}" for number in range(120)]


class LongTable:
    """A table that counts the rows that are taken from it."""

    taken = 0

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def table(self, kind: type[Any]) -> LongTable:
        return self

    def find(self, index: str, value: str) -> Any:
        return None

    def after(self, index: str, within: str, last: str | None = None) -> Iterator[Any]:
        for name in self.names[bisect_right(self.names, last or "") :]:
            self.taken += 1
            yield SimpleNamespace(name_key=name)


@pytest.mark.parametrize(
    ("prefix", "marker", "first"), [("", None, "u00000"), ("u5", None, "u50000"), ("u5", "u54321", "u54322")]
)
def test_a_page_of_a_long_list_takes_no_more_rows_than_it_shows(prefix: str, marker: str | None, first: str) -> None:
    table: Any = LongTable([f"u{number:05}" for number in range(100_000)])
    listed = named(table, User, prefix, marker)
    assert (listed.rows[0].name_key, len(listed.rows), table.taken) == (first, PAGE, PAGE + 1)


def test_policies_come_in_pages_too(wire: Wire) -> None:
    for number in range(51):
        wire.call("CreatePolicy", PolicyName=f"p{number:02}", PolicyDocument=POLICY)
    first = text(wire, "policies", q="p")
    assert "&amp;after=0p49" in first
    second = text(wire, "policies", q="p", after="0p49")
    assert ">p50</a>" in second and ">p49</a>" not in second


def hostile(wire: Wire) -> str:
    """Rows with markup in every text, also where AWS's patterns keep it out. Gives the ARN of a policy."""
    account = wire.assembled.engine.store.account("123456789012")
    at, tags, place = wire.assembled.controls.clock.now(), (Tag(HOSTILE, HOSTILE),), f"/{HOSTILE}/"
    version = PolicyVersion("v1", HOSTILE, at)
    managed = ManagedPolicy("ANPA1", account.id, HOSTILE, place, at, at, (version,), description=HOSTILE)
    rows: dict[str, Any] = {
        "AIDA1": User("AIDA1", account.id, HOSTILE, place, at, tags, f"arn:aws:iam::1:policy/{HOSTILE}"),
        "AGPA1": Group("AGPA1", account.id, HOSTILE, place, at),
        "AROA1": Role("AROA1", account.id, HOSTILE, place, at, HOSTILE, description=HOSTILE, tags=tags),
        "AKIA1": AccessKey(f"AKIA{HOSTILE}", account.id, "AIDA1", "", at, 1, last_use=LastUse(at, HOSTILE, HOSTILE)),
        "ASIA1": Session(HOSTILE, account.id, "AROA1", "", "", at, at, role=RoleSession(HOSTILE)),
        "group": Membership("AGPA1", "AIDA1", at),
        "AIDA1/own": InlinePolicy("AIDA1", HOSTILE, HOSTILE),
        "attached": Attachment("AIDA1", f"arn:aws:iam::1:policy/{HOSTILE}"),
        managed.arn: managed,
    }
    with wire.assembled.engine.store.transaction():
        for key, row in rows.items():
            account.table(type(row)).put(key, row)
    return managed.arn


@pytest.mark.parametrize("page", ["", "user", "roles", "role", "policies", "policy", "sessions"])
def test_texts_of_clients_are_text(wire: Wire, page: str) -> None:
    arn = hostile(wire)
    query = {"user": {"name": HOSTILE}, "role": {"name": HOSTILE}, "policy": {"arn": arn}}.get(page, {})
    shown = text(wire, page, **query)
    assert "<script>alert" not in shown and "' onload='" not in shown
    assert ESCAPED in shown


def test_a_text_of_a_call_is_text(wire: Wire) -> None:
    wire.call("GetUser", UserName=HOSTILE)
    wire.call(HOSTILE)
    for shown in (text(wire, "journal"), text(wire, "call", number="1"), text(wire, "journal/rows", after="0")):
        assert "<script>alert" not in shown and "' onload='" not in shown
    assert "&lt;script&gt;" in text(wire, "journal")
    assert "&lt;script&gt;" in text(wire, "call", number="1")


def test_what_stands_in_an_address_is_text(wire: Wire) -> None:
    wire.user("alice")
    for page, name in (
        ("", "q"),
        ("", "done"),
        ("", "problem"),
        ("journal", "caller"),
        ("why", "caller"),
        ("why", "action"),
    ):
        shown = text(wire, page, **{name: HOSTILE})
        assert "<script>alert" not in shown and ESCAPED in shown, (page, name)
    for page, query in (("user", {"name": HOSTILE}), ("role", {"name": HOSTILE}), ("nothing" + HOSTILE, {})):
        response = get(wire, page, **query)
        assert response.status == 404 and b"<script>" not in response.body


def test_a_policy_is_text_and_shows_the_statement_that_is_pointed_at(wire: Wire) -> None:
    document = POLICY.replace("*", "<i>*", 1)
    arn = wire.call("CreatePolicy", PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    shown = text(wire, "policy", arn=arn, line="3", column="3")
    assert shown.count("<mark>") == 1
    assert "<mark>  {&#34;Sid&#34;: &#34;Never&#34;" in shown
    assert "<i>" not in shown
    assert text(wire, "policy", arn=arn, line="3", column="4").count("<mark>") == 0


def test_an_inline_policy_and_one_of_awss_are_shown(wire: Wire) -> None:
    wire.user("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=POLICY)
    user = wire.assembled.engine.store.account("123456789012").users.find("name", "alice")
    assert user is not None
    assert "inline policy of alice" in text(wire, "policy", owner=user.id, name="own", of="alice")
    assert "AWSDenyAll, version v" in text(wire, "policy", arn="arn:aws:iam::aws:policy/AWSDenyAll")
    assert get(wire, "policy", arn="arn:aws:iam::aws:policy/None").status == 404


def test_why_marks_the_statement_that_decides(wire: Wire) -> None:
    wire.user("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=POLICY)
    denied = text(wire, "why", caller="alice", action="iam:DeleteUser")
    assert "Denied by a statement" in denied and "line 3, column 3" in denied and "This statement decides." in denied
    assert '<span class="chip good">Allowed</span>' in text(wire, "why", caller="alice", action="iam:GetUser")
    assert "Not allowed</span>" in text(wire, "why", caller="alice", action="s3:GetObject")
    assert "&#39;nobody&#39; is no user" in text(wire, "why", caller="nobody", action="iam:GetUser")


def test_why_tells_what_keeps_a_statement_from_allowing(wire: Wire) -> None:
    wire.user("alice")
    narrow = POLICY.replace('"Resource": "*"', '"Resource": "arn:aws:s3:::a"')
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=narrow)
    assert "Would allow it, but not on *." in text(wire, "why", caller="alice", action="iam:GetUser")


def test_the_journal_shows_what_policies_would_deny_and_why(wire: Wire) -> None:
    wire.user("alice")
    arn = wire.call("CreatePolicy", PolicyName="p", PolicyDocument=POLICY)["Policy"]["Arn"]
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=arn)
    key = wire.key("alice")
    wire.call("DeleteUser", Key(key.id, key.secret), UserName="nobody")
    wire.call("ListUsers", Key(key.id, key.secret))
    number = wire.assembled.controls.journal.count
    shown = text(wire, "journal", denied="yes")
    assert "would deny" in shown and shown.count("data-number=") == 2
    call = text(wire, "call", number=str(number - 1))
    assert "with an explicit deny" in call
    assert follow(wire, call, "show the statement").count("<mark>") == 1


def test_a_call_leads_to_the_statement_of_a_managed_policy_in_whatever_account(wire: Wire) -> None:
    root = Key("111122223333", "x")
    wire.call("CreateUser", root, UserName="theirs")
    arn = wire.call("CreatePolicy", root, PolicyName="p", PolicyDocument=POLICY)["Policy"]["Arn"]
    wire.call("AttachUserPolicy", root, UserName="theirs", PolicyArn=arn)
    key = wire.call("CreateAccessKey", root, UserName="theirs")["AccessKey"]
    wire.call("DeleteUser", Key(key["AccessKeyId"], key["SecretAccessKey"]), UserName="theirs")
    call = text(wire, "call", number="5")
    shown = follow(wire, call, "show the statement")
    assert shown.count("<mark>") == 1 and "&#34;Never&#34;" in shown
    why = follow(wire, call, "iam:DeleteUser on arn:aws:iam::111122223333:user/theirs")
    assert "This statement decides." in why
    assert follow(wire, why, arn).count("<mark>") == 1


def test_a_call_leads_to_the_statement_of_a_service_control_policy(wire: Wire) -> None:
    limiting = {"id": "p-example1", "name": "limit", "document": POLICY}
    organization = {"id": "o-example123", "members": ["222222222222"], "service_control_policies": [limiting]}
    wire.assembled.controls.seed({"accounts": {"111111111111": {"organization": organization}}})
    wire.call("DeleteUser", Key("222222222222", "x"), UserName="alice")
    call = text(wire, "call", number=str(wire.assembled.controls.journal.count))
    shown = follow(wire, call, "show the statement")
    assert shown.count("<mark>") == 1 and "service_control_policy/p-example1, a service control policy" in shown
    full = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    assert "FullAWSAccess" in text(wire, "policy", arn=full)


def test_a_call_leads_to_the_statement_of_an_inline_policy(wire: Wire) -> None:
    wire.user("alice")
    own = POLICY.replace('"Resource": "*"', '"Resource": "arn:aws:iam::123456789012:user/alice"')
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=own)
    key = wire.key("alice")
    wire.call("DeleteUser", Key(key.id, key.secret), UserName="alice")
    number = str(wire.assembled.controls.journal.count)
    shown = follow(wire, text(wire, "call", number=number), "iam:DeleteUser on arn:aws:iam::123456789012:user/alice")
    assert "Denied by a statement" in shown
    assert "<mark>  {&#34;Sid&#34;: &#34;Never&#34;" in shown


def test_a_call_whose_caller_is_gone_or_that_is_no_operation_asks_nothing(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("Dance", Key(key.id, key.secret))
    wire.call("GetUser", Key(key.id, key.secret))
    for number, asks in (("3", False), ("4", True)):
        assert ("What policies decide now" in text(wire, "call", number=number)) is asks
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    wire.call("DeleteUser", UserName="alice")
    assert "What policies decide now" not in text(wire, "call", number="4")


def test_why_finds_a_user_by_name_in_the_account_that_is_shown(wire: Wire) -> None:
    wire.call("CreateUser", Key("111122223333", "x"), UserName="theirs")
    asked = {"caller": "theirs", "action": "iam:GetUser"}
    assert "&#39;theirs&#39; is no user" in text(wire, "why", **asked)
    shown = text(wire, "why", **asked, account="111122223333")
    assert "User: arn:aws:iam::111122223333:user/theirs is not authorized" in shown
    assert '<input type="hidden" name="account" value="111122223333">' in shown


def test_the_latest_sessions_are_shown_and_the_others_counted(wire: Wire) -> None:
    account, at = wire.assembled.engine.store.account("123456789012"), wire.assembled.controls.clock.now()
    with wire.assembled.engine.store.transaction():
        for number in range(203):
            key_id = f"ASIA{number:03}"
            account.sessions.put(key_id, Session(key_id, account.id, account.id, "", "", at, at))
    shown = text(wire, "sessions")
    assert re.findall("ASIA[0-9]{3}", shown) == [f"ASIA{number:03}" for number in range(202, 2, -1)]
    assert "And 3 older ones." in shown


def test_rows_for_an_open_page_say_where_those_are_that_are_left_out(wire: Wire) -> None:
    for _ in range(103):
        wire.call("ListUsers")
    assert "Earlier calls" not in text(wire, "journal/rows", after="3")
    shown = text(wire, "journal/rows", after="1")
    assert shown.count("data-number=") == 100
    assert 'data-number="3"' in follow(wire, shown, "Earlier calls")


def test_the_journal_of_one_worker_of_several_does_not_grow_by_itself(tmp_path: Path) -> None:
    alone, one_of_two = Wire(), Wire(store=f"sqlite:///{tmp_path}/store.db", workers=2)
    for wire, grows in ((alone, True), (one_of_two, False)):
        wire.call("ListUsers")
        shown = text(wire, "journal")
        assert ("data-events" in shown, "data-live" in shown) == (grows, grows)
        assert ("Each of the 2 workers keeps a journal" in shown) is not grows


def test_earlier_calls_are_a_page_away(wire: Wire) -> None:
    for _ in range(101):
        wire.call("ListUsers")
    first = text(wire, "journal")
    assert 'data-number="101"' in first and 'data-number="1"' not in first
    assert 'href="/_fake_iam/console/journal?before=2"' in first
    second = text(wire, "journal", before="2")
    assert 'data-number="1"' in second and second.count("data-number=") == 1


def test_no_store_is_asked_for_a_nul(wire: Wire) -> None:
    response = get(wire, "user", name="a\0")
    assert (response.status, "no user &#x27;a\ufffd&#x27;" in response.body.decode()) == (404, True)


@pytest.mark.parametrize(
    ("page", "query"), [("journal", {"before": "x"}), ("call", {"number": "-1"}), ("journal", {"operation": "Dance"})]
)
def test_a_parameter_that_cannot_be_is_a_400(wire: Wire, page: str, query: dict[str, str]) -> None:
    assert get(wire, page, **query).status == 400


def test_a_call_that_is_not_kept_is_not_found(wire: Wire) -> None:
    assert get(wire, "call", number="7").status == 404


def test_another_account_is_shown_when_asked_for(wire: Wire) -> None:
    wire.call("CreateUser", Key("111122223333", "x"), UserName="theirs")
    wire.user("ours")
    assert ">ours</a>" in text(wire) and ">theirs</a>" not in text(wire)
    theirs = text(wire, account="111122223333")
    assert ">theirs</a>" in theirs and "account=111122223333" in theirs
    assert get(wire, account="999999999999").status == 404


def test_changes_not_yet_seen_are_told_and_telling_does_not_count(wire: Wire) -> None:
    wire.assembled.controls.propagation.delay(sts={"new_keys": "2 calls"}, iam={"new_keys": "8 seconds"})
    wire.user("alice")
    key = wire.key("alice")
    for _ in range(3):
        shown = text(wire, "faults")
    assert key.id in shown and "2 more calls" in shown
    assert "in 7 s" in shown or "in 8 s" in shown


def test_without_jinja_the_page_names_the_extra(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    response = get(wire)
    assert response.status == 501
    assert b"pip install 'fake-iam[console]'" in response.body


def test_a_form_says_what_it_did_and_leads_back(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    response = post(wire, "key", access_key_id=key.id, status="Inactive", back=f"{ROOT}user?name=alice&done=x")
    assert response.status == 303
    assert header(response, "Location") == f"{ROOT}user?name=alice&done={key.id}+is+Inactive+now."
    (listed,) = [wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]]
    assert listed["Status"] == "Inactive"
    assert '<span class="chip off">Inactive</span>' in text(wire)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_form_leads_nowhere_else(wire: Wire, back: str) -> None:
    response = post(wire, "clock", do="freeze", back=back)
    assert header(response, "Location") == f"{ROOT}?done=The+clock+stands."


@pytest.mark.parametrize(
    ("form", "fields", "problem"),
    [
        ("key", {"access_key_id": "AKIANONE", "status": "Inactive"}, "is+no+key+here"),
        ("key", {"access_key_id": "AKIANONE", "status": "Odd"}, "must+be+one+of"),
        ("clock", {"do": "advance", "text": "soon"}, "is+no+span+of+time"),
        ("clock", {"do": "dance"}, "it+must+be+advance"),
        ("faults/add", {"operation": "GetUser", "times": "x"}, "is+no+whole+number"),
        ("faults/add", {"operation": "Dance"}, "Dance"),
        ("faults/remove", {"number": "4"}, "is+the+number+of+no+rule"),
        ("enforcement", {"mode": "maybe"}, "maybe"),
    ],
)
def test_a_form_that_cannot_be_says_why(wire: Wire, form: str, fields: dict[str, str], problem: str) -> None:
    response = post(wire, form, **fields)
    assert response.status == 303
    location = header(response, "Location") or ""
    assert location.startswith(f"{ROOT}?problem=") and problem in location


def test_the_clock_is_moved_and_a_fault_is_added_and_removed(wire: Wire) -> None:
    controls = wire.assembled.controls
    post(wire, "clock", do="freeze")
    before = controls.clock.now()
    post(wire, "clock", do="advance", text="91 days")
    assert (controls.clock.now() - before).days == 91
    post(wire, "clock", do="set", text="2026-01-31")
    assert controls.clock.now().isoformat() == "2026-01-31T00:00:00+00:00"
    post(wire, "clock", do="release")
    assert not controls.clock.frozen
    post(wire, "faults/add", operation="GetUser", error="Throttling", times="2", caller="", drop="")
    (rule,) = controls.faults.rules()
    assert (rule.operation, rule.error, rule.times, rule.caller, rule.drop) == ("GetUser", "Throttling", 2, None, False)
    assert "error Throttling" in text(wire, "faults")
    post(wire, "faults/remove", number="1")
    assert controls.faults.rules() == []
    post(wire, "enforcement", mode="on")
    assert controls.enforcement.mode == "on"


def test_an_event_has_the_number_of_the_last_call_once(wire: Wire) -> None:
    news = JournalNews(wire.assembled.controls.journal, 0)
    assert news.take() == b""
    wire.call("ListUsers")
    wire.call("ListUsers")
    assert news.take() == b"retry: 3000\nid: 2\ndata: 2\n\n"
    assert news.take() == b""
    wire.assembled.controls.journal.clear()
    assert news.take() == b"retry: 3000\nid: 0\ndata: 0\n\n"
