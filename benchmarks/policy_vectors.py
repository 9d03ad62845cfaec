"""Requests and what policies decide about them, which the tests hold fake_iam to, in the terms of its evaluator."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from benchmarks.targets import ROOT
from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import Decision, Policies, Policy, decide
from fake_iam.domain.policy.judge import Judge
from fake_iam.domain.policy.statements import Request

FILE: Final = ROOT / "tests" / "unit" / "domain" / "policy" / "policy_vectors.json"
VECTORS: Final[list[dict[str, Any]]] = json.loads(FILE.read_text())


class Question(NamedTuple):
    """A vector as the evaluator is asked about it."""

    request: Request
    policies: Policies
    owner: str | None
    needs_trust: bool

    def decide(self) -> Decision:
        """What the evaluator decides."""
        return decide(self.request, self.policies, owner=self.owner, needs_trust=self.needs_trust)

    def judge(self) -> Callable[[], Decision]:
        """Decides it as calls are decided: by a caller's judge, who knows the policies from before."""
        judge = Judge(
            self.request.caller,
            self.policies,
            partial(decide, owner=self.owner, needs_trust=self.needs_trust),
        )
        return partial(judge.decide, *self.request[1:])


def question(vector: dict[str, Any]) -> Question:
    """A vector in the terms of the evaluator."""
    kinds: dict[str, list[Policy]] = {}
    for entry in vector["policies"]:
        kinds.setdefault(entry["kind"], []).append(Policy(entry["kind"], json.dumps(entry["document"])))
    asked = vector["request"]
    arn, resource = asked["principal"], asked["resource"]
    caller = principals.session(arn) if ":sts:" in arn else principals.user(arn)
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else value for key, value in asked["context"].items()
    }
    return Question(
        Request(caller, asked["action"], resource, context),
        Policies(kinds.get("identity", ()), kinds.get("boundary"), kinds.get("session"), kinds.get("trust", ())),
        owner=resource.split(":")[4] or None if resource != "*" else None,
        needs_trust=asked["action"] == "sts:AssumeRole",
    )
