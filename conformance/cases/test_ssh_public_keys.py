from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.material import pem_key, ssh_key
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, IDENTIFIERS, Source
from conformance.targets import Target

NOBODY = "fake-iam-conformance-nobody"
UNKNOWN = "APKAXXXXXXXXXXXXXXXXX"
LOCALSTACK = Source("2026-02", "localstack/localstack#13891, AWS-validated test_iam_ssh_public_keys")
UPLOAD = f"{API}/API_UploadSSHPublicKey.html"
GET = f"{API}/API_GetSSHPublicKey.html"
DOCUMENTED_TEXT = "the code is documented, the text is the documentation's"
SAMPLE = (  # of the API reference
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCy75ak72GGaoZNy0cjUERIn+mrga0C30kmkiwOeN4H6YtvCdUksVppjPOhm485WFRzvIcxaMEu"
    "Z9ISAkp8AfefybxH0PdQWhELSu0pHaMnADAU7dOn3CCerO8+0sycbu4ES4P+cdK1qet3ptsG/zeQNLLmOK5zjIRa1MAS3KnwLwHEVPEe4JD+xfgh"
    "uO0nwzUgpneGNwk7m7qihYLFnNCFdeU8OeIr9Fmc75g5olHm6ZoC/bccAHurHkfcDpanJTLNfLR5Oj14CZSsRP4kNdm+oe5+IPM78w4J9v4pXU4m"
    "izYDE21G4gUDVxOrs0X66lMihX6ArVgmEK+NK5GQgn9z jane@example.com"
)
SAMPLE_FINGERPRINT = "7a:1d:ea:9e:b0:80:ac:f8:ec:d8:dc:e6:a7:2c:fc:51"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKzvfE+qS09w+okgrO0gY7jryF0lSCxdEO/O0UaUhuZe jane@example.com"
ON_ONE = [
    ("get_ssh_public_key", {"Encoding": "SSH"}),
    ("update_ssh_public_key", {"Status": "Inactive"}),
    ("delete_ssh_public_key", {}),
]


@pytest.fixture
def alice(aws: Target, new_user: People) -> Iterator[str]:
    """A user, whose keys are removed when the case is over."""
    name = new_user()
    yield name
    for shown in aws.iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]:
        aws.iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=shown["SSHPublicKeyId"])


def upload(aws: Target, user: str, body: str) -> Any:
    return aws.iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=body)["SSHPublicKey"]


@observed(*LOCALSTACK, "7:SSH public keys")
def test_a_new_key_is_active_and_shown_whole(aws: Target, alice: str) -> None:
    shown = upload(aws, alice, ssh_key())
    assert sorted(shown) == ["Fingerprint", "SSHPublicKeyBody", "SSHPublicKeyId", "Status", "UploadDate", "UserName"]
    assert (shown["UserName"], shown["Status"]) == (alice, "Active")
    named = {"UserName": alice, "SSHPublicKeyId": shown["SSHPublicKeyId"]}
    assert aws.iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"] == shown


@documented(IDENTIFIERS, "6:Id prefixes")
def test_a_key_id_is_apka_and_seventeen_characters(aws: Target, alice: str) -> None:
    assert re.fullmatch(r"APKA[A-Z2-7]{17}", upload(aws, alice, ssh_key())["SSHPublicKeyId"])


@documented(UPLOAD, "7:SSH public keys")
def test_the_fingerprint_is_the_md5_of_the_key_as_ssh_sends_it(aws: Target, alice: str) -> None:
    shown = upload(aws, alice, SAMPLE)
    assert (shown["Fingerprint"], shown["SSHPublicKeyBody"].strip()) == (SAMPLE_FINGERPRINT, SAMPLE)


@documented(GET, "7:SSH public keys")
def test_a_key_sent_as_ssh_is_given_as_pem(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "SSHPublicKeyId": upload(aws, alice, ssh_key())["SSHPublicKeyId"]}
    shown = aws.iam.get_ssh_public_key(**named, Encoding="PEM")["SSHPublicKey"]
    assert shown["SSHPublicKeyBody"].strip() == pem_key().strip()


@documented(GET, "7:SSH public keys")
def test_a_key_sent_as_pem_is_given_as_ssh(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "SSHPublicKeyId": upload(aws, alice, pem_key())["SSHPublicKeyId"]}
    shown = aws.iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"]
    assert shown["SSHPublicKeyBody"].split()[:2] == ssh_key().split()


@observed(*LOCALSTACK, "7:SSH public keys")
def test_a_list_shows_neither_body_nor_fingerprint(aws: Target, alice: str) -> None:
    made = upload(aws, alice, ssh_key())
    shown = only(aws.iam.list_ssh_public_keys(UserName=alice)["SSHPublicKeys"])
    assert shown == {name: made[name] for name in ("UserName", "SSHPublicKeyId", "Status", "UploadDate")}


@assumed("access keys are listed so; the console is said to sort by id", "7:SSH public keys")
def test_keys_are_listed_in_the_order_of_upload(aws: Target, alice: str) -> None:
    made = [upload(aws, alice, ssh_key(number))["SSHPublicKeyId"] for number in range(3)]
    listed = aws.iam.list_ssh_public_keys(UserName=alice)["SSHPublicKeys"]
    assert [shown["SSHPublicKeyId"] for shown in listed] == made


@observed(*LOCALSTACK, "1.5:UpdateSSHPublicKey", "7:SSH public keys")
def test_a_key_is_switched_off_and_deleted(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "SSHPublicKeyId": upload(aws, alice, ssh_key())["SSHPublicKeyId"]}
    assert aws.iam.update_ssh_public_key(**named, Status="Inactive") == {}
    status = aws.settle(
        lambda: aws.iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"]["Status"], "Inactive"
    )
    assert status == "Inactive"
    assert aws.iam.delete_ssh_public_key(**named) == {}
    assert aws.iam.list_ssh_public_keys(UserName=alice)["SSHPublicKeys"] == []


@pytest.mark.parametrize(("method", "parameters"), ON_ONE)
@observed(*LOCALSTACK, "ssh-missing")
def test_an_unknown_key_cannot_be_found(aws: Target, alice: str, method: str, parameters: dict[str, Any]) -> None:
    missing = AwsError("NoSuchEntity", f"The Public Key with id {UNKNOWN} cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), UserName=alice, SSHPublicKeyId=UNKNOWN, **parameters) == missing


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("upload_ssh_public_key", {"SSHPublicKeyBody": ssh_key()}),
        ("list_ssh_public_keys", {}),
        *((method, {"SSHPublicKeyId": UNKNOWN, **more}) for method, more in ON_ONE),
    ],
)
@assumed("recorded for signing certificates", "user-missing")
def test_an_unknown_user_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    missing = AwsError("NoSuchEntity", f"The user with name {NOBODY} cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, **parameters) == missing


@pytest.mark.parametrize(
    "body", ["ssh-rsa AAAA", ED25519, ssh_key(bits=1024)], ids=["malformed", "other kind", "too short"]
)
@assumed(DOCUMENTED_TEXT, "ssh-invalid")
def test_what_is_no_rsa_key_of_2048_bits_is_refused(aws: Target, alice: str, body: str) -> None:
    text = "The request was rejected because the public key is malformed or otherwise invalid."
    refused = AwsError("InvalidPublicKey", text, 400)
    assert aws.error(aws.iam.upload_ssh_public_key, UserName=alice, SSHPublicKeyBody=body) == refused


@assumed(DOCUMENTED_TEXT, "ssh-duplicate")
def test_a_user_has_a_key_once(aws: Target, alice: str) -> None:
    upload(aws, alice, ssh_key())
    text = "The request was rejected because the SSH public key is already associated with the specified IAM user."
    duplicate = AwsError("DuplicateSSHPublicKey", text, 400)
    assert aws.error(aws.iam.upload_ssh_public_key, UserName=alice, SSHPublicKeyBody=ssh_key()) == duplicate


@assumed("the quota is documented, its name is inferred from the family", "ssh-quota")
def test_a_sixth_key_exceeds_the_quota(aws: Target, alice: str) -> None:
    for number in range(5):
        upload(aws, alice, ssh_key(number))
    full = AwsError("LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 5", 409)
    assert aws.error(aws.iam.upload_ssh_public_key, UserName=alice, SSHPublicKeyBody=ssh_key(5)) == full


@assumed("the enumeration is the model's; the text is that of another operation's enumeration", "ssh-encoding")
def test_an_encoding_is_ssh_or_pem(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "SSHPublicKeyId": upload(aws, alice, ssh_key())["SSHPublicKeyId"]}
    text = "Value at 'encoding' failed to satisfy constraint: Member must satisfy enum value set"
    refused = AwsError("ValidationError", f"1 validation error detected: {text}", 400)
    assert aws.error(aws.iam.get_ssh_public_key, **named, Encoding="DER") == refused


@with_whole_model
@assumed("as for access keys, whose answer is not known either", "7:SSH public keys")
def test_the_status_expired_cannot_be_given(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "SSHPublicKeyId": upload(aws, alice, ssh_key())["SSHPublicKeyId"]}
    refused = AwsError("InvalidInput", "Invalid status: Expired", 400)
    assert aws.error(aws.iam.update_ssh_public_key, **named, Status="Expired") == refused


@observed("2018 to 2020", "rebuy-de/aws-nuke#319, #470 and #522: users' quotes", "user-del-other")
def test_a_user_with_ssh_keys_is_not_deleted(aws: Target, alice: str) -> None:
    upload(aws, alice, ssh_key())
    refused = AwsError("DeleteConflict", "Cannot delete entity, must remove referenced objects first.", 409)
    assert aws.error(aws.iam.delete_user, UserName=alice) == refused
