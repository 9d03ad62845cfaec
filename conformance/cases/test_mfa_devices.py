from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.devices import Devices, serial_of
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, LOCALSTACK, LOCALSTACK_MFA, ONLY_ROLES_SEEN
from conformance.targets import Target, fake_target

NOBODY = "fake-iam-conformance-nobody"
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
IN_USE = AwsError("EntityAlreadyExists", "MFA Device is already in use.", 409)
WRONG_CODES = AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", 403)
TAG = {"Key": "team", "Value": "red"}


def missing(serial: str) -> AwsError:
    return AwsError("NoSuchEntity", f"MFA Device with serial number {serial} does not exist.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


# Creating


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_a_new_device_shows_its_serial_number_seed_and_picture(aws: Target, new_device: Devices) -> None:
    assert sorted(new_device.make()) == ["Base32StringSeed", "QRCodePNG", "SerialNumber"]


@pytest.mark.parametrize("path", [None, "/", "/test-path/", "/test//double/"])
@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_the_serial_number_is_an_arn_with_the_path(aws: Target, new_device: Devices, path: str | None) -> None:
    name = new_device.name()
    made = new_device.make(VirtualMFADeviceName=name, **({} if path is None else {"Path": path}))
    assert made["SerialNumber"] == serial_of(aws, name, path or "/")


@documented(f"{API}/API_VirtualMFADevice.html", "7:Virtual MFA")
def test_the_seed_is_base32_and_the_picture_a_png(aws: Target, new_device: Devices) -> None:
    made = new_device.make()
    assert base64.b32decode(made["Base32StringSeed"])
    assert made["QRCodePNG"].startswith(b"\x89PNG\r\n\x1a\n")


@assumed("the size is recalled, not seen; AWS promises none", "7:Virtual MFA")
def test_a_seed_has_64_characters(aws: Target, new_device: Devices) -> None:
    assert len(new_device.make()["Base32StringSeed"]) == 64


@observed(*LOCALSTACK_MFA, "mfa-exists")
def test_a_name_is_taken_once(aws: Target, new_device: Devices) -> None:
    name = new_device.name()
    new_device.make(VirtualMFADeviceName=name)
    taken = AwsError("EntityAlreadyExists", "MFA device already exists.", 409)
    assert aws.error(aws.iam.create_virtual_mfa_device, VirtualMFADeviceName=name) == taken


@pytest.mark.parametrize("path", ["invalid-path/", "/invalid-path"])
@observed(*LOCALSTACK_MFA, "val-path", "4:Character rules of names", "4:Which members have the friendly sentence")
def test_a_path_begins_and_ends_with_a_slash(aws: Target, new_device: Devices, path: str) -> None:
    assert aws.error(aws.iam.create_virtual_mfa_device, VirtualMFADeviceName=new_device.name(), Path=path) == AwsError(
        "ValidationError",
        "The specified value for path is invalid. "
        "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        400,
    )


@observed(*LOCALSTACK_MFA, "val-path-max", "4:Character rules of names")
def test_a_path_has_512_characters_at_the_most(aws: Target, new_device: Devices) -> None:
    path = f"/{'a' * 512}/"
    assert aws.error(aws.iam.create_virtual_mfa_device, VirtualMFADeviceName=new_device.name(), Path=path) == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'path' failed to satisfy constraint: "
        "Member must have length less than or equal to 512",
        400,
    )


# Listing


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_an_unassigned_device_is_listed_by_its_serial_number_alone(aws: Target, new_device: Devices) -> None:
    device = new_device(Tags=[TAG])
    assert new_device.listed() == [{"SerialNumber": device.serial}]


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_an_unassigned_device_is_listed_as_such(aws: Target, new_device: Devices) -> None:
    device = new_device()
    assert only(new_device.listed(AssignmentStatus="Unassigned"))["SerialNumber"] == device.serial
    assert only(new_device.listed(AssignmentStatus="Any"))["SerialNumber"] == device.serial
    assert new_device.listed(AssignmentStatus="Assigned") == []


@documented(f"{API}/API_ListVirtualMFADevices.html", "7:Virtual MFA")
def test_without_a_status_all_are_listed(aws: Target, new_user: People, new_device: Devices) -> None:
    both = [new_device(new_user()).serial, new_device().serial]
    assert sorted(row["SerialNumber"] for row in new_device.listed()) == sorted(both)


@observed(*LOCALSTACK_MFA, "1.5:List*")
def test_a_list_is_cut_at_max_items(aws: Target, new_device: Devices) -> None:
    new_device()
    new_device()
    page = aws.iam.list_virtual_mfa_devices(MaxItems=1)
    assert (len(page["VirtualMFADevices"]), page["IsTruncated"]) == (1, True)
    assert "VirtualMFADevices" in aws.iam.list_virtual_mfa_devices(MaxItems=1, Marker=page["Marker"])


# Enabling


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_an_enabled_device_is_its_users(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user(Tags=[TAG])
    device = new_device(alice)
    mine = only(aws.iam.list_mfa_devices(UserName=alice)["MFADevices"])
    assert sorted(mine) == ["EnableDate", "SerialNumber", "UserName"]
    assert (mine["SerialNumber"], mine["UserName"]) == (device.serial, alice)
    assert abs(mine["EnableDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)
    listed = only(new_device.listed(AssignmentStatus="Assigned"))
    assert sorted(listed) == ["EnableDate", "SerialNumber", "User"]
    assert sorted(listed["User"]) == ["Arn", "CreateDate", "Path", "UserId", "UserName"]
    assert new_device.listed(AssignmentStatus="Unassigned") == []


@observed(*LOCALSTACK, "6:UpdateUser is void. A rename carries over to keys")
def test_a_renamed_user_keeps_its_device(aws: Target, new_user: People, new_device: Devices) -> None:
    alice, bob = new_user(), new_user.name()
    device = new_device(alice)
    aws.iam.update_user(UserName=alice, NewUserName=bob)
    kept = only(aws.iam.list_mfa_devices(UserName=bob)["MFADevices"])
    assert (kept["SerialNumber"], kept["UserName"]) == (device.serial, bob)


@observed("undated", "users of the console quote the text", "mfa-code")
def test_wrong_codes_enable_nothing(aws: Target, new_user: People, new_device: Devices) -> None:
    alice, device = new_user(), new_device()
    assert aws.error(aws.iam.enable_mfa_device, UserName=alice, SerialNumber=device.serial, **CODES) == WRONG_CODES
    assert aws.iam.list_mfa_devices(UserName=alice)["MFADevices"] == []


@observed(*LOCALSTACK_MFA, "mfa-in-use")
def test_a_device_is_enabled_once(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    assert aws.error(aws.iam.enable_mfa_device, UserName=alice, SerialNumber=device.serial, **CODES) == IN_USE


@fake_only("nobody enables nine devices to see this")
@assumed("the form is that of other quotas, the number documented", "7:Virtual MFA")
def test_the_quota_of_devices_is_named_with_its_number(aws: Target) -> None:
    with fake_target(quotas="mfa_devices_per_user=1", any_mfa_code=True) as small:
        small.iam.create_user(UserName="alice")
        serials = [
            small.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
            for name in "ab"
        ]
        small.iam.enable_mfa_device(UserName="alice", SerialNumber=serials[0], **CODES)
        full = AwsError("LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 1", 409)
        assert small.error(small.iam.enable_mfa_device, UserName="alice", SerialNumber=serials[1], **CODES) == full


@assumed("the API reference tells the code, the text is that of EnableMFADevice", "mfa-code")
def test_a_resync_takes_no_wrong_codes(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    assert aws.error(aws.iam.resync_mfa_device, UserName=alice, SerialNumber=device.serial, **CODES) == WRONG_CODES


@fake_only("it takes a clock that can be turned")
@documented(f"{API}/API_ResyncMFADevice.html", "7:Virtual MFA")
def test_a_resync_takes_two_codes_in_a_row(aws: Target) -> None:
    with fake_target(any_mfa_code=True) as easy:
        easy.iam.create_user(UserName="alice")
        made = easy.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
        easy.iam.enable_mfa_device(UserName="alice", SerialNumber=made["SerialNumber"], **CODES)
        assert easy.iam.resync_mfa_device(UserName="alice", SerialNumber=made["SerialNumber"], **CODES) == {}


# Showing one


@documented(f"{API}/API_GetMFADevice.html", "7:Virtual MFA")
def test_a_device_is_shown_with_its_user_and_date(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    shown = aws.iam.get_mfa_device(SerialNumber=device.serial, UserName=alice)
    assert (shown["SerialNumber"], shown["UserName"]) == (device.serial, alice)
    assert abs(shown["EnableDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)


# Taking away


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_a_deactivated_device_is_nobodys(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    assert aws.iam.deactivate_mfa_device(UserName=alice, SerialNumber=device.serial) == {}
    assert aws.iam.list_mfa_devices(UserName=alice)["MFADevices"] == []
    assert new_device.listed(AssignmentStatus="Assigned") == []


@documented(f"{API}/API_DeactivateMFADevice.html", "7:Virtual MFA")
def test_a_deactivated_device_stays_in_the_account(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    aws.iam.deactivate_mfa_device(UserName=alice, SerialNumber=device.serial)
    assert only(new_device.listed(AssignmentStatus="Unassigned")) == {"SerialNumber": device.serial}


@observed(*LOCALSTACK_MFA, "7:Virtual MFA")
def test_a_deleted_device_is_gone(aws: Target, new_device: Devices) -> None:
    device = new_device()
    assert aws.iam.delete_virtual_mfa_device(SerialNumber=device.serial) == {}
    assert new_device.listed() == []


@assumed("the API reference tells the code; the text is repeated by another server", "7:Virtual MFA")
def test_a_device_in_use_is_not_deleted(aws: Target, new_user: People, new_device: Devices) -> None:
    device = new_device(new_user())
    conflict = AwsError("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", 409)
    assert aws.error(aws.iam.delete_virtual_mfa_device, SerialNumber=device.serial) == conflict


@observed("undated", "users of CloudFormation quote the text; so does paco's documentation", "user-del-mfa", "C52")
def test_a_user_with_a_device_is_not_deleted(aws: Target, new_user: People, new_device: Devices) -> None:
    alice = new_user()
    device = new_device(alice)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete MFA device first.", 409)
    assert aws.error(aws.iam.delete_user, UserName=alice) == conflict
    aws.iam.deactivate_mfa_device(UserName=alice, SerialNumber=device.serial)
    assert aws.wait_for(aws.iam.delete_user, UserName=alice) == {}


SEEN = observed(*LOCALSTACK_MFA, "mfa-missing")
UNSEEN = assumed("recorded for DeactivateMFADevice and DeleteVirtualMFADevice (LocalStack)", "mfa-missing")


@pytest.mark.parametrize(
    ("method", "named", "parameters"),
    [
        pytest.param("deactivate_mfa_device", True, {}, marks=SEEN, id="deactivate"),
        pytest.param("delete_virtual_mfa_device", False, {}, marks=SEEN, id="delete"),
        pytest.param("enable_mfa_device", True, CODES, marks=UNSEEN, id="enable"),
        pytest.param("resync_mfa_device", True, CODES, marks=UNSEEN, id="resync"),
        pytest.param("get_mfa_device", True, {}, marks=UNSEEN, id="get"),
        pytest.param("tag_mfa_device", False, {"Tags": [TAG]}, marks=UNSEEN, id="tag"),
        pytest.param("untag_mfa_device", False, {"TagKeys": ["k"]}, marks=UNSEEN, id="untag"),
        pytest.param("list_mfa_device_tags", False, {}, marks=UNSEEN, id="list_tags"),
    ],
)
def test_an_unknown_device_does_not_exist(
    aws: Target, new_user: People, method: str, named: bool, parameters: dict[str, Any]
) -> None:
    serial = serial_of(aws, NOBODY)
    user = {"UserName": new_user()} if named else {}
    assert aws.error(getattr(aws.iam, method), SerialNumber=serial, **user, **parameters) == missing(serial)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param("enable_mfa_device", CODES, marks=observed(*LOCALSTACK_MFA, "mfa-user-missing"), id="enable"),
        pytest.param("deactivate_mfa_device", {}, marks=observed(*LOCALSTACK_MFA, "mfa-user-missing"), id="deactivate"),
        pytest.param(
            "resync_mfa_device",
            CODES,
            marks=assumed("recorded for EnableMFADevice (LocalStack)", "mfa-user-missing"),
            id="resync",
        ),
    ],
)
def test_an_unknown_user_cannot_be_found(
    aws: Target, new_device: Devices, method: str, parameters: dict[str, Any]
) -> None:
    serial = new_device().serial
    operation = getattr(aws.iam, method)
    assert aws.error(operation, UserName=NOBODY, SerialNumber=serial, **parameters) == user_missing(NOBODY)


# Tags


@documented(f"{API}/API_TagMFADevice.html", "6:Tags")
def test_tags_are_put_on_listed_and_taken_off(aws: Target, new_device: Devices) -> None:
    serial = new_device(Tags=[TAG]).serial
    assert aws.iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "a", "Value": ""}]) == {}
    tags = [{"Key": "a", "Value": ""}, TAG]
    assert aws.iam.list_mfa_device_tags(SerialNumber=serial) == {"Tags": tags, "IsTruncated": False}
    assert aws.iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"]) == {}
    assert aws.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [TAG]


@assumed(f"the answer's shape has tags; {ONLY_ROLES_SEEN}", "1.5:CreateUser")
def test_a_new_device_shows_the_tags_it_was_given(aws: Target, new_device: Devices) -> None:
    assert new_device.make(Tags=[TAG])["Tags"] == [TAG]
