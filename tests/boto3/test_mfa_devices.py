"""MFA devices and federated users through boto3 and a socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pyotp

from fake_iam import FakeIAM, ManualClock
from tests.boto3.callers import DEAD, new_user, signed
from tests.support import WITHOUT_MFA, AwsError, Key, error


def temporary(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def test_a_user_sets_up_a_device_and_rotates_its_key_with_a_code() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        root = fake.client("iam")
        alice = new_user(root, "alice")
        iam, sts = signed(fake, "iam", alice), signed(fake, "sts", alice)
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
        assert made["QRCodePNG"].startswith(b"\x89PNG")
        phone, serial = pyotp.TOTP(made["Base32StringSeed"].decode()), made["SerialNumber"]
        codes = [phone.at(clock.now(), counter_offset=steps) for steps in (-1, 0)]
        iam.enable_mfa_device(
            UserName="alice", SerialNumber=serial, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
        )
        (device,) = iam.list_mfa_devices()["MFADevices"]
        assert device == {"UserName": "alice", "SerialNumber": serial, "EnableDate": clock.now()}

        assert error(sts.get_session_token, SerialNumber=serial, TokenCode=codes[1]) == AwsError(
            "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403
        )
        clock.advance(timedelta(seconds=30))
        session = temporary(sts.get_session_token(SerialNumber=serial, TokenCode=phone.at(clock.now())))
        by_session = signed(fake, "iam", session)
        assert by_session.create_access_key()["AccessKey"]["UserName"] == "alice"
        by_session.delete_access_key(AccessKeyId=alice.id)
        assert error(iam.list_mfa_devices) == DEAD

        assert [row["SerialNumber"] for row in root.list_virtual_mfa_devices()["VirtualMFADevices"]] == [serial]
        root.deactivate_mfa_device(UserName="alice", SerialNumber=serial)
        root.delete_virtual_mfa_device(SerialNumber=serial)
        assert root.list_virtual_mfa_devices()["VirtualMFADevices"] == []


def test_tests_that_compute_no_codes_take_any() -> None:
    with FakeIAM(any_mfa_code=True) as fake:
        iam = fake.client("iam")
        alice = new_user(iam, "alice")
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName="alice", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="234567"
        )
        session = temporary(signed(fake, "sts", alice).get_session_token(SerialNumber=serial, TokenCode="123456"))
        assert signed(fake, "iam", session).get_user()["User"]["UserName"] == "alice"


def test_a_devices_tags_are_kept(fake: FakeIAM, iam: Any) -> None:
    tags = [{"Key": "team", "Value": "red"}]
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=tags)["VirtualMFADevice"]
    assert made["Tags"] == tags
    iam.tag_mfa_device(SerialNumber=made["SerialNumber"], Tags=[{"Key": "a", "Value": ""}])
    iam.untag_mfa_device(SerialNumber=made["SerialNumber"], TagKeys=["team"])
    assert iam.list_mfa_device_tags(SerialNumber=made["SerialNumber"])["Tags"] == [{"Key": "a", "Value": ""}]


def test_a_federated_user_is_told_its_name_and_calls_no_iam(fake: FakeIAM, iam: Any) -> None:
    sts = signed(fake, "sts", new_user(iam, "alice"))
    made = sts.get_federation_token(Name="bob", DurationSeconds=900)
    assert made["PackedPolicySize"] == 0
    bob = temporary(made)
    who = signed(fake, "sts", bob).get_caller_identity()
    assert (who["Arn"], who["UserId"]) == (made["FederatedUser"]["Arn"], made["FederatedUser"]["FederatedUserId"])
    assert error(signed(fake, "iam", bob).get_user) == AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
