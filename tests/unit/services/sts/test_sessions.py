"""The rules of STS, without HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from fake_iam import ManualClock
from fake_iam.domain.errors import ValidationError
from fake_iam.protocol.model import load_service
from fake_iam.protocol.plans import argument_names
from fake_iam.services.context import Caller
from fake_iam.services.iam.lookups import find_key_owner
from tests.support import INVALID_TOKEN, WITHOUT_MFA, AwsError, Key, Wire, form_request

DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
EXPIRED = AwsError("ExpiredToken", "The security token included in the request is expired", 403)


def session(wire: Wire, by: Key, **parameters: object) -> Key:
    made = wire.call("GetSessionToken", by, **parameters)["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.call("CreateUser", UserName="alice", Path="/team/")
    return wire.key("alice")


def test_the_caller_is_who_signed(wire: Wire, alice: Key) -> None:
    user_id = wire.call("GetUser", UserName="alice")["User"]["UserId"]
    assert wire.call("GetCallerIdentity", alice) == {
        "Arn": "arn:aws:iam::123456789012:user/team/alice",
        "UserId": user_id,
        "Account": "123456789012",
    }
    assert wire.call("GetCallerIdentity") == {
        "Arn": "arn:aws:iam::123456789012:root",
        "UserId": "123456789012",
        "Account": "123456789012",
    }


def test_twelve_digits_are_the_root_of_that_account(wire: Wire) -> None:
    caller = wire.call("GetCallerIdentity", Key("210987654321", "x"))
    assert caller["Arn"] == "arn:aws:iam::210987654321:root"


def test_accounts_do_not_see_each_other(wire: Wire, alice: Key) -> None:
    elsewhere = Key("210987654321", "x")
    missing = AwsError("NoSuchEntity", "The user with name alice cannot be found.", 404)
    assert wire.call("GetUser", elsewhere, UserName="alice") == missing
    made = wire.call("CreateUser", elsewhere, UserName="alice")["User"]
    assert made["Arn"] == "arn:aws:iam::210987654321:user/alice"


def test_a_key_id_tells_its_account_even_after_the_key_is_gone(wire: Wire, alice: Key) -> None:
    assert wire.call("GetAccessKeyInfo", AccessKeyId=alice.id) == {"Account": "123456789012"}
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    assert wire.call("GetAccessKeyInfo", AccessKeyId=alice.id) == {"Account": "123456789012"}
    other = Wire()
    assert other.call("GetAccessKeyInfo", AccessKeyId=alice.id) == {"Account": "123456789012"}


def test_a_key_id_without_an_account_is_refused(wire: Wire) -> None:
    answer = wire.call("GetAccessKeyInfo", AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    assert (answer.code, answer.status) == ("InvalidParameterValue", 400)


def test_a_session_may_ask_who_it_is_and_call_no_iam(wire: Wire, alice: Key) -> None:
    temporary = session(wire, alice)
    assert (temporary.id[:4], len(temporary.id), len(temporary.secret)) == ("ASIA", 20, 40)
    assert wire.call("GetCallerIdentity", temporary)["Arn"] == "arn:aws:iam::123456789012:user/team/alice"
    refused = AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
    assert wire.call("ListUsers", temporary) == refused
    assert wire.call("UpdateAccessKey", temporary, AccessKeyId=alice.id, Status="Inactive") == refused
    assert len(wire.send(form_request("ListUsers", temporary)).body) == 305


def test_a_session_makes_no_session(wire: Wire, alice: Key) -> None:
    temporary = session(wire, alice)
    assert wire.call("GetSessionToken", temporary) == AwsError(
        "AccessDenied", "Cannot call GetSessionToken with session credentials", 403
    )
    assert wire.call("GetAccessKeyInfo", temporary, AccessKeyId=alice.id) == AwsError(
        "AccessDenied", "Cannot call GetAccessKeyInfo with session credentials", 403
    )


def test_sessions_are_fresh_each_time(wire: Wire, alice: Key) -> None:
    first, second = session(wire, alice), session(wire, alice)
    assert (first.id != second.id, first.secret != second.secret, first.token != second.token) == (True, True, True)


def test_the_token_must_be_the_keys_own(wire: Wire, alice: Key) -> None:
    first, second = session(wire, alice), session(wire, alice)
    assert wire.call("GetCallerIdentity", Key(first.id, first.secret)) == DEAD
    assert wire.call("GetCallerIdentity", Key(first.id, first.secret, second.token)) == DEAD
    assert wire.call("GetCallerIdentity", Key(alice.id, alice.secret, first.token)) == DEAD


def test_a_session_outlives_the_key_that_made_it(wire: Wire, alice: Key) -> None:
    temporary = session(wire, alice)
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert wire.call("GetCallerIdentity", temporary)["Arn"] == "arn:aws:iam::123456789012:user/team/alice"
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    wire.call("DeleteUser", UserName="alice")
    assert wire.call("GetCallerIdentity", temporary) == DEAD


@pytest.mark.parametrize(
    ("root", "asked", "seconds"), [(False, None, 43200), (False, 900, 900), (True, None, 3600), (True, 43200, 3600)]
)
def test_a_session_lasts_as_long_as_asked(root: bool, asked: int | None, seconds: int) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock)
    wire.user("alice")
    signer = wire.key() if root else wire.key("alice")
    temporary = session(wire, signer, **({} if asked is None else {"DurationSeconds": asked}))
    clock.advance(timedelta(seconds=seconds - 1))
    assert wire.call("GetCallerIdentity", temporary)["Account"] == "123456789012"
    clock.advance(timedelta(seconds=1))
    assert wire.call("GetCallerIdentity", temporary) == EXPIRED
    assert wire.call("GetCallerIdentity", Key(temporary.id, "wrong", temporary.token)) == EXPIRED


def test_an_mfa_device_of_nobody_is_refused(wire: Wire, alice: Key) -> None:
    serial = "arn:aws:iam::123456789012:mfa/alice"
    assert wire.call("GetSessionToken", alice, SerialNumber=serial, TokenCode="123456") == AwsError(
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  "
        "Please verify your MFA serial number is valid and associated with this user.",
        403,
    )


def test_a_token_is_as_long_as_asked(wire: Wire, alice: Key) -> None:
    if "minimum_session_token_size" not in argument_names(load_service("sts"), "GetSessionToken"):
        pytest.skip("the installed botocore does not know MinimumSessionTokenSize")
    assert len(session(wire, alice).token or "") == 316
    assert len(session(wire, alice, MinimumSessionTokenSize=4096).token or "") == 4096


def test_a_role_session_must_name_the_user(wire: Wire) -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/r/s"
    role = Caller("assumed-role", "123456789012", "AROA:s", arn, partition="aws")
    context = wire.assembled.engine.context(role, datetime(2026, 1, 1, tzinfo=timezone.utc))
    with pytest.raises(ValidationError) as raised:
        find_key_owner(context, None)
    assert raised.value.message == "Must specify userName when calling with non-User credentials"
