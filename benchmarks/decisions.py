"""A decision by policies: fake_iam's evaluator beside iam-simulate and moto's access control, on the same vectors."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.answers import WrongAnswer
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.policy_vectors import FILE, VECTORS, question
from benchmarks.raw_client import without_collector
from fake_iam.domain.policy.decisions import Decision

TITLE: Final = "A decision by policies"
ROW: Final = "a decision"
ANEW: Final = "fake_iam"
KEPT: Final = "fake_iam, asked before"
SIMULATE: Final = "iam-simulate"
MOTO_COLUMN: Final = "moto's access control"
NAMED: Final = 10  # more of them are only counted
NO_ANSWER: Final = "no answer"
SCRIPT: Final = Path(__file__).parent / "decisions.mjs"
Asking = Callable[[int], tuple[list[str], list[float]]]


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the three, with the vectors on which they disagree as notes. Raises WrongAnswer."""
    table = Table(
        TITLE,
        "µs",
        f"The {len(VECTORS)} vectors of the tests one after another, in turns; a round's value is the mean of a pass. "
        "fake_iam decides by compiled documents; asked before, it gives what it kept. iam-simulate is given documents "
        "that are read, moto reads a document for each decision, and knows identity policies alone.",
        (ANEW, KEPT, SIMULATE, MOTO_COLUMN),
        digits=2,
    )
    asked: dict[str, Asking] = {ANEW: _anew, KEPT: _kept, SIMULATE: _simulated, MOTO_COLUMN: _moto}
    for turn in range(effort.decision_turns):
        say(f"decisions: turn {turn + 1} of {effort.decision_turns}")
        for column, ask in list(asked.items()):
            try:
                decisions, rounds = ask(effort.decision_rounds)
            except (ImportError, OSError, subprocess.CalledProcessError) as problem:
                table.notes.append(f"{column}: not measured: {problem}")
                del asked[column]
                continue
            for value in rounds:
                table.add(ROW, column, value)
            if not turn:
                table.notes += _differences(column, decisions)
    return table


def _differences(column: str, decisions: Sequence[str]) -> list[str]:
    """The vectors that are decided otherwise than recorded. Raises WrongAnswer if they are fake_iam's."""
    found = [
        f"{vector['id']} ({decided}, not {vector['decision']})"
        for vector, decided in zip(VECTORS, decisions, strict=True)
        if decided != vector["decision"]
    ]
    if found and column in (ANEW, KEPT):
        raise WrongAnswer(f"decisions: {', '.join(found)}")
    which = f": {', '.join(found)}" if len(found) <= NAMED else ""
    return [f"{column} decides {len(found)} of {len(VECTORS)} otherwise than AWS{which}"] if found else []


def _anew(rounds: int) -> tuple[list[str], list[float]]:
    return _timed(rounds, [question(vector).decide for vector in VECTORS], _outcome)


def _kept(rounds: int) -> tuple[list[str], list[float]]:
    return _timed(rounds, [question(vector).judge() for vector in VECTORS], _outcome)


def _outcome(decision: Decision) -> str:
    return str(decision.outcome)


def _moto(rounds: int) -> tuple[list[str], list[float]]:
    from moto.iam.access_control import IAMPolicy, PermissionResult

    def asking(vector: dict[str, Any]) -> Callable[[], str]:
        texts = [json.dumps(one["document"]) for one in vector["policies"] if one["kind"] == "identity"]
        request = vector["request"]

        def decide() -> str:
            """As moto's ``check_action_permitted`` does."""
            try:
                found = [
                    IAMPolicy(text).is_action_permitted(
                        request["action"], request["resource"], incoming_condition_values=request["context"]
                    )
                    for text in texts
                ]
            except Exception:
                return NO_ANSWER
            if PermissionResult.DENIED in found:
                return "explicitDeny"
            return "allowed" if PermissionResult.PERMITTED in found else "implicitDeny"

        return decide

    return _timed(rounds, [asking(vector) for vector in VECTORS], str)


def _timed(
    rounds: int, asked: Sequence[Callable[[], Any]], word: Callable[[Any], str]
) -> tuple[list[str], list[float]]:
    decisions = [word(ask()) for ask in asked]
    times = []
    with without_collector():
        for _ in range(rounds):
            begin = time.perf_counter()
            for ask in asked:
                ask()
            times.append((time.perf_counter() - begin) / len(asked) * 1e6)
    return decisions, times


def _simulated(rounds: int) -> tuple[list[str], list[float]]:
    command = ["node", str(SCRIPT), str(rounds)]
    done = subprocess.run(command, input=FILE.read_bytes(), capture_output=True, check=True)
    found = json.loads(done.stdout)
    return found["decisions"], found["rounds"]
