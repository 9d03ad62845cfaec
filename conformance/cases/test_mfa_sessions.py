from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.devices import Devices, serial_of
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.signing import Key
from conformance.sources import SESSION_TOKEN
from conformance.targets import Target

WRONG_CODE = AwsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403)


def session(made: Any) -> Key:
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


@documented(SESSION_TOKEN, "9:Credentials of GetSessionToken", "C63")
def test_a_session_with_a_code_calls_iam_as_its_user(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user(manages_keys=True)
    device = new_device(alice)
    sts = aws.signing_with(new_user.key(alice)).sts
    made = aws.wait_for(sts.get_session_token, SerialNumber=device.serial, TokenCode=device.next_code())
    temporary = aws.signing_with(session(made["Credentials"]))
    assert aws.wait_for(temporary.iam.get_user)["User"]["UserName"] == alice
    assert only(temporary.iam.list_access_keys()["AccessKeyMetadata"])["UserName"] == alice


@observed("undated", "sources that match the text with its last space", "sts-mfa-code")
def test_a_wrong_code_makes_no_session(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    sts = aws.signing_with(new_user.key(alice)).sts
    wrong = "000000" if device.next_code() != "000000" else "000001"
    assert aws.error(sts.get_session_token, SerialNumber=device.serial, TokenCode=wrong) == WRONG_CODE


@assumed("RFC 6238 asks for it; what AWS does is recalled, not seen", "sts-mfa-code")
def test_a_code_serves_once(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    sts = aws.signing_with(new_user.key(alice)).sts
    asked = {"SerialNumber": device.serial, "TokenCode": device.next_code()}
    aws.wait_for(sts.get_session_token, **asked)
    assert aws.error(sts.get_session_token, **asked) == WRONG_CODE


@assumed("the text is recalled, not seen", "sts-mfa-device")
@pytest.mark.parametrize("given", ["SerialNumber", "TokenCode"])
def test_a_device_and_a_code_go_together(aws: Target, new_user: People, given: str) -> None:
    alice = new_user()
    sts = aws.signing_with(new_user.key(alice)).sts
    values = {"SerialNumber": serial_of(aws, alice), "TokenCode": "123456"}
    assert aws.error(sts.get_session_token, **{given: values[given]}) == AwsError(
        "AccessDenied",
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        403,
    )
