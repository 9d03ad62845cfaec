"""Certificates and keys made for the occasion: RSA keys of 2048 bits, and what is signed with them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

VALID_FROM: Final = datetime(2020, 1, 1, tzinfo=timezone.utc)
VALID_TO: Final = datetime(2049, 1, 1, tzinfo=timezone.utc)
NO_CERTIFICATE: Final = "invalid-certificate-body"
BITS: Final = 2048


@cache
def rsa_key(number: int, bits: int) -> rsa.RSAPrivateKey:
    """A private key, the same for the same number as long as the process lasts."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Certified:
    """A certificate as PEM, and the private key that goes with it."""

    body: str
    key: rsa.RSAPrivateKey
    parsed: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.parsed.public_bytes(Encoding.DER)

    @property
    def private_key(self) -> str:
        """The private key as PEM."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()

    @property
    def encrypted_private_key(self) -> str:
        """The private key as PEM, under a password."""
        secret = BestAvailableEncryption(b"password")
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret).decode()


def certify(
    key: int = 0,
    *,
    issuer: Certified | None = None,
    valid_from: datetime = VALID_FROM,
    valid_to: datetime = VALID_TO,
) -> Certified:
    """A certificate like no other, on the key of that number, signed by the issuer or by itself."""
    own = rsa_key(key, BITS)
    serial = x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"fake-iam-{serial % 10**9}.example.com")])
    parsed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.parsed.subject if issuer else name)
        .public_key(own.public_key())
        .serial_number(serial)
        .not_valid_before(valid_from)
        .not_valid_after(valid_to)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(issuer.key if issuer else own, hashes.SHA256())
    )
    return Certified(parsed.public_bytes(Encoding.PEM).decode(), own, parsed)


def saml_metadata(
    entity_id: str = "https://idp.example.com/saml", *certificates: bytes, use: str = ' use="signing"'
) -> str:
    """The metadata of an identity provider that signs by these certificates in DER, or by one of its own.

    ``use`` is the attribute that says what they are for.
    """
    keys = "".join(
        f"<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n"
        f"{base64.encodebytes(certificate).decode()}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for certificate in certificates or (certify().der,)
    )
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}" validUntil="2030-01-01T00:00:00Z">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"{keys}<md:SingleSignOnService"
        ' Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/login"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def ssh_key(number: int = 0, comment: str = "", bits: int = BITS) -> str:
    """The public key of that number as SSH writes it."""
    line = rsa_key(number, bits).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{line} {comment}".rstrip()


def pem_key(number: int = 0) -> str:
    """The public key of that number as PEM."""
    return rsa_key(number, BITS).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
