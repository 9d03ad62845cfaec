"""How much is measured: the numbers of rounds and calls, for a whole run and for a quick one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Effort:
    """The numbers of rounds and of calls in a round; every even number of calls leaves each key as it was."""

    single_rounds: int = 45
    single_calls: int = 60
    load_rounds: int = 5
    load_seconds: float = 1.5
    load_repeats: int = 30  # of the six calls that a connection goes through, each signed anew
    workers_rounds: int = 60
    workers_seconds: float = 0.4
    boto3_rounds: int = 12
    boto3_calls: int = 60
    cold_starts: int = 15
    memory_users: int = 10_000
    growth_sizes: tuple[int, ...] = (100, 10_000, 100_000)
    growth_rounds: int = 15
    growth_calls: int = 60
    fixture_rounds: int = 50
    in_process_rounds: int = 40
    in_process_calls: int = 40
    long_work_rounds: int = 3
    decision_turns: int = 5
    decision_rounds: int = 20
    policy_rounds: int = 45
    policy_calls: int = 120


WHOLE: Final = Effort()
QUICK: Final = Effort(
    single_rounds=2,
    single_calls=20,
    load_rounds=2,
    load_seconds=0.4,
    load_repeats=3,
    workers_rounds=2,
    workers_seconds=0.2,
    boto3_rounds=2,
    boto3_calls=20,
    cold_starts=1,
    memory_users=200,
    growth_sizes=(100, 1_000),
    growth_rounds=2,
    growth_calls=20,
    fixture_rounds=5,
    in_process_rounds=3,
    in_process_calls=20,
    long_work_rounds=1,
    decision_turns=1,
    decision_rounds=3,
    policy_rounds=2,
    policy_calls=20,
)
