"""What is put off is done, half a second later and in another thread."""

from __future__ import annotations

import threading

from fake_iam.store.sql.soon import WHILE, Soon, in_a_while


def test_what_is_put_off_is_done_in_a_thread_of_its_own() -> None:
    threads: list[threading.Thread] = []
    done = threading.Event()

    def do() -> None:
        threads.append(threading.current_thread())
        done.set()

    in_a_while(do)
    assert done.wait(30)
    assert threads != [threading.current_thread()]
    assert WHILE < 1


def test_only_the_first_change_begins_the_wait() -> None:
    begun: list[str] = []
    soon = Soon(lambda: begun.append("begun"))
    soon.put(("1", "kind", "a"), lambda row: row + 1)
    soon.put(("1", "kind", "b"), lambda row: row + 2)
    assert begun == ["begun"]
    assert (soon.seen(("1", "kind", "a"), 10), soon.seen(("1", "kind", "b"), 10)) == (11, 12)


def test_what_is_put_back_gives_way_to_what_is_newer() -> None:
    soon, name = Soon(lambda: None), ("1", "kind", "a")
    soon.put(name, lambda row: "old")
    dropped = soon.drop(name)
    assert soon.seen(name, "row") == "row"
    soon.put(name, lambda row: "new")
    soon.put_back(dropped)
    assert soon.seen(name, "row") == "new"
