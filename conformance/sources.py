"""The sources that several cases are known from: a Source is unpacked into ``observed``."""

from __future__ import annotations

from typing import Final, NamedTuple

import pytest

from conformance.provenance import assumed, observed


class Source(NamedTuple):
    """Who saw AWS answer, and when."""

    date: str
    source: str


LOCALSTACK_USERS: Final = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_users")
LOCALSTACK_MFA: Final = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_mfa")
LOCALSTACK: Final = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated snapshots")


def localstack(test: str) -> Source:
    """A snapshot that one of LocalStack's tests of IAM users took of AWS."""
    return Source(LOCALSTACK_USERS.date, f"{LOCALSTACK_USERS.source} :: {test}")


S3_TESTS: Final = Source("undated", "ceph/s3-tests, s3tests/functional/test_iam.py, which runs against AWS, too")


def s3_tests(test: str) -> Source:
    """A test of ceph's suite, which runs against AWS, too."""
    return Source(S3_TESTS.date, f"{S3_TESTS.source} :: {test}")


ORACLE: Final = Source("2026-07", "justincormack/argmin, scripts/aws-sts-oracle: raw answers of live AWS STS")
CUSTODIAN: Final = Source("2016 to 2024", "cloud-custodian/cloud-custodian, tests/data/placebo: recorded answers")
CUSTODIAN_LENGTH: Final = Source("2016 to 2024", "cloud-custodian/cloud-custodian, recorded Content-Length")
ANSIBLE: Final = Source("undated", "ansible-collections/amazon.aws, integration target iam_access_key")
REAL_KEYS: Final = Source("undated", "eight real key ids that people published")

ONLY_STS_SEEN: Final = "seen on STS, not on IAM, which shares the front end"
ONLY_ROLES_SEEN: Final = "recorded for roles, whose tags have the same shape"
INFERRED_STYLE: Final = "inferred from the style of recorded answers of sibling calls"
VERSITY: Final = "versity/versitygw#2344, a reimplementation whose authors checked some answers"
ORDER_CHART: Final = "dacut/scratchstack, AWS Auth Error Ordering, by a former engineer of AWS"

API: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference"
STS_API: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"
GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
CREATE_KEY: Final = f"{API}/API_CreateAccessKey.html"
UPDATE_KEY: Final = f"{API}/API_UpdateAccessKey.html"
LIST_KEYS: Final = f"{API}/API_ListAccessKeys.html"
LAST_USED: Final = f"{API}/API_GetAccessKeyLastUsed.html"
LIST_USERS: Final = f"{API}/API_ListUsers.html"
KEY_INFO: Final = f"{STS_API}/API_GetAccessKeyInfo.html"
SESSION_TOKEN: Final = f"{STS_API}/API_GetSessionToken.html"
CALLER_IDENTITY: Final = f"{STS_API}/API_GetCallerIdentity.html"
MANAGE_KEYS: Final = f"{GUIDE}/id_credentials_access-keys.html"
IDENTIFIERS: Final = f"{GUIDE}/reference_identifiers.html"


def on_both(*ids: str) -> pytest.MarkDecorator:
    """The case on STS, where AWS was observed, and on IAM, where the same is assumed."""
    on_sts = pytest.param("sts", marks=observed(*ORACLE, *ids), id="sts")
    on_iam = pytest.param("iam", marks=assumed(ONLY_STS_SEEN, *ids), id="iam")
    return pytest.mark.parametrize("service", [on_sts, on_iam])
