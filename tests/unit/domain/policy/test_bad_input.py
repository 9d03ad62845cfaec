"""Documents and values as nobody writes them: they are refused or decided, and in time.

Time may grow with the length of the document times that of the text it is held to, and no faster. It is that of the
thread, so that other work of the machine does not count.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import ALLOWED, IMPLICIT_DENY, Policies, Policy, decide
from fake_iam.domain.policy.document import check_identity_policy
from fake_iam.domain.policy.lint import complaints
from fake_iam.domain.policy.statements import Request, long_document, short_document
from fake_iam.domain.policy.variables import Values

ALICE: Final = principals.user("arn:aws:iam::123456789012:user/alice")
LARGEST: Final = 131_072  # characters, of the documents that the policy simulator takes
SMALL: Final = 500
TIMES: Final = 4
PATIENCE: Final = 3  # what a measurement may be off by
NOTHING: Final = 0.002  # seconds; below them nothing can be told


def policy(condition: Any = None, **changes: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changes}
    if condition is not None:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def decided(text: str, resource: str = "arn:aws:s3:::b/k", **context: Values) -> str:
    """Whether a document allows an action, compiled anew."""
    short_document.cache_clear()
    long_document.cache_clear()
    given = {f"aws:{name}": value for name, value in context.items()}
    return decide(Request(ALICE, "s3:GetObject", resource, given), Policies([Policy("p", text)])).outcome


def checked(text: str) -> str | None:
    """What is wrong with a document."""
    try:
        check_identity_policy(text, partition="aws", managed=True)
    except MalformedPolicyDocument as problem:
        return problem.message
    return None


def nested(depth: int) -> str:
    return policy({"StringEquals": {"aws:username": 0}}).replace("0}", "[" * depth + "]" * depth + "}")


def repeated(count: int) -> str:
    return policy({"StringEquals": {}}).replace("{}", "{" + ", ".join(['"aws:username": "a"'] * count) + "}")


GROWING: Final[dict[str, Callable[[int], object]]] = {
    "stars": lambda n: decided(policy(Resource="*a" * n + "*b"), "a" * 20 * n),
    "stars and question marks": lambda n: decided(policy(Resource="*?a" * n + "b"), "a" * 20 * n),
    "question marks": lambda n: decided(policy(Resource="*" + "?b" * n), "ab" * 10 * n),
    "nearly equal runs": lambda n: decided(policy(Resource="*" + "a" * n + "b*"), "a" * 20 * n),
    "patterns of actions": lambda n: decided(policy(Action=[f"s3:*{number}*b" for number in range(n)])),
    "patterns of resources": lambda n: decided(policy(Resource=[f"*{number}*b" for number in range(n)]), "a" * n),
    "variables": lambda n: decided(policy(Resource="${aws:username}" * n), "a" * n, username="a" * n),
    "defaults": lambda n: decided(policy(Resource="${aws:username, 'x'}" * n), "x" * n),
    "open variables": lambda n: decided(policy(Resource="${" * n + "}" * n), "a" * n),
    "values": lambda n: decided(
        policy({"StringLike": {"aws:username": [f"*{k}*b" for k in range(n)]}}), username="a" * n
    ),
    "many values of a key": lambda n: decided(
        policy({"ForAllValues:StringEquals": {"aws:tagkeys": [str(number) for number in range(n)]}}),
        tagkeys=tuple(str(number) for number in range(n)),
    ),
    "conditions": lambda n: decided(policy({"StringEquals": {f"aws:{number}": "a" for number in range(n)}})),
    "a long number": lambda n: decided(policy({"NumericEquals": {"aws:x": "9" * 20 * n}}), x="8" * 20 * n),
    "a long date": lambda n: decided(policy({"DateEquals": {"aws:x": "9" * 20 * n}}), x="8" * 20 * n),
    "a long address": lambda n: decided(policy({"IpAddress": {"aws:x": "1." * 20 * n}}), x="1." * 20 * n),
    "long bytes": lambda n: decided(policy({"BinaryEquals": {"aws:x": "QUJD" * 20 * n}}), x="QUJD" * 20 * n),
    "a long arn": lambda n: decided(
        policy({"ArnLike": {"aws:x": "arn:*a:*:*:*:*" + ":*a" * n}}), x="arn:" + ":a" * 20 * n
    ),
    "statements": lambda n: decided(json.dumps({"Statement": json.loads(policy())["Statement"], "Id": "a" * n})),
    "lines": lambda n: decided(policy().replace("{", "{" + "\n" * n)),
    "a check of depth": lambda n: checked(nested(n)),
    "a check of a key that is given again and again": lambda n: checked(repeated(n)),
    "a check of stars": lambda n: checked(policy(Resource="arn:aws:s3:::" + "*a" * n)),
    "a check of statements": lambda n: checked(
        json.dumps({"Version": "2012-10-17", "Statement": [json.loads(policy())["Statement"]] * n})
    ),
    "a check of actions": lambda n: checked(policy(Action=["s3:" + "*" * 20] * n)),
    "lint": lambda n: complaints(policy(Action=[f"s3:*{number}*" for number in range(n)], Resource=["*a" * 20] * n)),
}


def seconds(work: Callable[[], object]) -> float:
    def once() -> float:
        begin = time.thread_time()
        work()
        return time.thread_time() - begin

    return min(once() for _ in range(3))


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_document_times_the_text_at_most(name: str) -> None:
    work = GROWING[name]
    before, after = seconds(lambda: work(SMALL)), seconds(lambda: work(TIMES * SMALL))
    assert after < max(before, NOTHING) * TIMES**2 * PATIENCE


def test_a_document_of_the_largest_size_with_ten_thousand_stars_is_decided() -> None:
    text = policy(Resource=["*a" * 1_000 + "*"] * 10, Action=["s3:*" + "?" * 10_000, "s3:Get*"])
    text += " " * (LARGEST - len(text))
    assert decided(text, "a" * 100_000) == ALLOWED
    assert decided(text, "b" * 100_000) == IMPLICIT_DENY


@pytest.mark.parametrize(
    ("operator", "value", "given", "outcome"),
    [
        ("StringEquals", "a" * 100_000, "a" * 100_000, ALLOWED),
        ("StringEquals", "a" * 100_000, "a" * 99_999 + "b", IMPLICIT_DENY),
        ("StringEqualsIgnoreCase", "A" * 100_000, "a" * 100_000, ALLOWED),
        ("StringLike", "*" * 100_000, "a" * 100_000, ALLOWED),
        ("NumericEquals", "1" * 100_000, "1" * 100_000, ALLOWED),
        ("NumericLessThan", "1" * 100_000, "1" * 99_999, ALLOWED),
        ("NumericLessThan", "1e9999", "1e-9999", ALLOWED),
        ("NumericEquals", "1e99999", "1e99999", IMPLICIT_DENY),
        ("DateLessThan", "99999-12-31T23:59:59Z", "2026-01-01", ALLOWED),
        ("DateGreaterThan", "0000-01-01T00:00:00Z", "2026-01-01", ALLOWED),
        ("DateEquals", "0000-01-01", "-62167219200", IMPLICIT_DENY),
        ("DateEquals", "9" * 100_000, "9" * 100_000, IMPLICIT_DENY),
        ("IpAddress", "1" * 100_000, "1.1.1.1", IMPLICIT_DENY),
        ("Bool", "true" * 25_000, "true", IMPLICIT_DENY),
        ("BinaryEquals", "QUJD" * 25_000, "QUJD" * 25_000, ALLOWED),
        ("ArnLike", "arn:*:*:*:*:" + "*" * 100_000, "arn:aws:iam::1:" + "a" * 100_000, ALLOWED),
    ],
)
def test_a_condition_on_a_value_of_a_hundred_thousand_characters_decides(
    operator: str, value: str, given: str, outcome: str
) -> None:
    assert decided(policy({operator: {"aws:x": value}}), x=given) == outcome


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (nested(50_000), "Syntax errors in policy."),
        (nested(200), "Syntax errors in policy."),
        (policy({"NumericEquals": {"aws:x": 0}}).replace("0}", "9" * 100_000 + "}"), "Syntax errors in policy."),
        (policy({"NumericEquals": {"aws:x": 0}}).replace("0}", "1e999999}"), None),
        (policy({"DateEquals": {"aws:x": "0000-01-01"}}), None),
        (policy({"DateEquals": {"aws:x": "99999-01-01"}}), None),
        (policy({"DateEquals": {"aws:x": "9" * 30}}), "The policy failed legacy parsing"),
        (repeated(2), None),
    ],
    ids=["deep", "deep enough", "a huge number", "infinity", "year 0", "year 99999", "no date", "a key twice"],
)
def test_what_is_said_of_documents_that_nobody_writes(text: str, message: str | None) -> None:
    assert checked(text) == message
