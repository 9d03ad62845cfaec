"""Keys that sign tokens of an account's issuer, and the signing: PyJWT comes with the extra ``federation``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fake_iam.domain.errors import NotImplementedHere
from fake_iam.domain.providers.signing_keys import SigningKey

BITS: Final = 2048
ID_LENGTH: Final = 16


def new_key(account_id: str, issuer: str, algorithm: str, now: datetime) -> SigningKey:
    """A key pair for an algorithm. Its randomness is OpenSSL's: no seed of ids makes it again."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if algorithm.startswith("RS"):
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    else:
        key = ec.generate_private_key(ec.SECP384R1())
    public = key.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(
        id=hashlib.sha256(der).hexdigest()[:ID_LENGTH],
        account_id=account_id,
        issuer=issuer,
        created_at=now,
        certificate=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


def signed(claims: Mapping[str, Any], key: SigningKey, algorithm: str) -> str:
    """The claims as a token. Raises NotImplementedHere without the extra."""
    try:
        import jwt
    except ImportError:
        raise NotImplementedHere.without_extra("federation") from None
    return jwt.encode(dict(claims), key.pem, algorithm=algorithm, headers={"kid": key.id})
