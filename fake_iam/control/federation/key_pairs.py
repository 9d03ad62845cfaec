"""The key pairs that sign in an identity provider's place. They are made when they are first needed, and kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.store.base import Account

BITS: Final = 2048
LIFETIME: Final = timedelta(days=3650)
ID_LENGTH: Final = 16


class MissingExtra(ValueError):
    """Packages are needed that are not installed: the text names the extra that brings them."""

    def __init__(self) -> None:
        super().__init__("this needs the extra federation: pip install 'fake-iam[federation]'")


def signing_key(account: Account, issuer: str, now: datetime) -> SigningKey:
    """The key pair of an issuer in an account; inside a transaction."""
    keys = account.table(SigningKey)
    found = keys.get(issuer)
    if found is None:
        found = _made(account.id, issuer, now)
        keys.put(issuer, found)
    return found


def _made(account_id: str, issuer: str, now: datetime) -> SigningKey:
    """An RSA key and a certificate of its own. Their randomness is OpenSSL's: no seed of ids makes them again."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake-iam")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LIFETIME)
        .sign(key, hashes.SHA256())
    )
    return SigningKey(
        id=hashlib.sha256(public).hexdigest()[:ID_LENGTH],
        account_id=account_id,
        issuer=issuer,
        created_at=now,
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )
