"""What is wrong, or only questionable, in a policy document, before IAM sees it."""

from __future__ import annotations

from fake_iam.domain import arns
from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.policy.document import check_identity_policy
from fake_iam.domain.policy.lint import complaints


def findings(text: str) -> tuple[str | None, list[str]]:
    """IAM's refusal of an identity policy, if it refuses it, else everything questionable."""
    partition = arns.AWS
    try:
        check_identity_policy(text, partition=partition, managed=False)
    except MalformedPolicyDocument as problem:
        return f"MalformedPolicyDocument: {problem}", []
    return None, [str(complaint) for complaint in complaints(text)]
