"""Reading certificates and keys: the one module that uses ``cryptography``.

Each function imports it on first use: the import takes 80 ms, and most runs upload nothing. A function returns None for
what it cannot read; its caller words the answer.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. ``digest`` is that of its DER, ``public_key`` the DER of its key."""

    digest: str
    public_key: bytes
    not_before: datetime
    not_after: datetime
    parsed: x509.Certificate = field(repr=False)


@dataclass(frozen=True, slots=True)
class RSAPublicKey:
    """An RSA key in both encodings, the one it came in as it was given.

    ``fingerprint`` is the MD5 of the key as SSH sends it: so are those of the sample key of the API reference
    (UploadSSHPublicKey) and of a real key that the Ansible module for SSH keys shows in its documentation.
    """

    ssh: str
    pem: str
    fingerprint: str
    bits: int


def read_certificate(pem: str) -> Certificate | None:
    """The first certificate in the text."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return _facts(x509.load_pem_x509_certificate(pem.encode()))
    except (ValueError, UnsupportedAlgorithm):
        return None


def is_sound(der: bytes, least_bits: int) -> bool:
    """Whether it is a certificate in DER that repeats no extension, and whose key, if it is one of RSA, is so long."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa

    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
        _ = certificate.extensions  # which are read only when they are asked for
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return False
    return not isinstance(key, rsa.RSAPublicKey) or key.key_size >= least_bits


def is_chain(certificate: Certificate, pem: str) -> bool:
    """Whether each certificate of the text issued the one before it, the first of them the given one."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        issuers = x509.load_pem_x509_certificates(pem.encode())
        issued = [certificate.parsed, *issuers[:-1]]
        for one, issuer in zip(issued, issuers, strict=True):
            one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def read_private_key(pem: str) -> bytes | None:
    """The DER of the public key that belongs to a private key; an encrypted one cannot be read."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def read_rsa_public_key(text: str) -> RSAPublicKey | None:
    """An RSA key, given as a line of SSH (ssh-rsa) or as PEM."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_public_key,
        load_ssh_public_key,
    )

    is_pem = text.lstrip().startswith("-----BEGIN")
    try:
        key = (load_pem_public_key if is_pem else load_ssh_public_key)(text.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, rsa.RSAPublicKey):
        return None
    ssh = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return RSAPublicKey(
        ssh=ssh if is_pem else text,
        pem=text if is_pem else pem,
        fingerprint=_fingerprint(ssh),
        bits=key.key_size,
    )


def _facts(parsed: x509.Certificate) -> Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Certificate(
        digest=hashlib.sha256(parsed.public_bytes(Encoding.DER)).hexdigest(),
        public_key=parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        parsed=parsed,
    )


def _fingerprint(ssh: str) -> str:
    wire = base64.b64decode(ssh.split()[1])
    return hashlib.md5(wire, usedforsecurity=False).digest().hex(":")
