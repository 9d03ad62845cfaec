from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.signing import Key
from conformance.sources import CALLER_IDENTITY, GUIDE, KEY_INFO, ORACLE, SESSION_TOKEN
from conformance.targets import Caller, Target, fake_target
from fake_iam import ManualClock

DEAD = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
EXPIRED = AwsError("ExpiredToken", "The security token included in the request is expired", 403)


def session(caller: Caller, **parameters: Any) -> Key:
    made = caller.sts.get_session_token(**parameters)["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def hours_from_now(moment: datetime) -> float:
    return round((moment - datetime.now(timezone.utc)) / timedelta(hours=1), 1)


# GetCallerIdentity


@pytest.mark.parametrize("path", ["/", "/team/red/"])
@observed(*ORACLE, "9:GetCallerIdentity", "C65")
def test_a_user_is_told_its_arn_with_the_path(aws: Target, new_user: People, path: str) -> None:
    alice = new_user(Path=path)
    user_id = aws.iam.get_user(UserName=alice)["User"]["UserId"]
    assert aws.signing_with(new_user.key(alice)).sts.get_caller_identity() == {
        "Account": aws.account,
        "Arn": f"arn:aws:iam::{aws.account}:user{path}{alice}",
        "UserId": user_id,
    }


@observed(*ORACLE, "9:GetCallerIdentity", "C65")
def test_the_root_user_is_told_its_account(aws: Target) -> None:
    aws.need_root()
    assert aws.sts.get_caller_identity() == {
        "Account": aws.account,
        "Arn": f"arn:aws:iam::{aws.account}:root",
        "UserId": aws.account,
    }


@documented(CALLER_IDENTITY, "9:GetCallerIdentity needs no permission", "C65")
def test_a_user_without_any_permission_is_told_who_it_is(aws: Target, new_user: People) -> None:
    alice, bob = new_user(), new_user()
    for name in (alice, bob):
        arn = aws.signing_with(new_user.key(name)).sts.get_caller_identity()["Arn"]
        assert arn == f"arn:aws:iam::{aws.account}:user/{name}"


@fake_only("a real account has another number")
@documented(CALLER_IDENTITY, "C65")
def test_the_account_is_the_one_of_the_settings(aws: Target) -> None:
    with fake_target(account_id="210987654321") as other:
        assert other.sts.get_caller_identity()["Account"] == "210987654321"
        made = other.iam.create_user(UserName="alice")["User"]
        assert made["Arn"] == "arn:aws:iam::210987654321:user/alice"


# GetAccessKeyInfo


@documented(KEY_INFO, "9:GetAccessKeyInfo answers only Account", "C67")
def test_a_temporary_key_id_tells_its_account_too(aws: Target, new_user: People) -> None:
    temporary = session(aws.signing_with(new_user.key(new_user())))
    assert aws.sts.get_access_key_info(AccessKeyId=temporary.id) == {"Account": aws.account}


# GetSessionToken


@documented(SESSION_TOKEN, "5:Key id form", "C63")
def test_a_session_has_an_asia_key_a_token_and_twelve_hours(aws: Target, new_user: People) -> None:
    made = aws.signing_with(new_user.key(new_user())).sts.get_session_token()["Credentials"]
    assert sorted(made) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"]
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", made["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", made["SecretAccessKey"])
    assert hours_from_now(made["Expiration"]) == 12.0


@pytest.mark.parametrize(("seconds", "hours"), [(900, 0.2), (3600, 1.0), (129600, 36.0)])
@documented(SESSION_TOKEN, "C63")
def test_a_session_lasts_as_long_as_asked(aws: Target, new_user: People, seconds: int, hours: float) -> None:
    sts = aws.signing_with(new_user.key(new_user())).sts
    made = sts.get_session_token(DurationSeconds=seconds)["Credentials"]
    assert hours_from_now(made["Expiration"]) == hours


@pytest.mark.parametrize("seconds", [None, 43200])
@documented(SESSION_TOKEN, "C63")
def test_a_session_of_the_root_user_lasts_an_hour_at_the_most(aws: Target, seconds: int | None) -> None:
    aws.need_root()
    aws.need_long_term_key()
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    assert hours_from_now(aws.sts.get_session_token(**asked)["Credentials"]["Expiration"]) == 1.0


@documented(SESSION_TOKEN, "C63")
def test_sessions_are_different_each_time(aws: Target, new_user: People) -> None:
    caller = aws.signing_with(new_user.key(new_user()))
    first, second = session(caller), session(caller)
    assert first.id != second.id
    assert first.secret != second.secret
    assert first.token != second.token


@documented(SESSION_TOKEN, "9:Credentials of GetSessionToken", "C63")
def test_a_session_is_its_user_at_sts(aws: Target, new_user: People) -> None:
    caller = aws.signing_with(new_user.key(new_user(Path="/team/")))
    temporary = aws.signing_with(session(caller))
    assert temporary.sts.get_caller_identity() == caller.sts.get_caller_identity()


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("list_users", {}),
        ("get_user", {}),
        ("list_access_keys", {}),
        ("create_access_key", {}),
        ("update_access_key", {"AccessKeyId": "A" * 20, "Status": "Inactive"}),
    ],
    ids=["list_users", "get_user", "list_access_keys", "create_access_key", "update_access_key"],
)
@observed(
    "2024",
    "aws/aws-cli#8918, a raw answer; quoted in 99designs/aws-vault#132, #328, #478, #536",
    "sts-user-session-iam",
    "9:Credentials of GetSessionToken",
    "C63",
)
def test_a_session_without_mfa_calls_no_iam(
    aws: Target, new_user: People, method: str, parameters: dict[str, str]
) -> None:
    alice = new_user(manages_keys=True)
    temporary = aws.signing_with(session(aws.signing_with(new_user.key(alice))))
    refused = AwsError("InvalidClientTokenId", "The security token included in the request is invalid", 403)
    assert aws.error(getattr(temporary.iam, method), **parameters) == refused


@observed("2026-08", "a user's session log", "sts-gst-session", "9:GetSessionToken and GetFederationToken refuse")
def test_a_session_makes_no_session(aws: Target, new_user: People) -> None:
    temporary = aws.signing_with(session(aws.signing_with(new_user.key(new_user()))))
    assert aws.error(temporary.sts.get_session_token) == AwsError(
        "AccessDenied", "Cannot call GetSessionToken with session credentials", 403
    )


@documented(f"{GUIDE}/id_credentials_temp_control-access_disable-perms.html", "5:An inactive key works in no call")
def test_a_session_outlives_the_status_of_the_key_that_made_it(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    caller = aws.signing_with(key)
    temporary = aws.signing_with(session(caller))
    aws.iam.update_access_key(UserName=alice, AccessKeyId=key.id, Status="Inactive")
    assert aws.settle(lambda: aws.error(caller.sts.get_caller_identity), DEAD) == DEAD
    assert temporary.sts.get_caller_identity()["Arn"].endswith(alice)


@observed("undated", "several users quote the text, with its two spaces", "sts-mfa-device", "sts-mfa-device-2013")
def test_an_mfa_device_that_is_not_the_callers_is_refused(aws: Target, new_user: People) -> None:
    alice = new_user()
    caller = aws.signing_with(new_user.key(alice))
    serial = f"arn:aws:iam::{aws.account}:mfa/{alice}"
    assert aws.error(caller.sts.get_session_token, SerialNumber=serial, TokenCode="123456") == AwsError(
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  "
        "Please verify your MFA serial number is valid and associated with this user.",
        403,
    )


# Tokens


@pytest.mark.parametrize("token", ["missing", "another session's"])
@observed(*ORACLE, "auth-token-missing-or-mismatched")
def test_a_temporary_key_needs_its_own_token(aws: Target, new_user: People, token: str) -> None:
    caller = aws.signing_with(new_user.key(new_user()))
    first, second = session(caller), session(caller)
    mixed = Key(first.id, first.secret, None if token == "missing" else second.token)
    assert aws.error(aws.signing_with(mixed).sts.get_caller_identity) == DEAD


@observed(*ORACLE, "auth-token-missing-or-mismatched", "2.1:10")
def test_a_missing_token_is_said_before_a_wrong_signature(aws: Target, new_user: People) -> None:
    temporary = session(aws.signing_with(new_user.key(new_user())))
    assert aws.error(aws.signing_with(Key(temporary.id, "wrong")).sts.get_caller_identity) == DEAD


@assumed("a reimplementation's guess, which gives the text without its full stop", "auth-token-damaged")
def test_a_damaged_token_is_refused(aws: Target, new_user: People) -> None:
    temporary = session(aws.signing_with(new_user.key(new_user())))
    damaged = Key(temporary.id, temporary.secret, f"{temporary.token}x")
    got = aws.error(aws.signing_with(damaged).sts.get_caller_identity)
    assert (got.code, got.status) == ("InvalidClientTokenId", 403)
    assert (got.message or "").rstrip(".") == "The security token included in the request is invalid"


@assumed("a pair of a long-term key and a session token does not exist", "auth-token-missing-or-mismatched")
def test_a_long_term_key_goes_without_a_token(aws: Target, new_user: People) -> None:
    key = new_user.key(new_user())
    temporary = session(aws.signing_with(key))
    assert aws.error(aws.signing_with(Key(key.id, key.secret, temporary.token)).sts.get_caller_identity) == DEAD


@fake_only("nobody waits for a quarter of an hour")
@observed(*ORACLE, "auth-expired-token", "2.1:10")
def test_an_expired_token_is_said_before_a_wrong_signature(aws: Target) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    with fake_target(clock) as later:
        later.iam.create_user(UserName="alice")
        made = later.iam.create_access_key(UserName="alice")["AccessKey"]
        caller = later.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"]))
        temporary = session(caller, DurationSeconds=900)
        clock.advance(timedelta(seconds=900))
        assert later.error(later.signing_with(temporary).sts.get_caller_identity) == EXPIRED
        badly = Key(temporary.id, "wrong", temporary.token)
        assert later.error(later.signing_with(badly).sts.get_caller_identity) == EXPIRED
