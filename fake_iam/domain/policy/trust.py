"""Trust policies: who may take on a role. IAM reads them with a parser of their own, which has texts of its own.

Recorded are the texts for JSON, actions and resources; the others are those of another implementer, whose order of
checks is assumed here: the document, then each statement's effect, prohibited elements, principal and action.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from fake_iam.domain.errors import MalformedPolicyDocument

VERSIONS: Final = frozenset({"2012-10-17", "2008-10-17"})
EFFECTS: Final = frozenset({"Allow", "Deny"})
KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
SERVICE: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
PRINCIPAL: Final = re.compile(r'"Principal"\s*:\s*')
ACTION: Final = re.compile(
    r"sts:(?:\*|AssumeRole\*?|AssumeRoleWith\*|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetContext|"
    r"SetSourceIdentity)",
    re.ASCII | re.IGNORECASE,
)
ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
COGNITO: Final = "cognito-identity.amazonaws.com"


def check_trust_policy(text: str) -> None:
    """Hold a document to the rules of trust policies; whether its principals exist is for others to say.

    Raises:
        MalformedPolicyDocument: the first thing that is wrong.
    """
    policy = _parsed(text)
    if policy.get("Version", "2008-10-17") not in VERSIONS:
        _refuse("The policy must contain a valid version string")
    statements = listed(policy.get("Statement"))
    if not statements:
        _refuse("Could not parse the policy: Statement is empty!")
    for statement in statements:
        if not isinstance(statement, dict):
            _refuse("Syntax error in policy.")
        _check_statement(statement)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        _refuse("The Statement Ids in the policy are not unique")


def aws_principals(text: str) -> list[str]:
    """Every AWS principal that a document names, in order, each once: ARNs, account numbers, unique ids, ``*``."""
    found = [
        name
        for statement in listed(json.loads(text).get("Statement"))
        for name in listed(_of_aws(statement.get("Principal", {})))
    ]
    return list(dict.fromkeys(found))


def with_principals(text: str, shown: Callable[[str], str]) -> str:
    """The document with every AWS principal replaced by what ``shown`` makes of it; else to the letter as it is."""
    names = {name: other for name in aws_principals(text) if (other := shown(name)) != name}
    if not names:
        return text
    parts, at = [], 0
    for element in PRINCIPAL.finditer(text):
        _, end = json.JSONDecoder().raw_decode(text, element.end())
        principal = text[element.end() : end]
        for name, other in names.items():
            principal = principal.replace(json.dumps(name), json.dumps(other))
        parts += [text[at : element.end()], principal]
        at = end
    return "".join((*parts, text[at:]))


def invalid_principal(name: str) -> MalformedPolicyDocument:
    """The user, role or account does not exist (the beginning is recorded, the rest assumed)."""
    return MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{name}"')


def listed(value: object) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _of_aws(principal: object) -> object:
    if isinstance(principal, dict):
        return principal.get("AWS")
    return principal if principal == "*" else None


def _refuse(text: str) -> NoReturn:
    raise MalformedPolicyDocument(text)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        _refuse("This policy contains invalid Json")
    if not isinstance(policy, dict):
        _refuse("This policy contains invalid Json")
    return policy


def _check_statement(statement: Mapping[str, Any]) -> None:
    if "Effect" not in statement:
        _refuse("Missing required field Effect")
    effect = statement["Effect"]
    if not isinstance(effect, str) or effect not in EFFECTS:
        _refuse(f"Invalid effect: {effect}")
    if "Resource" in statement:
        _refuse("Has prohibited field Resource")
    if "NotResource" in statement:
        _refuse("AssumeRole policy must not contain resources.")
    if "NotPrincipal" in statement:
        if effect == "Allow":
            _refuse("Allow with NotPrincipal is not allowed.")
        _refuse("AssumeRole policy must not contain NotPrincipal field.")
    _check_principal(statement)
    if "Action" not in statement:
        _refuse("Missing required field Action")
    for action in listed(statement["Action"]):
        if not isinstance(action, str) or ACTION.fullmatch(action) is None:
            _refuse("AssumeRole policy may only specify STS AssumeRole actions.")


def _check_principal(statement: Mapping[str, Any]) -> None:
    if "Principal" not in statement:
        _refuse("Missing required field Principal")
    principal = statement["Principal"]
    if principal == "*":
        return
    if principal == {}:
        _refuse("Missing required field Principal cannot be empty!")
    if not isinstance(principal, dict):
        _refuse("Syntax error in policy.")
    for kind, names in principal.items():
        if kind not in KINDS:
            _refuse(f'Invalid principal in policy: "{kind}"')
        for name in listed(names):
            if not isinstance(name, str):
                _refuse("Syntax error in policy.")
            if kind == "Service" and SERVICE.fullmatch(name) is None:
                _refuse(f'Invalid principal in policy: "SERVICE":"{name}"')
    if COGNITO in listed(principal.get("Federated")) and not statement.get("Condition"):
        _refuse("A condition block must be present for the Cognito provider")
