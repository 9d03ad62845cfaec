"""The rules of SSH public keys, without HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance.material import pem_key, ssh_key
from conformance.modelled import with_whole_model
from tests.support import AwsError, Wire

UNKNOWN = "APKAXXXXXXXXXXXXXXXXX"
NOBODY = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
INVALID = AwsError(
    "InvalidPublicKey", "The request was rejected because the public key is malformed or otherwise invalid.", 400
)
DUPLICATE = AwsError(
    "DuplicateSSHPublicKey",
    "The request was rejected because the SSH public key is already associated with the specified IAM user.",
    400,
)
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKzvfE+qS09w+okgrO0gY7jryF0lSCxdEO/O0UaUhuZe algo@ssh"
ON_ONE = [
    ("GetSSHPublicKey", {"Encoding": "SSH"}),
    ("UpdateSSHPublicKey", {"Status": "Inactive"}),
    ("DeleteSSHPublicKey", {}),
]


@pytest.fixture
def users(wire: Wire) -> Wire:
    """A server with the users a and b."""
    wire.user("a")
    wire.user("b")
    return wire


def upload(wire: Wire, body: str, user: str = "a") -> Any:
    answer = wire.call("UploadSSHPublicKey", UserName=user, SSHPublicKeyBody=body)
    return answer if isinstance(answer, AwsError) else answer["SSHPublicKey"]


def got(wire: Wire, key_id: str, encoding: str) -> Any:
    parameters = {"UserName": "a", "SSHPublicKeyId": key_id, "Encoding": encoding}
    return wire.call("GetSSHPublicKey", **parameters)["SSHPublicKey"]


def listed(wire: Wire, **parameters: Any) -> list[dict[str, str]]:
    keys = wire.call("ListSSHPublicKeys", **parameters)["SSHPublicKeys"]
    members = keys["member"] if keys else []
    return members if isinstance(members, list) else [members]


def test_a_new_key_is_active_and_shown_as_it_was_sent(users: Wire) -> None:
    body = ssh_key(comment="jane@example.com")
    shown = upload(users, body)
    assert sorted(shown) == ["Fingerprint", "SSHPublicKeyBody", "SSHPublicKeyId", "Status", "UploadDate", "UserName"]
    assert (shown["UserName"], shown["Status"], shown["SSHPublicKeyBody"]) == ("a", "Active", body)
    assert re.fullmatch(r"APKA[A-Z2-7]{17}", shown["SSHPublicKeyId"])
    assert re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){15}", shown["Fingerprint"])


def test_a_key_sent_as_ssh_is_given_in_both_encodings(users: Wire) -> None:
    made = upload(users, ssh_key(comment="jane@example.com"))
    assert got(users, made["SSHPublicKeyId"], "SSH") == made
    assert got(users, made["SSHPublicKeyId"], "PEM") == {**made, "SSHPublicKeyBody": pem_key().strip()}


def test_a_key_sent_as_pem_is_given_in_both_encodings(users: Wire) -> None:
    made = upload(users, pem_key())
    assert got(users, made["SSHPublicKeyId"], "PEM") == made
    assert got(users, made["SSHPublicKeyId"], "SSH") == {**made, "SSHPublicKeyBody": ssh_key()}


def test_an_unknown_encoding_is_refused(users: Wire) -> None:
    made = upload(users, ssh_key())
    refused = users.call("GetSSHPublicKey", UserName="a", SSHPublicKeyId=made["SSHPublicKeyId"], Encoding="DER")
    assert refused == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'encoding' failed to satisfy constraint: "
        "Member must satisfy enum value set",
        400,
    )


def test_a_list_shows_neither_body_nor_fingerprint_the_older_first(users: Wire) -> None:
    made = [upload(users, ssh_key(number)) for number in range(3)]
    shown = listed(users, UserName="a")
    assert [key["SSHPublicKeyId"] for key in shown] == [key["SSHPublicKeyId"] for key in made]
    assert sorted(shown[0]) == ["SSHPublicKeyId", "Status", "UploadDate", "UserName"]
    assert listed(users, UserName="b") == []


def test_a_list_comes_in_pages(users: Wire) -> None:
    made = [upload(users, ssh_key(number))["SSHPublicKeyId"] for number in range(2)]
    page = users.call("ListSSHPublicKeys", UserName="a", MaxItems=1)
    assert (page["IsTruncated"], page["SSHPublicKeys"]["member"]["SSHPublicKeyId"]) == ("true", made[0])
    rest = listed(users, UserName="a", Marker=page["Marker"])
    assert [key["SSHPublicKeyId"] for key in rest] == made[1:]


def test_without_a_name_the_callers_keys_are_listed(users: Wire) -> None:
    made = upload(users, ssh_key())["SSHPublicKeyId"]
    own = users.call("ListSSHPublicKeys", users.key("a"))
    assert own["SSHPublicKeys"]["member"]["SSHPublicKeyId"] == made
    assert listed(users) == []
    assert users.call("ListSSHPublicKeys", UserName="nobody") == NOBODY


@pytest.mark.parametrize("body", ["x", "ssh-rsa AAAA", ED25519, ssh_key(bits=1024)], ids=range(4))
def test_what_is_no_rsa_key_of_2048_bits_is_refused(users: Wire, body: str) -> None:
    assert upload(users, body) == INVALID
    assert listed(users, UserName="a") == []


@pytest.mark.parametrize("again", [ssh_key(comment="other"), pem_key()], ids=["ssh", "pem"])
def test_a_user_has_a_key_once_and_others_may_have_it_too(users: Wire, again: str) -> None:
    upload(users, ssh_key())
    assert upload(users, again) == DUPLICATE
    assert not isinstance(upload(users, again, "b"), AwsError)


def test_a_sixth_key_exceeds_the_quota(users: Wire) -> None:
    for number in range(5):
        assert not isinstance(upload(users, ssh_key(number)), AwsError)
    full = AwsError("LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 5", 409)
    assert upload(users, ssh_key(5)) == full


def test_a_key_is_switched_off_and_on(users: Wire) -> None:
    key_id = upload(users, ssh_key())["SSHPublicKeyId"]
    for status in ("Inactive", "Active"):
        parameters = {"UserName": "a", "SSHPublicKeyId": key_id, "Status": status}
        assert users.call("UpdateSSHPublicKey", **parameters) is None
        assert got(users, key_id, "SSH")["Status"] == status
        assert [key["Status"] for key in listed(users, UserName="a")] == [status]


@with_whole_model
def test_the_status_expired_cannot_be_given(users: Wire) -> None:
    key_id = upload(users, ssh_key())["SSHPublicKeyId"]
    refused = users.call("UpdateSSHPublicKey", UserName="a", SSHPublicKeyId=key_id, Status="Expired")
    assert refused == AwsError("InvalidInput", "Invalid status: Expired", 400)


@pytest.mark.parametrize(("action", "more"), ON_ONE)
def test_a_key_is_found_by_its_owner_alone(users: Wire, action: str, more: dict[str, str]) -> None:
    held = upload(users, ssh_key())["SSHPublicKeyId"]
    for user, key_id in (("a", UNKNOWN), ("b", held)):
        missing = AwsError("NoSuchEntity", f"The Public Key with id {key_id} cannot be found.", 404)
        assert users.call(action, UserName=user, SSHPublicKeyId=key_id, **more) == missing
    assert users.call(action, UserName="nobody", SSHPublicKeyId=held, **more) == NOBODY
    assert not isinstance(users.call(action, UserName="a", SSHPublicKeyId=held, **more), AwsError)


def test_a_deleted_key_is_gone_and_may_come_back(users: Wire) -> None:
    held = upload(users, ssh_key())["SSHPublicKeyId"]
    assert users.call("DeleteSSHPublicKey", UserName="a", SSHPublicKeyId=held) is None
    assert listed(users, UserName="a") == []
    assert upload(users, ssh_key())["SSHPublicKeyId"] != held


def test_an_unknown_user_is_told_before_an_invalid_key(users: Wire) -> None:
    assert upload(users, "x", "nobody") == NOBODY


def test_a_key_follows_its_renamed_user(users: Wire) -> None:
    upload(users, ssh_key())
    users.call("UpdateUser", UserName="a", NewUserName="c")
    assert [key["UserName"] for key in listed(users, UserName="c")] == ["c"]


def test_a_user_with_keys_is_not_deleted(users: Wire) -> None:
    held = upload(users, ssh_key())["SSHPublicKeyId"]
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must remove referenced objects first.", 409)
    assert users.call("DeleteUser", UserName="a") == conflict
    users.call("DeleteSSHPublicKey", UserName="a", SSHPublicKeyId=held)
    assert users.call("DeleteUser", UserName="a") is None
