"""Tells the log what is questionable in policies that are written, which IAM accepts without a word."""

from __future__ import annotations

from itertools import islice
from typing import Final

from fake_iam.log import log
from fake_iam.pipeline.call import Call
from fake_iam.protocol.wire import WireResponse

OPERATIONS: Final = frozenset(
    {"CreatePolicy", "CreatePolicyVersion", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"}
)

MOST: Final = 10
"""Complaints about one policy; who asks for all of them has ``fake-iam lint``, and others need not wait."""


class LintLog:
    """Looks at each policy of an identity that has been written."""

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Look at a call that has been answered."""
        if call.plan is None or call.plan.name not in OPERATIONS or response.status != 200:
            return
        from fake_iam.domain.policy.lint import each_complaint  # reads data, and most calls write no policy

        name = call.parameters.get("PolicyName") or call.parameters.get("PolicyArn")
        found = each_complaint(call.parameters.get("PolicyDocument", ""))
        for complaint in islice(found, MOST):
            log().warning("policy %s, %s", name, complaint)
