"""What is made where something real is needed and none is given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fake_iam.domain.ids import IdSource

HEXADECIMAL: Final = "0123456789abcdef"
LIFETIME: Final = timedelta(days=3650)


def certificate(ids: IdSource, name: str, made_at: datetime) -> str:
    """A self-signed certificate in PEM. Its key is drawn, signs it, and is forgotten; the same ids give the same."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ids.text(HEXADECIMAL, 64)))
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int(ids.text(HEXADECIMAL, 30), 16) + 1)
        .not_valid_before(made_at)
        .not_valid_after(made_at + LIFETIME)
        .sign(key, None)
    )
    return made.public_bytes(Encoding.PEM).decode()
