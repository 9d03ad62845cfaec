"""Reading certificates and keys, and not loading the library that reads them."""

from __future__ import annotations

import sys

import pytest

from conformance.material import VALID_FROM, VALID_TO, certify, pem_key, ssh_key
from fake_iam.services.iam.credentials import key_material
from tests.support import Wire

# The sample of the API reference: UploadSSHPublicKey shows the line, GetSSHPublicKey the PEM, both the fingerprint.
JANE_SSH = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCy75ak72GGaoZNy0cjUERIn+mrga0C30kmkiwOeN4H6YtvCdUksVppjPOhm485WFRzvIcxaMEu"
    "Z9ISAkp8AfefybxH0PdQWhELSu0pHaMnADAU7dOn3CCerO8+0sycbu4ES4P+cdK1qet3ptsG/zeQNLLmOK5zjIRa1MAS3KnwLwHEVPEe4JD+xfgh"
    "uO0nwzUgpneGNwk7m7qihYLFnNCFdeU8OeIr9Fmc75g5olHm6ZoC/bccAHurHkfcDpanJTLNfLR5Oj14CZSsRP4kNdm+oe5+IPM78w4J9v4pXU4m"
    "izYDE21G4gUDVxOrs0X66lMihX6ArVgmEK+NK5GQgn9z jane@example.com"
)
JANE_PEM = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsu+WpO9hhmqGTctHI1BE
SJ/pq4GtAt9JJpIsDnjeB+mLbwnVJLFaaYzzoZuPOVhUc7yHMWjBLmfSEgJKfAH3
n8m8R9D3UFoRC0rtKR2jJwAwFO3Tp9wgnqzvPtLMnG7uBEuD/nHStanrd6bbBv83
kDSy5jiuc4yEWtTAEtyp8C8BxFTxHuCQ/sX4IbjtJ8M1IKZ3hjcJO5u6ooWCxZzQ
hXXlPDniK/RZnO+YOaJR5umaAv23HAB7qx5H3A6WpyUyzXy0eTo9eAmUrET+JDXZ
vqHufiDzO/MOCfb+KV1OJos2AxNtRuIFA1cTq7NF+upTIoV+gK1YJhCvjSuRkIJ/
cwIDAQAB
-----END PUBLIC KEY-----
"""
JANE_FINGERPRINT = "7a:1d:ea:9e:b0:80:ac:f8:ec:d8:dc:e6:a7:2c:fc:51"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKzvfE+qS09w+okgrO0gY7jryF0lSCxdEO/O0UaUhuZe algo@ssh"


@pytest.mark.parametrize("text", [JANE_SSH, JANE_PEM, f"\n {JANE_PEM}", f"{JANE_SSH}\n"])
def test_a_key_has_the_fingerprint_that_the_api_reference_shows(text: str) -> None:
    key = key_material.read_rsa_public_key(text)
    assert key is not None
    assert (key.fingerprint, key.bits) == (JANE_FINGERPRINT, 2048)
    assert text in (key.ssh, key.pem)


def test_a_key_is_turned_into_the_other_encoding() -> None:
    from_ssh, from_pem = key_material.read_rsa_public_key(JANE_SSH), key_material.read_rsa_public_key(JANE_PEM)
    assert from_ssh is not None and from_pem is not None
    assert (from_ssh.ssh, from_ssh.pem) == (JANE_SSH, JANE_PEM)
    assert (from_pem.ssh, from_pem.pem) == (JANE_SSH.rpartition(" ")[0], JANE_PEM)


@pytest.mark.parametrize("text", ["ssh-rsa", "ssh-rsa AAAA", "x", "-----BEGIN PUBLIC KEY-----", ED25519, "ssh-rsa ÿ"])
def test_what_is_no_rsa_key_is_not_read(text: str) -> None:
    assert key_material.read_rsa_public_key(text) is None


def test_a_certificate_says_its_dates_and_its_key() -> None:
    certified = certify()
    read = key_material.read_certificate(certified.body)
    assert read is not None
    assert (read.not_before, read.not_after) == (VALID_FROM, VALID_TO)
    assert read.public_key == key_material.read_private_key(certified.private_key)


def test_a_certificate_is_told_by_its_der_not_by_its_text() -> None:
    one, other = certify(), certify()
    digests = [key_material.read_certificate(body) for body in (one.body, f"Notes.\n{one.body}\n\n", other.body)]
    first, again, second = [read and read.digest for read in digests]
    assert first == again
    assert first != second


@pytest.mark.parametrize("text", ["x", pem_key(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_not_read(text: str) -> None:
    assert key_material.read_certificate(text) is None


def test_a_private_key_under_a_password_is_not_read() -> None:
    certified = certify()
    assert key_material.read_private_key(certified.encrypted_private_key) is None
    assert key_material.read_private_key(pem_key()) is None


def test_a_chain_leads_on_from_the_certificate() -> None:
    root = certify(0)
    middle = certify(1, issuer=root)
    leaf = key_material.read_certificate(certify(2, issuer=middle).body)
    assert leaf is not None
    assert key_material.is_chain(leaf, middle.body)
    assert key_material.is_chain(leaf, middle.body + root.body)
    for wrong in (root.body, root.body + middle.body, middle.body + middle.body, certify(1).body, "x"):
        assert not key_material.is_chain(leaf, wrong)


def test_a_stored_key_is_shown_without_loading_the_library(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.user("a")
    made = wire.call("UploadSSHPublicKey", UserName="a", SSHPublicKeyBody=ssh_key())["SSHPublicKey"]
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for encoding, body in (("SSH", ssh_key()), ("PEM", pem_key())):
        parameters = {"UserName": "a", "SSHPublicKeyId": made["SSHPublicKeyId"], "Encoding": encoding}
        assert wire.call("GetSSHPublicKey", **parameters)["SSHPublicKey"]["SSHPublicKeyBody"].strip() == body.strip()


def test_a_key_of_any_size_is_read() -> None:
    key = key_material.read_rsa_public_key(ssh_key(0, bits=1024))
    assert key is not None
    assert key.bits == 1024
