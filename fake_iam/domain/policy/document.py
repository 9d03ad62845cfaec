"""Identity policies as text: what IAM refuses in them, in its order and its words.

Source of texts and order: localstack/localstack#13891, AWS-validated test_iam_policies :: TestPolicyDocumentValidity,
where a document with two faults tells which comes first. What is from elsewhere says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.policy.dates import is_date

Statement = Mapping[str, Any]

VERSION: Final = "2012-10-17"
VERSIONS: Final = ("2008-10-17", VERSION)
EFFECTS: Final = ("Allow", "Deny")
TOP_KEYS: Final = {"Version", "Id", "Statement"}
TEXT_KEYS: Final = ("Action", "NotAction", "Resource", "NotResource")
PRINCIPAL_KEYS: Final = {"Principal", "NotPrincipal"}
STATEMENT_KEYS: Final = {"Sid", "Effect", "Condition", *TEXT_KEYS, *PRINCIPAL_KEYS}
OPERATOR: Final = re.compile(
    r"(ForAnyValue:|ForAllValues:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)"
    r"|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)"
    r"(IfExists)?"
)
SID: Final = re.compile(r"[0-9A-Za-z]*")
VENDOR: Final = re.compile(r"[A-Za-z0-9.-]*")
IAM_PATHS: Final = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
# S3's own resources that live in a region; accesspoint/ is recorded, the others are in the service's reference.
S3_REGIONAL: Final = (
    "accesspoint/",
    "job/",
    "storage-lens/",
    "storage-lens-group/",
    "access-grants/",
    "async-request/",
)


def size(text: str) -> int:
    """How much of a quota a document takes: its characters, white space apart."""
    return len("".join(text.split()))


def check_identity_policy(text: str, *, partition: str, managed: bool) -> None:
    """Hold a document to the rules of identity policies; the rule of versions is for managed ones only.

    ``partition`` is the one that the account is in: resources of another are refused (quoted by users of aws-cn,
    aws-us-gov and aws-eusc, such as kubernetes/kops#6763; the other way round, in aws, it is assumed).

    Raises:
        MalformedPolicyDocument: the first thing that is wrong, in IAM's order.
    """
    policy = _parsed(text)
    statements = _statements(policy)
    if managed and policy.get("Version") != VERSION:
        _refuse(f"Policy document must be version {VERSION} or greater.")
    if not all(statement["Effect"] in EFFECTS and _dates_are_dates(statement) for statement in statements):
        _refuse_legacy()
    complaint = _complaint_of_resources(statements, partition)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if not all(map(SID.fullmatch, sids)):  # the text is in published trails of AWS; its place here is assumed
        _refuse(
            "Statement IDs (SID) must be alpha-numeric. "
            f"Check that your input satisfies the regular expression {SID.pattern}"
        )
    if len(set(sids)) < len(sids):
        _refuse("Statement IDs (SID) in a single policy must be unique.")
    if any(PRINCIPAL_KEYS & set(statement) for statement in statements):
        _refuse("Policy document should not specify a principal.")  # quoted by users; its place here is assumed
    if not all(_texts(statement, "Action", "NotAction") for statement in statements):
        _refuse("Policy statement must contain actions.")
    if not all(_texts(statement, "Resource", "NotResource") for statement in statements):
        _refuse("Policy statement must contain resources.")
    if complaint is not None:
        _refuse(complaint)
    for statement in statements:
        for action in _texts(statement, "Action", "NotAction"):
            _check_action(action)


def _refuse(text: str) -> NoReturn:
    raise MalformedPolicyDocument(text)


def _refuse_syntax() -> NoReturn:
    _refuse("Syntax errors in policy.")


def _refuse_legacy() -> NoReturn:
    _refuse("The policy failed legacy parsing")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        policy = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse_syntax()
    if not isinstance(policy, dict) or not set(policy) <= TOP_KEYS:
        _refuse_syntax()
    if policy.get("Version", VERSION) not in VERSIONS or not isinstance(policy.get("Id", ""), str):
        _refuse_syntax()
    return policy


def _statements(policy: Mapping[str, Any]) -> Sequence[Statement]:
    found = policy.get("Statement")
    statements: list[Any] = found if isinstance(found, list) else [found]
    if not statements or not all(map(_is_statement, statements)):
        _refuse_syntax()
    return statements


def _is_statement(statement: object) -> bool:
    if not isinstance(statement, dict) or not set(statement) <= STATEMENT_KEYS:
        return False
    if {"Action", "NotAction"} <= set(statement) or {"Resource", "NotResource"} <= set(statement):
        return False
    effect, sid = statement.get("Effect"), statement.get("Sid", "")
    return (
        isinstance(effect, str)
        and effect.capitalize() in EFFECTS
        and isinstance(sid, str)
        and all(_is_text_or_texts(statement.get(key, "")) for key in TEXT_KEYS)
        and _is_condition(statement.get("Condition", {}))
    )


def _is_text_or_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _is_condition(condition: object) -> bool:
    """Operators that are not known pass as long as they compare nothing (recorded)."""
    return isinstance(condition, dict) and all(
        isinstance(tests, dict)
        and (not tests or OPERATOR.fullmatch(operator) is not None)
        and all(_is_value(value) for value in tests.values())
        for operator, tests in condition.items()
    )


def _is_value(value: object) -> bool:
    """Texts are recorded; numbers and booleans are in the published grammar."""
    return all(isinstance(item, str | bool | int | float) for item in _listed(value))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(statement: Statement, *keys: str) -> list[str]:
    return [text for key in keys if key in statement for text in _listed(statement[key])]


def _dates_are_dates(statement: Statement) -> bool:
    return all(
        is_date(str(value))
        for operator, tests in statement.get("Condition", {}).items()
        if operator.rpartition(":")[2].startswith("Date")
        for values in tests.values()
        for value in _listed(values)
    )


def _complaint_of_resources(statements: Sequence[Statement], partition: str) -> str | None:
    """What is wrong with the form of the first bad resource, kept until later checks have passed; or legacy parsing."""
    complaint: str | None = None
    for key in ("Resource", "NotResource"):
        for statement in statements:
            resources = _texts(statement, key)
            for resource in resources:
                complaint = complaint or _complaint(resource, partition)
            if complaint is None and not all(map(_parses, resources)):
                _refuse_legacy()
    return complaint


def _complaint(resource: str, own: str) -> str | None:
    if resource == "*":
        return None
    _, colon, rest = resource.partition(":")
    if not colon:
        return f'Resource {resource} must be in ARN format or "*".'
    given = rest.split(":", 4)
    partition, service, region, account, name = given + ["*"] * (5 - len(given))
    if partition not in (own, "*"):
        whole = f"arn:{partition}:{service}:{region}:{account}:{name}"
        return f'Partition "{partition}" is not valid for resource "{whole}".'
    if "*" in service or "?" in service:  # a text that IAM refused in a policy of 2026, quoted by its author
        return "Resource vendor must be fully qualified and cannot contain regexes."
    if service == "iam" and region:
        return f"IAM resource {resource} cannot contain region information."
    if service == "s3" and region and not name.startswith(S3_REGIONAL):
        return f"Resource {resource} can not contain region information."
    if service == "iam" and not name.startswith(("*", *IAM_PATHS)) and name != "root":
        return f'IAM resource path must either be "*", root, or start with {", ".join(IAM_PATHS)}.'
    return None


def _parses(resource: str) -> bool:
    if resource == "*":
        return True
    return (resource.count(":") >= 5 or "::" not in resource) and resource.split(":")[2] != ""


def _check_action(action: str) -> None:
    if action == "*":
        return
    vendor, *others = action.split(":")
    if not others:
        _refuse("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if len(others) > 1:
        _refuse("Actions/Condition can contain only one colon.")
    if vendor != "*" and VENDOR.fullmatch(vendor) is None:
        _refuse(f"Vendor {vendor} is not valid")
