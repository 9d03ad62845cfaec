"""Federated users: the names under which GetFederationToken's credentials call, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable

from fake_iam.domain.errors import InvalidAuthorizationMessage, InvalidParameter, MalformedPolicyDocument
from fake_iam.domain.tags import Tag

LONGEST_MESSAGE = 10_240  # characters of an encoded message that DecodeAuthorizationMessage takes, as the model has it
POLICY_CHARACTERS = 2048  # the most that a session policy and its ARNs may have (API reference)


def federated_user_id(account_id: str, name: str) -> str:
    """What GetCallerIdentity calls the user's id."""
    return f"{account_id}:{name}"


def check_policy(policy: str | None, partition: str) -> None:
    """Raises MalformedPolicyDocument for a session policy that is no JSON object, or that breaks a rule of policies.

    The texts for rules are those of inline policies (assumed).
    """
    if policy is None:
        return
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise no_json()
    from fake_iam.domain.policy.document import check_identity_policy  # every start loads this module

    check_identity_policy(policy, managed=False, partition=partition)


def check_tags(tags: Iterable[Tag]) -> None:
    """Raises InvalidParameter for a key given twice, in any letter case."""
    keys = [tag.key.lower() for tag in tags]
    if len(set(keys)) < len(keys):
        raise duplicate_tag_keys()


def packed_size(policy: str | None, arns: Iterable[str]) -> int:
    """How much of the space for session policies is used, in per cent. Assumed: AWS packs them in a way of its own."""
    used = len(policy or "") + sum(map(len, arns))
    return -(-used * 100 // POLICY_CHARACTERS)


def no_json() -> MalformedPolicyDocument:
    """The session policy is no JSON (quoted in Hadoop's documentation of assumed roles)."""
    return MalformedPolicyDocument("The policy is not in the valid JSON format.")


def duplicate_tag_keys() -> InvalidParameter:
    """The same tag key twice, as recorded for AssumeRole."""
    return InvalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")


def undecodable() -> InvalidAuthorizationMessage:
    """The encoded message is none of this server's. Assumed: AWS's text is not known."""
    return InvalidAuthorizationMessage("Message is not valid")
