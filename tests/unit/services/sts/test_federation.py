"""The rules of sessions with an MFA code and of federated users, without HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from tests.support import INVALID_TOKEN, WITHOUT_MFA, AwsError, Key, Wire, form_request
from tests.unit.services.credentials.test_mfa_devices import Phone, enable

DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
NOT_AT_IAM = AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
EXPIRED = AwsError("ExpiredToken", "The security token included in the request is expired", 403)
NOT_YOURS = AwsError(
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user.",
    403,
)
WRONG_CODE = AwsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403)
HALF = AwsError(
    "AccessDenied",
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    403,
)
POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


def closed(operation: str) -> AwsError:
    return AwsError("AccessDenied", f"Cannot call {operation} with session credentials", 403)


def pair(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    return Wire(clock, random_seed=7)


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.user("alice")
    return wire.key("alice")


@pytest.fixture
def phone(wire: Wire, alice: Key, clock: ManualClock) -> Phone:
    """Alice's device, with fresh codes."""
    phone = Phone(wire, clock)
    enable(wire, phone)
    clock.advance(timedelta(minutes=1))
    return phone


def federated(wire: Wire, by: Key | None, **parameters: Any) -> Key:
    return pair(wire.call("GetFederationToken", by, Name="Bob", **parameters))


def test_a_session_with_a_code_calls_iam_as_its_user(wire: Wire, alice: Key, phone: Phone) -> None:
    made = wire.call("GetSessionToken", alice, SerialNumber=phone.serial, TokenCode=phone.code())
    assert list(made) == ["Credentials"]
    temporary = pair(made)
    assert wire.call("GetUser", temporary)["User"]["UserName"] == "alice"
    assert wire.call("CreateAccessKey", temporary)["AccessKey"]["UserName"] == "alice"
    assert wire.call("GetSessionToken", temporary) == closed("GetSessionToken")


def test_a_code_serves_once(wire: Wire, alice: Key, phone: Phone, clock: ManualClock) -> None:
    asked = {"SerialNumber": phone.serial, "TokenCode": phone.code()}
    pair(wire.call("GetSessionToken", alice, **asked))
    assert wire.call("GetSessionToken", alice, **asked) == WRONG_CODE
    clock.advance(timedelta(seconds=30))
    pair(wire.call("GetSessionToken", alice, SerialNumber=phone.serial, TokenCode=phone.code()))


def test_the_text_of_a_wrong_code_ends_in_a_space(wire: Wire, alice: Key, phone: Phone) -> None:
    asked = {"SerialNumber": phone.serial, "TokenCode": phone.code(9)}
    body = wire.send(form_request("GetSessionToken", alice, **asked)).body
    assert b"<Message>MultiFactorAuthentication failed with invalid MFA one time pass code. </Message>" in body


@pytest.mark.parametrize("steps", [-5, 5])
def test_a_code_of_another_time_is_refused(wire: Wire, alice: Key, phone: Phone, steps: int) -> None:
    asked = {"SerialNumber": phone.serial, "TokenCode": phone.code(steps)}
    assert wire.call("GetSessionToken", alice, **asked) == WRONG_CODE


def test_a_device_that_is_not_the_callers_is_refused(wire: Wire, alice: Key, phone: Phone, clock: ManualClock) -> None:
    wire.user("bob")
    spare = Phone(wire, clock, "spare")
    bob = wire.key("bob")
    for caller, device in ((bob, phone), (alice, spare), (wire.key(), phone)):
        asked = {"SerialNumber": device.serial, "TokenCode": device.code()}
        assert wire.call("GetSessionToken", caller, **asked) == NOT_YOURS


def test_a_device_and_a_code_go_together(wire: Wire, alice: Key, phone: Phone) -> None:
    assert wire.call("GetSessionToken", alice, SerialNumber=phone.serial) == HALF
    assert wire.call("GetSessionToken", alice, TokenCode=phone.code()) == HALF


def test_a_federated_user_has_a_name_and_no_packed_policy(wire: Wire, alice: Key) -> None:
    made = wire.call("GetFederationToken", alice, Name="Bob")
    assert sorted(made) == ["Credentials", "FederatedUser", "PackedPolicySize"]
    assert made["FederatedUser"] == {
        "FederatedUserId": "123456789012:Bob",
        "Arn": "arn:aws:sts::123456789012:federated-user/Bob",
    }
    assert made["PackedPolicySize"] == "0"
    assert made["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_a_federated_user_may_ask_who_it_is_and_nothing_else(wire: Wire, alice: Key) -> None:
    bob = federated(wire, alice)
    assert wire.call("GetCallerIdentity", bob) == {
        "Account": "123456789012",
        "UserId": "123456789012:Bob",
        "Arn": "arn:aws:sts::123456789012:federated-user/Bob",
    }
    assert wire.call("GetUser", bob) == NOT_AT_IAM
    assert wire.call("ListUsers", bob) == NOT_AT_IAM
    assert wire.call("GetSessionToken", bob) == closed("GetSessionToken")
    assert wire.call("GetFederationToken", bob, Name="Eve") == closed("GetFederationToken")
    assert wire.call("DecodeAuthorizationMessage", bob, EncodedMessage="x") == closed("DecodeAuthorizationMessage")


def test_an_operation_that_is_open_to_sessions_is_closed_to_federated_users(wire: Wire, alice: Key) -> None:
    operations = wire.assembled.engine.services["2011-06-15"].service.operations
    before = operations["GetAccessKeyInfo"]
    operations["GetAccessKeyInfo"] = before._replace(open_to_sessions=True)
    try:
        answer = wire.call("GetAccessKeyInfo", federated(wire, alice), AccessKeyId=alice.id)
    finally:
        operations["GetAccessKeyInfo"] = before
    assert answer == closed("GetAccessKeyInfo")


def test_sessions_make_no_federated_users(wire: Wire, alice: Key, phone: Phone) -> None:
    asked = {"SerialNumber": phone.serial, "TokenCode": phone.code()}
    for session in (
        pair(wire.call("GetSessionToken", alice)),
        pair(wire.call("GetSessionToken", alice, **asked)),
    ):
        assert wire.call("GetFederationToken", session, Name="Bob") == closed("GetFederationToken")


def test_a_federated_user_goes_with_the_user_who_answers_for_it(wire: Wire, alice: Key) -> None:
    bob = federated(wire, alice)
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    assert wire.call("GetCallerIdentity", bob)["UserId"] == "123456789012:Bob"
    wire.call("DeleteUser", UserName="alice")
    assert wire.call("GetCallerIdentity", bob) == DEAD


@pytest.mark.parametrize(
    ("root", "asked", "seconds"),
    [(False, None, 43200), (False, 129600, 129600), (True, None, 3600), (True, 7200, 3600)],
)
def test_a_federated_users_credentials_last_as_long_as_asked(
    wire: Wire, alice: Key, clock: ManualClock, root: bool, asked: int | None, seconds: int
) -> None:
    bob = federated(wire, None if root else alice, **({} if asked is None else {"DurationSeconds": asked}))
    clock.advance(timedelta(seconds=seconds - 1))
    assert wire.call("GetCallerIdentity", bob)["Arn"].endswith(":federated-user/Bob")
    clock.advance(timedelta(seconds=1))
    assert wire.call("GetCallerIdentity", bob) == EXPIRED


@pytest.mark.parametrize("seconds", [899, 129601])
def test_a_duration_outside_its_range_is_refused(wire: Wire, seconds: int) -> None:
    words = "greater than or equal to 900" if seconds == 899 else "less than or equal to 129600"
    assert wire.call("GetFederationToken", Name="Bob", DurationSeconds=seconds) == AwsError(
        "ValidationError",
        f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
        f"Member must have value {words}",
        400,
    )


def test_a_policy_has_a_packed_size(wire: Wire, alice: Key) -> None:
    assert wire.call("GetFederationToken", alice, Name="Bob", Policy=POLICY)["PackedPolicySize"] == "5"
    arns = {"PolicyArns.member.1.arn": f"arn:aws:iam::aws:policy/{'x' * 180}"}
    assert wire.call("GetFederationToken", alice, Name="Bob", **arns)["PackedPolicySize"] == "10"


@pytest.mark.parametrize("policy", ["no json", "[]", "{"])
def test_a_policy_that_is_no_json_object_is_refused(wire: Wire, policy: str) -> None:
    refused = AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400)
    assert wire.call("GetFederationToken", Name="Bob", Policy=policy) == refused


def test_the_same_tag_key_twice_is_refused_in_any_case(wire: Wire) -> None:
    tags = {"Tags.member.1.Key": "k", "Tags.member.1.Value": "", "Tags.member.2.Key": "K", "Tags.member.2.Value": ""}
    assert wire.call("GetFederationToken", Name="Bob", **tags) == AwsError(
        "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400
    )


def test_a_made_up_message_is_not_decoded(wire: Wire) -> None:
    refused = AwsError("InvalidAuthorizationMessageException", "Message is not valid", 400)
    assert wire.call("DecodeAuthorizationMessage", EncodedMessage="made-up") == refused
