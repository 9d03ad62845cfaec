"""The rules of MFA devices, without HTTP."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import pyotp
import pytest

from fake_iam import ManualClock
from fake_iam.services.iam.credentials.mfa_codes import code_at, provisioning_uri, qr_code_png
from tests.support import AwsError, Key, Wire

SERIAL = "arn:aws:iam::123456789012:mfa/phone"
EXISTS = AwsError("EntityAlreadyExists", "MFA device already exists.", 409)
IN_USE = AwsError("EntityAlreadyExists", "MFA Device is already in use.", 409)
WRONG_CODE = AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", 403)
NO_USER = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}


def missing(serial: str = SERIAL) -> AwsError:
    return AwsError("NoSuchEntity", f"MFA Device with serial number {serial} does not exist.", 404)


class Phone:
    """An authenticator application that has read the seed; shows codes by the test's clock."""

    def __init__(self, wire: Wire, clock: ManualClock, name: str = "phone", **parameters: str) -> None:
        made = wire.call("CreateVirtualMFADevice", VirtualMFADeviceName=name, **parameters)["VirtualMFADevice"]
        self.serial: str = made["SerialNumber"]
        self.seed = base64.b64decode(made["Base32StringSeed"]).decode()
        self.clock = clock

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.seed).at(self.clock.now(), counter_offset=steps)

    def codes(self, first: int = -1) -> dict[str, str]:
        return {"AuthenticationCode1": self.code(first), "AuthenticationCode2": self.code(first + 1)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    wire.user("alice")
    return wire


@pytest.fixture
def phone(wire: Wire, clock: ManualClock) -> Phone:
    return Phone(wire, clock)


def enable(wire: Wire, phone: Phone, user: str = "alice") -> Any:
    return wire.call("EnableMFADevice", UserName=user, SerialNumber=phone.serial, **phone.codes())


def serials(wire: Wire, action: str = "ListVirtualMFADevices", **parameters: Any) -> list[str]:
    answer = wire.call(action, **parameters)
    devices = answer["VirtualMFADevices" if action == "ListVirtualMFADevices" else "MFADevices"]
    members = devices["member"] if devices else []
    return [member["SerialNumber"] for member in (members if isinstance(members, list) else [members])]


def test_a_new_device_shows_serial_number_seed_and_picture(wire: Wire) -> None:
    made = wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone", Path="/test//double/")["VirtualMFADevice"]
    assert sorted(made) == ["Base32StringSeed", "QRCodePNG", "SerialNumber"]
    assert made["SerialNumber"] == "arn:aws:iam::123456789012:mfa/test//double/phone"
    seed = base64.b64decode(made["Base32StringSeed"]).decode()
    assert (len(seed), len(base64.b32decode(seed))) == (64, 40)
    uri = provisioning_uri(seed, "phone", "123456789012")
    assert base64.b64decode(made["QRCodePNG"]) == qr_code_png(uri)


def test_the_picture_is_a_png_of_what_an_application_reads() -> None:
    uri = provisioning_uri("GEZDGNBV", "ann+o=1@x", "123456789012")
    assert uri == (
        "otpauth://totp/Amazon%20Web%20Services:ann%2Bo%3D1%40x@123456789012"
        "?secret=GEZDGNBV&issuer=Amazon%20Web%20Services"
    )
    assert qr_code_png(uri).startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(base64.b32encode(b"12345678901234567890").decode(), seconds // 30) == code


def test_a_seed_makes_the_same_device_in_every_run(clock: ManualClock) -> None:
    first, second = (Phone(Wire(clock, random_seed=3), clock).seed for _ in range(2))
    assert first == second


def test_a_name_is_taken_once_on_its_path(wire: Wire, phone: Phone) -> None:
    assert wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone") == EXISTS
    made = wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone", Path="/other/")
    assert made["VirtualMFADevice"]["SerialNumber"] == "arn:aws:iam::123456789012:mfa/other/phone"


def test_an_enabled_device_is_listed_with_its_date_and_user(wire: Wire, phone: Phone) -> None:
    assert wire.call("ListVirtualMFADevices")["VirtualMFADevices"]["member"] == {"SerialNumber": SERIAL}
    assert enable(wire, phone) is None
    device = {"SerialNumber": SERIAL, "EnableDate": "2026-01-01T00:00:00Z"}
    listed = wire.call("ListVirtualMFADevices")["VirtualMFADevices"]["member"]
    assert listed.pop("User")["Arn"] == "arn:aws:iam::123456789012:user/alice"
    assert listed == device
    assert wire.call("ListMFADevices", UserName="alice")["MFADevices"]["member"] == {**device, "UserName": "alice"}
    assert wire.call("GetMFADevice", SerialNumber=SERIAL, UserName="alice") == {**device, "UserName": "alice"}
    assert wire.call("GetMFADevice", SerialNumber=SERIAL) == {**device, "UserName": "alice"}


def test_a_user_without_a_name_is_the_caller(wire: Wire, phone: Phone) -> None:
    enable(wire, phone)
    key = wire.key("alice")
    assert wire.call("ListMFADevices", key)["MFADevices"]["member"]["UserName"] == "alice"
    assert wire.call("ListMFADevices")["MFADevices"] is None
    assert wire.call("DeactivateMFADevice", SerialNumber=SERIAL) == missing()
    assert wire.call("DeactivateMFADevice", key, SerialNumber=SERIAL) is None


def test_a_list_takes_the_status_of_assignment(wire: Wire, clock: ManualClock) -> None:
    used, spare = Phone(wire, clock, "a"), Phone(wire, clock, "b")
    enable(wire, used)
    assert serials(wire, AssignmentStatus="Assigned") == [used.serial]
    assert serials(wire, AssignmentStatus="Unassigned") == [spare.serial]
    assert serials(wire, AssignmentStatus="Any") == serials(wire) == [used.serial, spare.serial]


def test_lists_page(wire: Wire, clock: ManualClock) -> None:
    made = [Phone(wire, clock, name) for name in "abc"]
    for phone in made:
        enable(wire, phone)
    for action, parameters in (("ListVirtualMFADevices", {}), ("ListMFADevices", {"UserName": "alice"})):
        first = wire.call(action, MaxItems=2, **parameters)
        assert first["IsTruncated"] == "true"
        assert serials(wire, action, Marker=first["Marker"], **parameters) == [made[2].serial]
        assert wire.call(action, Marker="x", **parameters) == AwsError("ValidationError", "Invalid Marker.", 400)


def test_a_rename_carries_the_device_along(wire: Wire, phone: Phone) -> None:
    enable(wire, phone)
    wire.call("UpdateUser", UserName="alice", NewUserName="bob")
    assert wire.call("GetMFADevice", SerialNumber=SERIAL, UserName="bob")["UserName"] == "bob"


def test_two_codes_in_a_row_enable_a_device(wire: Wire, phone: Phone) -> None:
    turned = {"AuthenticationCode1": phone.code(), "AuthenticationCode2": phone.code(-1)}
    for codes in (CODES, turned, phone.codes(-4)):
        assert wire.call("EnableMFADevice", UserName="alice", SerialNumber=SERIAL, **codes) == WRONG_CODE
    assert serials(wire, AssignmentStatus="Assigned") == []
    assert wire.call("EnableMFADevice", UserName="alice", SerialNumber=SERIAL, **phone.codes(0)) is None


def test_codes_follow_the_clock_of_the_server(wire: Wire, phone: Phone, clock: ManualClock) -> None:
    codes = phone.codes()
    clock.advance(timedelta(minutes=2))
    assert wire.call("EnableMFADevice", UserName="alice", SerialNumber=SERIAL, **codes) == WRONG_CODE
    assert enable(wire, phone) is None


def test_a_device_is_enabled_once(wire: Wire, phone: Phone) -> None:
    enable(wire, phone)
    wire.user("bob")
    for name in ("alice", "bob"):
        assert wire.call("EnableMFADevice", UserName=name, SerialNumber=SERIAL, **CODES) == IN_USE


def test_the_quota_of_devices_is_eight(wire: Wire, clock: ManualClock) -> None:
    for number in range(8):
        assert enable(wire, Phone(wire, clock, f"phone-{number}")) is None
    full = AwsError("LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8", 409)
    assert enable(wire, Phone(wire, clock, "one-more")) == full


def test_a_resync_takes_two_fresh_codes_of_the_users_own_device(wire: Wire, phone: Phone, clock: ManualClock) -> None:
    assert wire.call("ResyncMFADevice", UserName="alice", SerialNumber=SERIAL, **phone.codes()) == missing()
    used = phone.codes()
    enable(wire, phone)
    assert wire.call("ResyncMFADevice", UserName="alice", SerialNumber=SERIAL, **used) == WRONG_CODE
    clock.advance(timedelta(minutes=1))
    assert wire.call("ResyncMFADevice", UserName="alice", SerialNumber=SERIAL, **phone.codes()) is None
    wire.user("bob")
    assert wire.call("ResyncMFADevice", UserName="bob", SerialNumber=SERIAL, **CODES) == missing()


def test_a_deactivated_device_stays_and_can_be_deleted(wire: Wire, phone: Phone) -> None:
    enable(wire, phone)
    conflict = AwsError("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", 409)
    assert wire.call("DeleteVirtualMFADevice", SerialNumber=SERIAL) == conflict
    assert wire.call("DeactivateMFADevice", UserName="alice", SerialNumber=SERIAL) is None
    assert wire.call("DeactivateMFADevice", UserName="alice", SerialNumber=SERIAL) == missing()
    assert wire.call("GetMFADevice", SerialNumber=SERIAL) == {"SerialNumber": SERIAL}
    assert serials(wire, AssignmentStatus="Unassigned") == [SERIAL]
    assert wire.call("DeleteVirtualMFADevice", SerialNumber=SERIAL) is None
    assert wire.call("DeleteVirtualMFADevice", SerialNumber=SERIAL) == missing()


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("EnableMFADevice", {"UserName": "alice", **CODES}),
        ("ResyncMFADevice", {"UserName": "alice", **CODES}),
        ("DeactivateMFADevice", {"UserName": "alice"}),
        ("DeleteVirtualMFADevice", {}),
        ("GetMFADevice", {}),
        ("GetMFADevice", {"UserName": "alice"}),
        ("TagMFADevice", {"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}),
        ("UntagMFADevice", {"TagKeys.member.1": "k"}),
        ("ListMFADeviceTags", {}),
    ],
)
def test_an_unknown_device_does_not_exist(wire: Wire, action: str, parameters: dict[str, str]) -> None:
    assert wire.call(action, SerialNumber=SERIAL, **parameters) == missing()


@pytest.mark.parametrize("action", ["EnableMFADevice", "ResyncMFADevice", "DeactivateMFADevice", "GetMFADevice"])
def test_an_unknown_user_is_said_before_an_unknown_device(wire: Wire, action: str) -> None:
    codes = CODES if action in ("EnableMFADevice", "ResyncMFADevice") else {}
    assert wire.call(action, UserName="nobody", SerialNumber=SERIAL, **codes) == NO_USER


def test_tags_are_shown_on_creation_and_listed_shorter_keys_first(wire: Wire, clock: ManualClock) -> None:
    given = {"Tags.member.1.Key": "team", "Tags.member.1.Value": "red"}
    made = wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone", **given)["VirtualMFADevice"]
    assert made["Tags"] == {"member": {"Key": "team", "Value": "red"}}
    more = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "1"}
    assert wire.call("TagMFADevice", SerialNumber=SERIAL, **more) is None
    first = wire.call("ListMFADeviceTags", SerialNumber=SERIAL, MaxItems=1)
    assert first["Tags"]["member"] == {"Key": "a", "Value": "1"}
    rest = wire.call("ListMFADeviceTags", SerialNumber=SERIAL, Marker=first["Marker"])
    assert rest == {"IsTruncated": "false", "Tags": {"member": {"Key": "team", "Value": "red"}}}
    assert wire.call("UntagMFADevice", SerialNumber=SERIAL, **{"TagKeys.member.1": "TEAM"}) is None
    assert wire.call("ListMFADeviceTags", SerialNumber=SERIAL)["Tags"]["member"] == {"Key": "a", "Value": "1"}
    assert wire.call("ListVirtualMFADevices")["VirtualMFADevices"]["member"] == {"SerialNumber": SERIAL}


def test_the_same_tag_key_twice_is_refused(wire: Wire) -> None:
    tags = {f"Tags.member.{number}.{part}": "k" for number in (1, 2) for part in ("Key", "Value")}
    refused = AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
    assert wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone", **tags) == refused


def test_devices_of_other_accounts_are_not_seen(wire: Wire, phone: Phone) -> None:
    elsewhere = Key("210987654321", "x")
    assert wire.call("ListVirtualMFADevices", elsewhere)["VirtualMFADevices"] is None
    assert wire.call("DeleteVirtualMFADevice", elsewhere, SerialNumber=SERIAL) == missing()


def test_a_device_of_the_root_user_is_shown_with_it(wire: Wire, phone: Phone, clock: ManualClock) -> None:
    from fake_iam.domain.credentials.mfa_devices import MfaDevice

    devices = wire.assembled.engine.store.account("123456789012").table(MfaDevice)
    device = devices.get(SERIAL)
    assert device is not None
    devices.put(SERIAL, device.enabled("123456789012", clock.now()))
    shown = wire.call("ListVirtualMFADevices")["VirtualMFADevices"]["member"]
    assert shown["User"]["Arn"] == "arn:aws:iam::123456789012:root"
    assert wire.call("ListMFADevices")["MFADevices"]["member"]["SerialNumber"] == SERIAL


def test_any_six_digits_pass_if_the_setting_says_so() -> None:
    wire = Wire(any_mfa_code=True)
    wire.user("alice")
    wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    assert wire.call("EnableMFADevice", UserName="alice", SerialNumber=SERIAL, **CODES) is None
    key = wire.key("alice")
    for _ in range(2):
        made = wire.call("GetSessionToken", key, SerialNumber=SERIAL, TokenCode="000000")["Credentials"]
        temporary = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        assert wire.call("GetUser", temporary)["User"]["UserName"] == "alice"


def test_a_device_comes_back_from_a_dump_with_its_seed(wire: Wire, phone: Phone, clock: ManualClock) -> None:
    enable(wire, phone)
    kept = wire.assembled.controls.dump(secrets=True)
    other = Wire(clock)
    other.assembled.controls.load(kept)
    assert other.call("ResyncMFADevice", UserName="alice", SerialNumber=SERIAL, **phone.codes()) == WRONG_CODE
    clock.advance(timedelta(minutes=1))
    assert other.call("ResyncMFADevice", UserName="alice", SerialNumber=SERIAL, **phone.codes(0)) is None
