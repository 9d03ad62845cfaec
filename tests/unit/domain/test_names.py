"""ARNs, users and access keys as values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import datetime, timezone

import pytest

from fake_iam.domain import arns
from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.errors import InvalidInput
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.quotas import Quotas
from fake_iam.domain.sts.sessions import Session

ACCOUNT = "123456789012"
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
USER = User(id="AIDA1", account_id=ACCOUNT, name="Alice", path="/team/", created_at=AT)
KEY = AccessKey("AKIAQ", ACCOUNT, "AIDA1", "hush", AT, 3)


def test_the_arn_of_the_root_user_is_its_accounts() -> None:
    assert arns.root("aws", ACCOUNT) == "arn:aws:iam::123456789012:root"


@pytest.mark.parametrize(
    ("made", "arn"),
    [
        (arns.root("aws-cn", ACCOUNT), "arn:aws-cn:iam::123456789012:root"),
        (arns.user("aws-cn", ACCOUNT, "/a/", "x"), "arn:aws-cn:iam::123456789012:user/a/x"),
        (arns.group("aws-cn", ACCOUNT, "/", "x"), "arn:aws-cn:iam::123456789012:group/x"),
        (arns.policy("aws-cn", "aws", "/a/", "x"), "arn:aws-cn:iam::aws:policy/a/x"),
        (arns.mfa_device("aws-cn", ACCOUNT, "/", "x"), "arn:aws-cn:iam::123456789012:mfa/x"),
        (arns.server_certificate("aws-cn", ACCOUNT, "/", "x"), "arn:aws-cn:iam::123456789012:server-certificate/x"),
        (arns.federated_user("aws-cn", ACCOUNT, "x"), "arn:aws-cn:sts::123456789012:federated-user/x"),
    ],
)
def test_an_arn_begins_with_its_partition(made: str, arn: str) -> None:
    assert made == arn
    assert arns.partition_of(made) == "aws-cn"


@pytest.mark.parametrize("text", ["", "arn", "x", "arn:"])
def test_what_is_no_arn_is_in_no_partition(text: str) -> None:
    assert arns.partition_of(text) == ""


def test_the_arn_of_a_row_is_in_the_rows_partition() -> None:
    assert replace(USER, partition="aws-us-gov").arn == "arn:aws-us-gov:iam::123456789012:user/team/Alice"
    assert Group("AGPA1", ACCOUNT, "eng", "/", AT, "aws-iso").arn == "arn:aws-iso:iam::123456789012:group/eng"
    certificate = ServerCertificate("ASCA1", ACCOUNT, "web", "/a/", "", None, AT, AT, partition="aws-cn")
    assert certificate.arn == "arn:aws-cn:iam::123456789012:server-certificate/a/web"


@pytest.mark.parametrize(
    ("path", "arn"),
    [
        ("/", "arn:aws:iam::123456789012:user/Alice"),
        ("/a/b/", "arn:aws:iam::123456789012:user/a/b/Alice"),
        ("/test//double/", "arn:aws:iam::123456789012:user/test//double/Alice"),
    ],
)
def test_the_arn_of_a_user_has_its_path(path: str, arn: str) -> None:
    assert replace(USER, path=path).arn == arn


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:policy/p",
        "arn:aws:iam::aws:policy/job-function/Billing",
        "arn:aws-cn:iam::123456789012:policy/p",
        "arn:aws-us-gov:iam::aws:policy/p",
    ],
)
def test_a_policys_arn_is_one(arn: str) -> None:
    assert arns.is_policy(arn)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "p",
        "arn:aws:iam::123456789012:policy/",
        "arn:aws:iam::123456789012:user/p",
        "arn:aws:iam::12345678901:policy/p",
        "arn:aws:iam:us-east-1:123456789012:policy/p",
        "arn:aws:s3::123456789012:policy/p",
        "xarn:aws:iam::123456789012:policy/p",
        "arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:policy/p",
    ],
)
def test_another_text_is_no_policys_arn(arn: str) -> None:
    assert not arns.is_policy(arn)


def test_letter_case_does_not_count_in_a_name() -> None:
    assert USER.name_key == name_key("aLICE") == "alice"


def test_rows_are_values_that_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        USER.name = "bob"  # type: ignore[misc]
    assert replace(USER) == USER


def test_a_new_key_is_active_and_never_used() -> None:
    assert (KEY.active, KEY.status, KEY.last_use) == (True, "Active", None)


def test_a_key_is_switched_and_nothing_else_changes() -> None:
    used = replace(KEY, last_use=LastUse(AT, "iam", "us-east-1"))
    off = used.switched("Inactive")
    assert (off.active, off.status) == (False, "Inactive")
    assert off.switched("Active") == used
    assert used.switched("Active") == used


@pytest.mark.parametrize("status", ["Expired", "active", ""])
def test_a_status_that_no_key_has_is_refused(status: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        KEY.switched(status)
    assert (raised.value.code, raised.value.message) == ("InvalidInput", f"Invalid status: {status}")


def test_secrets_are_not_shown() -> None:
    session = Session("ASIAQ", ACCOUNT, "AIDA1", "hush", "token", AT, AT)
    assert "hush" not in repr(KEY)
    assert "hush" not in repr(session)
    assert "token='token'" not in repr(session)


def test_quotas_are_awss_own_numbers() -> None:
    assert Quotas() == Quotas(access_keys_per_user=2, users_per_account=5000, page_size=1000)
