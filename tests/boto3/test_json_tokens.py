"""What verifies callers by a presigned GetCallerIdentity, as Kubernetes on EKS and Vault do, and reads JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import new_user, signed
from tests.support import Key


def presigned(fake: FakeIAM, key: Key) -> str:
    """The URL that a caller hands to whoever asks who it is."""
    return str(signed(fake, "sts", key).generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET"))


def fetched(url: str) -> Any:
    with urlopen(Request(url, headers={"Accept": "application/json"})) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return json.load(answer)


def test_a_verifier_reads_who_signed(fake: FakeIAM) -> None:
    alice = new_user(fake.client("iam"), "alice")
    result = fetched(presigned(fake, alice))["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert result["Arn"] == "arn:aws:iam::123456789012:user/alice"
    assert result["Account"] == "123456789012"


def test_a_verifier_reads_why_a_key_is_refused(fake: FakeIAM) -> None:
    alice = new_user(fake.client("iam"), "alice")
    url = presigned(fake, alice)
    fake.client("iam").update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    with pytest.raises(HTTPError) as refused:
        fetched(url)
    with refused.value:
        assert refused.value.code == 403
        assert json.load(refused.value)["Error"] == {
            "Code": "InvalidClientTokenId",
            "Message": "The security token included in the request is invalid.",
            "Type": "Sender",
        }
