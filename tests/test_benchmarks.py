"""The benchmarks' own arithmetic, their picture, and that no wrong answer gets past them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest

from benchmarks import __main__ as command
from benchmarks import boto3_calls, decisions, fixture, growth, load, single_connection
from benchmarks.account import Caller, User, new_user, signing_caller
from benchmarks.answers import Call, WrongAnswer, closes, frame
from benchmarks.figures import Figure, Table, percentile, ratio
from benchmarks.goals import GOALS, comparisons
from benchmarks.machine import Surroundings
from benchmarks.picture import bars
from benchmarks.raw_client import RawClient
from benchmarks.report import as_page, as_text, summary
from benchmarks.signing import DUMMY
from benchmarks.targets import FAKE_IAM, HELLO_WORLD, MINISTACK, MOTO, TARGETS, Server

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


def figures(**columns: tuple[float, ...]) -> Table:
    """A table of UpdateAccessKey on one connection."""
    table = Table(single_connection.TITLE, "µs", "so", tuple(columns), digits=1)
    for column, rounds in columns.items():
        for value in rounds:
            table.add("UpdateAccessKey", column, value)
    return table


def test_a_figure_is_the_median_of_its_rounds_with_the_least_and_the_greatest() -> None:
    figure = Figure((4.0, 1.0, 2.0, 100.0))
    assert (figure.median, figure.low, figure.high) == (3.0, 1.0, 100.0)


def test_a_ratio_is_one_median_over_the_other() -> None:
    assert ratio(Figure((1.0, 10.0, 3.0)), Figure((2.0, 20.0, 4.0))) == 0.75


@pytest.mark.parametrize(("count", "expected"), [(1, 1.0), (99, 99.0), (100, 99.0), (101, 100.0), (1000, 990.0)])
def test_the_99th_percentile_is_the_nearest_rank(count: int, expected: float) -> None:
    assert percentile([float(number) for number in range(count, 0, -1)], 0.99) == expected


def test_columns_are_shown_in_their_order_and_those_without_figures_are_not() -> None:
    table = Table("t", "u", "h", ("first", "second", "third"))
    table.add("row", "third", 1.0)
    table.add("row", "first", 1.0)
    assert table.columns() == ["first", "third"]
    assert table.pairs() == [("first", "third")]


def test_what_grows_is_compared_with_its_first_column() -> None:
    table = Table("t", "u", "h", ("small", "large"), grows=True)
    table.add("row", "large", 1.0)
    table.add("row", "small", 1.0)
    assert table.pairs() == [("large", "small")]


def call(*expected: bytes, absent: tuple[bytes, ...] = (), status: int = 200) -> Call:
    return Call("GetUser", b"", expected, absent, status)


def test_the_right_answer_passes() -> None:
    assert call(b"alice", absent=(b"bob",)).check(HEAD + b"alice") == b"alice"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (call(b"alice"), HEAD + b"carol"),
        (call(b"alice"), HEAD.replace(b"200", b"404") + b"alice"),
        (call(b"alice", status=403), HEAD + b"alice"),
        (call(absent=(b"alice",)), HEAD + b"alice"),
        (call(b"Content-Length"), HEAD + b"alice"),
        (call(), b""),
        (call(), b"HTTP/1.1 200 OK\r\n"),
    ],
    ids=["another body", "another status", "success instead of a refusal", "too much", "head only", "none", "half"],
)
def test_a_wrong_answer_does_not_pass(asked: Call, answer: bytes) -> None:
    with pytest.raises(WrongAnswer):
        asked.check(answer)


def test_an_answers_length_is_read_from_its_head() -> None:
    assert frame(HEAD) == len(HEAD) + 5
    assert frame(HEAD[:-1]) is None
    with pytest.raises(WrongAnswer, match="without Content-Length"):
        frame(b"HTTP/1.1 200 OK\r\n\r\n")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nconnection: Close\r\n\r\n", True),
        (b"HTTP/1.0 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\nConnection: close\r\n\r\n", False),
    ],
)
def test_a_server_says_whether_it_closes(head: bytes, expected: bool) -> None:
    assert closes(head) is expected


@contextmanager
def listener(answer: bytes) -> Iterator[int]:
    """The port of a server that answers the first request so, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    "answer", [b"", HEAD, HEAD + b"ali", HEAD + b"alice" + HEAD], ids=["none", "head", "half", "two"]
)
def test_a_dropped_request_fails_the_run(answer: bytes) -> None:
    with listener(answer) as port, RawClient(port) as client, pytest.raises(WrongAnswer):
        client.ask(Call("GetUser", b"POST / HTTP/1.1\r\n\r\n", ()))


@pytest.mark.parametrize("answer", [b"", HEAD + b"ali"], ids=["none", "half"])
def test_a_request_dropped_under_load_fails_the_run(answer: bytes) -> None:
    with listener(answer) as port, pytest.raises(WrongAnswer):
        load.Load(port, [iter([Call("GetUser", b"POST / HTTP/1.1\r\n\r\n", ())])]).run()


def test_a_wrong_answer_under_load_fails_the_run() -> None:
    with listener(HEAD + b"carol") as port:
        run = load.Load(port, [iter([Call("GetUser", b"POST / HTTP/1.1\r\n\r\n", (b"alice",))])]).run()
    with pytest.raises(WrongAnswer, match="alice"):
        run.check()


def test_fake_iam_answers_the_calls_and_holds_them_to_the_key() -> None:
    with Server(FAKE_IAM) as server, RawClient(server.port) as client:
        caller = signing_caller(server)
        user = new_user(client, caller, "alice")
        streams = [iter(load.stream(caller, user, 1))]
        run = load.Load(server.port, streams).run().check()
        assert [each.call.name for each in run.answered] == ["UpdateAccessKey", "ListAccessKeys", "GetUser"] * 2
        client.ask(caller.update_access_key(user, "Inactive"))
        with pytest.raises(WrongAnswer, match="Inactive"):
            client.ask(caller.list_access_keys(user, "Active"))


def test_the_floor_answers_anything_and_nothing_else_counts() -> None:
    with Server(HELLO_WORLD) as server, RawClient(server.port) as client:
        caller = Caller(server.port, DUMMY, answers_iam=False)
        client.ask(caller.update_access_key(User("alice", "", ""), "Active"))
        with pytest.raises(WrongAnswer):
            client.ask(Caller(server.port, DUMMY).get_user("alice"))


def test_a_goal_may_be_met_exactly_unless_it_must_be_below() -> None:
    most = next(goal for goal in GOALS if goal.table == single_connection.TITLE)
    least = next(goal for goal in GOALS if goal.at_least)
    below = next(goal for goal in GOALS if goal.table == fixture.TITLE)
    assert (most.met_by(most.limit), most.met_by(most.limit + 0.01)) == (True, False)
    assert (least.met_by(least.limit), least.met_by(least.limit - 0.01)) == (True, False)
    assert (below.met_by(below.limit - 0.01), below.met_by(below.limit)) == (True, False)


def test_a_ratio_stands_beside_its_goal() -> None:
    table = figures(**{FAKE_IAM.name: (5.0,), MOTO.name: (100.0,)})
    found = {(each.row, each.against): each.verdict for each in comparisons(table)}
    assert found[("UpdateAccessKey", MOTO.name)] == "met"
    assert found[("UpdateAccessKey", HELLO_WORLD.name)] == "not measured"


def test_a_goal_that_was_not_measured_is_not_met() -> None:
    table = figures(**{FAKE_IAM.name: (5.0,)})
    assert all(each.met is False for each in comparisons(table))


def test_every_call_on_a_grown_account_has_the_goal() -> None:
    table = Table(growth.title(FAKE_IAM), "µs", "so", (growth.column(100), growth.column(10_000)), grows=True)
    for row in ("GetUser", "ListUsers"):
        table.add(row, growth.column(100), 100.0)
        table.add(row, growth.column(10_000), 130.0 if row == "ListUsers" else 110.0)
    assert [(each.row, each.verdict) for each in comparisons(table)] == [("GetUser", "met"), ("ListUsers", "not met")]


def test_the_report_shows_medians_spread_ratios_and_verdicts() -> None:
    table = figures(**{FAKE_IAM.name: (4.0, 5.0, 6.0), MOTO.name: (40.0, 100.0, 200.0)})
    text = as_text(table)
    assert "5.0 (4.0 .. 6.0)" in text
    assert "fake_iam / moto_server              0.05  <= 0.06  met" in text
    assert summary([table]).startswith("1 of 9 targets are met.\n- One connection, UpdateAccessKey, ")
    page = as_page(
        [table],
        Surroundings("2026-01-31", "a machine", "a system", "0.1", {"moto_server": "5"}),
        {"MiniStack": "not there"},
    )
    assert "| UpdateAccessKey | fake_iam / moto_server | 0.05 | <= 0.06 | met |" in page
    assert "Measured on 2026-01-31: a machine, a system. Load of the machine before the run: 0.1 (0 is idle)." in page
    assert "Left out: MiniStack, not there." in page


def test_the_picture_is_a_described_svg_with_a_bar_for_each_server() -> None:
    names = [target.name for target in TARGETS]
    values = dict(zip(names, (100.0, 400.0, 3000.0, 800.0), strict=True))
    text = bars("Calls & keys", "µs a call", values, FAKE_IAM.name, ["below", "and below"])
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "Calls & keys"
    assert root.findtext(f"{space}desc") == (
        "µs a call, less is better: fake_iam 100, MiniStack 400, hello-world on werkzeug 800, moto_server 3,000."
    )
    widths = [float(bar.attrib["width"]) for bar in root.iter(f"{space}rect")]
    assert len(widths) == len(names)
    assert widths == sorted(widths)
    assert widths[-1] == pytest.approx(30 * widths[0], rel=0.01)


def run(monkeypatch: pytest.MonkeyPatch, value: float | None, *options: str) -> int:
    """The exit status of a run of one subject, which measures that ratio to moto_server, or a wrong answer."""

    def measure(*_: object) -> Table:
        if value is None:
            raise WrongAnswer("so")
        table = Table(boto3_calls.TITLE, "µs", "so", (FAKE_IAM.name, MINISTACK.name, MOTO.name))
        for name, figure in ((FAKE_IAM.name, value), (MINISTACK.name, 100.0), (MOTO.name, 100.0)):
            table.add(boto3_calls.ROW, name, figure)
        return table

    monkeypatch.setitem(command.SUBJECTS, "boto3", measure)
    return command.main(["--only", "boto3", *options])


def test_a_wrong_answer_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, None) == 1


def test_a_target_that_is_not_met_fails_the_command_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (run(monkeypatch, 50.0), run(monkeypatch, 50.0, "--check-targets")) == (0, 3)
    assert run(monkeypatch, 30.0, "--check-targets") == 0


def test_a_page_is_written_of_a_whole_run_only() -> None:
    with pytest.raises(SystemExit):
        command.main(["--quick", "--write"])


def test_a_wrong_decision_of_fake_iam_ends_the_run_and_one_of_others_is_noted() -> None:
    right, wrong = decisions.VECTORS[0]["decision"], "no answer"
    found = [wrong, *(vector["decision"] for vector in decisions.VECTORS[1:])]
    name = decisions.VECTORS[0]["id"]
    with pytest.raises(WrongAnswer, match=rf"decisions: {name} \(no answer, not {right}\)"):
        decisions._differences(decisions.ANEW, found)
    (note,) = decisions._differences(decisions.SIMULATE, found)
    assert note == f"iam-simulate decides 1 of 122 otherwise than AWS: {name} (no answer, not {right})"
