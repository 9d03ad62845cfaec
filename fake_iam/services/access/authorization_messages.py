"""Encoded authorization messages: what was decided on a request, as DecodeAuthorizationMessage gives it out again.

Source of the form: messages that users have decoded (vmware-archive/terraforming-aws#73, aws/aws-sdk-go#1536).
Assumed: the members of a matched statement, and that condition keys are in lower case. A message is compressed, and has
a mark that only who knows the key can make.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from fake_iam.domain.policy.conditions import Condition
from fake_iam.domain.policy.decisions import EXPLICIT_DENY, Decision, Match
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Values
from fake_iam.domain.sts.federation import LONGEST_MESSAGE
from fake_iam.services.access.request_keys import LateContext

MARK: Final = 16  # bytes


def encode_authorization_message(key: str, caller_arn: str, request: Request, decision: Decision) -> str:
    """What was decided on a caller's request, as text.

    The longer one of its lists is cut until DecodeAuthorizationMessage takes the text.
    """
    said = request.context
    context = said.all() if isinstance(said, LateContext) else cast(Mapping[str, Values], said)
    conditions = [_condition(name, values) for name, values in sorted(context.items())]
    statements = [_statement(match, context) for match in decision.matches]
    while True:
        document = _document(caller_arn, request, decision, context, conditions, statements)
        text = json.dumps(document, separators=(",", ":")).encode()
        packed = zlib.compress(text, 9)
        message = base64.urlsafe_b64encode(_mark(key, packed) + packed).rstrip(b"=").decode()
        if len(message) <= LONGEST_MESSAGE or not (conditions or statements):
            return message
        longest = max(conditions, statements, key=len)
        del longest[len(longest) // 2 :]


def decoded_message(key: str, message: str) -> str | None:
    """The decision as JSON text; None for a message that was not made with the key."""
    try:
        both = base64.urlsafe_b64decode(message + "=" * (-len(message) % 4))
    except (binascii.Error, ValueError):
        return None
    mark, packed = both[:MARK], both[MARK:]
    if not hmac.compare_digest(mark, _mark(key, packed)):
        return None
    return zlib.decompress(packed).decode()


def _mark(key: str, packed: bytes) -> bytes:
    return hmac.digest(key.encode(), packed, hashlib.sha256)[:MARK]


def _document(
    caller_arn: str,
    request: Request,
    decision: Decision,
    context: Mapping[str, Values],
    conditions: list[dict[str, Any]],
    statements: list[dict[str, Any]],
) -> dict[str, Any]:
    name = context.get("aws:username")
    return {
        "allowed": decision.is_allowed,
        "explicitDeny": decision.outcome == EXPLICIT_DENY,
        "matchedStatements": {"items": statements},
        "failures": {"items": []},
        "context": {
            "principal": {
                "id": context.get("aws:userid", caller_arn),
                **({} if name is None else {"name": name}),
                "arn": caller_arn,
            },
            "action": request.action,
            "resource": request.resource,
            "conditions": {"items": conditions},
        },
    }


def _statement(match: Match, context: Mapping[str, Values]) -> dict[str, Any]:
    statement = match.statement
    return {
        "statementId": statement.sid or "",
        "effect": "ALLOW" if statement.allows else "DENY",
        "principals": _items([str(context.get("aws:userid", ""))]),
        "principalGroups": _items([]),
        "actions": _items(statement.actions),
        "resources": _items(statement.resources),
        "conditions": {"items": [_of_condition(condition) for condition in statement.conditions]},
    }


def _of_condition(condition: Condition) -> dict[str, Any]:
    return {"key": condition.key, "values": _items(condition.values)}


def _condition(name: str, values: Values) -> dict[str, Any]:
    return {"key": name, "values": _items([values] if isinstance(values, str) else values)}


def _items(values: Iterable[str]) -> dict[str, Any]:
    return {"items": [{"value": value} for value in values]}
