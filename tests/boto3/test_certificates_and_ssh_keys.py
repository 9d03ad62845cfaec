"""Certificates and SSH keys as boto3 shows them."""

from __future__ import annotations

from typing import Any

from conformance.material import VALID_TO, certify, pem_key, ssh_key
from fake_iam import FakeIAM
from tests.boto3.callers import signed
from tests.support import AwsError, Key, error


def test_a_user_exchanges_its_own_signing_certificate(fake: FakeIAM, alice: Key) -> None:
    own = signed(fake, "iam", alice)
    old, new = certify().body, certify().body
    first = own.upload_signing_certificate(CertificateBody=old)["Certificate"]
    second = own.upload_signing_certificate(CertificateBody=new)["Certificate"]
    assert (first["UserName"], first["CertificateBody"]) == ("alice", old)
    full = AwsError("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2", 409)
    assert error(own.upload_signing_certificate, CertificateBody=certify().body) == full
    own.update_signing_certificate(CertificateId=first["CertificateId"], Status="Inactive")
    shown = own.list_signing_certificates()["Certificates"]
    assert shown == [{**first, "Status": "Inactive"}, second]
    own.delete_signing_certificate(CertificateId=first["CertificateId"])
    assert own.list_signing_certificates()["Certificates"] == [second]


def test_a_certificate_that_is_none_is_echoed_to_the_letter(iam: Any) -> None:
    iam.create_user(UserName="alice")
    body = "<not> & no\r\ncertificate"
    refused = error(iam.upload_signing_certificate, UserName="alice", CertificateBody=body)
    assert refused == AwsError("MalformedCertificate", f"Certificate {body} is malformed.", 400)


def test_an_ssh_key_is_uploaded_read_both_ways_and_deleted(iam: Any) -> None:
    iam.create_user(UserName="alice")
    line = ssh_key(comment="alice@example.com")
    made = iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=line)["SSHPublicKey"]
    named = {"UserName": "alice", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    assert made["SSHPublicKeyBody"] == line
    assert iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"] == made
    assert iam.get_ssh_public_key(**named, Encoding="PEM")["SSHPublicKey"] == {**made, "SSHPublicKeyBody": pem_key()}
    iam.update_ssh_public_key(**named, Status="Inactive")
    (shown,) = iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"]
    assert shown == {**named, "Status": "Inactive", "UploadDate": made["UploadDate"]}
    iam.delete_ssh_public_key(**named)
    assert iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"] == []


def test_a_server_certificate_lives_from_upload_to_deletion(iam: Any) -> None:
    root = certify(0)
    leaf = certify(1, issuer=root)
    made = iam.upload_server_certificate(
        ServerCertificateName="site",
        Path="/cloudfront/",
        CertificateBody=leaf.body,
        PrivateKey=leaf.private_key,
        CertificateChain=root.body,
        Tags=[{"Key": "team", "Value": "web"}],
    )
    metadata = made["ServerCertificateMetadata"]
    assert (metadata["Expiration"], made["Tags"]) == (VALID_TO, [{"Key": "team", "Value": "web"}])
    shown = iam.get_server_certificate(ServerCertificateName="site")["ServerCertificate"]
    assert (shown["CertificateBody"], shown["CertificateChain"]) == (leaf.body.strip(), root.body.strip())
    iam.untag_server_certificate(ServerCertificateName="site", TagKeys=["team"])
    assert iam.get_server_certificate(ServerCertificateName="site")["ServerCertificate"]["Tags"] == []
    iam.update_server_certificate(ServerCertificateName="site", NewServerCertificateName="old-site", NewPath="/")
    (listed,) = iam.list_server_certificates()["ServerCertificateMetadataList"]
    assert (listed["ServerCertificateId"], listed["Path"]) == (metadata["ServerCertificateId"], "/")
    iam.delete_server_certificate(ServerCertificateName="old-site")
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []
